"""FAISS flat: inner-product search over all vectors. At 100,000 vectors it takes milliseconds."""

from functools import cached_property
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from index.errors import BackendError

_UNIT_TOLERANCE = 1e-3
# What a search costs is reading every vector. From so many vectors on, a copy with one byte a
# number is read first, which takes a third to two thirds of the time, and the best are looked at
# again as they are: so many that none of the 80 nearest was lost (200 questions, 42,000 passages).
_ROUGH_FROM = 10_000
_ROUGH_FACTOR, _ROUGH_MORE = 2, 20
_N_TRAINING = 10_000


class FaissFlat:
    """Search with faiss.IndexFlatIP. Build it with `build` or `read`.

    Args:
        flat: A faiss.IndexFlatIP.
    """

    def __init__(self, flat: Any) -> None:
        self._flat = flat

    @property
    def size(self) -> int:
        """How many vectors it holds."""
        return int(self._flat.ntotal)

    @property
    def dim(self) -> int:
        """Length of its vectors."""
        return int(self._flat.d)

    @classmethod
    def build(cls, vectors: NDArray[np.float32]) -> Self:
        """Hold unit vectors, float32 (n, dim).

        Raises:
            BackendError: They are of another shape or type, not finite, or not unit rows.
        """
        import faiss  # noqa: PLC0415 (slow to import)

        check_vectors(vectors)
        flat = faiss.IndexFlatIP(vectors.shape[1])
        flat.add(np.ascontiguousarray(vectors))
        return cls(flat)

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read what `write` wrote.

        Raises:
            BackendError: The file is damaged or of another kind.
        """
        import faiss  # noqa: PLC0415

        try:
            flat = faiss.read_index(str(path))
        except RuntimeError as error:
            raise BackendError(f"{path.name} is no FAISS index: run `hearsay reindex`.") from error
        if not isinstance(flat, faiss.IndexFlat) or flat.metric_type != faiss.METRIC_INNER_PRODUCT:
            raise BackendError(
                f"{path.name} holds another kind of FAISS index: run `hearsay reindex`."
            )
        return cls(flat)

    def write(self, path: Path) -> None:
        """Write to one file.

        Raises:
            OSError: The file cannot be written.
        """
        import faiss  # noqa: PLC0415

        path.write_bytes(faiss.serialize_index(self._flat).tobytes())

    def search(
        self, queries: NDArray[np.float32], k: int
    ) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
        """The k nearest of each query: cosines (m, k) and row numbers (m, k), nearest first.

        Raises:
            BackendError: The queries are of another shape or type.
        """
        check_vectors(queries, dim=self.dim)
        asked, k = np.ascontiguousarray(queries), min(k, self.size)
        if self.size < _ROUGH_FROM:
            cosines, rows = self._flat.search(asked, k)
            return np.clip(cosines, -1, 1), rows
        _, near = self._rough.search(asked, min(_ROUGH_FACTOR * k + _ROUGH_MORE, self.size))
        exact = np.array(
            [self.vectors(mine) @ query for mine, query in zip(near, asked, strict=True)]
        ).reshape(near.shape)
        order = np.argsort(-exact, axis=1, kind="stable")[:, :k]
        cosines = np.take_along_axis(exact, order, axis=1)
        return np.clip(cosines, -1, 1), np.take_along_axis(near, order, axis=1)

    @cached_property
    def _rough(self) -> Any:
        import faiss  # noqa: PLC0415

        rough = faiss.IndexScalarQuantizer(
            self.dim, faiss.ScalarQuantizer.QT_8bit, faiss.METRIC_INNER_PRODUCT
        )
        step = max(self.size // _N_TRAINING, 1)
        rough.train(self.vectors(np.arange(0, self.size, step)))
        for first in range(0, self.size, _N_TRAINING):
            last = min(first + _N_TRAINING, self.size)
            rough.add(self.vectors(np.arange(first, last)))
        return rough

    def vectors(self, rows: NDArray[np.int64]) -> NDArray[np.float32]:
        """The vectors of some rows, float32 (n, dim)."""
        found: NDArray[np.float32] = self._flat.reconstruct_batch(rows)
        return found


def check_vectors(vectors: NDArray[np.float32], dim: int | None = None) -> None:
    """Check float32 (n, dim), finite, unit rows.

    Raises:
        BackendError: They are not.
    """
    if vectors.ndim != 2 or vectors.dtype != np.float32 or (dim and vectors.shape[1] != dim):
        raise BackendError(
            f"Vectors of shape {vectors.shape} and type {vectors.dtype}; expected "
            f"(n, {dim or 'dim'}) of float32."
        )
    if not np.isfinite(vectors).all():
        raise BackendError("A vector is not finite.")
    off = np.abs(np.linalg.norm(vectors, axis=1) - 1)
    if vectors.shape[0] and off.max() > _UNIT_TOLERANCE:
        raise BackendError(f"Row {int(off.argmax())} is not a unit vector.")
