"""Features: the explainable signals by which the best candidates are judged."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import astuple, dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.answers import Difference
from index.claims import Claim
from index.comparison import Comparison, aligned, compare
from index.names import Names
from index.pair_model import PairJudgement, PairModel
from index.query import Query
from index.ranking import RANKING_FEATURES, Texts, ranking_features
from index.search import Hit
from index.snapshots import Snapshot
from index.words import is_english

# A claim this near to another one tells the same story; it is no rival of it.
_SAME_STORY_COSINE = 0.8
# The model's logits beyond this say no more.
_MAX_LOGIT = 6.0
# Standing out by more than this says no more either.
_MAX_MARGIN = 3.0
# So many of the best candidates are judged at most ...
N_JUDGED = 5
# ... and only those whose score is no farther than this below the best one's. It leaves 1.9 of an
# honest question's to read; 2.0 leaves 2.2, and puts the right one first hardly more often.
_WITHIN_REACH = 1.5


@dataclass(frozen=True, slots=True)
class Features:
    """What speaks for and against "the same claim", for one candidate.

    Attributes:
        cosine: Best cosine of the first encoder, in [-1, 1].
        cosine_other: Best cosine of the second encoder; of the first, if there is only one.
        cosine_whole: Cosine of the whole message in the first encoder.
        margin: First encoder's cosine less that of the best other story among the candidates.
        margin_other: The same for the second encoder.
        score: What the ranking gave.
        score_margin: That less the best score of another story, 0 to 3, times the better of the two
            cosines: to stand out among strangers means little.
        asked_covered: Share of the question's content, by rarity, that the matched wording has.
            A name counts as the same under any spelling.
        asked_covered_by_all: The same for all wordings of the claim together.
        claim_covered: Share of the matched wording's content that the question has.
        rarest_shared: Rarity of the rarest content word or name in both, 0 to 1.
        rarest_missing: Rarity of the rarest one of the question that the claim lacks, 0 to 1.
        bm25: BM25 score by the most that this question could score, 0 to about 1.
        n_grams: How alike matched wording and question are as strings, 0 to 1.
        names_agreeing: Names in both, by the question's names.
        names_conflicting: Names that exclude each other: 0, 1, 2.
        names_missing: Names that only the question has: 0 to 3.
        numbers_agreeing: 1 if a number or date is in both.
        numbers_conflicting: Numbers or dates that exclude each other: 0, 1, 2.
        names_exchanged: Names that only the question has, and as many that only the matched wording
            has: 0, 1, 2.
        rarest_exchanged: Rarity of the rarest word that only the question has, or that only the
            matched wording has: of the two the commoner one, 0 to 1.
        negated: 1 if only one of the two is negated.
        opposed: 1 if a word of the one turns the other round: "banned", "allowed".
        pair_in_words: The pair model's logit of "the same claim", -6 to 6, for the matched wording
            (for the claim's text, if that is its title, its summary or not in English), times the
            share of the matched wording that the question has; 0 where the question is in a
            language that the model does not read.
        pair_beside_words: The same times the share that it lacks.
        pair_against: `pair_in_words` where it speaks against, else 0: who asks in the claim's own
            words means them.
        pair_for: The logit itself where it speaks for "the same claim", else 0: what is another
            claim may tell the same story.
        cosine_beside_words: `cosine` times the share of the matched wording that the question
            lacks: near in meaning without the claim's words.
    """

    cosine: float
    cosine_other: float
    cosine_whole: float
    margin: float
    margin_other: float
    score: float
    score_margin: float
    asked_covered: float
    asked_covered_by_all: float
    claim_covered: float
    rarest_shared: float
    rarest_missing: float
    bm25: float
    n_grams: float
    names_agreeing: float
    names_conflicting: float
    names_missing: float
    numbers_agreeing: float
    numbers_conflicting: float
    names_exchanged: float
    rarest_exchanged: float
    negated: float
    opposed: float
    pair_in_words: float
    pair_beside_words: float
    pair_against: float
    pair_for: float
    cosine_beside_words: float

    def vector(self) -> NDArray[np.float64]:
        """The features as one row, float64 (n_features,)."""
        return np.array(astuple(self), dtype=np.float64)


FEATURE_NAMES = tuple(field.name for field in fields(Features))

# Two questions are decided apart, so that likeness cannot outweigh a difference. What tells whether
# a candidate is the story that was asked about ...
NEARNESS_FEATURES = (
    "cosine",
    "cosine_other",
    "cosine_whole",
    "margin",
    "margin_other",
    "score",
    "score_margin",
    "asked_covered",
    "asked_covered_by_all",
    "claim_covered",
    "rarest_shared",
    "rarest_missing",
    "bm25",
    "n_grams",
    "names_agreeing",
    "names_missing",
    "numbers_agreeing",
    "pair_for",
    "cosine_beside_words",
)
# ... and what tells whether something sets the two apart all the same.
SAMENESS_FEATURES = (
    "names_agreeing",
    "names_conflicting",
    "names_missing",
    "names_exchanged",
    "numbers_agreeing",
    "numbers_conflicting",
    "rarest_missing",
    "rarest_exchanged",
    "negated",
    "opposed",
    "pair_in_words",
    "pair_beside_words",
    "pair_against",
    "cosine_beside_words",
)


@dataclass(frozen=True, slots=True)
class Judged:
    """A candidate with everything that the decision needs.

    Attributes:
        hit: The candidate.
        claim: The claim, whole.
        asked_text: The segment of the question that is nearest to it.
        matched_text: Its wording that is nearest to that.
        terms: What all its wordings are about.
        is_english: Whether the question may be English.
        comparison: Names, numbers and negation, compared.
        pair: What the pair model says of the matched wording, or of the claim's text if that is
            its title, its summary or not in English; None where it does not read it.
        ranked: The signals of the ranking, by name.
        features: The signals of the decision.
    """

    hit: Hit
    claim: Claim
    asked_text: str
    matched_text: str
    terms: frozenset[str]
    is_english: bool
    comparison: Comparison
    pair: PairJudgement | None
    ranked: Mapping[str, float]
    features: Features

    @property
    def differences(self) -> tuple[Difference, ...]:
        """In what question and claim differ, the surest first."""
        return differences_of(self.comparison, self.pair)


@dataclass(frozen=True, slots=True)
class Ranked:
    """The candidates of one question in the order of the ranking, best first.

    Attributes:
        hits: The candidates.
        table: Their signals, float64 (n_hits, n_ranking_features).
        scores: What the ranking gave them, float64 (n_hits,).
        texts: Their texts.
    """

    hits: Sequence[Hit]
    table: NDArray[np.float64]
    scores: NDArray[np.float64]
    texts: Texts


def rank(
    snapshot: Snapshot,
    names: Names,
    query: Query,
    hits: Sequence[Hit],
    score: Callable[..., NDArray[np.float64]],
) -> Ranked:
    """Put candidates in order.

    Args:
        snapshot: Where they are from.
        names: The table of name variants.
        query: What is asked.
        hits: At least one.
        score: Gives scores (n,) for signals (n, n_ranking_features), told `is_english`.
    """
    texts = Texts.read(snapshot, names, query, hits)
    table = ranking_features(query, hits, texts)
    scores = score(table, is_english=is_english(query.text))
    order = np.argsort(-scores, kind="stable")
    return Ranked(
        [hits[n] for n in order], table[order], scores[order], texts.ordered(order.tolist())
    )


def judge(
    snapshot: Snapshot,
    names: Names,
    pair_model: PairModel | None,
    query: Query,
    ranked: Ranked,
    n: int,
    *,
    spread: Callable[..., Iterable[Any]] = map,
) -> list[Judged]:
    """Work out the features of at most the n best candidates, those that may still come first.

    The others only serve as their rivals. `spread` maps the pair model over what it is to read, as
    `map` does.
    """
    n_close = int((ranked.scores >= ranked.scores[0] - _WITHIN_REACH).sum())
    best = ranked.hits[: min(n, n_close)]
    claims = snapshot.claims([hit.claim for hit in best])
    english = is_english(query.text)
    asked = [query.segments[hit.segment] for hit in best]
    matched = ranked.texts.matched[: len(best)]
    pairs: list[PairJudgement | None] = [None] * len(best)
    if english and pair_model is not None:
        told = [
            _told(claim, text, is_wording=ranked.texts.is_wording[place])
            for place, (claim, text) in enumerate(zip(claims, matched, strict=True))
        ]
        sides = zip(asked, told, strict=True)
        shown = [(aligned(names, question, text), text) for question, text in sides]
        pairs = list(spread(lambda each: pair_model.judge(*each), shown))
    rivals = _Rivals(snapshot, ranked)
    judged = []
    for place, (hit, claim) in enumerate(zip(best, claims, strict=True)):
        comparison = compare(names, asked[place], claim, matched[place])
        signals = dict(zip(RANKING_FEATURES, ranked.table[place].tolist(), strict=True))
        judged.append(
            Judged(
                hit=hit,
                claim=claim,
                asked_text=asked[place],
                matched_text=matched[place],
                terms=ranked.texts.all_terms[place],
                is_english=english,
                comparison=comparison,
                pair=pairs[place],
                ranked=signals,
                features=_features(
                    ranked,
                    place,
                    signals,
                    comparison,
                    rivals.margins(place),
                    _logit(pairs[place]),
                ),
            )
        )
    return judged


def _told(claim: Claim, matched: str, *, is_wording: bool) -> str:
    """What the pair model reads of a claim.

    A title says less than is claimed, a summary says more: the text is read instead. So it is if a
    wording in another language matched, of which the model would read names only; if only the title
    or the summary is in English, that is read.
    """
    if is_english(matched) and (is_wording or not is_english(claim.text)):
        return matched
    return claim.text


def tell_the_same(snapshot: Snapshot, names: Names, one: Judged, other: Judged) -> bool:
    """Whether two candidates tell one story: alike, and no name or number sets them apart."""
    backend = next(iter(snapshot.backends.values()))
    rows = np.array([one.hit.passage, other.hit.passage], dtype=np.int64)
    first, second = backend.vectors(rows)
    if float(first @ second) < _SAME_STORY_COSINE:
        return False
    between = compare(names, one.matched_text, other.claim, other.matched_text)
    return not (between.n_conflicting or between.n_numbers_conflicting)


def _logit(judgement: PairJudgement | None) -> float:
    return 0.0 if judgement is None else max(-_MAX_LOGIT, min(_MAX_LOGIT, judgement.same))


def _features(
    ranked: Ranked,
    place: int,
    signals: Mapping[str, float],
    comparison: Comparison,
    margins: tuple[float, float, float],
    pair: float,
) -> Features:
    hit, texts = ranked.hits[place], ranked.texts
    asked_only = texts.asked[hit.segment] - texts.all_terms[place]
    matched_only = texts.matched_terms[place] - texts.asked[hit.segment]
    rarest_missing = max(map(texts.rarity.of, asked_only), default=0.0)
    rarest_foreign = max(map(texts.rarity.of, matched_only), default=0.0)
    return Features(
        cosine=hit.cosines[0],
        cosine_other=hit.cosines[-1],
        cosine_whole=hit.whole[0],
        margin=margins[0],
        margin_other=margins[1],
        score=float(ranked.scores[place]),
        score_margin=max(0.0, min(_MAX_MARGIN, margins[2])) * max(0.0, *hit.cosines),
        asked_covered=signals["asked_covered"],
        asked_covered_by_all=signals["asked_covered_by_all"],
        claim_covered=signals["claim_covered"],
        rarest_shared=signals["rarest_shared"],
        rarest_missing=rarest_missing,
        bm25=signals["bm25"],
        n_grams=signals["n_grams"],
        names_agreeing=comparison.n_agreeing / max(comparison.n_names, 1),
        names_conflicting=min(comparison.n_conflicting, 2),
        names_missing=min(comparison.n_missing, 3),
        numbers_agreeing=float(comparison.n_numbers_agreeing > 0),
        numbers_conflicting=min(comparison.n_numbers_conflicting, 2),
        names_exchanged=min(comparison.n_missing, comparison.n_foreign, 2),
        rarest_exchanged=min(rarest_missing, rarest_foreign),
        negated=float(comparison.is_negated),
        opposed=float(comparison.is_opposed),
        pair_in_words=pair * signals["claim_covered"],
        pair_beside_words=pair * (1 - signals["claim_covered"]),
        pair_against=min(pair, 0.0) * signals["claim_covered"],
        pair_for=max(pair, 0.0),
        cosine_beside_words=hit.cosines[0] * (1 - signals["claim_covered"]),
    )


class _Rivals:
    """For each candidate, the best one that tells another story."""

    def __init__(self, snapshot: Snapshot, ranked: Ranked) -> None:
        cosines = np.array([hit.cosines for hit in ranked.hits], dtype=np.float64)
        self._values = np.column_stack([cosines[:, 0], cosines[:, -1], ranked.scores])
        backend = next(iter(snapshot.backends.values()))
        rows = np.array([hit.passage for hit in ranked.hits], dtype=np.int64)
        vectors = backend.vectors(rows)
        self._is_same = vectors @ vectors.T >= _SAME_STORY_COSINE

    def margins(self, place: int) -> tuple[float, float, float]:
        """By the first encoder, by the last one, by the ranking; 0 without a rival."""
        others = self._values[~self._is_same[place]]
        if not len(others):
            return 0.0, 0.0, 0.0
        margin = self._values[place] - others.max(axis=0)
        return float(margin[0]), float(margin[1]), float(margin[2])


def differences_of(comparison: Comparison, pair: PairJudgement | None) -> tuple[Difference, ...]:
    """What sets question and claim apart: what was compared, then what the pair model points at."""
    found = comparison.differences
    if pair is None or not (pair.asked_change or pair.archived_change):
        return found
    if pair.asked_change.casefold() == pair.archived_change.casefold():
        return found
    if any(each.aspect is pair.aspect for each in found):
        return found
    said = {each.asked.casefold() for each in found if each.asked}
    if pair.asked_change.casefold() in said:
        return found
    return (*found, Difference(pair.aspect, pair.asked_change, pair.archived_change))
