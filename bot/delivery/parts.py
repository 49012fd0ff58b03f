"""Parts: what runs beside the bot for as long as it does; where a part fails, the bot ends.

A bot without one of its parts would look alive and be deaf. What is in the inbox is safe, so it is
better to end and to be started anew.
"""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from typing import Any

from bot.errors import described
from index import HearsayError


class PartFailedError(HearsayError):
    """A part has ended by itself, which is a mistake of ours."""


@asynccontextmanager
async def beside(work: Coroutine[Any, Any, None], name: str) -> AsyncIterator[None]:
    """Run a part while the context is open.

    Args:
        work: Goes on until it is cancelled.
        name: What it is, for the log.

    Raises:
        PartFailedError: It has failed; what is inside the context is cancelled.
    """
    owner, task = asyncio.current_task(), asyncio.create_task(work)
    assert owner is not None

    def ended(_: asyncio.Task[None]) -> None:
        if not task.cancelled():
            owner.cancel()

    task.add_done_callback(ended)
    try:
        yield
    except asyncio.CancelledError:
        if not task.done() or task.cancelled():
            raise
        owner.uncancel()
        raise PartFailedError(
            f"{name} has failed ({described(task.exception())}). No update is lost: start the bot "
            "again."
        ) from None
    finally:
        task.remove_done_callback(ended)
        task.cancel()
        await asyncio.wait([task])
