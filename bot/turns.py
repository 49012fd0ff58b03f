"""Turns: lets updates through a few at a time, and knows when all of them are done."""

import asyncio
from collections.abc import Awaitable
from typing import Any

from telegram.ext import BaseUpdateProcessor

from bot.operations.metrics import Metrics
from bot.operations.updates import counted


class TurnCounter(BaseUpdateProcessor):
    """Handles several updates at once and counts those that are finished.

    Args:
        max_concurrent_updates: How many at once.
        metrics: What to count into.
    """

    def __init__(self, max_concurrent_updates: int, metrics: Metrics | None = None) -> None:
        super().__init__(max_concurrent_updates)
        self._metrics = metrics or Metrics()
        self._n_done = 0
        self._changed = asyncio.Condition()

    async def do_process_update(
        self,
        update: object,
        coroutine: Awaitable[Any],
    ) -> None:
        """Handle one update; its errors are handled inside `coroutine`."""
        try:
            with counted(update, self._metrics):
                await coroutine
        finally:
            async with self._changed:
                self._n_done += 1
                self._changed.notify_all()

    async def initialize(self) -> None:
        """Nothing to open."""

    async def shutdown(self) -> None:
        """Nothing to close."""

    @property
    def n_done(self) -> int:
        """How many updates are finished, replies included."""
        return self._n_done

    async def finished(self, n_updates: int) -> None:
        """Wait until that many updates, counted from the start, are finished."""
        async with self._changed:
            await self._changed.wait_for(lambda: self._n_done >= n_updates)
