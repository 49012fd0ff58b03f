"""Ranking: the explainable signals by which candidates are put in order, for all of them at once.

Only what differs between the candidates of one question counts here; whether the best one is the
same claim is for `index.features` and `index.decision`.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Self

import numpy as np
from numpy.typing import NDArray

from index.content import content_of, is_name_term
from index.names import Names
from index.query import Query
from index.search import Hit
from index.snapshots import Snapshot
from index.words import words

# FTS5 computes BM25 with k1 = 1.2: https://www.sqlite.org/fts5.html#the_bm25_function
_BM25_K1_PLUS_1 = 2.2
_N_GRAM = 4

# "best" is by the matched wording, "whole" by the whole message, "mean" over the claim's wordings;
# "scaled" is by the best candidate's value, "rank" is minus the logarithm of the place.
RANKING_FEATURES = (
    "cosine",
    "cosine_scaled",
    "cosine_rank",
    "cosine_whole",
    "cosine_mean",
    "cosine_other",
    "cosine_other_scaled",
    "cosine_other_rank",
    "cosine_other_whole",
    "cosine_other_mean",
    "bm25",
    "bm25_scaled",
    "bm25_rank",
    "asked_covered",
    "asked_covered_scaled",
    "asked_covered_by_all",
    "claim_covered",
    "overlap",
    "rarest_shared",
    "second_rarest_shared",
    "names_shared",
    "numbers_shared",
    "numbers_missing",
    "n_grams",
    "n_grams_scaled",
    "word_pairs",
    "n_words",
)


class Rarity:
    """How rare terms are in a snapshot."""

    def __init__(self, snapshot: Snapshot, terms: Sequence[str]) -> None:
        self._frequencies = snapshot.document_frequencies(terms) if terms else {}
        self._n_claims = snapshot.manifest.n_claims
        scale = math.log1p(self._n_claims)
        self._rarities = {
            term: 1 - math.log1p(n_claims) / scale for term, n_claims in self._frequencies.items()
        }

    def of(self, term: str) -> float:
        """0 for a term in every claim, 1 for one in none."""
        return self._rarities.get(term, 1.0)

    def total(self, terms: frozenset[str]) -> float:
        """The sum over some terms."""
        rarity = self._rarities.get
        return sum(rarity(term, 1.0) for term in terms)

    def share(self, terms: frozenset[str], among: frozenset[str]) -> float:
        """The share of the terms, by rarity, that is among others; 0 of none."""
        total = self.total(terms)
        return self.total(terms & among) / total if total else 0.0

    def most_bm25(self, terms: frozenset[str]) -> float:
        """What a claim would score that has every term often: the bound of BM25's formula."""
        found = [self._frequencies.get(term, 0) for term in terms]
        weights = [math.log((self._n_claims - n + 0.5) / (n + 0.5)) for n in found]
        return _BM25_K1_PLUS_1 * sum(max(weight, 0.0) for weight in weights) or 1.0


@dataclass(frozen=True, slots=True)
class Texts:
    """The texts of the candidates of one question, and what they are about.

    Attributes:
        asked: What each segment of the question is about.
        matched: Each candidate's wording that is nearest to the question.
        matched_terms: What that is about.
        is_wording: Whether it words the claim: it is neither its title nor its summary.
        all_terms: What all wordings of each candidate are about.
        rarity: How rare the terms are.
    """

    asked: Sequence[frozenset[str]]
    matched: Sequence[str]
    matched_terms: Sequence[frozenset[str]]
    is_wording: Sequence[bool]
    all_terms: Sequence[frozenset[str]]
    rarity: Rarity

    @classmethod
    def read(cls, snapshot: Snapshot, names: Names, query: Query, hits: Sequence[Hit]) -> Self:
        """Read them from a snapshot."""
        asked = [content_of(names, segment) for segment in query.segments]
        ranges = [snapshot.passages_of(hit.claim) for hit in hits]
        rows = [int(row) for passages in ranges for row in passages]
        found = dict(zip(rows, snapshot.passages(rows), strict=True))
        every = [
            frozenset[str]().union(*(found[int(row)].terms for row in passages))
            for passages in ranges
        ]
        matched = [found[hit.passage] for hit in hits]
        return cls(
            asked=asked,
            matched=[each.text for each in matched],
            matched_terms=[each.terms for each in matched],
            is_wording=[each.is_wording for each in matched],
            all_terms=every,
            rarity=Rarity(snapshot, sorted(frozenset[str]().union(*asked, *every))),
        )

    def ordered(self, order: Sequence[int]) -> Self:
        """The same with the candidates in another order."""
        return replace(
            self,
            matched=[self.matched[n] for n in order],
            matched_terms=[self.matched_terms[n] for n in order],
            is_wording=[self.is_wording[n] for n in order],
            all_terms=[self.all_terms[n] for n in order],
        )


