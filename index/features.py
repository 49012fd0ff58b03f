"""Features: the explainable signals by which a candidate claim is judged. Each has one meaning."""

import math
from collections.abc import Sequence
from dataclasses import astuple, dataclass, fields
from difflib import SequenceMatcher

import numpy as np
from numpy.typing import NDArray

from index.claims import Claim
from index.comparison import Comparison, compare
from index.names import Names
from index.query import Query
from index.search import Hit, content_of
from index.snapshots import Snapshot
from index.words import is_english

# A claim this near to another one tells the same story; it is no rival of it.
_SAME_STORY_COSINE = 0.8
# FTS5 computes BM25 with k1 = 1.2: https://www.sqlite.org/fts5.html#the_bm25_function
_BM25_K1_PLUS_1 = 2.2


@dataclass(frozen=True, slots=True)
class Features:
    """What speaks for and against "the same claim", for one candidate.

    Attributes:
        cosine: Best cosine of the first encoder, in [-1, 1].
        cosine_other: Best cosine of the second encoder; of the first, if there is only one.
        margin: First encoder's cosine less that of the best other story among the candidates.
        margin_other: The same for the second encoder.
        asked_covered: Share of the question's content, by rarity, that the matched wording has.
            A name counts as the same under any spelling.
        claim_covered: Share of the matched wording's content that the question has.
        rarest_shared: Rarity of the rarest content word or name in both, 0 to 1.
        bm25: BM25 score by the most that this question could score, 0 to about 1.
        characters: How alike matched wording and question are as strings, 0 to 1.
        names_agreeing: Names in both, by the question's names.
        names_conflicting: Names that exclude each other: 0, 1, 2.
        names_missing: Names that only the question has: 0 to 3.
        numbers_agreeing: 1 if a number or date is in both.
        numbers_conflicting: Numbers or dates that exclude each other: 0, 1, 2.
        negated: 1 if only one of the two is negated.
        cosine_english: `cosine` where the question may be English, else 0: the first encoder knows
            no other language.
        margin_english: `margin`, likewise.
        cosine_foreign: `cosine_other` where the question is in another language, else 0: what only
            the multilingual encoder can judge.
    """

    cosine: float
    cosine_other: float
    margin: float
    margin_other: float
    asked_covered: float
    claim_covered: float
    rarest_shared: float
    bm25: float
    characters: float
    names_agreeing: float
    names_conflicting: float
    names_missing: float
    numbers_agreeing: float
    numbers_conflicting: float
    negated: float
    cosine_english: float
    margin_english: float
    cosine_foreign: float

    def vector(self) -> NDArray[np.float64]:
        """The features as one row, float64 (n_features,)."""
        return np.array(astuple(self), dtype=np.float64)


FEATURE_NAMES = tuple(field.name for field in fields(Features))


@dataclass(frozen=True, slots=True)
class Judged:
    """A candidate with everything that the decision needs."""

    hit: Hit
    claim: Claim
    asked_text: str
    matched_text: str
    comparison: Comparison
    features: Features


def judge(
    snapshot: Snapshot, names: Names, query: Query, hits: Sequence[Hit], n: int
) -> list[Judged]:
    """Work out the features of the n nearest hits; the others only serve as their rivals."""
    nearest = hits[:n]
    claims = snapshot.claims([hit.claim for hit in nearest])
    matched = snapshot.passages([hit.passage for hit in nearest])
    rivals = _Rivals(snapshot, hits)
    contents = _Contents(snapshot, names, [*query.segments, *matched])
    judged = []
    for place, (hit, claim, text) in enumerate(zip(nearest, claims, matched, strict=True)):
        asked = query.segments[hit.segment]
        comparison = compare(names, asked, claim, text)
        judged.append(
            Judged(
                hit=hit,
                claim=claim,
                asked_text=asked,
                matched_text=text,
                comparison=comparison,
                features=_features(hit, asked, text, comparison, contents, rivals.margins(place)),
            )
        )
    return judged


def _features(
    hit: Hit,
    asked: str,
    text: str,
    comparison: Comparison,
    contents: "_Contents",
    margins: tuple[float, float],
) -> Features:
    asked_terms, text_terms = contents.of(asked), contents.of(text)
    shared = [contents.rarity(term) for term in asked_terms if term in text_terms]
    english = float(is_english(asked))
    return Features(
        cosine=hit.cosines[0],
        cosine_other=hit.cosines[-1],
        margin=margins[0],
        margin_other=margins[1],
        asked_covered=contents.share(asked_terms, text_terms),
        claim_covered=contents.share(text_terms, asked_terms),
        rarest_shared=max(shared, default=0.0),
        bm25=hit.bm25 / contents.most_bm25(asked_terms),
        characters=SequenceMatcher(None, asked.casefold(), text.casefold(), False).ratio(),
        names_agreeing=comparison.n_agreeing / max(comparison.n_names, 1),
        names_conflicting=min(comparison.n_conflicting, 2),
        names_missing=min(comparison.n_missing, 3),
        numbers_agreeing=float(comparison.n_numbers_agreeing > 0),
        numbers_conflicting=min(comparison.n_numbers_conflicting, 2),
        negated=float(comparison.is_negated),
        cosine_english=hit.cosines[0] * english,
        margin_english=margins[0] * english,
        cosine_foreign=hit.cosines[-1] * (1 - english),
    )


class _Contents:
    """The content of texts, names under one term whatever their spelling, and how rare it is."""

    def __init__(self, snapshot: Snapshot, names: Names, texts: Sequence[str]) -> None:
        self._contents = {text: content_of(names, text) for text in texts}
        every = sorted(set().union(*self._contents.values()))
        self._frequencies = snapshot.document_frequencies(every) if every else {}
        self._n_claims = snapshot.manifest.n_claims
        self._scale = math.log1p(self._n_claims)

    def of(self, text: str) -> frozenset[str]:
        return self._contents[text]

    def rarity(self, term: str) -> float:
        """0 for a term in every claim, 1 for one in none."""
        return 1 - math.log1p(self._frequencies.get(term, 0)) / self._scale

    def most_bm25(self, terms: frozenset[str]) -> float:
        """What a claim would score that has every term often: the bound of BM25's formula."""
        found = [self._frequencies.get(term, 0) for term in terms]
        weights = [math.log((self._n_claims - n + 0.5) / (n + 0.5)) for n in found]
        return _BM25_K1_PLUS_1 * sum(max(weight, 0.0) for weight in weights) or 1.0

    def share(self, terms: frozenset[str], among: frozenset[str]) -> float:
        total = sum(map(self.rarity, terms))
        return sum(map(self.rarity, terms & among)) / total if total else 0.0


class _Rivals:
    """For each hit, the best hit that tells another story."""

    def __init__(self, snapshot: Snapshot, hits: Sequence[Hit]) -> None:
        self._cosines = np.array([hit.cosines for hit in hits], dtype=np.float64)
        backend = next(iter(snapshot.backends.values()))
        vectors = backend.vectors(np.array([hit.passage for hit in hits], dtype=np.int64))
        self._is_same = vectors @ vectors.T >= _SAME_STORY_COSINE

    def margins(self, place: int) -> tuple[float, float]:
        others = self._cosines[~self._is_same[place]]
        if not len(others):
            return 0.0, 0.0
        margin = self._cosines[place] - others.max(axis=0)
        return float(margin[0]), float(margin[-1])
