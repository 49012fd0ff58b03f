"""Limiter: when a message goes out, so that Telegram takes it; the only place that waits for a 429.

Telegram documents about one message a second in a chat, 20 a minute in a group, and 30 a second in
all (https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this). A chat that
is told to wait (429) waits alone. Only what puts a message into a chat, or other words into one, is
counted and may wait; answers to taps and inline queries, chat actions and questions to Telegram go
out at once, and where those are told to wait, the error is the caller's.
"""

import asyncio
import logging
import math
import random
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from telegram.error import RetryAfter
from telegram.ext import BaseRateLimiter

from bot.outgoing.requests import puts_message
from bot.outgoing.windows import Limit, Window

_LOG = logging.getLogger(__name__)
# Long enough for what Telegram commonly asks, and short enough for a stop within a minute.
_PATIENCE_S = 30.0
# Chats that were told to wait until the same moment do not all begin again at that moment.
_JITTER_S = 0.3
# How many of the chats that were looked at longest ago are looked at whenever one is used.
_N_SWEPT = 2

Answer = Any  # what the Bot API answers; the library has no name for it that it exports


class Patience(Enum):
    """How a request takes it if it cannot go out now."""

    WAITS = "waits"
    """It waits, within bounds. So does a request that does not say."""
    RETURNS = "returns"
    """It is for its sender to come back when the chat may be written to again."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How much goes out.

    Attributes:
        chat: To one chat.
        group: To one group or channel, besides.
        everywhere: In all; below Telegram's own limit, since its clock is not ours.
        patience_s: How long one message may wait, all its waits together, in seconds.
    """

    chat: Limit
    group: Limit
    everywhere: Limit
    patience_s: float = _PATIENCE_S


TELEGRAMS = Limits(Limit(4, 4.0), Limit(20, 60.0), Limit(25, 1.0))
UNLIMITED = Limits(Limit(1, 0.0), Limit(1, 0.0), Limit(1, 0.0))


@dataclass(slots=True)
class _Lane:
    """One chat: what was sent to it, and until when it is told to wait."""

    windows: tuple[Window, ...]
    paused_until: float = field(default=0.0)
    n_waiting: int = 0

    def next_at(self, now: float) -> float:
        return max(self.paused_until, *(window.next_at(now) for window in self.windows))

    def is_idle(self, now: float) -> bool:
        return (
            not self.n_waiting
            and self.paused_until <= now
            and all(window.is_idle(now) for window in self.windows)
        )


class Limiter(BaseRateLimiter[Patience]):
    """Lets messages out at Telegram's pace.

    A message first waits for its chat, then for its place among all; whoever came first goes first.
    What would have to wait beyond its patience fails at once with the error that Telegram would
    give. A message that was refused with a 429 is sent again after the pause; Telegram has not
    taken it. After any other error, a timeout above all, nothing is ever sent again.

    Args:
        limits: How much goes out.
        clock: Seconds, never going back; by default those of the event loop.
        sleep: How to wait.
        jitter: Returns a number in [0, 1).
    """

    def __init__(
        self,
        limits: Limits = TELEGRAMS,
        *,
        clock: Callable[[], float] | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self._limits = limits
        self._clock = clock or (lambda: asyncio.get_running_loop().time())
        self._sleep = sleep
        self._jitter = jitter
        self._lanes: OrderedDict[int | str, _Lane] = OrderedDict()
        self._everywhere = Window(self._limits.everywhere)

    async def initialize(self) -> None:
        """Nothing to open."""

    async def shutdown(self) -> None:
        """Nothing to close."""

    @property
    def n_chats(self) -> int:
        """How many chats are remembered."""
        return len(self._lanes)

    async def process_request(
        self,
        callback: Callable[..., Coroutine[Any, Any, Answer]],
        args: Any,
        kwargs: dict[str, Any],
        endpoint: str,
        data: dict[str, Any],
        rate_limit_args: Patience | None,
    ) -> Answer:
        """Make a request when it may be made; see the base class.

        Raises:
            RetryAfter: It would have to wait for too long.
        """
        chat_id = data.get("chat_id")
        if chat_id is None or not puts_message(endpoint):
            return await callback(*args, **kwargs)
        lane = self._lane(chat_id)
        returns = rate_limit_args is Patience.RETURNS
        deadline = self._clock() + self._limits.patience_s
        lane.n_waiting += 1
        try:
            while True:
                await self._turn(lane, deadline, returns=returns)
                try:
                    return await callback(*args, **kwargs)
                except RetryAfter as error:
                    self._pause(lane, seconds(error))
                    _LOG.warning("A chat is told to wait %.0f s", seconds(error))
                    if returns or lane.paused_until > deadline:
                        raise self._told_to_wait(lane.paused_until) from None
        finally:
            lane.n_waiting -= 1

    async def _turn(self, lane: _Lane, deadline: float, *, returns: bool) -> None:
        """Wait for the chat, then for a place among all."""
        while True:
            if returns and lane.paused_until > self._clock():
                raise self._told_to_wait(lane.paused_until)
            await self._place(lane.next_at, lane.windows, deadline)
            if lane.paused_until > self._clock():
                continue  # it was told to wait meanwhile
            await self._place(self._everywhere.next_at, (self._everywhere,), deadline)
            if lane.paused_until <= self._clock():
                return

    async def _place(
        self, next_at: Callable[[float], float], windows: tuple[Window, ...], deadline: float
    ) -> None:
        now = self._clock()
        at = next_at(now)
        if at > deadline:
            raise self._told_to_wait(at)
        for window in windows:
            window.book(at)
        if at > now:
            await self._sleep(at - now)

    def _pause(self, lane: _Lane, wait_s: float) -> None:
        until = self._clock() + wait_s + _JITTER_S * self._jitter()
        lane.paused_until = max(lane.paused_until, until)

    def _told_to_wait(self, until: float) -> RetryAfter:
        return RetryAfter(max(1, math.ceil(until - self._clock())))

    def _lane(self, chat_id: int | str) -> _Lane:
        if (lane := self._lanes.get(chat_id)) is None:
            limits = [self._limits.chat]
            if isinstance(chat_id, str) or chat_id < 0:
                limits.append(self._limits.group)
            lane = self._lanes[chat_id] = _Lane(tuple(Window(limit) for limit in limits))
        self._lanes.move_to_end(chat_id)
        now = self._clock()
        for _ in range(_N_SWEPT):
            oldest_id, oldest = next(iter(self._lanes.items()))
            if oldest is lane:
                break
            if oldest.is_idle(now):
                del self._lanes[oldest_id]
            else:
                self._lanes.move_to_end(oldest_id)
        return lane


def seconds(error: RetryAfter) -> float:
    """How long Telegram asks to wait."""
    wait = error.retry_after  # will be a timedelta in a later version of the library
    return float(wait) if isinstance(wait, int | float) else wait.total_seconds()
