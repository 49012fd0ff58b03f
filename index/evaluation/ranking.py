"""Ranking: at which place the claims stand that a question is about."""

from collections.abc import Iterable, Mapping
from typing import Any

from index.evaluation.asking import DEPTH, Asked
from index.evaluation.bootstrap import Figure, mean


def ranking_figures(asked: Iterable[Asked]) -> dict[str, Figure]:
    """Figures of the ranking, over the questions that are about a claim that was not hidden.

    They are those of ir-measures (trec_eval's definitions): AP@k, RR and Success@k. "hit@50" is the
    share of questions with a right claim among all candidates.

    Returns:
        By name: "MAP@1", "MAP@5", "MRR", "hit@1", "hit@5", "hit@20" and "hit@50", in [0, 1]; empty
        without such questions.
    """
    import ir_measures  # noqa: PLC0415
    from ir_measures import AP, RR, Success  # noqa: PLC0415

    wanted: Mapping[str, Any] = {
        "MAP@1": AP @ 1,
        "MAP@5": AP @ 5,
        "MRR": RR,
        "hit@1": Success @ 1,
        "hit@5": Success @ 5,
        "hit@20": Success @ 20,
        "hit@50": Success @ DEPTH,
    }
    linked = [each for each in asked if each.question.gold and not each.is_gold_hidden]
    if not linked:
        return {}
    qrels = [
        ir_measures.Qrel(each.question.qid, claim, 1)
        for each in linked
        for claim in each.question.gold
    ]
    run = [
        ir_measures.ScoredDoc(each.question.qid, claim, float(-place))
        for each in linked
        for place, claim in enumerate(each.candidates)
    ]
    values: dict[Any, dict[str, float]] = {measure: {} for measure in wanted.values()}
    for found in ir_measures.iter_calc(list(wanted.values()), qrels, run):
        values[found.measure][found.query_id] = found.value
    figures = {
        name: mean([values[measure].get(each.question.qid, 0.0) for each in linked])
        for name, measure in wanted.items()
    }
    return {name: figure for name, figure in figures.items() if figure is not None}
