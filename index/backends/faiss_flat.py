"""FAISS flat: exact inner-product search. At 100,000 vectors on two cores it takes milliseconds."""

from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from index.errors import BackendError

_UNIT_TOLERANCE = 1e-3


class FaissFlat:
    """Exact search with faiss.IndexFlatIP. Build it with `build` or `read`.

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
        cosines, rows = self._flat.search(np.ascontiguousarray(queries), min(k, self.size))
        return np.clip(cosines, -1, 1), rows

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
