"""A tiny encoder whose vectors can be computed by hand: one axis a word of its vocabulary."""

from collections.abc import Sequence

import numpy as np


class TinyEncoder:
    """Counts the words of a small vocabulary; the last axis is for texts without any of them."""

    def __init__(self, vocabulary: str, model: str = "tiny") -> None:
        self.model = self.question_model = model
        self._places = {word: n for n, word in enumerate(vocabulary.split())}
        self.dim = len(self._places) + 1
        self.encoded: list[str] = []

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        self.encoded += texts
        vectors = np.zeros((len(texts), self.dim), dtype=np.float32)
        for row, text in enumerate(texts):
            for word in text.lower().replace("?", "").replace(".", "").split():
                if word in self._places:
                    vectors[row, self._places[word]] += 1
            if not vectors[row].any():
                vectors[row, -1] = 1
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)

    def encode_questions(self, texts: Sequence[str]) -> np.ndarray:
        return self.encode(texts)
