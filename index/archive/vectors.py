"""Vectors: the cache of embeddings in archive.db, so that no text is embedded twice."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager

import numpy as np
from numpy.typing import NDArray
from sqlite_utils import Database

_BATCH = 500


class VectorCache:
    """Vectors of one model by text hash.

    Each `store` is its own transaction: what an interrupted reindex had embedded is kept.
    """

    def __init__(
        self,
        db: Database,
        model: str,
        dim: int,
        told: Callable[[str], AbstractContextManager[None]],
    ) -> None:
        self._db = db
        self._model = model
        self._dim = dim
        self._told = told

    def missing(self, hashes: Sequence[str]) -> list[str]:
        """Those of the hashes that have no vector yet, each once, in order."""
        known = set(self._found(hashes, "text_hash"))
        return [each for each in dict.fromkeys(hashes) if each not in known]

    def load(self, hashes: Sequence[str]) -> NDArray[np.float32]:
        """Vectors of the given hashes, float32 (n, dim), in their order.

        Raises:
            KeyError: One of them is missing.
        """
        place = {each: n for n, each in enumerate(dict.fromkeys(hashes))}
        unique = np.empty((len(place), self._dim), dtype=np.float32)
        blobs = self._found(list(place), "text_hash, vector")
        for text_hash, blob in blobs.items():
            unique[place[text_hash]] = np.frombuffer(blob, dtype=np.float32)
        if len(blobs) != len(place):
            raise KeyError(next(each for each in place if each not in blobs))
        return np.ascontiguousarray(unique[[place[each] for each in hashes]])

    def store(self, hashes: Sequence[str], vectors: NDArray[np.float32]) -> None:
        """Keep vectors (n, dim) for n hashes.

        Raises:
            ArchiveError: The archive cannot be written.
        """
        rows = [
            (self._model, text_hash, vector.tobytes())
            for text_hash, vector in zip(hashes, vectors.astype(np.float32), strict=True)
        ]
        with self._told("archive.db"), self._db.atomic():
            self._db.conn.executemany("insert or replace into vectors values (?, ?, ?)", rows)

    def _found(self, hashes: Sequence[str], columns: str) -> dict[str, bytes]:
        found: dict[str, bytes] = {}
        for start in range(0, len(hashes), _BATCH):
            batch = list(hashes[start : start + _BATCH])
            marks = ",".join("?" * len(batch))
            query = f"select {columns} from vectors where model = ? and text_hash in ({marks})"
            for row in self._db.execute(query, [self._model, *batch]):
                found[row[0]] = row[1] if len(row) > 1 else b""
        return found
