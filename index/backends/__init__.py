"""Backends: exact or approximate nearest-neighbour search over unit vectors, one module each."""

from pathlib import Path
from typing import Protocol, Self

import numpy as np
from numpy.typing import NDArray


class VectorBackend(Protocol):
    """Nearest neighbours by inner product over n unit vectors; row numbers are the ids."""

    @property
    def size(self) -> int:
        """How many vectors it holds."""

    @property
    def dim(self) -> int:
        """Length of its vectors."""

    @classmethod
    def build(cls, vectors: NDArray[np.float32]) -> Self:
        """Hold vectors, float32 (n, dim), unit rows.

        Raises:
            BackendError: They are of another shape or type, not finite, or not unit rows.
        """

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read what `write` wrote.

        Raises:
            BackendError: The file is damaged or of another kind.
        """

    def write(self, path: Path) -> None:
        """Write to one file."""

    def search(
        self, queries: NDArray[np.float32], k: int
    ) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
        """The k nearest of each query, nearest first.

        Args:
            queries: float32 (m, dim), unit rows.
            k: How many; fewer come back where the backend holds fewer.

        Returns:
            Cosines, float32 (m, k) in [-1, 1], and row numbers, int64 (m, k).
        """

    def vectors(self, rows: NDArray[np.int64]) -> NDArray[np.float32]:
        """The vectors of some rows, float32 (n, dim)."""
