"""Fit: from labelled questions over one or several archives to a calibration."""

import hashlib
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from index.calibrating.examples import Example, LabelledQuestion, Source, collect
from index.calibrating.fitting import Choice, Floats, fit_decision, fit_ranking
from index.decision import Calibration, Weights
from index.features import (
    FEATURE_NAMES,
    N_JUDGED,
    NEARNESS_FEATURES,
    SAMENESS_FEATURES,
    Judged,
)
from index.ranking import RANKING_FEATURES

# 1: may only raise; -1: may only lower; 0: free. Directions that must not turn round.
RANKING_SIGNS = dict.fromkeys(RANKING_FEATURES, 1) | {"numbers_missing": -1, "n_words": 0}
_LOWERING = (
    "rarest_missing",
    "rarest_exchanged",
    "names_conflicting",
    "names_missing",
    "names_exchanged",
    "numbers_conflicting",
    "negated",
    "opposed",
)
SIGNS = dict.fromkeys(FEATURE_NAMES, 1) | dict.fromkeys(_LOWERING, -1)
# What repeats another signal where candidates of one question are compared.
_IDLE_IN_RERANKING = ("margin", "margin_other", "score_margin")
# What letters and the English encoder say of a question in another language depends on its script:
# it would take Spanish for nearer than Russian.
_IDLE_ACROSS_LANGUAGES = (
    "cosine",
    "cosine_whole",
    "cosine_beside_words",
    "margin",
    "bm25",
    "n_grams",
)
_FOREIGN_KINDS = ("cross_lingual", "near_miss, foreign")
_N_FOLDS = 5
# How strongly a fit on few questions is held to the calibration that it starts from.
_START_STRENGTH = 3e-3
_STRENGTH = 3e-4


@dataclass(frozen=True, slots=True)
class Figures:
    """What a kind of question came to, on questions that were not fitted on.

    Attributes:
        n: How many.
        right_first: Share with the right claim first; None where no question is about a claim.
        match_right: Share answered MATCH with the right claim; None likewise.
        match_wrong: Share answered MATCH with a wrong claim.
    """

    n: int
    right_first: float | None
    match_right: float | None
    match_wrong: float


@dataclass(frozen=True, slots=True)
class Calibrated:
    """What a fit came to.

    Attributes:
        calibration: The new one, with the thresholds that it started from.
        figures: What it reaches by kind of question, by five-fold cross-validation in which all
            questions about a claim are in one fold; one about several goes with the first by id.
            The decision is fitted anew for each fold, the ranking once, on all questions: in what
            it puts first the figures are somewhat too good.
        n_questions: How many questions it was fitted on.
    """

    calibration: Calibration
    figures: Mapping[str, Figures]
    n_questions: int


@dataclass(frozen=True, slots=True)
class Fitted:
    """Weights for both kinds of language, and how far a fit is."""

    english: Weights
    foreign: Weights

    def of(self, *, is_english: bool) -> Weights:
        """The weights for a language."""
        return self.english if is_english else self.foreign

    def rank(self, table: Floats, *, is_english: bool) -> Floats:
        """Scores (n,) of candidates."""
        ranking = self.of(is_english=is_english).ranking
        scores: Floats = table @ np.array([ranking[name] for name in RANKING_FEATURES])
        return scores


def run(
    sources: Sequence[Source],
    start: Calibration,
    *,
    is_from_start: bool,
    on_progress: Callable[[str, int], None] = lambda _what, _n: None,
) -> Calibrated:
    """Fit ranking and decision.

    Args:
        sources: Archives with the questions to ask them.
        start: The calibration in use: its thresholds stay, and its weights too where nothing is
            asked.
        is_from_start: Whether weights are held to those in use: for few questions.
        on_progress: Told the step and how many questions are done.
    """
    held = start if is_from_start else None
    fresh = [
        replace(source, questions=[each for each in source.questions if each.is_fresh])
        for source in sources
    ]
    first = _asked(fresh, start.rank, 0, on_progress, "Ranking", lambda each: bool(each.gold))
    rankings = {
        english: _ranking(
            [e.choice for e in first if teaches(e, is_english=english)], held, is_english=english
        )
        for english in (True, False)
    }
    ranked = _with_ranking(start, rankings)
    examples = _asked(fresh, ranked.rank, N_JUDGED, on_progress, "Judging")
    folds = [_fold(each.question) for each in examples]
    found: dict[str, list[tuple[bool, bool]]] = defaultdict(list)
    for fold in range(_N_FOLDS):
        training = [e for e, n in zip(examples, folds, strict=True) if n != fold]
        fitted = fit_weights(training, ranked, held)
        calibration = applied(start, fitted)
        for example, n in zip(examples, folds, strict=True):
            if n == fold:
                found[example.question.kind].append(_outcome(example, calibration))
    calibration = applied(start, fit_weights(examples, ranked, held))
    about_claims = {each.question.kind for each in examples if each.question.gold}
    return Calibrated(calibration, figures(found, about_claims), len(first) + len(examples))


