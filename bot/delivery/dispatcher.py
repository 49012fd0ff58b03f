"""Dispatcher: hands the updates of the inbox to the application, a few at a time, in order.

Only what is being handled is in memory. What is in one lane, as a rule a chat, is handled one after
the other, in the order of Telegram's numbers; lanes do not wait for each other.
"""

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

from telegram import Update

from bot.context import App, deps_of
from bot.delivery.answering import Turn, taking
from bot.delivery.parts import beside
from bot.errors import described
from bot.operations.updates import counted
from bot.state.database import StateError
from bot.state.inbox import Arrival, Inbox

_LOG = logging.getLogger(__name__)
# An answer takes a second; who waits for Telegram's pause longer than this is answered after the
# next start, since nothing of the answer has been sent.
DRAIN_S = 20.0
_PAUSE_S = 1.0
Sleep = Callable[[float], Awaitable[None]]


class Dispatcher:
    """Handles what is in the inbox.

    Args:
        application: Handles an update; as many at once as its `update_processor` allows.
        inbox: Where updates wait.
        sleep: How to wait when the disk fails.
    """

    def __init__(self, application: App, inbox: Inbox, *, sleep: Sleep = asyncio.sleep) -> None:
        self._application = application
        self._inbox = inbox
        self._sleep = sleep
        self._deps = deps_of(application)
        self._underway: dict[int, Arrival] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        # Handled, but the disk would not have it; not to be handled again.
        self._unnoted: dict[int, Turn] = {}
        self._changed = asyncio.Event()
        self._freed = asyncio.Event()
        self._is_stopping = False

    @property
    def n_underway(self) -> int:
        """How many updates are being handled."""
        return len(self._underway)

    def wake(self) -> None:
        """There is something new in the inbox."""
        self._changed.set()

    async def freed(self, timeout_s: float) -> None:
        """Wait until an update has been handled, but not longer than that."""
        self._freed.clear()
        with suppress(TimeoutError):
            async with asyncio.timeout(timeout_s):
                await self._freed.wait()

    @asynccontextmanager
    async def running(self, drain_s: float = DRAIN_S) -> AsyncIterator[None]:
        """Handle updates while the context is open; then finish those that have begun.

        Args:
            drain_s: After so many seconds those are given up that have not finished. They stay in
                the inbox, unless their answer has begun to go out.
        """
        try:
            async with beside(self._work(), "The dispatcher"):
                yield
        finally:
            self._is_stopping = True
            await self._drain(drain_s)

    async def _work(self) -> None:
        while True:
            self._changed.clear()
            try:
                self._note_again()
                self._fill()
            except StateError as error:
                _LOG.error("%s Trying again.", error)
                await self._sleep(_PAUSE_S)
            else:
                await self._changed.wait()

    def _fill(self) -> None:
        n_most = self._application.update_processor.max_concurrent_updates
        while len(self._underway) < n_most:
            taken = [*self._underway, *self._unnoted]
            lanes = {each.lane for each in self._underway.values()} - {None}
            arrival = self._inbox.next(taken, [lane for lane in lanes if lane is not None])
            if arrival is None:
                return
            self._underway[arrival.update_id] = arrival
            task = asyncio.create_task(self._handle(arrival))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _handle(self, arrival: Arrival) -> None:
        turn = Turn(arrival, self._inbox, self._deps.now)
        processor = self._application.update_processor
        with taking(turn):
            await processor.process_update(arrival, self._take(arrival, turn))

    async def _take(self, arrival: Arrival, turn: Turn) -> None:
        task = asyncio.create_task(self._process(arrival.payload))
        try:
            await asyncio.wait([task])
        except asyncio.CancelledError:
            task.cancel()
            await asyncio.wait([task])
            raise
        finally:
            del self._underway[arrival.update_id]
            if task.done() and not (task.cancelled() and self._is_stopping):
                self._end(arrival, turn, task)
            self._changed.set()
            self._freed.set()

    def _end(self, arrival: Arrival, turn: Turn, task: asyncio.Task[None]) -> None:
        error = asyncio.CancelledError() if task.cancelled() else task.exception()
        if error is not None:  # what handlers raise does not come here: no update, or our mistake
            self._deps.metrics.failed(error)
            _LOG.error("Update %d cannot be handled: %s", arrival.update_id, described(error))
        try:
            turn.end()
        except StateError as failure:
            self._unnoted[arrival.update_id] = turn
            _LOG.error("Update %d is handled, but: %s", arrival.update_id, failure)

    async def _process(self, payload: str) -> None:
        update = Update.de_json(json.loads(payload), self._application.bot)
        with counted(update, self._deps.metrics):
            await self._application.process_update(update)

    def _note_again(self) -> None:
        for update_id, turn in list(self._unnoted.items()):
            turn.end()
            del self._unnoted[update_id]

    async def _drain(self, drain_s: float) -> None:
        if not self._tasks:
            return
        _LOG.info("Finishing %d updates, for %.0f s at most", len(self._tasks), drain_s)
        _, late = await asyncio.wait(set(self._tasks), timeout=drain_s)
        if not late:
            return
        _LOG.warning(
            "%d updates have not finished within %.0f s. Those that nothing has been sent for "
            "stay in the inbox and are handled after the next start.",
            len(late),
            drain_s,
        )
        for task in late:
            task.cancel()
        await asyncio.wait(late)
