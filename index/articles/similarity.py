"""Similarity: how near two wordings are, by words and, where there is an encoder, by meaning."""

import re
from collections.abc import Callable, Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from index.text import text_key

# Words are compared by their first letters, which folds most inflections of one.
_STEM_CHARS = 5
_MIN_CHARS = 3


class Similarity:
    """Similarity of two texts in [0, 1].

    Args:
        stopwords: Words that say nothing of the content.
        encode: Gives unit vectors (n, dim) for n texts; None compares by words only.
    """

    def __init__(
        self,
        stopwords: Iterable[str],
        encode: Callable[[Sequence[str]], NDArray[np.float32]] | None,
    ) -> None:
        self._stopwords = frozenset(stopwords)
        self._encode = encode
        self._stems: dict[str, frozenset[str]] = {}
        self._vectors: dict[str, NDArray[np.float32]] = {}

    def prepare(self, texts: Iterable[str]) -> None:
        """Encode all texts at once that will be compared later."""
        new = [text for text in dict.fromkeys(texts) if text not in self._vectors]
        if self._encode is not None and new:
            self._vectors.update(zip(new, self._encode(new), strict=True))

    def __call__(self, one: str, other: str) -> float:
        """Mean of word overlap and cosine; word overlap alone without an encoder."""
        overlap = self.overlap(one, other)
        cosine = self.cosine(one, other)
        return overlap if cosine is None else (overlap + max(0.0, cosine)) / 2

    def covered(self, part: str, whole: str) -> float:
        """Share of the first text's content words that the second has too, in [0, 1]."""
        stems = self.stems(part)
        return len(stems & self.stems(whole)) / len(stems) if stems else 0.0

    def cosine(self, one: str, other: str) -> float | None:
        """Cosine of the two meanings in [-1, 1]; None without an encoder."""
        if self._encode is None:
            return None
        self.prepare((one, other))
        return float(self._vectors[one] @ self._vectors[other])

    def overlap(self, one: str, other: str) -> float:
        """Shared content words over those of the shorter text, in [0, 1]."""
        first, second = self.stems(one), self.stems(other)
        if not first or not second:
            return 0.0
        return len(first & second) / min(len(first), len(second))

    def stems(self, text: str) -> frozenset[str]:
        """Content words of a text, cut to their first letters."""
        if text not in self._stems:
            self._stems[text] = self._stems_of(text)
        return self._stems[text]

    def _stems_of(self, text: str) -> frozenset[str]:
        return frozenset(
            (word.removesuffix("s") if len(word) > _MIN_CHARS else word)[:_STEM_CHARS]
            for word in re.findall(r"\w+", text_key(text))
            if (len(word) >= _MIN_CHARS or word.isdigit()) and word not in self._stopwords
        )
