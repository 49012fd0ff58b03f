"""Newest: people type on while an inline query is looked up; only the newest one counts."""

import asyncio


class InlineTurn:
    """One inline query, and whether the same person has sent a newer one."""

    def __init__(self) -> None:
        self._superseded = asyncio.Event()

    @property
    def is_superseded(self) -> bool:
        """Whether there is a newer one; may be read in any thread."""
        return self._superseded.is_set()

    def supersede(self) -> None:
        """Say that there is a newer one."""
        self._superseded.set()

    async def pause(self, seconds: float) -> bool:
        """Wait a moment for a newer one; returns whether there is one."""
        if seconds > 0:
            try:
                async with asyncio.timeout(seconds):
                    await self._superseded.wait()
            except TimeoutError:
                pass
        return self.is_superseded


class NewestQueries:
    """The newest inline query of each person, while it is at work."""

    def __init__(self) -> None:
        self._turns: dict[int, InlineTurn] = {}

    def begin(self, user_id: int) -> InlineTurn:
        """Begin a query; the same person's older one is superseded."""
        if older := self._turns.get(user_id):
            older.supersede()
        turn = self._turns[user_id] = InlineTurn()
        return turn

    def end(self, user_id: int, turn: InlineTurn) -> None:
        """End a query."""
        if self._turns.get(user_id) is turn:
            del self._turns[user_id]
