"""Reply: a message to send, with its buttons."""

from dataclasses import dataclass
from typing import Protocol

from bot.markup import Html


class Carried(Protocol):
    """What a button carries: `bot.callbacks.Tap`, or a tap of the editors."""

    @property
    def data(self) -> str:
        """The body of the callback data, before it is sealed."""
        ...

    @property
    def is_personal(self) -> bool:
        """Whether only the one who asked may tap it."""
        ...

    @property
    def needs_question(self) -> bool:
        """Whether it has to stand under a reply to the question."""
        ...


@dataclass(frozen=True, slots=True)
class Button:
    """A button under a message; it has exactly one of the three.

    Attributes:
        label: What it says.
        tap: What it does.
        url: The address that it opens.
        copies: The text that it copies, at most 256 characters.
    """

    label: str
    tap: Carried | None = None
    url: str | None = None
    copies: str | None = None


@dataclass(frozen=True, slots=True)
class Reply:
    """A message to send.

    Attributes:
        html: Telegram HTML, at most 4096 characters.
        rows: Rows of buttons under it.
    """

    html: Html
    rows: tuple[tuple[Button, ...], ...] = ()

    @property
    def needs_question(self) -> bool:
        """Whether a button needs the message that it answers, so that it has to be a reply."""
        taps = (button.tap for row in self.rows for button in row)
        return any(tap is not None and tap.needs_question for tap in taps)