def ranking_features(query: Query, hits: Sequence[Hit], texts: Texts) -> NDArray[np.float64]:
    """The signals of all candidates, float64 (n_hits, n_features), in order of RANKING_FEATURES."""
    columns: dict[str, NDArray[np.float64]] = {}
    for suffix, place in (("", 0), ("_other", -1)):
        best = np.array([hit.cosines[place] for hit in hits])
        columns[f"cosine{suffix}"] = best
        columns[f"cosine{suffix}_scaled"] = _scaled(best)
        columns[f"cosine{suffix}_rank"] = _ranked(best)
        columns[f"cosine{suffix}_whole"] = np.array([hit.whole[place] for hit in hits])
        columns[f"cosine{suffix}_mean"] = np.array([hit.mean[place] for hit in hits])
    by_words = np.array(
        [hit.bm25 / texts.rarity.most_bm25(texts.asked[hit.segment]) for hit in hits]
    )
    scores = np.array([hit.bm25 for hit in hits])
    columns["bm25"] = by_words
    columns["bm25_scaled"] = _scaled(scores)
    columns["bm25_rank"] = _ranked(scores)
    rows = [_shared(texts, hit, n) for n, hit in enumerate(hits)]
    columns |= {key: np.array([row[key] for row in rows]) for key in rows[0]}
    columns["asked_covered_scaled"] = _scaled(columns["asked_covered"])
    columns |= _strings(query, hits, texts)
    columns["n_words"] = np.array([math.log1p(len(terms)) for terms in texts.matched_terms])
    return np.stack([columns[name] for name in RANKING_FEATURES], axis=1)


def _shared(texts: Texts, hit: Hit, n: int) -> dict[str, float]:
    asked, matched, every = texts.asked[hit.segment], texts.matched_terms[n], texts.all_terms[n]
    rarity = texts.rarity
    common = asked & matched
    rare = sorted((rarity.of(term) for term in asked & every), reverse=True)
    names = {term for term in asked if is_name_term(term)}
    numbers = {term for term in asked if term.isdecimal()}
    either = rarity.total(asked | matched)
    return {
        "asked_covered": rarity.share(asked, matched),
        "asked_covered_by_all": rarity.share(asked, every),
        "claim_covered": rarity.share(matched, asked),
        "overlap": rarity.total(common) / either if either else 0.0,
        "rarest_shared": rare[0] if rare else 0.0,
        "second_rarest_shared": rare[1] if len(rare) > 1 else 0.0,
        "names_shared": len(names & every) / max(len(names), 1),
        "numbers_shared": float(len(numbers & every)),
        "numbers_missing": float(len(numbers - every)),
    }


def _strings(query: Query, hits: Sequence[Hit], texts: Texts) -> dict[str, NDArray[np.float64]]:
    """Likeness of the wordings as strings: character n-grams, and pairs of neighbouring words."""
    asked = [_n_grams(segment) for segment in query.segments]
    pairs = [_word_pairs(segment) for segment in query.segments]
    grams, neighbours = [], []
    for hit, text in zip(hits, texts.matched, strict=True):
        mine, theirs = asked[hit.segment], _n_grams(text)
        grams.append(len(mine & theirs) / math.sqrt(max(len(mine) * len(theirs), 1)))
        ours = pairs[hit.segment]
        neighbours.append(len(ours & _word_pairs(text)) / max(len(ours), 1))
    shares = np.array(grams)
    return {
        "n_grams": shares,
        "n_grams_scaled": _scaled(shares),
        "word_pairs": np.array(neighbours),
    }


def _n_grams(text: str) -> frozenset[str]:
    plain = f" {' '.join(words(text))} "
    return frozenset(plain[n : n + _N_GRAM] for n in range(max(len(plain) - _N_GRAM + 1, 1)))


def _word_pairs(text: str) -> frozenset[tuple[str, str]]:
    found = words(text)
    return frozenset(pairwise(found))


def _scaled(values: NDArray[np.float64]) -> NDArray[np.float64]:
    most = values.max(initial=0.0)
    return values / most if most > 0 else np.zeros_like(values)


def _ranked(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Minus the logarithm of the place, 0 for the best; equal values share the better place."""
    places = [int((values > value).sum()) for value in values]
    return -np.log2(1 + np.array(places, dtype=np.float64))
