"""Recorder: every call that the bot made, in order, and the faults that were planted for it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from bot.loopback.parameters import Parameters, Value


@dataclass(frozen=True, slots=True)
class Call:
    """One request and its answer.

    Args:
        method: As the documentation writes it; as it came when it is unknown.
        values: The arguments: forms as text, JSON bodies as they were, files as `Upload`s.
        status: The HTTP status of the answer; 0 when the connection was dropped.
        body: The JSON of the answer; None when it was dropped or is not JSON.
        at: Unix time at which the answer was ready.
    """

    method: str
    values: Mapping[str, Value]
    status: int
    body: dict[str, Any] | None
    at: float

    @property
    def parameters(self) -> Parameters:
        """The arguments, with typed access."""
        return Parameters(self.values)

    @property
    def chat_id(self) -> int | None:
        """The chat that it names, or None."""
        value = self.parameters.text("chat_id")
        return int(value) if value.lstrip("-").isdigit() else None


class Recorder:
    """The list of all calls."""

    def __init__(self) -> None:
        self._calls: list[Call] = []

    def record(self, call: Call) -> None:
        """Add a call."""
        self._calls.append(call)

    def __iter__(self) -> Iterator[Call]:
        return iter(self._calls)

    def __len__(self) -> int:
        return len(self._calls)

    def __getitem__(self, position: int) -> Call:
        return self._calls[position]

    def to(self, method: str) -> list[Call]:
        """Return the calls of one method, in order."""
        return [call for call in self._calls if call.method.lower() == method.lower()]


class FaultKind(StrEnum):
    """What goes wrong."""

    ERROR = "error"
    """An error answer, with the code of the fault; the call is not carried out."""
    DROP_BEFORE = "drop before"
    """The connection breaks before the call is carried out."""
    DROP_AFTER = "drop after"
    """The call is carried out, then the connection breaks: the client cannot know."""
    BAD_JSON = "bad json"
    """The call is carried out; the answer is cut off in the middle."""
    BAD_GATEWAY = "bad gateway"
    """A proxy's HTML page with status 502; the call is not carried out."""
    SLOW = "slow"
    """Only the delay."""


@dataclass(slots=True)
class Fault:
    """A failure that waits for its calls.

    Args:
        method: The method that it hits.
        kind: What goes wrong.
        times: How many calls it still hits.
        code: The error code of an `ERROR`.
        description: The error text of an `ERROR`, without the prefix of its code.
        retry_after_s: The wait that a 429 asks for, in seconds.
        delay_s: How long the answer takes, in seconds.
        chat_id: Only calls for this chat are hit; None: all.
    """

    method: str
    kind: FaultKind = FaultKind.ERROR
    times: int = 1
    code: int = 500
    description: str = "Internal Server Error"
    retry_after_s: int = 1
    delay_s: float = 0.0
    chat_id: int | None = None

    def hits(self, method: str, chat_id: str) -> bool:
        """Whether it applies to a call."""
        same_chat = self.chat_id is None or str(self.chat_id) == chat_id
        return self.times > 0 and self.method.lower() == method.lower() and same_chat
