"""Answering: the moment at which the answer to an update begins to go out.

Before that moment a crash costs nothing: the update is handled again. From it on the update is
never handled again, because its answer may have arrived. So the moment is noted in the inbox, in a
transaction of its own, just before the first request that a second time would be seen as a second
answer. What Telegram refused did not arrive: the note is taken back.

The request layer calls `before_request` and `after_request`; which update it is about is known by
the context (`contextvars`) in which a handler makes its request.
"""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime

from bot.state.database import StateError
from bot.state.inbox import Arrival, Inbox

_LOG = logging.getLogger(__name__)
# Nobody sees the second time of what only asks, sets or deletes; an edit puts the same words there,
# and a query is answered once, whoever tries it again.
_HARMLESS = ("get", "set", "delete", "edit", "answerCallbackQuery", "answerInlineQuery")
_HARMLESS_SENDS = {"sendChatAction", "sendMessageDraft", "leaveChat", "logOut", "close"}


class Turn:
    """The handling of one update.

    Args:
        arrival: The update.
        inbox: Where it is kept.
        now: Tells the time, aware UTC.
    """

    def __init__(self, arrival: Arrival, inbox: Inbox, now: Callable[[], datetime]) -> None:
        self._arrival = arrival
        self._inbox = inbox
        self._now = now
        self._is_noted = False
        self._has_begun = False
        self._may_be_answered = False
        self._has_ended = False

    def begin(self) -> None:
        """Something is about to be sent that must not be sent twice."""
        self._has_begun = True
        if self._is_noted or self._has_ended:
            return
        try:
            self._note()
        except StateError as error:
            # Better an answer that a crash could repeat than none at all.
            _LOG.error("Update %d: %s", self._arrival.update_id, error)

    def settle(self) -> None:
        """Whatever happens now, it is not to be handled again."""
        self.begin()
        self._may_be_answered = True

    def sent(self) -> None:
        """What was about to be sent may have arrived; without a beginning nothing was."""
        self._may_be_answered = self._has_begun

    def refused(self) -> None:
        """What was about to be sent has not been taken."""
        if self._may_be_answered or self._has_ended or not self._is_noted:
            return
        try:
            self._inbox.reopen(self._arrival)
        except StateError as error:
            _LOG.error("Update %d: %s", self._arrival.update_id, error)
        else:
            self._is_noted = False

    def end(self) -> None:
        """It is handled, well or not.

        Raises:
            StateError: That could not be noted; it may be tried again.
        """
        self._has_ended = True
        if not self._is_noted:
            self._note()

    def _note(self) -> None:
        self._inbox.close(self._arrival, self._now())
        self._is_noted = True


_TURN: ContextVar[Turn | None] = ContextVar("_TURN", default=None)


@contextmanager
def taking(turn: Turn) -> Iterator[None]:
    """What is sent while the context is open belongs to a turn."""
    token = _TURN.set(turn)
    try:
        yield
    finally:
        _TURN.reset(token)


def before_request(method: str) -> None:
    """A request to the Bot API is about to go out; call it in the context of who makes it.

    Args:
        method: Of the Bot API, as the documentation writes it.
    """
    turn = _TURN.get()
    if turn is not None and not is_harmless(method):
        turn.begin()


def after_request(method: str, *, is_refused: bool) -> None:
    """The same request has ended.

    Args:
        method: Of the Bot API.
        is_refused: Whether it is certain that Telegram has not carried it out: it said so. Without
            an answer, or with one that a proxy may have given, nothing is certain.
    """
    turn = _TURN.get()
    if turn is None or is_harmless(method):
        return
    if is_refused:
        turn.refused()
    else:
        turn.sent()


def settle() -> None:
    """Close the update that is being handled: what follows must not be done a second time.

    From here on it is in the inbox with its number only.
    """
    turn = _TURN.get()
    if turn is not None:
        turn.settle()


def is_harmless(method: str) -> bool:
    """Whether a second request of this method would go unnoticed."""
    return method in _HARMLESS_SENDS or method.startswith(_HARMLESS)
