"""No match: whether the probability tells a claim that is on file from one that is not."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from index.evaluation.asking import Asked
from index.evaluation.bootstrap import Figure, figures, mean, ratio

_RECALLS = (0.8, 0.9)
_N_BINS = 10


@dataclass(frozen=True, slots=True)
class Bin:
    """What came of the answers with a probability from `low` up to `high`.

    Attributes:
        low: In [0, 1].
        high: Likewise; only 1 itself belongs to its bin.
        n: How many answers.
        mean_probability: Their mean; None without answers.
        share_right: Of them, those whose first candidate was right; None without answers.
    """

    low: float
    high: float
    n: int
    mean_probability: float | None
    share_right: Figure | None


@dataclass(frozen=True, slots=True)
class NoMatch:
    """The figures of the no-match protocol: each question with its claims and without them.

    For the AUC and the precisions, a question asked with its claims on file is a positive and the
    same question with its claims hidden is a negative, whichever claim came first; the score is the
    probability of the first candidate. For Brier score and reliability an answer is right if its
    first candidate is a claim that the question is about; with those hidden, none is.

    Attributes:
        n: How many questions were asked twice.
        auc: Area under the ROC curve.
        precision_at_recall_80: Precision at the highest probability that keeps 80% of the
            positives.
        precision_at_recall_90: Likewise, 90%.
        matches: Share of the questions with their claims on file answered MATCH with one of them.
        false_alarms: Share of the questions with their claims hidden that were answered MATCH.
        brier: Mean squared distance of the probability from what was right; 0 is perfect.
    """

    n: int
    auc: Figure
    precision_at_recall_80: Figure
    precision_at_recall_90: Figure
    matches: Figure
    false_alarms: Figure
    brier: Figure


def no_match(asked: Sequence[Asked]) -> NoMatch | None:
    """The figures of questions that were asked twice; None if there are none."""
    hidden = [each for each in asked if each.is_gold_hidden]
    if not hidden:
        return None
    twice = {each.question.qid: each for each in asked if not each.is_gold_hidden}
    shown = [twice[each.question.qid] for each in hidden]
    with_claim = np.array([each.probability for each in shown])
    without = np.array([each.probability for each in hidden])

    def measure(drawn: NDArray[np.int64]) -> tuple[float, ...]:
        return separation(with_claim[drawn], without[drawn])

    auc, at_80, at_90 = figures(len(hidden), measure)
    is_right = np.array([each.is_right for each in shown])
    # A question counts with both of its answers, so that it is drawn with both.
    brier = mean(((with_claim - is_right) ** 2 + without**2) / 2)
    matches = mean([each.is_match and each.is_right for each in shown])
    false_alarms = mean([each.is_match for each in hidden])
    assert matches is not None
    assert false_alarms is not None
    assert brier is not None
    return NoMatch(len(hidden), auc, at_80, at_90, matches, false_alarms, brier)


def separation(
    positives: NDArray[np.float64], negatives: NDArray[np.float64]
) -> tuple[float, float, float]:
    """Area under the ROC curve, and the precision at 80% and at 90% recall.

    Args:
        positives: (n,), scores.
        negatives: (m,), scores.
    """
    from sklearn.metrics import precision_recall_curve, roc_auc_score  # noqa: PLC0415

    scores = np.concatenate([positives, negatives])
    is_positive = np.concatenate([np.ones(len(positives)), np.zeros(len(negatives))])
    precision, recall, _ = precision_recall_curve(is_positive, scores)
    at = [float(precision[np.flatnonzero(recall >= least)[-1]]) for least in _RECALLS]
    return float(roc_auc_score(is_positive, scores)), at[0], at[1]


def reliability(asked: Sequence[Asked]) -> list[Bin]:
    """Ten bins of probability over all answers; intervals are drawn over questions."""
    numbers = {qid: n for n, qid in enumerate(dict.fromkeys(each.question.qid for each in asked))}
    totals = np.zeros((_N_BINS, len(numbers)))
    rights = np.zeros((_N_BINS, len(numbers)))
    sums = np.zeros(_N_BINS)
    for each in asked:
        place = min(int(each.probability * _N_BINS), _N_BINS - 1)
        number = numbers[each.question.qid]
        totals[place, number] += 1
        rights[place, number] += each.is_right
        sums[place] += each.probability
    return [
        Bin(
            low=place / _N_BINS,
            high=(place + 1) / _N_BINS,
            n=int(n),
            mean_probability=float(sums[place] / n) if n else None,
            share_right=ratio(rights[place], totals[place]),
        )
        for place, n in enumerate(totals.sum(axis=1))
    ]
