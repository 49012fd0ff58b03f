"""Standstill: time that passes only when a test says so, for whoever sleeps by it."""

import asyncio
from collections.abc import Coroutine
from typing import Any

from bot.outgoing.limiter import UNLIMITED, Limiter, Limits


class Standstill:
    """A clock and its sleepers.

    Attributes:
        now: Seconds.
    """

    def __init__(self) -> None:
        self.now = 0.0
        self._sleepers: list[tuple[float, asyncio.Event]] = []
        self._changed = asyncio.Condition()
        self._n_started = self._n_done = 0

    def clock(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        sleeper = (self.now + seconds, asyncio.Event())
        self._sleepers.append(sleeper)
        await self._notify()
        try:
            await sleeper[1].wait()
        finally:
            if sleeper in self._sleepers:
                self._sleepers.remove(sleeper)

    def passes(self, seconds: float) -> None:
        """Let time pass, and wake who has slept long enough, in the order of their alarms."""
        self.now += seconds
        due = sorted((each for each in self._sleepers if each[0] <= self.now), key=lambda e: e[0])
        for sleeper in due:
            self._sleepers.remove(sleeper)
            sleeper[1].set()

    async def sleeping(self, n_sleepers: int = 1) -> None:
        """Wait until so many sleep."""
        async with self._changed:
            await self._changed.wait_for(lambda: len(self._sleepers) >= n_sleepers)

    def start(self, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        """Begin something that does nothing but sleep by this clock."""
        self._n_started += 1
        return asyncio.create_task(self._counted(work))

    async def quiet(self) -> None:
        """Wait until all that was started is asleep or done."""
        async with self._changed:
            await self._changed.wait_for(
                lambda: len(self._sleepers) + self._n_done >= self._n_started
            )

    def limiter(self, limits: Limits = UNLIMITED) -> Limiter:
        """A limiter that goes by this clock."""
        return Limiter(limits, clock=self.clock, sleep=self.sleep, jitter=lambda: 0.0)

    async def _counted(self, work: Coroutine[Any, Any, Any]) -> Any:
        try:
            return await work
        finally:
            self._n_done += 1
            await self._notify()

    async def _notify(self) -> None:
        async with self._changed:
            self._changed.notify_all()
