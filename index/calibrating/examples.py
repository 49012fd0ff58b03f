"""Examples: labelled questions as the lookup sees them, ready to be fitted on."""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from index.calibrating.fitting import Choice
from index.embedder import Encoder, Vectors
from index.features import Judged, judge, rank
from index.names import Names
from index.pair_model import PairModel
from index.query import prepare
from index.search import search
from index.snapshots import Snapshot
from index.spelling import respelled
from index.words import is_english

# Feeds tell one story in many claims, and labels name one of them: a claim this near to a labelled
# one counts as right too. Where a claim is left out, all that are nearly as near go with it.
_SAME_COSINE = 0.85
_REMOVED_COSINE = 0.75


@dataclass(frozen=True, slots=True)
class LabelledQuestion:
    """A question with what is right for it.

    Attributes:
        kind: Kind of question; every kind counts the same in a fit.
        text: As it was asked.
        gold: Ids of the claims that it is about; none if no claim is.
        hidden: Ids of claims to leave out of the archive.
        group: Questions of one group are fitted on, or checked with, together.
        is_fresh: Whether no model was trained on it. Others are not fitted on: the models would
            look better than they are.
    """

    kind: str
    text: str
    gold: frozenset[str] = frozenset()
    hidden: frozenset[str] = frozenset()
    group: str = ""
    is_fresh: bool = True


@dataclass(slots=True)
class Example:
    """A question with its ranked candidates, and the best of them judged.

    Attributes:
        question: The question.
        is_english: Whether it may be English.
        choice: All candidates with the signals of the ranking.
        judged: The best ones; empty until they are judged.
    """

    question: LabelledQuestion
    is_english: bool
    choice: Choice
    judged: list[Judged] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Source:
    """An archive with questions for it.

    Attributes:
        snapshot: What is searched.
        encoders: Its encoders.
        names: The table of name variants.
        pair_model: The pair model, if one is in use.
        questions: What to ask.
    """

    snapshot: Snapshot
    encoders: Sequence[Encoder]
    names: Names
    pair_model: PairModel | None
    questions: Sequence[LabelledQuestion] = ()


class Remembering:
    """An encoder that remembers what it has embedded; a fit asks everything twice."""

    def __init__(self, encoder: Encoder) -> None:
        self.model, self.question_model = encoder.model, encoder.question_model
        self.dim = encoder.dim
        self.encode = _remembering(encoder.encode)
        self.encode_questions = _remembering(encoder.encode_questions)


def _remembering(encode: Callable[[Sequence[str]], Vectors]) -> Callable[[Sequence[str]], Vectors]:
    known: dict[str, Vectors] = {}

    def remembered(texts: Sequence[str]) -> Vectors:
        new = sorted({text for text in texts if text not in known}, key=len)
        if new:
            known.update(zip(new, encode(new), strict=True))
        return np.stack([known[text] for text in texts])

    return remembered


def _tells(snapshot: Snapshot, claim: int, others: Collection[int], least: float) -> bool:
    """Whether a claim has a wording this near to a wording of one of the others."""
    if not others:
        return False
    backend = next(iter(snapshot.backends.values()))
    mine = backend.vectors(snapshot.passages_of(claim))
    theirs = np.concatenate([backend.vectors(snapshot.passages_of(each)) for each in others])
    return bool((mine @ theirs.T).max() >= least)


Score = Callable[..., np.ndarray]


def collect(
    source: Source, questions: Iterable[LabelledQuestion], score: Score, n_judged: int
) -> Iterator[Example]:
    """Ask questions and keep what the fit needs.

    Args:
        source: What is searched.
        questions: What to ask.
        score: The ranking, see `index.features.rank`.
        n_judged: How many candidates to judge; 0 for none.
    """
    for question in questions:
        snapshot = source.snapshot
        query = respelled(prepare(question.text), snapshot.document_frequencies)
        if not query.segments:
            continue
        hidden = {snapshot.number(each) for each in question.hidden}
        gold = {snapshot.number(each) for each in question.gold}
        hits = search(snapshot, source.encoders, source.names, query, hidden)
        hits = [hit for hit in hits if not _tells(snapshot, hit.claim, hidden, _REMOVED_COSINE)]
        if not hits:
            continue
        ranked = rank(snapshot, source.names, query, hits, score)
        is_right = np.array(
            [
                hit.claim in gold or _tells(snapshot, hit.claim, gold, _SAME_COSINE)
                for hit in ranked.hits
            ]
        )
        example = Example(
            question, is_english(query.text), Choice(question.kind, ranked.table, is_right)
        )
        if n_judged:
            example.judged = judge(
                snapshot, source.names, source.pair_model, query, ranked, n_judged
            )
        yield example
