"""Callback data: what a button does. Stateless, so that a button outlives a restart.

    s:<claim id>                   full sourcing of a claim
    o:<claim id>.<claim id>...     other close claims, up to four
    m:<page>                       a page of other close claims, looked up again
    c:<claim id>                   a claim's card
    i:<claim id>                   a claim's card as a picture
    n:<claim id> or n:-            not what was asked: the claim that was shown, or none of several
    w:<claim id>                   tell me if this claim changes
    q:-                            tell me if this question gets an answer
    p:-                            pass this question on
    u:<watch id>                   stop watching, under a notification
    v:<page>                       a page of the list of watches
    d:<watch id>.<page>            stop watching, in the list
    l:<language>                   a language chosen, such as uk
    g:<what>.<choice>              a setting of the group: `bot.group_settings`
    f:me                           forget the one who taps
    e:...                          the editors' desk: `bot.editors.taps`

The whole is sealed (`bot.seals`) and at most 64 bytes
(https://core.telegram.org/bots/api#inlinekeyboardbutton). A claim id is 1 to 16 lower-case letters
and digits. What a question says is never carried: it stands in the message that the bot replied to.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from bot.seals import OVERHEAD_BYTES

MAX_BYTES = 64 - OVERHEAD_BYTES
MAX_OTHERS = 4
MAX_PAGES = 5
_ID = r"[a-z0-9]{1,16}"
_DATA = re.compile(rf"([a-z]):(-|{_ID}(?:\.{_ID}){{0,{MAX_OTHERS - 1}}})", re.ASCII)
_PAGE = re.compile(rf"[1-{MAX_PAGES}]", re.ASCII)
_NOTHING = "-"
_PAYLOAD = re.compile(rf"([cw])_({_ID})", re.ASCII)


class Action(StrEnum):
    """What a tap asks for."""

    SOURCING = "s"
    OTHERS = "o"
    MORE = "m"
    CARD = "c"
    PICTURE = "i"
    NOT_IT = "n"
    WATCH = "w"
    WATCH_QUESTION = "q"
    PASS_ON = "p"  # noqa: S105 - no password
    UNWATCH = "u"
    WATCHES = "v"
    DROP = "d"
    LANGUAGE = "l"
    SETTING = "g"
    FORGET = "f"


# Only the one who asked may do these: they speak about that person's question.
_PERSONAL = {Action.NOT_IT, Action.WATCH_QUESTION, Action.PASS_ON}
# What these do, they do to the question, which they find in the message that the reply answers.
_ABOUT_QUESTION = _PERSONAL | {Action.MORE}
_WITHOUT_CLAIM = {Action.WATCH_QUESTION, Action.PASS_ON}
# How many words an action may carry, where it is more than one.
_MAX_WORDS = {Action.OTHERS: MAX_OTHERS, Action.SETTING: MAX_OTHERS, Action.DROP: 2}


@dataclass(frozen=True, slots=True)
class Tap:
    """A button's meaning.

    Attributes:
        action: What is asked for.
        claim_ids: About which claims: one, up to four for `OTHERS`, none or one for `NOT_IT`, none
            for what is about the question. Where an action is about no claim, what it carries in
            their place: a language, the words of a choice, the ids of watches and page numbers.
        page: For `MORE`: which page, from 1.
    """

    action: Action
    claim_ids: tuple[str, ...] = ()
    page: int = 0

    @property
    def data(self) -> str:
        """The body of the callback data, at most `MAX_BYTES` bytes."""
        what = str(self.page) if self.action is Action.MORE else ".".join(self.claim_ids)
        return f"{self.action}:{what or _NOTHING}"

    @property
    def is_personal(self) -> bool:
        """Whether only the one who asked may do it."""
        return self.action in _PERSONAL

    @property
    def needs_question(self) -> bool:
        """Whether it has to stand under a reply to the question."""
        return self.action in _ABOUT_QUESTION


def parse_tap(body: str | None) -> Tap | None:
    """Read the body of callback data; None where no version of this bot can have sent it."""
    found = _DATA.fullmatch(body or "")
    if found is None or len(found.group()) > MAX_BYTES or found[1] not in set(Action):
        return None
    action, what = Action(found[1]), found[2]
    if action is Action.MORE:
        return Tap(action, page=int(what)) if _PAGE.fullmatch(what) else None
    if what == _NOTHING:
        return Tap(action) if action in _WITHOUT_CLAIM or action is Action.NOT_IT else None
    if action in _WITHOUT_CLAIM:
        return None
    tap = Tap(action, tuple(what.split(".")))
    return tap if len(tap.claim_ids) <= _MAX_WORDS.get(action, 1) else None


def others_tap(claim_ids: Iterable[str]) -> Tap | None:
    """A tap for the first of these claims, as many as fit into a button; None without any."""
    chosen: tuple[str, ...] = ()
    for claim_id in claim_ids:
        longer = Tap(Action.OTHERS, (*chosen, claim_id))
        if len(longer.claim_ids) > MAX_OTHERS or len(longer.data) > MAX_BYTES:
            break
        chosen = longer.claim_ids
    return Tap(Action.OTHERS, chosen) if chosen else None


def parse_payload(payload: str) -> Tap | None:
    """What a deep link asks for (`/start c_<id>` or `w_<id>`); None for any other payload."""
    found = _PAYLOAD.fullmatch(payload)
    return Tap(Action(found[1]), (found[2],)) if found else None


def deep_link(username: str, claim_id: str, action: Action = Action.CARD) -> str:
    """The address that opens the private chat at a claim, or there watches it."""
    return f"https://t.me/{username}?start={action}_{claim_id}"
