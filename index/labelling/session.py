"""Session: the conversation in which questions are judged, a key a judgement."""

from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from index.answers import Aspect
from index.claims import Claim
from index.evaluation.questions import Question, kind_of
from index.labelling.labels import Labels
from index.lookup import Lookup

HELP = """\
1-9     it is about this claim
n       near miss: close to a claim, but it says something else
0 or -  about none of them, nor any other claim in the archive
+       about several: + and a number for each; for the last just the number
m       more candidates
o       open a candidate: its whole text, who said it, who answered
s       skip the question; it is asked again next time
u       undo: take the last judgement back
q       quit; every judgement is saved already"""
_KEYS = "Nothing was done. Keys: 1-9, 0, -, n, +, m, o, s, u, q; ? explains them."
_DIFFERS: dict[str, Aspect | None] = {
    **{str(n): aspect for n, aspect in enumerate(Aspect, start=1)},
    "0": None,
}
_WHAT_DIFFERS = "What differs?\n  " + "  ".join(
    f"{key} {aspect or 'other'}" for key, aspect in _DIFFERS.items()
)


@dataclass(frozen=True, slots=True)
class Choice:
    """A candidate to choose.

    Attributes:
        claim: The archived claim, whole.
        probability: Chance of "same claim", in [0, 1].
    """

    claim: Claim
    probability: float


@dataclass(frozen=True, slots=True)
class Page:
    """A question and some candidates for it; a candidate's key is its place, from 1.

    Attributes:
        question: What is asked.
        position: Its place in its file, from 1.
        n_questions: How many its file holds.
        choices: The candidates, best first; may be none.
        snapshot_id: Of the snapshot that they were found in.
    """

    question: Question
    position: int
    n_questions: int
    choices: tuple[Choice, ...]
    snapshot_id: str


class Desk(Protocol):
    """Where the operator sits."""

    def show(self, what: Page | Claim | str) -> None:
        """Show candidates, a whole claim, or a sentence."""

    def key(self) -> str:
        """The next key.

        Raises:
            EOFError: There are no more.
        """


class Session:
    """Asks the operator about every question that has no label yet.

    Args:
        questions: In the order in which they are asked.
        labels: Where judgements are saved.
        lookup: Finds the candidates.
        desk: Where the operator sits.
        limit: How many candidates are shown at a time, 1 to 9.
        now: The clock.
    """

    def __init__(
        self,
        questions: Sequence[Question],
        labels: Labels,
        lookup: Lookup,
        desk: Desk,
        *,
        limit: int,
        now: Callable[[], datetime],
    ) -> None:
        self._questions = {each.qid: each for each in questions}
        self._labels = labels
        self._lookup = lookup
        self._desk = desk
        self._limit = limit
        self._now = now
        # The first of them is the one on the desk; judged and skipped ones leave.
        self._todo = deque(each for each in questions if each.qid not in labels)
        self._page: Page
        self._seen: frozenset[str] = frozenset()
        self._gold: frozenset[str] = frozenset()
        self._judged: set[str] = set()
        self._acts: dict[str, Callable[[], None]] = {
            "n": self._near_miss,
            "0": self._none,
            "-": self._none,
            "+": self._also,
            "m": self._turn,
            "o": self._open,
            "s": self._skip,
            "u": self._undo,
            "q": self._quit,
            "?": lambda: desk.show(HELP),
        }

    @property
    def n_left(self) -> int:
        """How many questions have no label, skipped ones included."""
        return sum(qid not in self._labels for qid in self._questions)

    @property
    def n_judged(self) -> int:
        """How many questions were judged in this session, and not taken back."""
        return len(self._judged)

    def run(self) -> None:
        """Ask until every question is judged or skipped, undone ones too, or the operator quits.

        Raises:
            FeedError: Another program has changed the file of labels.
            OSError: A judgement cannot be saved.
        """
        with suppress(EOFError):
            while True:
                while self._todo:
                    self._ask(self._todo[0])
                self._desk.show("There are no more questions now. u undoes, any other key ends.")
                if self._desk.key() != "u":
                    return
                self._undo()

    def _ask(self, question: Question) -> None:
        self._seen = self._gold = frozenset()
        self._turn()
        while self._todo and self._todo[0] is question:
            key = self._desk.key()
            if key in self._acts:
                self._acts[key]()
            elif choice := self._choice(key):
                self._save(f"about {key}", gold=self._gold | {choice.claim.id})
            else:
                self._desk.show(_KEYS)

    def _turn(self) -> None:
        """Show the next candidates; after the last ones the first again."""
        question = self._todo[0]
        answer = self._lookup.ask(question.text, limit=self._limit, hidden=self._seen)
        if self._seen and not answer.candidates:
            self._desk.show("There are no more candidates. These are the first again.")
            self._seen = frozenset()
            answer = self._lookup.ask(question.text, limit=self._limit)
        # Hidden from the next page, so that its candidates are judged as closely as these.
        self._seen |= {each.id for each in answer.candidates}
        self._page = Page(
            question=question,
            position=[*self._questions].index(question.qid) + 1,
            n_questions=len(self._questions),
            choices=tuple(
                Choice(self._lookup.claim(each.id), each.probability) for each in answer.candidates
            ),
            snapshot_id=answer.snapshot.id,
        )
        self._desk.show(self._page)

    def _choice(self, key: str) -> Choice | None:
        return {str(n): each for n, each in enumerate(self._page.choices, start=1)}.get(key)

    def _picked(self, question: str) -> tuple[str, Choice | None]:
        self._desk.show(question)
        key = self._desk.key()
        choice = self._choice(key)
        if choice is None:
            self._desk.show("Nothing was done: there is no such candidate here.")
        return key, choice

    def _near_miss(self) -> None:
        number, choice = self._picked("Near miss of which one?")
        if choice is None:
            return
        self._desk.show(_WHAT_DIFFERS)
        key = self._desk.key()
        if key not in _DIFFERS:
            self._desk.show("Nothing was done: that is none of these.")
            return
        aspect = _DIFFERS[key]
        said = f"near miss of {number}, differs in {aspect or 'something else'}"
        self._save(said, gold=self._gold, near=frozenset([choice.claim.id]), differs=aspect)

    def _none(self) -> None:
        self._save("about no other" if self._gold else "about none", gold=self._gold)

    def _also(self) -> None:
        number, choice = self._picked("About which one, and another?")
        if choice is not None:
            self._gold |= {choice.claim.id}
            self._desk.show(f"About {number}, and about which other? 0 if none.")

    def _open(self) -> None:
        _, choice = self._picked("Open which one?")
        if choice is not None:
            self._desk.show(choice.claim)

    def _skip(self) -> None:
        self._todo.popleft()
        self._desk.show("Skipped.")

    def _undo(self) -> None:
        newest = self._questions.get(self._labels.newest or "")
        if newest is None:
            self._desk.show("There is nothing to take back.")
            return
        self._labels.take_back()
        self._judged.discard(newest.qid)
        self._todo.appendleft(newest)
        self._desk.show("Taken back.")

    def _quit(self) -> None:
        raise EOFError

    def _save(
        self,
        said: str,
        *,
        gold: frozenset[str],
        near: frozenset[str] = frozenset(),
        differs: Aspect | None = None,
    ) -> None:
        question = self._todo.popleft()
        kind = question.kind if gold else kind_of(gold, near)
        judged = replace(question, gold=gold, kind=kind, near=near, differs=differs)
        self._labels.add(judged, self._page.snapshot_id, self._now())
        self._judged.add(question.qid)
        self._desk.show(f"Saved: {said}.")
