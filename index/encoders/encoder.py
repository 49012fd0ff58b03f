"""Encoder: what every embedding model offers, and what is checked of its vectors."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from index.errors import EncoderError

Vectors = NDArray[np.float32]


class Encoder(Protocol):
    """An embedding model.

    Attributes:
        model: Its name and version; vectors of different models are never mixed.
        question_model: Name and version of what reads questions for it; its own, if it does itself.
        dim: Length of its vectors.
    """

    model: str
    question_model: str
    dim: int

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors, float32 (n, dim), for n texts."""

    def encode_questions(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors, float32 (n, dim), for n English questions: near those of their claims."""


def checked(vectors: NDArray[np.generic], n: int, dim: int, model: str) -> Vectors:
    """Check what a model gave: shape (n, dim), finite, then unit rows in float32.

    Raises:
        EncoderError: The vectors are unusable.
    """
    found = np.ascontiguousarray(vectors, dtype=np.float32)
    if found.shape != (n, dim):
        raise EncoderError(f"{model} gave vectors of shape {found.shape}, expected {(n, dim)}.")
    if not np.isfinite(found).all():
        raise EncoderError(f"{model} gave a vector that is not finite. Reinstall the model.")
    norms = np.linalg.norm(found, axis=1, keepdims=True)
    return np.ascontiguousarray(found / np.maximum(norms, np.finfo(np.float32).tiny))
