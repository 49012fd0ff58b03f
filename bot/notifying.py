"""Notifying: sends what waits in the outbox, at Telegram's pace and outside quiet hours."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from telegram.constants import ParseMode
from telegram.error import BadRequest, ChatMigrated, Forbidden, RetryAfter, TelegramError

from bot.errors import described
from bot.markup import plain
from bot.outgoing.bot import OutgoingBot
from bot.outgoing.limiter import Patience, seconds
from bot.quiet import QuietHours
from bot.reply import Reply
from bot.seals import Seals
from bot.sender import keyboard
from bot.state import StateDb
from bot.state.outbox import Notification, Outbox
from bot.workers import BusyError

_LOG = logging.getLogger(__name__)
# Telegram allows about 30 messages a second in all; the rest is left to answers.
PACE_PER_S = 20.0
# A send that hangs gives up after its timeouts, 40 s together; a lease is longer than that.
LEASE_S = 120.0
_MAX_IN_FLIGHT = 8
# About one message a second is what a chat may get.
_CHAT_RESTS_S = 1.0
_BUSY_S = 5.0
_LONGEST_WAIT_S = 60.0
# So many chats in a row that are told to wait: it is the bot that is told, not the chats.
_FLOOD = 5
_UNREACHABLE = ("chat not found", "peer_id_invalid")
Clock = Callable[[], datetime]
Sleep = Callable[[float], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Worded:
    """A notification in words.

    Attributes:
        reply: The message.
        on_sent: Notes that it was sent, in one transaction with the outbox; only SQL.
    """

    reply: Reply
    on_sent: Callable[[], None]


class Composer(Protocol):
    """Words the notifications of one kind, when they are sent."""

    async def compose(self, notification: Notification) -> Worded | None:
        """The message; None where there is nothing to tell any more.

        Raises:
            BusyError: Not now.
        """
        ...

    def cancel(self, user_id: int) -> None:
        """Forget what somebody wanted to be told who cannot be written to; only SQL."""
        ...


class Pace:
    """Lets one through at a time, evenly spaced.

    Args:
        per_s: How many a second.
        sleep: How to wait.
    """

    def __init__(self, per_s: float, sleep: Sleep = asyncio.sleep) -> None:
        self._gap_s = 1 / per_s
        self._sleep = sleep
        self._next = 0.0

    async def turn(self) -> None:
        """Wait for the next turn."""
        now = asyncio.get_running_loop().time()
        wait_s = self._next - now
        self._next = max(now, self._next) + self._gap_s
        if wait_s > 0:
            await self._sleep(wait_s)


class Notifier:
    """Empties the outbox.

    Args:
        bot: Sends.
        state: Holds the outbox.
        composers: Who words which kind of notification.
        quiet: When nothing is sent.
        clock: The time now.
        pace: How fast it sends.
    """

    def __init__(
        self,
        bot: OutgoingBot,
        state: StateDb,
        composers: Mapping[str, Composer],
        quiet: QuietHours,
        *,
        clock: Clock,
        pace: Pace,
    ) -> None:
        self._bot = bot
        self._state = state
        self._outbox = Outbox(state)
        self._composers = composers
        self._quiet = quiet
        self._clock = clock
        self._pace = pace
        self._slots = asyncio.Semaphore(_MAX_IN_FLIGHT)
        self._wake = asyncio.Event()
        self._idle = asyncio.Event()
        self._n_in_flight = 0
        self._stopping = False
        self._n_floods = 0
        self._held_until: datetime | None = None

    def wake(self) -> None:
        """Look into the outbox now."""
        self._idle.clear()
        self._wake.set()

    async def settled(self) -> None:
        """Wait until all that is due has been tried."""
        self.wake()
        await self._idle.wait()

    def stop(self) -> None:
        """Send what has begun, and end."""
        self._stopping = True
        self._wake.set()

    async def run(self) -> None:
        """Send what is due until `stop`."""
        self._slots, self._n_in_flight = asyncio.Semaphore(_MAX_IN_FLIGHT), 0
        async with asyncio.TaskGroup() as sends:
            while not self._stopping:
                self._wake.clear()
                await self._slots.acquire()
                taken = await self._next()
                if taken is not None:
                    self._n_in_flight += 1
                    sends.create_task(self._deliver(taken))
                else:
                    self._slots.release()
                    await self._wait()
        _LOG.info("Notifications stopped; %d wait", self._outbox.n_waiting())

    async def _next(self) -> Notification | None:
        await self._pace.turn()
        now = self._clock()
        if self._stopping or self._opens_at(now) > now:
            return None
        return self._outbox.take(now, LEASE_S)

    async def _wait(self) -> None:
        if self._wake.is_set():
            return
        if not self._n_in_flight:
            self._idle.set()
        now = self._clock()
        opens_at = self._opens_at(now)
        next_at = opens_at if opens_at > now else self._outbox.next_at()
        left_s = _LONGEST_WAIT_S if next_at is None else (next_at - now).total_seconds()
        if left_s <= 0:  # due, but its chat is being sent to: the end of that wakes
            left_s = _CHAT_RESTS_S
        try:
            async with asyncio.timeout(min(left_s, _LONGEST_WAIT_S)):
                await self._wake.wait()
        except TimeoutError:
            return

    def _opens_at(self, now: datetime) -> datetime:
        return max(self._quiet.opens_at(now), self._held_until or now)

    async def _deliver(self, taken: Notification) -> None:
        try:
            await self._send(taken)
        finally:
            self._n_in_flight -= 1
            self._slots.release()
            self._wake.set()

    async def _send(self, taken: Notification) -> None:
        now, notification_id = self._clock(), taken.notification_id
        composer = self._composers.get(taken.kind)
        try:
            worded = await composer.compose(taken) if composer else None
        except BusyError:
            self._outbox.postpone(notification_id, now + timedelta(seconds=_BUSY_S))
            return
        if worded is None:
            self._outbox.drop(notification_id, now)
            return
        try:
            await self._call(taken.chat_id, worded.reply)
        except RetryAfter as error:
            self._slow_down(taken, seconds(error))
        except ChatMigrated as error:
            with self._state.transaction():
                self._outbox.move_chat(taken.chat_id, error.new_chat_id)
                self._outbox.postpone(notification_id, now)
        except Forbidden:
            self._cancel(taken)
        except BadRequest as error:
            if any(reason in error.message.lower() for reason in _UNREACHABLE):
                self._cancel(taken)
            else:
                self._fail(taken, error)
        except TelegramError as error:  # it may have arrived: told twice is better than never
            self._fail(taken, error)
        else:
            self._n_floods = 0
            with self._state.transaction():
                worded.on_sent()
                self._outbox.sent(notification_id, self._clock())
                self._outbox.rest(taken.chat_id, self._clock() + timedelta(seconds=_CHAT_RESTS_S))

    async def _call(self, chat_id: int, reply: Reply) -> None:
        buttons = keyboard(reply, Seals(self._bot.token), chat_id)

        async def call(text: str, parse_mode: str | None) -> None:
            # A chat that is told to wait is come back to by the outbox, which outlives the process.
            await self._bot.send_message(
                chat_id,
                text,
                parse_mode=parse_mode,
                reply_markup=buttons,
                rate_limit_args=Patience.RETURNS,
            )

        try:
            await call(reply.html, ParseMode.HTML)
        except BadRequest as error:
            if "can't parse entities" not in error.message.lower():
                raise
            _LOG.error("Telegram refused the markup of a notification; sent it as plain text")
            await call(plain(reply.html), None)

    def _slow_down(self, taken: Notification, wait_s: float) -> None:
        until = self._clock() + timedelta(seconds=wait_s)
        with self._state.transaction():
            self._outbox.postpone(taken.notification_id, until)
            self._outbox.rest(taken.chat_id, until)
        self._n_floods += 1
        if self._n_floods >= _FLOOD:
            _LOG.warning("Told to wait by %d chats in a row: all wait %.0f s", _FLOOD, wait_s)
            self._held_until = until
            self._n_floods = 0

    def _cancel(self, taken: Notification) -> None:
        with self._state.transaction():
            n_cancelled = self._outbox.cancel_chat(taken.chat_id, self._clock())
            if taken.chat_id == taken.user_id:  # a group that is gone says nothing of its people
                for composer in self._composers.values():
                    composer.cancel(taken.user_id)
        _LOG.info("A chat cannot be written to: %d notifications cancelled", n_cancelled)

    def _fail(self, taken: Notification, error: TelegramError) -> None:
        if not self._outbox.failed(taken.notification_id, self._clock()):
            _LOG.error("Notification %s is given up: %s", taken.notification_id, described(error))
