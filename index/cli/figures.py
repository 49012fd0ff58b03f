"""Figures: an evaluation as lines of plain text for the terminal, and as JSON."""

from collections.abc import Iterator, Sequence
from dataclasses import fields
from typing import Any

from index.evaluation import Bin, Evaluation, Figure, NearMisses, NoMatch, Outcomes

# Below so many questions an interval says less than the count does.
_FEWEST = 10


def evaluation_to_json(evaluation: Evaluation) -> dict[str, Any]:
    """An evaluation as `hearsay evaluate --json` promises it."""
    return {
        "n_questions": evaluation.n_questions,
        "n_claims": evaluation.n_claims,
        "metrics": evaluation.metrics,
        "intervals": {name: _interval(each) for name, each in evaluation.figures.items()},
        "ms_median": evaluation.ms_median,
        "ms_p95": evaluation.ms_p95,
        "outcomes": dict(evaluation.outcomes),
        "kinds": [_flat(each) for each in evaluation.kinds],
        "near_misses": [_flat(each) for each in evaluation.near_misses],
        "no_match": _flat(evaluation.no_match) if evaluation.no_match else None,
        "reliability": [_flat(each) for each in evaluation.reliability],
    }


def evaluation_lines(evaluation: Evaluation) -> Iterator[str]:
    """An evaluation, readable; every figure with its 95% interval."""
    for name, figure in evaluation.figures.items():
        yield f"  {name:<7} {figure.value:.4f}  ({figure.low:.3f} to {figure.high:.3f})"
    yield f"  {evaluation.ms_median:.0f} ms a question (median), {evaluation.ms_p95:.0f} ms (95%)"
    yield "  " + ", ".join(f"{outcome} {n}" for outcome, n in evaluation.outcomes.items())
    yield ""
    yield from _kinds(evaluation.kinds)
    if evaluation.near_misses:
        yield ""
        yield from _near_misses(evaluation.near_misses)
    if evaluation.no_match:
        yield ""
        yield from _no_match(evaluation.no_match)
    yield ""
    yield from _reliability(evaluation.reliability)


def _kinds(rows: Sequence[Outcomes]) -> Iterator[str]:
    yield "Outcomes (a MATCH is right if its claim is one that the question is about):"
    head = ("kind", "lang", "n", "right first", "MATCH right", "MATCH wrong", "SIMILAR", "NONE")
    yield "  {:<15}{:<5}{:>5}{:>16}{:>16}{:>16}{:>9}{:>6}".format(*head)
    for each in rows:
        shares = (each.right_first, each.match_right, each.match_wrong)
        cells = "".join(f"{_share(share, each.n):>16}" for share in shares)
        language = each.language or ""
        yield (
            f"  {each.kind:<15}{language:<5}{each.n:>5}{cells}"
            f"{_percent(each.similar):>9}{_percent(each.none):>6}"
        )


def _near_misses(rows: Sequence[NearMisses]) -> Iterator[str]:
    yield "Near misses (of those answered SIMILAR: is what differs named?):"
    head = ("differs in", "n", "near first", "MATCH", "SIMILAR", "named")
    yield "  {:<15}{:>10}{:>16}{:>16}{:>16}{:>16}".format(*head)
    for each in rows:
        cells = (
            f"{_share(each.near_first, each.n):>16}{_share(each.match, each.n):>16}"
            f"{each.n_similar:>16}{_share(each.named, each.n_similar):>16}"
        )
        yield f"  {each.aspect or 'all':<15}{each.n:>10}{cells}"


def _no_match(found: NoMatch) -> Iterator[str]:
    yield f"No match: {found.n:,} questions with their claims on file, and with those hidden:"
    for label, figure in (
        ("AUC, on file against hidden", found.auc),
        ("precision at 80% recall", found.precision_at_recall_80),
        ("precision at 90% recall", found.precision_at_recall_90),
        ("on file: MATCH with a right claim", found.matches),
        ("hidden: MATCH all the same", found.false_alarms),
        ("Brier score, both", found.brier),
    ):
        yield f"  {label:<35}{figure.value:.4f}  ({figure.low:.3f} to {figure.high:.3f})"


def _reliability(rows: Sequence[Bin]) -> Iterator[str]:
    yield "Reliability (is the best candidate right as often as its probability says?):"
    yield "  {:<15}{:>6}{:>10}{:>16}".format("probability", "n", "mean", "right")
    for each in rows:
        mean = "-" if each.mean_probability is None else f"{each.mean_probability:.3f}"
        share = _share(each.share_right, each.n)
        yield f"  {each.low:.1f} to {each.high:.1f}{'':<5}{each.n:>6}{mean:>10}{share:>16}"


def _share(figure: Figure | None, n: int) -> str:
    if figure is None or n < _FEWEST:
        return _percent(figure)
    return f"{figure.value:.0%} ({figure.low * 100:.0f}-{figure.high * 100:.0f})"


def _percent(figure: Figure | None) -> str:
    return "-" if figure is None else f"{figure.value:.0%}"


def _interval(figure: Figure) -> list[float]:
    return [figure.low, figure.high]


def _flat(row: Outcomes | NearMisses | NoMatch | Bin) -> dict[str, Any]:
    """Its values, and beside them, under "intervals", those of the figures."""
    values = {field.name: getattr(row, field.name) for field in fields(row)}
    found = {name: each for name, each in values.items() if isinstance(each, Figure)}
    return (
        values
        | {name: figure.value for name, figure in found.items()}
        | {"intervals": {name: _interval(figure) for name, figure in found.items()}}
    )
