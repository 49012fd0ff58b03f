"""Grouping: questions that ask the same, for editors who answer them together."""

import threading
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from index.claims import Claim
from index.comparison import compare
from index.embedder import Encoder, Vectors
from index.names import Names
from index.query import prepare
from index.words import is_english

# Least mean cosine of two groups that become one: between English questions in the leading
# encoder, else in the last one, which reads more languages. Chosen on the questions of
# `data/questions` and `benchmarks/questions` that are about one claim (1,226 of them): three in
# four of the pairs that it groups across languages are about the same claim, and half of the
# English ones; the rest is nearly always about a claim that archives tell apart and readers hardly.
MIN_ENGLISH = 0.65
MIN_FOREIGN = 0.55
# So far apart is a pair with a named difference that no average makes up for it.
_APART = 100.0
_CHUNK = 64

_Distances = NDArray[np.float64]


class Grouper:
    """Groups questions by meaning, and remembers what it worked out for those it saw last.

    Two questions with a different name, number or date, or of which one is negated, are never in
    one group, however close they sound.

    Args:
        names: The table of name variants.
    """

    def __init__(self, names: Names) -> None:
        self._names = names
        self._vectors: dict[tuple[str, str], Vectors] = {}
        self._differing: dict[tuple[str, str], bool] = {}
        self._lock = threading.Lock()

    def group(self, questions: Sequence[str], encoders: Sequence[Encoder]) -> list[list[int]]:
        """Group questions.

        Memory and time grow with the square of n; meant for a few thousand.

        Args:
            questions: n questions, as they were asked.
            encoders: The leading one reads English, the last one other languages; may be one.

        Returns:
            The groups, each as positions of its questions in order; groups in the order of their
            first question.
        """
        with self._lock:
            texts = [prepare(question).text or question for question in questions]
            near = self._distances(texts, encoders)
            for one, other in np.argwhere(np.triu(near <= 1.0, 1)):
                if self._differ(texts[one], texts[other]):
                    near[one, other] = near[other, one] = _APART
            self._forget_all_but(set(texts))
            return linked(near)

    def _distances(self, texts: Sequence[str], encoders: Sequence[Encoder]) -> _Distances:
        """Distances (n, n) between texts; 1 is as far as one group may be spread."""
        lead = self._embedded(texts, encoders[0])
        last = self._embedded(texts, encoders[-1])
        english = np.array([is_english(text) for text in texts], dtype=bool)
        both = english[:, None] & english[None, :]
        return np.where(
            both,
            (1.0 - lead @ lead.T.astype(np.float64)) / (1.0 - MIN_ENGLISH),
            (1.0 - last @ last.T.astype(np.float64)) / (1.0 - MIN_FOREIGN),
        )

    def _embedded(self, texts: Sequence[str], encoder: Encoder) -> Vectors:
        known, model = self._vectors, encoder.model
        new = [text for text in dict.fromkeys(texts) if (model, text) not in known]
        for start in range(0, len(new), _CHUNK):  # kept chunk by chunk, whatever happens next
            chunk = new[start : start + _CHUNK]
            for text, row in zip(chunk, encoder.encode(chunk), strict=True):
                known[model, text] = row
        rows = [known[model, text] for text in texts]
        return np.array(rows, dtype=np.float32).reshape(len(texts), encoder.dim)

    def _differ(self, one: str, other: str) -> bool:
        pair = (one, other)
        if pair not in self._differing:
            self._differing[pair] = any(
                compare(self._names, asked, Claim(id="other", text=said), said).differences
                for asked, said in (pair, pair[::-1])
            )
        return self._differing[pair]

    def _forget_all_but(self, texts: set[str]) -> None:
        for key in [key for key in self._vectors if key[1] not in texts]:
            del self._vectors[key]
        for pair in [pair for pair in self._differing if not texts.issuperset(pair)]:
            del self._differing[pair]


def linked(distances: _Distances) -> list[list[int]]:
    """Groups by average linkage: the two closest become one as long as they are at most 1 apart.

    Args:
        distances: (n, n), symmetric.

    Returns:
        The groups, as `Grouper.group` gives them.
    """
    # Takes a while to import, and answering needs none of it.
    from scipy.cluster.hierarchy import fcluster, linkage  # noqa: PLC0415
    from scipy.spatial.distance import squareform  # noqa: PLC0415

    n = len(distances)
    if n < 2:
        return [[0]] if n else []
    even = np.maximum((distances + distances.T) / 2, 0.0)
    np.fill_diagonal(even, 0.0)
    tree = linkage(squareform(even, checks=False), "average")
    groups: dict[int, list[int]] = {}
    for position, group in enumerate(fcluster(tree, 1.0, "distance")):
        groups.setdefault(int(group), []).append(position)
    return list(groups.values())
