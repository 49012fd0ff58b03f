"""Polling: fetches updates, keeps them, and only then tells Telegram that they have arrived.

That is told by the next request: its offset confirms all before it.
"""

import asyncio
import logging
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlsplit

from telegram.error import Conflict, RetryAfter, TelegramError

from bot.context import App, deps_of
from bot.delivery.arrivals import BadUpdateError, arrival
from bot.delivery.backoff import Backoff
from bot.delivery.dispatcher import Dispatcher
from bot.delivery.parts import beside
from bot.errors import on_polling_error
from bot.outgoing.limiter import seconds
from bot.state.database import StateError
from bot.state.inbox import FULL, Arrival, Inbox

_LOG = logging.getLogger(__name__)
_POLL_S = 10
# Beyond the poll itself.
_ANSWER_S = 10.0
# As many as one answer may hold.
_BATCH = 100
# A look at the inbox while it is full, so that the watchdog sees that the bot is alive.
_FULL_S = 10.0
Sleep = Callable[[float], Awaitable[None]]


class Poller:
    """Fetches updates by getUpdates.

    Args:
        application: Whose updates.
        inbox: Where they are kept.
        dispatcher: Told of new ones.
        kinds: Kinds of updates that Telegram shall send.
        sleep: How to wait between two tries.
        chance: For pauses that differ.
    """

    def __init__(
        self,
        application: App,
        inbox: Inbox,
        dispatcher: Dispatcher,
        kinds: Sequence[str],
        *,
        sleep: Sleep = asyncio.sleep,
        chance: random.Random | None = None,
    ) -> None:
        self._bot = application.bot
        self._deps = deps_of(application)
        self._inbox = inbox
        self._dispatcher = dispatcher
        self._kinds = list(kinds)
        self._sleep = sleep
        self._backoff = Backoff(chance or random.Random())  # noqa: S311 - no secret
        self._offset = 0
        self._is_full = False

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Fetch updates while the context is open."""
        async with beside(self._work(), "Polling"):
            yield

    async def _work(self) -> None:
        await self._without_webhook()
        while True:
            try:
                if await self._has_room():
                    await self._keep(await self._fetched())
            except (TelegramError, StateError) as error:
                await self._after(error)

    async def _without_webhook(self) -> None:
        """Remove a webhook that is set: Telegram sends no updates both ways."""
        while True:
            try:
                info = await self._bot.get_webhook_info()
                if info.url:
                    host = urlsplit(info.url).hostname
                    _LOG.warning("A webhook at %s was set; removing it, this bot polls", host)
                    await self._bot.delete_webhook(drop_pending_updates=False)
            except TelegramError as error:
                await self._after(error)
            else:
                self._backoff.reset()
                return

    async def _has_room(self) -> bool:
        """Whether a whole answer fits into the inbox; waits for that if not."""
        if self._inbox.room >= _BATCH:
            self._is_full = False
            return True
        if not self._is_full:
            self._is_full = True
            _LOG.warning(FULL)
        await self._dispatcher.freed(_FULL_S)
        self._deps.metrics.tries.beat()
        return False

    async def _fetched(self) -> Any:
        # Under this spelling the library neither parses the updates nor objects; it asks Telegram
        # for getUpdates all the same.
        return await self._bot.do_api_request(
            "get_Updates",
            api_kwargs={
                "offset": self._offset,
                "limit": _BATCH,
                "timeout": _POLL_S,
                "allowed_updates": self._kinds,
            },
            read_timeout=_POLL_S + _ANSWER_S,
        )

    async def _keep(self, answer: Any) -> None:
        arrivals = _arrivals(answer)
        if arrivals:
            if self._inbox.put(arrivals, self._deps.now()):
                self._dispatcher.wake()
            self._offset = max(each.update_id for each in arrivals) + 1
        elif answer:  # would come again at once
            await self._sleep(self._backoff.pause_s())
            return
        self._backoff.reset()

    async def _after(self, error: TelegramError | StateError) -> None:
        wait_s = seconds(error) if isinstance(error, RetryAfter) else 0.0
        if isinstance(error, StateError):
            _LOG.error("%s Updates stay at Telegram.", error)
        else:
            on_polling_error(error)
        if isinstance(error, Conflict) and "webhook" in error.message.lower():
            _LOG.critical("The other one has set a webhook. `hearsay-bot check` shows where it is.")
        await self._sleep(self._backoff.pause_s(wait_s))


def _arrivals(answer: Any) -> list[Arrival]:
    found = []
    for update in answer if isinstance(answer, list) else ():
        try:
            found.append(arrival(update))
        except BadUpdateError as error:
            _LOG.error("Telegram sent something that is no update. %s", error)
    return found
