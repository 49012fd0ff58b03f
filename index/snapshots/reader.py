"""Reader: one opened snapshot: its claims, its full-text search and its vectors. Thread-safe."""

import json
import sqlite3
import threading
import weakref
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from index.backends import VectorBackend
from index.backends.faiss_flat import FaissFlat
from index.claims import Claim
from index.errors import BackendError, SnapshotError, UnknownClaimError
from index.interchange import claim_from_json
from index.passages import PassageKind
from index.snapshots.manifest import CLAIMS_FILE, Manifest, read_manifest, verify_files
from index.text import TEXT_VERSION, text_key
from index.urls import url_key

_WORDINGS = frozenset((PassageKind.TEXT, PassageKind.ALTERNATIVE))


@dataclass(frozen=True, slots=True)
class StoredPassage:
    """A passage as it is stored.

    Attributes:
        text: Its wording.
        terms: What it is about, see `index.content.content_of`.
        is_wording: Whether it words the claim, as a text or another wording does; a title or a
            summary says less of it, or more.
    """

    text: str
    terms: frozenset[str]
    is_wording: bool


class Snapshot:
    """An opened snapshot. Claims are numbered 0 to n_claims - 1, passages 0 to n_passages - 1.

    Args:
        manifest: What it says of itself.
        connection: Its claims.db, read-only.
        backends: Its vectors, by model, in the manifest's order.
    """

    def __init__(
        self,
        manifest: Manifest,
        connection: sqlite3.Connection,
        backends: dict[str, VectorBackend],
    ) -> None:
        self.manifest = manifest
        self.backends = backends
        self._connection = connection
        # A lookup that has moved on to another snapshot just lets go of this one.
        weakref.finalize(self, connection.close)
        # One connection for all threads: a pruned folder's open file goes on being readable,
        # and no query takes longer than a few milliseconds.
        self._lock = threading.Lock()
        rows = self._rows("select claim from passages order by n")
        self.claim_of_passage = np.array([row[0] for row in rows], dtype=np.int64)

    @classmethod
    def open(cls, folder: Path) -> Self:
        """Open and verify a snapshot.

        Raises:
            SnapshotError: It is damaged, or was built under other text rules.
        """
        manifest = read_manifest(folder)
        if manifest.text_version != TEXT_VERSION:
            raise SnapshotError(
                f"Snapshot {manifest.id} was built under text rules {manifest.text_version}, this "
                f"version has {TEXT_VERSION}. Run `hearsay reindex`."
            )
        verify_files(folder, manifest)
        try:
            backends: dict[str, VectorBackend] = {
                each.model: FaissFlat.read(folder / each.file) for each in manifest.vectors
            }
        except BackendError as error:
            raise SnapshotError(f"Snapshot {manifest.id}: {error}") from error
        uri = f"{(folder / CLAIMS_FILE).absolute().as_uri()}?mode=ro&immutable=1"
        connection = sqlite3.connect(uri, uri=True, check_same_thread=False)
        try:
            snapshot = cls(manifest, connection, backends)
            snapshot._check_counts()
        except sqlite3.Error as error:
            connection.close()
            raise SnapshotError(
                f"Snapshot {manifest.id}: {CLAIMS_FILE} cannot be read. Run `hearsay reindex`."
            ) from error
        except BaseException:
            connection.close()
            raise
        return snapshot

    def close(self) -> None:
        """Close the file. A lookup that is under way must have ended."""
        self._connection.close()

    def claim(self, number: int) -> Claim:
        """The claim with this number."""
        return self.claims([number])[0]

    def claims(self, numbers: Sequence[int]) -> list[Claim]:
        """The claims with these numbers, in their order."""
        marks = ",".join("?" * len(numbers))
        query = f"select n, document from claims where n in ({marks})"
        found = {row[0]: row[1] for row in self._rows(query, *numbers)}
        return [claim_from_json(json.loads(found[each])) for each in numbers]

    def number(self, claim_id: str) -> int:
        """The number of a claim, by its id or by an id that was merged into it.

        Raises:
            UnknownClaimError: No published claim has it.
        """
        query = (
            "select n from claims where id = ? union all select n from claims "
            "join aliases on aliases.claim = claims.id where aliases.id = ?"
        )
        if not (rows := self._rows(query, claim_id, claim_id)):
            raise UnknownClaimError(f"No published claim has the id {claim_id!r}.")
        return int(rows[0][0])

    def by_url(self, url: str) -> list[int]:
        """Numbers of the claims that have this page as an appearance or response."""
        key = url_key(url)
        return [] if key is None else self._routes("url", key)

    def by_text(self, text: str) -> list[int]:
        """Numbers of the claims one of whose wordings is this text, normalised."""
        return self._routes("text", text_key(text))

    def by_words(self, match: str, weights: Sequence[float], k: int) -> list[tuple[int, float]]:
        """Full-text search over all texts of all claims.

        Args:
            match: An FTS5 query.
            weights: Of the columns wording, summary, body and names.
            k: How many claims.

        Returns:
            Claim numbers with BM25 scores (higher is better), best first.
        """
        marks = ",".join("?" * len(weights))
        query = (
            f"select rowid, -bm25(words, {marks}) from words where words match ? "
            "order by 2 desc, rowid limit ?"
        )
        return [(row[0], row[1]) for row in self._rows(query, *weights, match, k)]

    def passages(self, numbers: Sequence[int]) -> list[StoredPassage]:
        """These passages, in their order."""
        marks = ",".join("?" * len(numbers))
        query = f"select n, text, terms, kind from passages where n in ({marks})"
        found = {
            n: StoredPassage(text, frozenset(terms.split()), kind in _WORDINGS)
            for n, text, terms, kind in self._rows(query, *numbers)
        }
        return [found[each] for each in numbers]

    def document_frequencies(self, terms: Sequence[str]) -> dict[str, int]:
        """In how many claims each full-text term occurs; terms that occur in none are left out."""
        known = self._vocabulary
        return {term: known[term] for term in terms if term in known}

    @cached_property
    def _vocabulary(self) -> dict[str, int]:
        # A lookup asks for hundreds of terms; in memory all of them are a few megabytes.
        return dict(self._rows("select term, doc from vocabulary"))

    def passages_of(self, claim: int) -> NDArray[np.int64]:
        """Numbers of a claim's passages; they are consecutive."""
        first, last = np.searchsorted(self.claim_of_passage, [claim, claim + 1])
        return np.arange(first, last)

    def _routes(self, kind: str, key: str) -> list[int]:
        query = "select distinct claim from routes where kind = ? and key = ? order by claim"
        return [row[0] for row in self._rows(query, kind, key)]

    def _rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        with self._lock:
            return self._connection.execute(query, values).fetchall()

    def _check_counts(self) -> None:
        n_claims = self._rows("select count(*) from claims")[0][0]
        sizes = {len(self.claim_of_passage), *(each.size for each in self.backends.values())}
        dims = [backend.dim for backend in self.backends.values()]
        told = [each.dim for each in self.manifest.vectors]
        if n_claims != self.manifest.n_claims or sizes != {self.manifest.n_passages}:
            raise SnapshotError(
                f"Snapshot {self.manifest.id} does not hold as many claims and vectors as it says. "
                "Run `hearsay reindex`."
            )
        if dims != told:
            raise SnapshotError(
                f"Snapshot {self.manifest.id} has vectors of {dims} dimensions where it says "
                f"{told}. Run `hearsay reindex`."
            )
