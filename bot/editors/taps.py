"""Taps: what the editors' buttons carry. Stateless, so that a button outlives a restart.

    e:n.<place>                                  the group at a place in the queue, from 0
    e:a.<question>.<last>.<place>.<claim id>     ask whether to answer a group with a claim
    e:y.<question>.<last>.<place>.<claim id>     answer it
    e:b.<question>.<last>.<place>                back from that question to the group
    e:d.<question>.<last>.<place>                dismiss a group
    e:s.<days>                                   the statistics of so many days
    e:c.<days>                                   the chart of them

A group is named by one of its questions, and by the last question that the editor saw in it: what
came in since is not answered unseen. The whole is sealed (`bot.seals`) like every button's.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

from bot.seals import OVERHEAD_BYTES

# What the data of every editor's button begins with, and no other one.
PATTERN = rf"^.{{{OVERHEAD_BYTES}}}e:"
_NUMBER = r"\d{1,9}"
_DATA = re.compile(
    rf"e:(?:(?P<one>[nsc])\.(?P<n>{_NUMBER})"
    rf"|(?P<verb>[aybd])\.(?P<question>{_NUMBER})\.(?P<last>{_NUMBER})\.(?P<place>\d{{1,4}})"
    r"(?:\.(?P<claim>[a-z0-9]{1,16}))?)",
    re.ASCII,
)


class DeskAction(StrEnum):
    """What an editor's tap asks for."""

    SHOW = "n"
    ASK = "a"
    ANSWER = "y"
    BACK = "b"
    DISMISS = "d"
    STATS = "s"
    CHART = "c"


_NUMBERED = {DeskAction.SHOW, DeskAction.STATS, DeskAction.CHART}
_WITH_CLAIM = {DeskAction.ASK, DeskAction.ANSWER}


@dataclass(frozen=True, slots=True)
class DeskTap:
    """An editor's button's meaning.

    Attributes:
        action: What is asked for.
        place: Place of the group in the queue, from 0; for `STATS` and `CHART` the number of days.
        question_id: A question of the group; 0 where none is meant.
        last_id: The newest question that the editor saw.
        claim_id: The claim, for `ASK` and `ANSWER`; else "".
    """

    action: DeskAction
    place: int
    question_id: int = 0
    last_id: int = 0
    claim_id: str = ""

    @property
    def is_personal(self) -> bool:
        """Never: an editor's pages stand in a chat that nobody else is in."""
        return False

    @property
    def needs_question(self) -> bool:
        """Never."""
        return False

    @property
    def data(self) -> str:
        """The body of the callback data, at most 53 bytes."""
        if self.action in _NUMBERED:
            return f"e:{self.action}.{self.place}"
        group = f"{self.question_id}.{self.last_id}.{self.place}"
        return ".".join(filter(None, (f"e:{self.action}", group, self.claim_id)))


def parse_desk_tap(data: str | None) -> DeskTap | None:
    """Read callback data; None where it is no editor's button."""
    found = _DATA.fullmatch(data or "")
    if found is None:
        return None
    if found["one"]:
        return DeskTap(DeskAction(found["one"]), int(found["n"]))
    action, claim_id = DeskAction(found["verb"]), found["claim"] or ""
    if bool(claim_id) != (action in _WITH_CLAIM):
        return None
    return DeskTap(
        action, int(found["place"]), int(found["question"]), int(found["last"]), claim_id
    )
