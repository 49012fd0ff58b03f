"""Requests: what observers of the HTTP client are told of each one, before and after."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

_SENDING = ("send", "edit", "copy", "forward", "answerGuest")
# "Bot is typing" is no message.
_NOT_SENDING = frozenset({"sendChatAction"})


@dataclass(frozen=True, slots=True)
class Request:
    """A request that is about to go out.

    Attributes:
        method: Of the Bot API, as its documentation writes it.
        chat_id: The chat that it is for; None where it is for none, or for one given by name.
    """

    method: str
    chat_id: int | None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a request.

    Attributes:
        result: "ok", the class of Telegram's refusal ("bad_request", "forbidden", "retry_after",
            "conflict", "unauthorized", "not_found", "server_error", "other"), or "timed_out",
            "network" or "cancelled" where no answer came.
        seconds: How long it took.
        refusal: The answer as JSON, where Telegram refused; else empty.
    """

    result: str
    seconds: float
    refusal: Mapping[str, Any]


class Observer(Protocol):
    """Is told of every request; must be quick, and never raise."""

    def before(self, request: Request) -> None:
        """A request is about to go out, in the task of whoever makes it."""
        ...

    def after(self, request: Request, outcome: Outcome) -> None:
        """It has ended, well or not."""
        ...


def puts_message(method: str) -> bool:
    """Whether a method of the Bot API puts a message into a chat, or other words into one."""
    return method.startswith(_SENDING) and method not in _NOT_SENDING
