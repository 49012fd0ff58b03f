"""Build: writes the published claims of an archive into a new snapshot."""

import json
import re
import sqlite3
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from index.archive import Archive
from index.backends.faiss_flat import FaissFlat
from index.claims import Claim, ClaimState
from index.content import content_of, is_name_term
from index.embedder import Encoder, embed, n_missing
from index.errors import SnapshotError
from index.interchange import claim_to_json
from index.names import Names
from index.passages import Passage, PassageKind, passages_of
from index.snapshots.manifest import (
    CLAIMS_FILE,
    MANIFEST_FILE,
    Manifest,
    VectorFile,
    file_sha256,
)
from index.snapshots.store import SnapshotStore
from index.text import TEXT_VERSION, text_key
from index.urls import url_key
from index.words import terms


@dataclass(frozen=True, slots=True)
class NamedEncoder:
    """An encoder with the name that the settings know it by."""

    name: str
    encoder: Encoder


class Progress:
    """Told how far a build is; the default says nothing."""

    def start(self, what: str, total: int) -> None:
        """A step with this many units begins."""

    def advance(self, n: int) -> None:
        """So many more units are done."""


def build_snapshot(
    archive: Archive,
    encoders: Sequence[NamedEncoder],
    store: SnapshotStore,
    names: Names,
    *,
    now: Callable[[], datetime],
    progress: Progress | None = None,
) -> Manifest:
    """Build a snapshot of all published claims. It is not published yet.

    Texts that were embedded before are not embedded again, even if a build was interrupted.

    Raises:
        SnapshotError: There is nothing to build from, the disk is full, or another build runs.
        EncoderError: A model gave unusable vectors.
    """
    telling = progress or Progress()
    at = now()
    # The last part is the fraction of the second, so that ids sort by time.
    snapshot_id = f"{at:%Y%m%d-%H%M%S}-{at.microsecond * 0x10000 // 1_000_000:04x}"
    with store.building(snapshot_id) as folder:
        # Embedding takes minutes; what is imported meanwhile is the next reindex's.
        with archive.reading():
            version = archive.data_version()
            claims = list(archive.claims(ClaimState.PUBLISHED))
            aliases = archive.aliases()
        if not claims:
            raise SnapshotError(
                "The archive has no published claim. Import a feed with `hearsay import`, or "
                "publish a draft with `hearsay publish`."
            )
        passages = [
            (n, passage) for n, claim in enumerate(claims) for passage in passages_of(claim)
        ]
        texts = [passage.text for _, passage in passages]
        vectors = [_write_vectors(archive, each, texts, folder, telling) for each in encoders]
        telling.start("Writing", len(claims))
        _write_claims(folder / CLAIMS_FILE, claims, passages, aliases, names, telling)
        manifest = Manifest(
            id=snapshot_id,
            built_at=at,
            text_version=TEXT_VERSION,
            archive_version=version,
            n_claims=len(claims),
            n_passages=len(passages),
            vectors=tuple(vectors),
            sha256={path.name: file_sha256(path) for path in sorted(folder.iterdir())},
        )
        (folder / MANIFEST_FILE).write_text(manifest.dump(), encoding="utf-8")
    return manifest


def _write_vectors(
    archive: Archive, named: NamedEncoder, texts: Sequence[str], folder: Path, progress: Progress
) -> VectorFile:
    encoder = named.encoder
    cache = archive.vector_cache(encoder.model, encoder.dim)
    progress.start(f"Embedding with {encoder.model}", n_missing(cache, texts))
    backend = FaissFlat.build(embed(encoder, cache, texts, progress.advance))
    file = f"vectors.{re.sub(r'[^a-z0-9]+', '-', named.name.lower()).strip('-')}.faiss"
    backend.write(folder / file)
    return VectorFile(model=encoder.model, encoder=named.name, dim=encoder.dim, file=file)


def _write_claims(
    path: Path,
    claims: Sequence[Claim],
    passages: Sequence[tuple[int, Passage]],
    aliases: dict[str, str],
    names: Names,
    progress: Progress,
) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(_SCHEMA)
        contents: dict[int, set[str]] = defaultdict(set)
        for n, (claim_number, passage) in enumerate(passages):
            about = content_of(names, passage.text)
            contents[claim_number] |= about
            connection.execute(
                "insert into passages values (?, ?, ?, ?, ?)",
                [n, claim_number, str(passage.kind), passage.text, " ".join(sorted(about))],
            )
        ids = {claim.id for claim in claims}
        connection.executemany(
            "insert into aliases values (?, ?)",
            [(old, new) for old, new in aliases.items() if new in ids],
        )
        for n, claim in enumerate(claims):
            document = json.dumps(claim_to_json(claim), ensure_ascii=False)
            connection.execute("insert into claims values (?, ?, ?)", [n, claim.id, document])
            connection.executemany(
                "insert or ignore into routes values (?, ?, ?)",
                [(kind, key, n) for kind, key in set(_routes(claim))],
            )
            connection.execute(
                "insert into words(rowid, wording, summary, body, names) values (?, ?, ?, ?, ?)",
                [n, *_words(claim, contents[n])],
            )
            progress.advance(1)
        connection.execute("insert into words(words) values ('optimize')")
        connection.commit()


def _routes(claim: Claim) -> Iterator[tuple[str, str]]:
    pages = [
        *(page for each in claim.appearances for page in (each.url, each.archive_url)),
        *(each.url for each in claim.responses),
    ]
    yield from (("url", key) for page in pages if page and (key := url_key(page)))
    wordings = (claim.text, claim.title, *claim.alternatives)
    yield from (("text", key) for wording in wordings if wording and (key := text_key(wording)))


def _words(claim: Claim, about: Collection[str]) -> tuple[str, str, str, str]:
    wordings = [each for each in passages_of(claim) if each.kind is not PassageKind.SUMMARY]
    wording = "\n".join(each.text for each in wordings)
    summary = claim.summary or ""
    found = [term for term in about if is_name_term(term)]
    stems = [" ".join(terms(text)) for text in (wording, summary, claim.body or "")]
    return stems[0], stems[1], stems[2], " ".join(sorted(found))


_SCHEMA = """
create table claims (n integer primary key, id text not null unique, document text not null);
create table passages (
    n integer primary key, claim integer not null, kind text not null, text text not null,
    terms text not null
);
create table aliases (id text primary key, claim text not null);
create table routes (
    kind text not null, key text not null, claim integer not null, primary key (kind, key, claim)
) without rowid;
create virtual table words using fts5(
    wording, summary, body, names, content='', tokenize="unicode61 remove_diacritics 0"
);
create virtual table vocabulary using fts5vocab(words, row);
"""
