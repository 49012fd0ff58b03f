"""Asked: a tap or an inline query from the side of the person who waits for the answer."""

from typing import Any

from bot.loopback.conversation import DEFAULT_TIMEOUT_S
from bot.loopback.world import Query


class Asked:
    """A tap or an inline query, and what the bot answers to it.

    Args:
        query: The query in the world.
    """

    def __init__(self, query: Query) -> None:
        self._query = query

    @property
    def query_id(self) -> str:
        """The id that the bot answers to."""
        return self._query.query_id

    @property
    def is_answered(self) -> bool:
        """Whether the bot has answered."""
        return self._query.answer is not None

    @property
    def text(self) -> str:
        """What was typed, or the data of the button."""
        return self._query.text

    @property
    def results(self) -> list[dict[str, Any]]:
        """The results of an answered inline query, empty before the answer."""
        return list((self._query.answer or {}).get("results", ()))

    async def answer(self, timeout_s: float = DEFAULT_TIMEOUT_S) -> dict[str, Any]:
        """Wait for the bot's answer.

        Args:
            timeout_s: How long to wait, in seconds.

        Returns:
            For a tap `text`, `show_alert` and `url`; for an inline query `results`, `cache_time`,
            `is_personal`, `next_offset` and `button`.

        Raises:
            TimeoutError: No answer came in time.
        """
        await self._query.changed.until(lambda: self._query.answer is not None, timeout_s)
        if self._query.answer is None:
            raise TimeoutError(f"the bot left query {self.query_id} unanswered for {timeout_s:g} s")
        return self._query.answer
