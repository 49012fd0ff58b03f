"""Signals: wake every task that waits for something to happen, from code that is not async."""

import asyncio
from collections.abc import Callable


class Signal:
    """An event that can happen again and again."""

    def __init__(self) -> None:
        self._event = asyncio.Event()

    def fire(self) -> None:
        """Wake all tasks that are waiting now."""
        event, self._event = self._event, asyncio.Event()
        event.set()

    async def until(self, happened: Callable[[], bool], timeout_s: float) -> bool:
        """Wait until `happened()` is true; it is asked now and after each `fire`.

        Args:
            happened: A quick test without side effects.
            timeout_s: How long to wait at most, in seconds.

        Returns:
            Whether it happened in time.
        """
        try:
            async with asyncio.timeout(timeout_s):
                while not happened():
                    await self._event.wait()
        except TimeoutError:
            return happened()
        return True
