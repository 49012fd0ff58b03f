"""Updates: the queue between the world and the bot, with the semantics of getUpdates."""

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from bot.loopback.failures import OTHER_POLLER, ApiError, conflict
from bot.loopback.signals import Signal

KINDS = (
    "message",
    "edited_message",
    "channel_post",
    "edited_channel_post",
    "inline_query",
    "chosen_inline_result",
    "callback_query",
    "shipping_query",
    "pre_checkout_query",
    "poll",
    "poll_answer",
    "my_chat_member",
    "chat_member",
    "chat_join_request",
    "message_reaction",
    "message_reaction_count",
    "guest_message",
)
DEFAULT_KINDS = frozenset(KINDS) - {"chat_member", "message_reaction", "message_reaction_count"}

DAY_S = 24 * 3600
LIFETIMES_S = {"callback_query": 150, "inline_query": 30, "chosen_inline_result": 600}

_MAX_TIMEOUT_S = 50
_MAX_LIMIT = 100
_REPEAT_S = 0.5
_FUTURE = 10
_FIRST_UPDATE_ID = 100_000_001


@dataclass(frozen=True, slots=True)
class Update:
    """One update in the queue.

    Args:
        update_id: Rises by one from update to update.
        kind: The one field of the `Update` object that is set.
        payload: The value of that field.
        order_key: Updates with the same key reach a webhook one after the other.
        expires_at: Unix time after which nobody gets it any more.
    """

    update_id: int
    kind: str
    payload: dict[str, Any]
    order_key: int
    expires_at: float

    def to_json(self) -> dict[str, Any]:
        """Return the `Update` object."""
        return {"update_id": self.update_id, self.kind: self.payload}


class UpdateQueue:
    """Updates that the bot has not confirmed yet.

    Args:
        clock: Returns Unix time in seconds.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self.allowed: tuple[str, ...] | None = None
        self.changed = Signal()
        self._clock = clock
        self._updates: list[Update] = []
        self._next_id = _FIRST_UPDATE_ID
        self._poll: asyncio.Future[ApiError | None] | None = None
        self._closed = False
        self._last: tuple[int, float] | None = None

    def push(self, kind: str, payload: dict[str, Any], order_key: int) -> None:
        """Queue an update, unless the bot did not ask for its kind."""
        if kind not in (DEFAULT_KINDS if self.allowed is None else self.allowed):
            return
        expires_at = self._clock() + LIFETIMES_S.get(kind, DAY_S)
        self._updates.append(Update(self._next_id, kind, payload, order_key, expires_at))
        self._next_id += 1
        self._wake()
        self.changed.fire()

    def now(self) -> int:
        """Return Unix time in whole seconds."""
        return int(self._clock())

    @property
    def pending(self) -> tuple[Update, ...]:
        """The updates that wait and have not expired, oldest first."""
        now = self._clock()
        self._updates = [update for update in self._updates if update.expires_at > now]
        return tuple(self._updates)

    @property
    def is_polled(self) -> bool:
        """Whether a getUpdates waits right now."""
        return self._poll is not None

    def confirm(self, update_id: int) -> None:
        """Forget one update: a webhook has taken it."""
        self._updates = [update for update in self._updates if update.update_id != update_id]
        self.changed.fire()

    def drop_all(self) -> None:
        """Forget all updates."""
        self._updates.clear()
        self.changed.fire()

    def close(self) -> None:
        """End a waiting poll with an empty answer, and any later one at once."""
        self._closed = True
        self._wake()

    def interrupt(self, error: ApiError) -> None:
        """End a waiting poll with an error."""
        if self._poll is not None and not self._poll.done():
            self._poll.set_result(error)

    async def poll(self, offset: int, limit: int, timeout_s: int) -> Sequence[Update]:
        """Answer getUpdates.

        Args:
            offset: Older updates are forgotten; negative: all but the last `-offset` are.
            limit: How many updates at most, 1 to 100.
            timeout_s: How long to wait for the first one, capped at 50 seconds.

        Raises:
            ApiError: Another poll or a webhook took over.
        """
        if offset < 0:
            self._updates = list(self.pending)[offset:]
        elif offset <= self._next_id + _FUTURE:  # tdlib's queue disregards one further ahead
            self._updates = [u for u in self._updates if u.update_id >= offset]
        limit = min(max(limit, 1), _MAX_LIMIT)
        now = time.monotonic()
        if self._last and self._last[0] == offset and now < self._last[1] + _REPEAT_S:
            limit = 1
        self._last = (offset, now)
        if not self.pending and timeout_s > 0 and not self._closed:
            self.interrupt(conflict(OTHER_POLLER))
            await self._wait(min(timeout_s, _MAX_TIMEOUT_S))
        return self.pending[:limit]

    async def _wait(self, timeout_s: float) -> None:
        poll: asyncio.Future[ApiError | None] = asyncio.get_running_loop().create_future()
        self._poll = poll
        self.changed.fire()
        try:
            async with asyncio.timeout(timeout_s):
                error = await poll
        except TimeoutError:
            return
        finally:
            if self._poll is poll:
                self._poll = None
        if error is not None:
            raise error

    def _wake(self) -> None:
        if self._poll is not None and not self._poll.done():
            self._poll.set_result(None)
