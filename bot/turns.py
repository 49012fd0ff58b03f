"""Turns: how many updates are handled at once, and when so many of them are done."""

import asyncio
from collections.abc import Awaitable
from typing import Any

from telegram.ext import BaseUpdateProcessor


class TurnCounter(BaseUpdateProcessor):
    """Handles several updates at once and counts those that are finished.

    Args:
        max_concurrent_updates: How many at once.
    """

    def __init__(self, max_concurrent_updates: int) -> None:
        super().__init__(max_concurrent_updates)
        self._n_done = 0
        self._changed = asyncio.Condition()

    async def do_process_update(
        self,
        update: object,  # noqa: ARG002 - the library's signature
        coroutine: Awaitable[Any],
    ) -> None:
        """Handle one update; it counts as finished whatever becomes of it."""
        try:
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
