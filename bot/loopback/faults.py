"""Faults: what goes wrong between the bot and Telegram, planted call by call."""

from dataclasses import dataclass
from enum import StrEnum


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
    HANG_BEFORE = "hang before"
    """No answer, and the call is not carried out, until the server lets go of it."""
    HANG_AFTER = "hang after"
    """The call is carried out; then no answer until the server lets go of it."""
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
