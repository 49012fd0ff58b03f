"""Plotting: reliability, and precision against recall, side by side in a PNG."""

from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from index.errors import SettingsError
from index.evaluation.asking import Asked
from index.evaluation.no_match import reliability

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_DPI = 150
# Of Okabe and Ito, which people who see fewer colours tell apart.
_BLUE, _ORANGE, _GREEN = "#0072B2", "#D55E00", "#009E73"


def require_matplotlib() -> None:
    """Make sure that something can be drawn, before a long evaluation begins.

    Raises:
        SettingsError: matplotlib is not installed.
    """
    if find_spec("matplotlib") is None:
        raise SettingsError(
            "Drawing needs matplotlib, which is not installed. Run "
            "`pip install 'hearsay-bot[evaluate]'`, or leave --plot away."
        )


def plot(asked: Sequence[Asked], path: Path, title: str) -> None:
    """Draw what was asked.

    Left, how often answers of each probability were right. Right, for every threshold on the
    probability, the share of right claims among all answers above it against the share of the
    questions with a claim on file that it gives the right claim; and where the outcome MATCH
    stands. If claims were hidden, also how well the probability alone tells the two apart.

    Raises:
        SettingsError: matplotlib is not installed.
        OSError: The file cannot be written.
    """
    require_matplotlib()
    from matplotlib.figure import Figure  # noqa: PLC0415

    figure = Figure(figsize=(11, 5.2), layout="constrained")
    left, right = figure.subplots(1, 2)
    n_hidden = sum(each.is_gold_hidden for each in asked)
    again = f", {n_hidden:,} of them again with their claims hidden" if n_hidden else ""
    figure.suptitle(f"{title}: {len(asked) - n_hidden:,} questions{again}")
    _draw_reliability(left, asked)
    _draw_precision(right, asked)
    for axes in (left, right):
        axes.set(xlim=(-0.02, 1.02), ylim=(-0.02, 1.02), aspect="equal")
        axes.grid(alpha=0.3)
        axes.legend(loc="best", fontsize="small")
    partial = path.with_name(f"{path.name}.partial")
    figure.savefig(partial, dpi=_DPI, format="png")
    partial.replace(path)


def _draw_reliability(axes: "Axes", asked: Sequence[Asked]) -> None:
    bins = [each for each in reliability(asked) if each.share_right is not None]
    means = [each.mean_probability or 0.0 for each in bins]
    shares = [each.share_right.value for each in bins if each.share_right]
    below = [each.share_right.value - each.share_right.low for each in bins if each.share_right]
    above = [each.share_right.high - each.share_right.value for each in bins if each.share_right]
    axes.set(
        title="Reliability: is a probability what it says?",
        xlabel="Probability of the best candidate, mean of a bin",
        ylabel="Share of answers whose best candidate is right",
    )
    axes.bar(
        [(each.low + each.high) / 2 for each in bins],
        [each.n / len(asked) for each in bins],
        width=0.098,
        color="0.85",
        label="share of all answers in the bin",
    )
    axes.plot([0, 1], [0, 1], "--", color="0.5", label="perfectly calibrated")
    axes.errorbar(
        means,
        shares,
        yerr=[below, above],
        fmt="o-",
        color=_BLUE,
        capsize=3,
        label="measured, 95% interval (n beside it)",
    )
    for each, x, y in zip(bins, means, shares, strict=True):
        axes.annotate(f"{each.n}", (x, y), xytext=(5, -11), textcoords="offset points", fontsize=8)


def _draw_precision(axes: "Axes", asked: Sequence[Asked]) -> None:
    axes.set(
        title="Precision and recall, by threshold",
        xlabel="Recall",
        ylabel="Precision",
    )
    probabilities = np.array([each.probability for each in asked])
    is_right = np.array([each.is_right for each in asked])
    n_wanted = sum(bool(each.question.gold) and not each.is_gold_hidden for each in asked)
    if twice := {each.question.qid for each in asked if each.is_gold_hidden}:
        is_twice = np.array([each.question.qid in twice for each in asked])
        is_shown = np.array([not each.is_gold_hidden for each in asked])[is_twice]
        recall, precision = _curve(probabilities[is_twice], is_shown, int(is_shown.sum()))
        axes.plot(recall, precision, color=_ORANGE, label="claim on file, not hidden")
    if n_wanted:
        recall, precision = _curve(probabilities, is_right, n_wanted)
        axes.plot(recall, precision, color=_BLUE, label="right claim first")
    matched = [each for each in asked if each.is_match]
    if matched and n_wanted:
        n_right = sum(each.is_right for each in matched)
        at = (n_right / n_wanted, n_right / len(matched))
        label = f"answered MATCH: precision {at[1]:.2f}, recall {at[0]:.2f}"
        axes.plot(*at, "D", color=_GREEN, markersize=8, label=label)


def _curve(
    scores: NDArray[np.float64], is_right: NDArray[np.bool_], n_wanted: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Recall and precision at every score as threshold, from the highest down."""
    order = np.argsort(-scores, kind="stable")
    rights = np.cumsum(is_right[order])
    # Only the last of equal scores is a threshold.
    ends = np.append(np.flatnonzero(np.diff(scores[order])), len(order) - 1)
    return rights[ends] / n_wanted, rights[ends] / (ends + 1.0)
