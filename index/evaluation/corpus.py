"""Corpus: an archive whose claims are called by the ids that labelled questions know them by."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from index.archive import Archive
from index.archive.filing import SourceFile
from index.claims import ClaimState
from index.decision import Decider, load_calibration
from index.errors import UnknownClaimError
from index.evaluation.beir import corpus_claim_id, read_claims, read_rows
from index.lookup import Lookup
from index.names import Names
from index.pair_model import PairModel
from index.snapshots import SnapshotStore, build_snapshot
from index.snapshots.build import NamedEncoder, Progress


def open_corpus(
    corpus: Path,
    cache: Path,
    encoders: Sequence[NamedEncoder],
    names: Names,
    *,
    now: Callable[[], Any],
    calibrate: Callable[[Sequence[str], str | None], Decider] = load_calibration,
    pair_model: PairModel | None = None,
    progress: Progress | None = None,
) -> tuple[Lookup, dict[str, str]]:
    """Index a corpus, or reuse what an earlier evaluation indexed, and open a lookup over it.

    Args:
        corpus: `corpus.jsonl`, plain or gzipped.
        cache: A folder for archives of evaluated corpora; each has its own by content.
        encoders: The encoders to use.
        names: The table of name variants.
        now: The clock.
        calibrate: Gives the decision, see `Lookup`.
        pair_model: Reads question and claim together.
        progress: Told how far it is.

    Returns:
        The lookup, and the corpus id of each claim id.
    """
    content = corpus.read_bytes()
    digest = hashlib.sha256(content).hexdigest()
    home = cache / digest[:16]
    store = SnapshotStore(home / "snapshots")
    ids = {corpus_claim_id(each["_id"]): each["_id"] for each in read_rows(corpus)}
    with Archive(home / "archive.db") as archive:
        source = SourceFile(corpus.name, digest, "beir")
        archive.file(read_claims(corpus), source, state=ClaimState.PUBLISHED)
        manifest = build_snapshot(archive, encoders, store, names, now=now, progress=progress)
    store.publish(manifest.id)
    store.prune(1)
    by_name = {each.name: each.encoder for each in encoders}
    lookup = Lookup(
        [store],
        names,
        lambda name: by_name[name],
        calibrate=calibrate,
        pair_model=pair_model,
    )
    return lookup, ids


class Corpus:
    """A lookup whose claims are called by a corpus's own ids.

    Args:
        lookup: What is asked.
        ids: The corpus id of each claim id; None where the two are one, as in a published archive.
    """

    def __init__(self, lookup: Lookup, ids: Mapping[str, str] | None = None) -> None:
        self.lookup = lookup
        self._ids = ids
        self._claims = None if ids is None else {theirs: ours for ours, theirs in ids.items()}

    def name(self, claim_id: str) -> str:
        """The corpus's id of a claim."""
        return claim_id if self._ids is None else self._ids[claim_id]

    def claim_id(self, corpus_id: str) -> str | None:
        """The claim that a corpus's id means, after all merges; None if the archive lacks it."""
        claim_id = corpus_id if self._claims is None else self._claims.get(corpus_id)
        if claim_id is None:
            return None
        try:
            return self.lookup.claim(claim_id).id
        except UnknownClaimError:
            return None
