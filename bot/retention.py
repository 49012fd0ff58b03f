"""Retention: deletes, once an hour, what the bot's database keeps no longer."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from bot.state import Kept, StateDb, purge
from bot.state.database import StateError

_LOG = logging.getLogger(__name__)
_EVERY_S = 3600.0
Sleep = Callable[[float], Awaitable[None]]


@asynccontextmanager
async def purging(
    state: StateDb, *others: Kept | None, sleep: Sleep = asyncio.sleep
) -> AsyncIterator[None]:
    """Purge at once and then every hour, for as long as the context is open.

    Args:
        state: The bot's database.
        *others: Nouns of it that keep things for as long as a setting says, where there are any.
        sleep: How to wait.
    """
    nouns = tuple(noun for noun in others if noun is not None)

    async def work() -> None:
        while True:
            try:
                n_rows = purge(state, datetime.now(UTC), *nouns)
            except StateError as error:
                _LOG.warning("%s Trying again in an hour.", error)
            else:
                if n_rows:
                    _LOG.info("Deleted %d rows of bot.db whose time was over", n_rows)
            await sleep(_EVERY_S)

    task = asyncio.create_task(work())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait([task])
