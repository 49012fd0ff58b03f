"""Groups: open questions that ask the same, ranked by demand. Pure."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.state.questions import PassedOn

Grouping = Callable[[Sequence[str]], list[list[int]]]


@dataclass(frozen=True, slots=True)
class Group:
    """Open questions that ask the same.

    Attributes:
        questions: The questions, oldest first; at least one.
    """

    questions: tuple[PassedOn, ...]

    @property
    def id(self) -> int:
        """The number by which the group is called: that of its oldest question."""
        return self.questions[0].id

    @property
    def last_id(self) -> int:
        """The number of its newest question."""
        return max(each.id for each in self.questions)

    @property
    def ids(self) -> tuple[int, ...]:
        """The numbers of all its questions."""
        return tuple(each.id for each in self.questions)

    @property
    def n_people(self) -> int:
        """How many different people ask."""
        return len({each.user_id for each in self.questions})

    @property
    def last_asked_at(self) -> datetime:
        """When it was asked last."""
        return max(each.asked_at for each in self.questions)

    @property
    def wordings(self) -> tuple[PassedOn, ...]:
        """Its questions, each wording once."""
        return tuple({each.text: each for each in reversed(self.questions)}.values())[::-1]

    def up_to(self, last_id: int) -> "Group | None":
        """The part of it that was there when a later number was not yet given; None if none was."""
        seen = tuple(each for each in self.questions if each.id <= last_id)
        return Group(seen) if seen else None


def grouped(questions: Sequence[PassedOn], grouping: Grouping) -> list[Group]:
    """Group questions and rank the groups: most people first, then the one asked last.

    Args:
        questions: The questions, oldest first.
        grouping: Gives the positions of texts that ask the same: `index.Lookup.group`.
    """
    groups = [
        Group(tuple(questions[position] for position in positions))
        for positions in grouping([each.text for each in questions])
    ]
    groups.sort(key=lambda group: (group.n_people, group.last_asked_at, -group.id), reverse=True)
    return groups


def holding(groups: Sequence[Group], question_id: int) -> Group | None:
    """The group that holds a question; None where none does."""
    return next((group for group in groups if question_id in group.ids), None)
