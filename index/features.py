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
from index.search import Hit
from index.snapshots import Snapshot
from index.words import content_terms

# A claim this near to another one tells the same story; it is no rival of it.
_SAME_STORY_COSINE = 0.85


@dataclass(frozen=True, slots=True)
class Features:
    """What speaks for and against "the same claim", for one candidate.

    Attributes:
        cosine: Best cosine of the first encoder, in [-1, 1].
        cosine_other: Best cosine of the second encoder; of the first, if there is only one.
        margin: First encoder's cosine less that of the best other story among the candidates.
        margin_other: The same for the second encoder.
        asked_covered: Share of the question's content, by rarity, that the claim's texts have.
        claim_covered: Share of the matched wording's content that the question has.
        rarest_shared: Rarity of the rarest content word in both, 0 to 1.
        bm25: BM25 score by the best one among the candidates, 0 to 1.
        characters: How alike matched wording and question are as strings, 0 to 1.
        names_agreeing: Names in both, by the question's names.
        names_conflicting: Names that exclude each other: 0, 1, 2.
        names_missing: Names that only the question has: 0 to 3.
        numbers_agreeing: 1 if a number or date is in both.
        numbers_conflicting: Numbers or dates that exclude each other: 0, 1, 2.
        negated: 1 if only one of the two is negated.
        asked_length: Logarithm of the question's content words.
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
    asked_length: float

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
    top_bm25 = max((hit.bm25 for hit in hits), default=0.0) or 1.0
    rarity = _Rarity(snapshot, query, matched)
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
                features=_features(
                    hit, claim, asked, text, comparison, rarity, rivals.margins(place), top_bm25
                ),
            )
        )
    return judged


def _features(
    hit: Hit,
    claim: Claim,
    asked: str,
    text: str,
    comparison: Comparison,
    rarity: "_Rarity",
    margins: tuple[float, float],
    top_bm25: float,
) -> Features:
    asked_terms = content_terms(asked)
    all_terms = {term for part in _texts(claim) for term in content_terms(part)}
    text_terms = content_terms(text)
    shared = [rarity.of(term) for term in asked_terms if term in all_terms]
    return Features(
        cosine=hit.cosines[0],
        cosine_other=hit.cosines[-1],
        margin=margins[0],
        margin_other=margins[1],
        asked_covered=rarity.share(asked_terms, all_terms),
        claim_covered=rarity.share(text_terms, set(asked_terms)),
        rarest_shared=max(shared, default=0.0),
        bm25=hit.bm25 / top_bm25,
        characters=SequenceMatcher(None, asked.casefold(), text.casefold(), False).ratio(),
        names_agreeing=comparison.n_agreeing / max(comparison.n_names, 1),
        names_conflicting=min(comparison.n_conflicting, 2),
        names_missing=min(comparison.n_missing, 3),
        numbers_agreeing=float(comparison.n_numbers_agreeing > 0),
        numbers_conflicting=min(comparison.n_numbers_conflicting, 2),
        negated=float(comparison.is_negated),
        asked_length=math.log1p(len(asked_terms)),
    )


def _texts(claim: Claim) -> list[str]:
    return [each for each in (claim.text, claim.title, *claim.alternatives, claim.summary) if each]


class _Rarity:
    """How rare terms are in the archive: 0 (in every claim) to 1 (in one, or in none)."""

    def __init__(self, snapshot: Snapshot, query: Query, texts: Sequence[str]) -> None:
        wanted = {term for text in (*query.segments, *texts) for term in content_terms(text)}
        self._found = snapshot.document_frequencies(sorted(wanted)) if wanted else {}
        self._scale = math.log1p(snapshot.manifest.n_claims)

    def of(self, term: str) -> float:
        return 1 - math.log1p(self._found.get(term, 0)) / self._scale

    def share(self, terms: Sequence[str], among: set[str]) -> float:
        total = sum(self.of(term) for term in terms)
        return sum(self.of(term) for term in terms if term in among) / total if total else 0.0


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
