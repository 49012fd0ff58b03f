"""Fitting: bounded logistic regressions over explainable features, with SciPy."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from index.decision import Logistic

Floats = NDArray[np.float64]
_STRENGTH = 1e-4
# Of the pull of an intercept towards zero, by that of a weight: enough to keep it finite.
_INTERCEPT_PULL = 0.1
# How much a kind of question counts, by the first and last part of its name, or by the first one;
# others count once. Honest questions, the same with their claim left out, and what is nearly a
# claim or only on its topic are what the product stands by.
_RANKING_WEIGHTS = {
    "question": 8.0,
    "forward": 2.0,
    "spoken": 2.0,
    "linked": 6.0,
    "cross_lingual": 8.0,
}
_DECISION_WEIGHTS = {
    "question": 24.0,
    "question, claim removed": 8.0,
    "question, another archive": 4.0,
    "forward": 12.0,
    "forward, claim removed": 4.0,
    "forward, another archive": 4.0,
    "spoken": 6.0,
    "spoken, claim removed": 3.0,
    "spoken, another archive": 2.0,
    "near_miss": 12.0,
    "near_miss, foreign": 2.0,
    "topical": 8.0,
    "topical, another archive": 2.0,
    "unrelated": 4.0,
    "linked": 8.0,
    "linked, claim removed": 4.0,
    "keywords": 2.0,
    "keywords, claim removed": 8.0,
    "cross_lingual": 4.0,
}


@dataclass(frozen=True, slots=True)
class Choice:
    """The candidates of one question.

    Attributes:
        kind: Kind of question; see `kind_weights`.
        table: Features, float64 (n_candidates, n_features).
        is_gold: Which of them are right, bool (n_candidates,).
    """

    kind: str
    table: Floats
    is_gold: NDArray[np.bool_]


def fit_ranking(
    choices: Sequence[Choice],
    names: Sequence[str],
    signs: Mapping[str, int],
    *,
    strength: float = _STRENGTH,
    start: Mapping[str, float] | None = None,
) -> dict[str, float]:
    """Which candidate: conditional logistic regression (softmax) within each question.

    Args:
        choices: Questions; those without a right candidate teach nothing here and are left out.
        names: Of the features, in order of the columns.
        signs: By name: 1 if a feature may only raise the score, -1 if only lower it, 0 if free, 2
            if it stays out.
        strength: Of the pull towards `start`, or zero.
        start: Weights to stay near.

    Returns:
        Weights by name.
    """
    from scipy.optimize import minimize  # noqa: PLC0415 (slow to import)

    asked = [each for each in choices if each.is_gold.any() and not each.is_gold.all()]
    prior = np.array([(start or {}).get(name, 0.0) for name in names])
    if not asked:
        return dict(zip(names, prior.tolist(), strict=True))
    scale = _spread(np.concatenate([each.table for each in asked]))
    tables = [each.table / scale for each in asked]
    shares = kind_weights([each.kind for each in asked], _RANKING_WEIGHTS)
    anchor = prior * scale
    # One long table with the bounds of the questions in it, so that a step is a few array sums.
    rows = np.concatenate(tables)
    starts = np.cumsum([0, *(len(table) for table in tables)])[:-1]
    lengths = np.array([len(table) for table in tables])
    gold = np.concatenate([each.is_gold for each in asked]).astype(np.float64)

    def loss(parameters: Floats) -> tuple[float, Floats]:
        logits = rows @ parameters
        logits -= np.repeat(np.maximum.reduceat(logits, starts), lengths)
        raised = np.exp(logits)
        totals = np.add.reduceat(raised, starts)
        rights = np.add.reduceat(raised * gold, starts) + 1e-12
        away = parameters - anchor
        value = -float(shares @ np.log(rights / totals)) + strength * float(away @ away)
        pull = raised * (1 / np.repeat(totals, lengths) - gold / np.repeat(rights, lengths))
        gradient = rows.T @ (pull * np.repeat(shares, lengths)) + 2 * strength * away
        return value, gradient

    bounds = [_BOUNDS[signs.get(name, 0)] for name in names]
    found = minimize(loss, anchor, jac=True, bounds=bounds, method="L-BFGS-B")
    return dict(zip(names, (found.x / scale).tolist(), strict=True))


def fit_decision(
    table: Floats,
    is_right: NDArray[np.bool_],
    kinds: Sequence[str],
    names: Sequence[str],
    signs: Mapping[str, int],
    parts: Sequence[Sequence[str]],
    *,
    strength: float = _STRENGTH,
    start: Sequence[Logistic] | None = None,
) -> list[Logistic]:
    """Whether the best candidate is right: the product of bounded logistic models, fitted as one.

    In one model what speaks for a match outweighs what speaks against it. In a product each part
    has to hold. Bounds keep near misses, which repeat the claim's own words, from turning the sense
    of overlap round.

    Args:
        table: Features of the best candidate of each question, float64 (n, n_features).
        is_right: Whether it is the right one, bool (n,).
        kinds: Kind of each question.
        names: Of the features, in order of the columns.
        signs: As for `fit_ranking`.
        parts: Names of the features of each part.
        strength: Of the pull towards `start`, or zero.
        start: Models to stay near, one a part.

    Returns:
        A model a part.
    """
    from scipy.optimize import minimize  # noqa: PLC0415

    share = kind_weights(kinds, _DECISION_WEIGHTS)
    mean, scale = table.mean(0), _spread(table)
    scaled = (table - mean) / scale
    columns = [[names.index(name) for name in part] for part in parts]
    ends = np.cumsum([len(part) + 1 for part in parts])[:-1]
    labels = is_right.astype(np.float64)
    anchors, firsts = [], []
    for n, part in enumerate(parts):
        model = start[n] if start else Logistic({}, 0.0)
        prior = np.array([model.weights.get(name, 0.0) for name in part])
        anchor = np.append(
            prior * scale[columns[n]], model.intercept + float(prior @ mean[columns[n]])
        )
        anchors.append(anchor)
        # Each part begins as likely rather than not, so that none of them starts out idle.
        firsts.append(anchor if start else np.append(prior, 1.0))
    anchor = np.concatenate(anchors)
    pull = np.concatenate(
        [np.append(np.ones(len(part)), 1.0 if start else _INTERCEPT_PULL) for part in parts]
    )

    def loss(parameters: Floats) -> tuple[float, Floats]:
        split = np.split(parameters, ends)
        chances = [
            1 / (1 + np.exp(-(scaled[:, mine] @ own[:-1] + own[-1])))
            for mine, own in zip(columns, split, strict=True)
        ]
        chance = np.clip(np.prod(chances, axis=0), 1e-9, 1 - 1e-9)
        value = -(labels * np.log(chance) + (1 - labels) * np.log(1 - chance))
        slope = share * ((1 - labels) * chance / (1 - chance) - labels)
        slopes = [slope * (1 - each) for each in chances]
        away = parameters - anchor
        gradient = np.concatenate(
            [
                np.append(scaled[:, mine].T @ each, each.sum())
                for mine, each in zip(columns, slopes, strict=True)
            ]
        )
        return (
            float(share @ value) + strength * float(pull @ away**2),
            gradient + 2 * strength * pull * away,
        )

    bounds = [
        bound
        for part in parts
        for bound in (*(_BOUNDS[signs.get(name, 0)] for name in part), (None, None))
    ]
    found = minimize(loss, np.concatenate(firsts), jac=True, bounds=bounds, method="L-BFGS-B")
    models = []
    for part, mine, own in zip(parts, columns, np.split(found.x, ends), strict=True):
        fitted = own[:-1] / scale[mine]
        weights = dict(zip(part, fitted.tolist(), strict=True))
        models.append(Logistic(weights, float(own[-1] - fitted @ mean[mine])))
    return models


def _spread(table: Floats) -> Floats:
    """Standard deviations of the columns; 1 for a column that is the same everywhere."""
    found: Floats = table.std(0)
    return np.where(found > 1e-9, found, 1.0)


def kind_weights(kinds: Sequence[str], weights: Mapping[str, float]) -> Floats:
    """Weights of questions; they sum to one.

    Every kind counts the same, whatever its number, except those that have a weight of their own:
    those by which the product stands or falls.
    """
    counts = Counter(kinds)
    own = {kind: _own_weight(kind, weights) for kind in counts}
    found = np.array([own[kind] / counts[kind] for kind in kinds])
    return np.asarray(found / found.sum())


def _own_weight(kind: str, weights: Mapping[str, float]) -> float:
    first, *rest = kind.split(", ")
    names = (", ".join([first, *rest[-1:]]), first)
    return next((weights[name] for name in names if name in weights), 1.0)


# By sign; 2 keeps a feature out.
_BOUNDS = {1: (0.0, None), -1: (None, 0.0), 0: (None, None), 2: (0.0, 0.0)}