def fit_weights(examples: Iterable[Example], ranked: Fitted, held: Calibration | None) -> Fitted:
    """Fit reranking and decision of both kinds of language on judged examples."""
    asked = list(examples)
    strength = _START_STRENGTH if held else _STRENGTH
    done = {}
    for english in (True, False):
        mine = [each for each in asked if teaches(each, is_english=english) and each.judged]
        weights = ranked.of(is_english=english)
        start = held.weights(is_english=english) if held else None
        choices = [Choice(each.question.kind, _table(each.judged), _is_gold(each)) for each in mine]
        idle = dict.fromkeys(() if english else _IDLE_ACROSS_LANGUAGES, 2)
        signs = SIGNS | dict.fromkeys(_IDLE_IN_RERANKING, 2) | idle
        reranking = fit_ranking(
            choices,
            FEATURE_NAMES,
            signs,
            strength=strength,
            start=start.reranking if start else None,
        )
        order = np.array([reranking[name] for name in FEATURE_NAMES])
        best = [int(np.argmax(each.table @ order)) for each in choices]
        right = np.array([each.is_gold[n] for each, n in zip(choices, best, strict=True)])
        if not right.any() or right.all():  # nothing to learn a decision from
            done[english] = weights
            continue
        nearness, sameness = fit_decision(
            np.array([each.table[n] for each, n in zip(choices, best, strict=True)]),
            right,
            [each.question.kind for each in mine],
            FEATURE_NAMES,
            SIGNS | idle,
            (NEARNESS_FEATURES, SAMENESS_FEATURES),
            strength=strength,
            start=(start.nearness, start.sameness) if start else None,
        )
        done[english] = Weights(weights.ranking, reranking, nearness, sameness)
    return Fitted(done[True], done[False])


def applied(start: Calibration, fitted: Fitted) -> Calibration:
    """A calibration with new weights and the old thresholds."""
    return Calibration(
        models=start.models,
        pair_model=start.pair_model,
        english=fitted.english,
        foreign=fitted.foreign,
        match_probability=start.match_probability,
        similar_probability=start.similar_probability,
    )


def figures(
    found: Mapping[str, Sequence[tuple[bool, bool]]], about_claims: Collection[str]
) -> dict[str, Figures]:
    """Shares by kind.

    Args:
        found: Of each question of a kind, if the right claim came first, and if it was a MATCH.
        about_claims: The kinds of which some question is about a claim.
    """
    made = {}
    for kind, rows in sorted(found.items()):
        right, match = np.array(rows).T
        is_about = kind in about_claims
        made[kind] = Figures(
            n=len(rows),
            right_first=float(right.mean()) if is_about else None,
            match_right=float((right & match).mean()) if is_about else None,
            match_wrong=float((match & ~right).mean()),
        )
    return made


def _outcome(example: Example, calibration: Calibration) -> tuple[bool, bool]:
    gold = _is_gold(example)
    best = max(range(len(example.judged)), key=lambda n: calibration.rerank(example.judged[n]))
    return bool(gold[best]), str(calibration.outcome(example.judged[best])) == "MATCH"


def _asked(
    sources: Sequence[Source],
    score: Callable[..., Floats],
    n_judged: int,
    on_progress: Callable[[str, int], None],
    what: str,
    wanted: Callable[[LabelledQuestion], bool] = lambda _: True,
) -> list[Example]:
    found = []
    for source in sources:
        questions = [each for each in source.questions if wanted(each)]
        for example in collect(source, questions, score, n_judged):
            found.append(example)
            on_progress(what, len(found))
    return found


def teaches(example: Example, *, is_english: bool) -> bool:
    """Whether the weights for a kind of language are fitted on it.

    A few questions in other languages pass for English. As a kind of their own they would count
    there as much as all English ones.
    """
    is_foreign = example.question.kind.startswith(_FOREIGN_KINDS)
    return example.is_english is is_english and not (is_english and is_foreign)


def _ranking(
    choices: Sequence[Choice], held: Calibration | None, *, is_english: bool
) -> dict[str, float]:
    start = held.weights(is_english=is_english).ranking if held else None
    strength = _START_STRENGTH if held else _STRENGTH
    return fit_ranking(choices, RANKING_FEATURES, RANKING_SIGNS, strength=strength, start=start)


def _with_ranking(start: Calibration, rankings: Mapping[bool, Mapping[str, float]]) -> Fitted:
    kinds = {}
    for english in (True, False):
        old = start.weights(is_english=english)
        ranking = rankings[english] if any(rankings[english].values()) else old.ranking
        kinds[english] = replace(old, ranking=ranking)
    return Fitted(kinds[True], kinds[False])


def _table(judged: Sequence[Judged]) -> Floats:
    return np.array([each.features.vector() for each in judged])


def _is_gold(example: Example) -> NDArray[np.bool_]:
    """Of the judged candidates, which are the best ones in the order of the ranking."""
    return example.choice.is_gold[: len(example.judged)]


def _fold(question: LabelledQuestion) -> int:
    return hashlib.sha256(question.group.encode(errors="replace")).digest()[1] % _N_FOLDS
