"""Chat: a conversation in the terminal with the same bot, over the local Bot API.

The Application, its handlers and the HTTP requests are those of the real bot; only Telegram is
replaced by `bot.loopback`, in this process. A turn ends when the bot has finished its update.
"""

import asyncio
import secrets
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager
from typing import TextIO

from anyio.from_thread import BlockingPortal, start_blocking_portal
from pydantic import SecretStr
from rich.console import Console

from bot.app import build_application
from bot.assembly import assembled
from bot.context import Deps
from bot.loopback import Button, LoopbackServer, Message, Person
from bot.outgoing.limiter import UNLIMITED, Limiter
from bot.serving import running
from bot.settings import BotSettings
from bot.state import MIGRATIONS, StateDb
from bot.terminal import to_text
from bot.turns import TurnCounter

# Telegram's apps send no longer message than this.
_MAX_CHARS = 4096
_QUIT = {"/quit", "/exit"}
# What the bot may need besides the lookup: fetching, sending, waiting once when told to.
_MARGIN_S = 90.0
_BANNER = (
    "This is the bot as on Telegram, without Telegram. Write a claim or a question, /help, "
    "or the number of a button. /quit or Ctrl-D ends."
)


class Turn:
    """What the bot did in one turn.

    Args:
        messages: What it sent, in order.
        notice: What a tapped button showed, "" for nothing.
    """

    def __init__(self, messages: Sequence[Message], notice: str = "") -> None:
        self.messages = tuple(messages)
        self.notice = notice

    @property
    def buttons(self) -> tuple[tuple[Message, Button], ...]:
        """All buttons of the turn, in reading order."""
        return tuple(
            (message, button)
            for message in self.messages
            for row in message.buttons
            for button in row
        )


class Session:
    """One person's private chat with the bot, turn by turn.

    Args:
        person: Who writes.
        counter: Knows when the bot has finished an update.
        timeout_s: How long a turn may take.
    """

    def __init__(self, person: Person, counter: TurnCounter, timeout_s: float) -> None:
        self._person = person
        self._counter = counter
        self._timeout_s = timeout_s
        self._n_updates = 0

    async def says(self, text: str) -> Turn:
        """Write to the bot and wait until it has finished.

        Raises:
            TimeoutError: It did not finish in time.
        """
        n_before = len(self._person.from_bot)
        self._person.says(text)
        await self._finished()
        return Turn(self._person.from_bot[n_before:])

    async def taps(self, message: Message, button: Button) -> Turn:
        """Tap a button and wait until the bot has finished.

        Raises:
            TimeoutError: It did not finish in time.
        """
        if button.data is None:  # the app itself copies or opens; the bot hears nothing of it
            return Turn((), button.copies or button.url or "")
        n_before = len(self._person.from_bot)
        asked = self._person.taps(message, button)
        await self._finished()
        answer = await asked.answer(0) if asked.is_answered else {}
        return Turn(self._person.from_bot[n_before:], str(answer.get("text") or ""))

    async def _finished(self) -> None:
        self._n_updates += 1
        async with asyncio.timeout(self._timeout_s):
            await self._counter.finished(self._n_updates)


@asynccontextmanager
async def session(settings: BotSettings, deps: Deps) -> AsyncIterator[Session]:
    """Start the local Bot API and the bot, which remembers nothing; stop both at the end."""
    token = f"{secrets.randbelow(10**9) + 10**8}:{secrets.token_urlsafe(24)}"
    local = settings.model_copy(update={"token": SecretStr(token)})
    with StateDb(None, MIGRATIONS) as state:
        here = assembled(
            local, deps.lookup, deps.workers, deps.catalogues, state, deps.metrics, serving=False
        )
        async with LoopbackServer(token=token, bot_username="hearsay_bot") as server:
            local.api_url = server.base_url
            counter = TurnCounter(1)
            # Nobody else is here to be spared.
            application = build_application(local, here, counter, limiter=Limiter(UNLIMITED))
            async with running(application):
                yield Session(server.user("You"), counter, settings.lookup_timeout_s + _MARGIN_S)


def chat(
    settings: BotSettings, deps: Deps, *, questions: TextIO, console: Console, notes: Console
) -> None:
    """Talk with the bot until the questions end.

    Args:
        settings: The bot's settings; its token is not used.
        deps: The lookup, the threads and the words to work with.
        questions: Where lines are read from: a terminal, or a pipe or file.
        console: Where the conversation is written.
        notes: Where everything else is written.
    """
    typed = questions.isatty()
    with (
        start_blocking_portal() as portal,
        portal.wrap_async_context_manager(session(settings, deps)) as talk,
    ):
        if typed:
            notes.print(_BANNER, highlight=False)
        offering = Turn(())  # the last one with buttons: they stay, as on Telegram
        for line in _prompted(console) if typed else _lines(questions):
            if not typed:
                console.print(f"> {line}", markup=False, highlight=False, soft_wrap=True)
            try:
                turn = _take_turn(portal, talk, offering, line)
            except TimeoutError:
                notes.print("The bot gave no answer in time.", style="red")
                continue
            _show(turn, console)
            offering = turn if turn.buttons else offering


def _take_turn(portal: BlockingPortal, talk: Session, offering: Turn, line: str) -> Turn:
    """One line of a person: the number of a button on offer, or words."""
    if line.isdecimal() and 1 <= int(line) <= len(offering.buttons):
        message, button = offering.buttons[int(line) - 1]
        return portal.call(talk.taps, message, button)
    return portal.call(talk.says, line[:_MAX_CHARS])


def _prompted(console: Console) -> Iterator[str]:
    import readline  # noqa: F401, PLC0415 - line editing and history for input()

    while True:
        try:
            line = console.input("[bold]>[/bold] ").strip()
        except (EOFError, KeyboardInterrupt):
            console.print()
            return
        if line in _QUIT:
            return
        if line:
            yield line


def _lines(questions: Iterable[str]) -> Iterator[str]:
    for line in questions:
        if line.strip() in _QUIT:
            return
        if line.strip():
            yield line.strip()


def _show(turn: Turn, console: Console) -> None:
    spell_links = not console.is_terminal
    for message in turn.messages:
        console.print()
        if message.upload is not None:
            console.print(f"({message.upload.name}, {message.upload.size} bytes)", highlight=False)
        console.print(
            to_text(message.html, spell_links=spell_links),
            highlight=False,
            soft_wrap=not console.is_terminal,
        )
    if turn.notice:
        console.print(
            f"({turn.notice})",
            markup=False,
            highlight=False,
            soft_wrap=not console.is_terminal,
        )
    for number, (_, button) in enumerate(turn.buttons, start=1):
        console.print(f"[{number}] {button.text}", markup=False, highlight=False, style="cyan")
    console.print()
