"""Measuring: everything that is told of an evaluation."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from index.evaluation.asking import Asked, ask_all
from index.evaluation.beir import LabelledSet
from index.evaluation.bootstrap import Figure
from index.evaluation.corpus import Corpus
from index.evaluation.no_match import Bin, NoMatch, no_match, reliability
from index.evaluation.outcomes import NearMisses, Outcomes, by_kind, near_misses
from index.evaluation.questions import linked_questions
from index.evaluation.ranking import ranking_figures
from index.lookup import Lookup


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The figures of one evaluation.

    Attributes:
        n_questions: How many questions were asked.
        n_claims: How many claims the archive holds.
        figures: Of the ranking, see `ranking_figures`; empty if no question is about a claim.
        ms_median: Median milliseconds a question, warm.
        ms_p95: 95th percentile of the same.
        outcomes: How many questions came to each outcome.
        kinds: Outcomes by kind and language.
        near_misses: What near misses came to, all and by aspect.
        no_match: Figures of the no-match protocol; None if no claim was hidden.
        reliability: Ten bins of probability, over all answers.
    """

    n_questions: int
    n_claims: int
    figures: Mapping[str, Figure]
    ms_median: float
    ms_p95: float
    outcomes: Mapping[str, int]
    kinds: Sequence[Outcomes] = ()
    near_misses: Sequence[NearMisses] = ()
    no_match: NoMatch | None = None
    reliability: Sequence[Bin] = field(default=())

    @property
    def metrics(self) -> dict[str, float]:
        """The figures of the ranking without their intervals."""
        return {name: figure.value for name, figure in self.figures.items()}


def measure(asked: Sequence[Asked], n_claims: int) -> Evaluation:
    """The figures of what was asked.

    Args:
        asked: What was asked; at least one question.
        n_claims: How many claims the archive holds.
    """
    shown = [each for each in asked if not each.is_gold_hidden]
    elapsed = sorted(each.ms for each in shown)
    return Evaluation(
        n_questions=len(shown),
        n_claims=n_claims,
        figures=ranking_figures(shown),
        ms_median=elapsed[len(elapsed) // 2],
        ms_p95=elapsed[int(len(elapsed) * 0.95)],
        outcomes=Counter(str(each.outcome) for each in shown),
        kinds=by_kind(shown),
        near_misses=near_misses(shown),
        no_match=no_match(asked),
        reliability=reliability(asked),
    )


def evaluate(
    lookup: Lookup,
    labelled: LabelledSet,
    corpus_ids: Mapping[str, str],
    on_progress: Callable[[int], None] = lambda _: None,
    *,
    remove_gold: bool = False,
) -> Evaluation:
    """Ask every question of a BEIR folder, see `ask_all`, and measure."""
    asked = ask_all(
        Corpus(lookup, corpus_ids),
        linked_questions(labelled),
        remove_gold=remove_gold,
        on_progress=on_progress,
    )
    return measure(asked, lookup.snapshot.n_claims)
