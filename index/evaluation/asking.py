"""Asking: every labelled question, once or with its claims hidden too, and what came of it."""

import json
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from index.answers import Difference, Outcome
from index.errors import FeedError
from index.evaluation.corpus import Corpus
from index.evaluation.questions import Question

# So many candidates are asked for: what is not among them is lost to the decision.
DEPTH = 50
_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Asked:
    """A question that was asked, and what came of it.

    Attributes:
        question: The question; its ids are those of the claims that they were merged into.
        is_gold_hidden: Whether the claims that it is about were hidden.
        outcome: The answer's.
        candidates: Ids of the closest claims, best first, the match included; the corpus's own.
        probability: Of the first candidate; 0 without one.
        differences: That the answer names.
        ms: Milliseconds that it took.
    """

    question: Question
    is_gold_hidden: bool
    outcome: Outcome
    candidates: tuple[str, ...]
    probability: float
    differences: tuple[Difference, ...]
    ms: float

    @property
    def is_right(self) -> bool:
        """Whether the first candidate is a claim that the question is about."""
        return self.candidates[:1] != () and self.candidates[0] in self.question.gold

    @property
    def is_match(self) -> bool:
        """Whether it was answered MATCH, right or wrong."""
        return self.outcome is Outcome.MATCH


def ask_all(
    corpus: Corpus,
    questions: Sequence[Question],
    *,
    remove_gold: bool = False,
    on_progress: Callable[[int], None] = lambda _: None,
) -> list[Asked]:
    """Ask all questions, warm.

    Args:
        corpus: What is asked.
        questions: What to ask.
        remove_gold: Whether to ask each question that is about a claim on file again, with its
            claims hidden. Near-duplicates of those claims stay.
        on_progress: Told of each question.

    Raises:
        FeedError: None of the claims that the questions are about is there.
    """
    if missing := missing_claims(corpus, questions):
        wanted = {claim for question in questions for claim in question.gold | question.near}
        if len(missing) == len(wanted):
            raise FeedError(
                f"The archive holds none of the {len(wanted)} claims that the questions are about, "
                f"such as {missing[0]}. Ask the archive that they were labelled for."
            )
    corpus.lookup.warm()
    found = []
    for each in questions:
        question = merged(corpus, each)
        found.append(_ask(corpus, question))
        hidden = frozenset(filter(None, map(corpus.claim_id, question.gold)))
        if remove_gold and hidden:
            found.append(_ask(corpus, question, hidden))
        on_progress(1)
    return found


def missing_claims(corpus: Corpus, questions: Iterable[Question]) -> list[str]:
    """Ids of claims that questions are about, or nearly, and that the archive lacks."""
    wanted = {claim for question in questions for claim in question.gold | question.near}
    return sorted(claim for claim in wanted if corpus.claim_id(claim) is None)


def merged(corpus: Corpus, question: Question) -> Question:
    """A question with the ids that its claims have after all merges; unknown ones stay."""
    return replace(question, gold=_today(corpus, question.gold), near=_today(corpus, question.near))


def write_rows(asked: Iterable[Asked], path: Path, *, remove_gold: bool) -> None:
    """Write a JSON line a question, whole or not at all.

    Args:
        asked: What was asked.
        path: Where to.
        remove_gold: Whether to say of each line if the question's claims were hidden.

    Raises:
        OSError: The file cannot be written.
    """
    partial = path.with_name(f"{path.name}.partial")
    with partial.open("w", encoding="utf-8") as file:
        for each in asked:
            hidden = {"is_gold_hidden": each.is_gold_hidden} if remove_gold else {}
            file.write(json.dumps(_row(each) | hidden, ensure_ascii=False) + "\n")
    partial.replace(path)


def _ask(corpus: Corpus, question: Question, hidden: frozenset[str] = frozenset()) -> Asked:
    start = time.perf_counter()
    answer = corpus.lookup.ask(question.text, limit=DEPTH, hidden=hidden)
    ms = (time.perf_counter() - start) * 1000
    return Asked(
        question=question,
        is_gold_hidden=bool(hidden),
        outcome=answer.outcome,
        candidates=tuple(corpus.name(each.id) for each in answer.candidates),
        probability=answer.candidates[0].probability if answer.candidates else 0.0,
        differences=answer.differences,
        ms=ms,
    )


def _today(corpus: Corpus, ids: Iterable[str]) -> frozenset[str]:
    found = ((each, corpus.claim_id(each)) for each in ids)
    return frozenset(
        each if claim_id is None else corpus.name(claim_id) for each, claim_id in found
    )


def _row(asked: Asked) -> dict[str, Any]:
    return {
        "qid": asked.question.qid,
        "outcome": str(asked.outcome),
        "id": asked.candidates[0] if asked.candidates else None,
        "probability": asked.probability,
        "differences": [
            {"aspect": str(each.aspect), "asked": each.asked, "archived": each.archived}
            for each in asked.differences
        ],
        "candidates": list(asked.candidates[:_SHOWN]),
        "ms": round(asked.ms, 2),
    }
