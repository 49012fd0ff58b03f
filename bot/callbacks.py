"""Callback data: what a button carries. Stateless, so that a button outlives a restart.

    s:<claim id>                   full sourcing of a claim
    o:<claim id>.<claim id>...     other close claims, up to four
    c:<claim id>                   a claim's card

Any client can send any bytes here, so parsing is strict. A claim id is 1 to 16 lower-case letters
and digits, and the whole is at most 64 bytes (https://core.telegram.org/bots/api#inlinekeyboardbutton).
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

MAX_BYTES = 64
MAX_OTHERS = 4
_ID = r"[a-z0-9]{1,16}"
_DATA = re.compile(rf"([soc]):({_ID}(?:\.{_ID}){{0,{MAX_OTHERS - 1}}})", re.ASCII)
_PAYLOAD = re.compile(rf"c_({_ID})", re.ASCII)


class Action(StrEnum):
    """What a tap asks for."""

    SOURCING = "s"
    OTHERS = "o"
    CARD = "c"


@dataclass(frozen=True, slots=True)
class Tap:
    """A button's meaning.

    Attributes:
        action: What is asked for.
        claim_ids: About which claims: one, or up to four for `OTHERS`.
    """

    action: Action
    claim_ids: tuple[str, ...]

    @property
    def data(self) -> str:
        """The callback data, at most 64 bytes."""
        return f"{self.action}:{'.'.join(self.claim_ids)}"


def parse_tap(data: str | None) -> Tap | None:
    """Read callback data; None where no version of this bot can have sent it."""
    found = _DATA.fullmatch(data or "")
    if found is None or len(found.group()) > MAX_BYTES:
        return None
    tap = Tap(Action(found[1]), tuple(found[2].split(".")))
    if len(tap.claim_ids) > 1 and tap.action is not Action.OTHERS:
        return None
    return tap


def others_tap(claim_ids: Iterable[str]) -> Tap | None:
    """A tap for the first of these claims, as many as fit into a button; None without any."""
    chosen: tuple[str, ...] = ()
    for claim_id in claim_ids:
        longer = Tap(Action.OTHERS, (*chosen, claim_id))
        if len(longer.claim_ids) > MAX_OTHERS or len(longer.data) > MAX_BYTES:
            break
        chosen = longer.claim_ids
    return Tap(Action.OTHERS, chosen) if chosen else None


def parse_payload(payload: str) -> str | None:
    """The claim id of a deep link's payload (`/start c_<id>`); None for any other payload."""
    found = _PAYLOAD.fullmatch(payload)
    return found[1] if found else None


def payload(claim_id: str) -> str:
    """The deep link payload that shows a claim."""
    return f"c_{claim_id}"
