"""Bootstrap: how far a figure would wander had other questions of the same kinds been asked."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

_N_DRAWS = 1000
_SEED = 7
_PERCENTILES = (2.5, 97.5)


@dataclass(frozen=True, slots=True)
class Figure:
    """A measured figure with its 95% interval.

    The interval is that of the percentile bootstrap over questions (Efron 1979), 1,000 draws from a
    fixed seed: the same answers give the same interval. Where all questions came to the same it
    has no width, which tells nothing if they are few.

    Attributes:
        value: Over the questions that were asked.
        low: 2.5% of the draws are below it.
        high: 2.5% of the draws are above it.
    """

    value: float
    low: float
    high: float


def mean(values: ArrayLike) -> Figure | None:
    """The mean of one value a question; None without questions."""
    array = np.asarray(values, dtype=np.float64)
    return ratio(array, np.ones_like(array))


def ratio(part: ArrayLike, whole: ArrayLike) -> Figure | None:
    """Sum of one value a question by the sum of another; None where the latter is 0.

    Args:
        part: (n,), a value a question.
        whole: (n,), likewise; not negative.
    """
    parts, wholes = np.asarray(part, dtype=np.float64), np.asarray(whole, dtype=np.float64)
    if not wholes.sum():
        return None
    drawn = _draws(len(parts))
    sums = wholes[drawn].sum(axis=1)
    kept = sums > 0
    low, high = np.percentile(parts[drawn].sum(axis=1)[kept] / sums[kept], _PERCENTILES)
    return Figure(float(parts.sum() / wholes.sum()), float(low), float(high))


def figures(n: int, measure: Callable[[NDArray[np.int64]], Sequence[float]]) -> list[Figure]:
    """Any figures of n questions, all from the same draws.

    Args:
        n: How many questions; at least one.
        measure: Gives the figures of the questions with these numbers (n,), some of them twice.
    """
    values = measure(np.arange(n))
    lows, highs = np.percentile([measure(drawn) for drawn in _draws(n)], _PERCENTILES, axis=0)
    return [
        Figure(float(value), float(low), float(high))
        for value, low, high in zip(values, lows, highs, strict=True)
    ]


def _draws(n: int) -> NDArray[np.int64]:
    """Numbers of questions (n_draws, n), drawn with replacement."""
    return np.random.default_rng(_SEED).integers(0, n, (_N_DRAWS, n))
