"""Recorder: every call that the bot made, in order, with its answer."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from bot.loopback.parameters import Parameters, Value, whole_number


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
        return whole_number(self.parameters.text("chat_id"))


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
