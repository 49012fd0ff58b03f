"""Service: begins watches, and runs what compares them and sends their news."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta

from bot.context import LookupService
from bot.errors import described
from bot.messages import Catalogues
from bot.notifying import PACE_PER_S, Clock, Composer, Notifier, Pace
from bot.outgoing.bot import OutgoingBot
from bot.quiet import QuietHours
from bot.state import StateDb
from bot.state.stamps import utc_now
from bot.state.watches import UNREAD, NewWatch, Watches, WatchKind
from bot.watching.comparing import NOTIFICATION_KIND, Comparer
from bot.watching.composing import WatchComposer
from bot.workers import Workers
from index import HearsayError, clean

_LOG = logging.getLogger(__name__)
MAX_WATCHES = 50
QUESTION_LASTS = timedelta(days=180)
_MAX_QUESTION_CHARS = 1000
_COMPARE_EVERY_S = 10.0
_RESTART_AFTER_S = 30.0


@dataclass(frozen=True, slots=True)
class Timing:
    """When and how fast things happen.

    Attributes:
        quiet: When nobody is notified.
        clock: The time now.
        pace_per_s: How many notifications are sent a second, at most.
        compare_every_s: How often a new snapshot is looked for.
    """

    quiet: QuietHours
    clock: Clock = utc_now
    pace_per_s: float = PACE_PER_S
    compare_every_s: float = _COMPARE_EVERY_S


@dataclass(slots=True)
class _Running:
    """What lives as long as the bot runs."""

    notifier: Notifier
    look: asyncio.Event = field(default_factory=asyncio.Event)
    passed: asyncio.Condition = field(default_factory=asyncio.Condition)
    n_begun: int = 0
    n_done: int = 0
    stopping: asyncio.Event = field(default_factory=asyncio.Event)


class Watching:
    """Begins watches and, while it runs, notifies their owners.

    Args:
        lookup: What is served.
        workers: The threads that lookups run in.
        state: Holds watches and outbox.
        catalogues: The words.
        timing: When and how fast.
        composers: Who words notifications of other kinds that are put into the outbox.
    """

    def __init__(
        self,
        lookup: LookupService,
        workers: Workers,
        state: StateDb,
        catalogues: Catalogues,
        timing: Timing,
        composers: Mapping[str, Composer] | None = None,
    ) -> None:
        self._lookup = lookup
        self._workers = workers
        self._state = state
        self._watches = Watches(state)
        self._timing = timing
        composer = WatchComposer(lookup, workers, state, catalogues)
        self._composers = {NOTIFICATION_KIND: composer, **(composers or {})}
        self._comparer = Comparer(lookup, workers, state, timing.quiet, clock=timing.clock)
        self._running: _Running | None = None

    def watch_claim(
        self,
        user_id: int,
        chat_id: int,  # noqa: ARG002 - what is watched is told in private, wherever it was wished
        claim_id: str,
        language: str | None = None,
    ) -> bool:
        """Tell somebody when a claim changes: its status, its responses or its sourcing.

        Args:
            user_id: Who wants to know; is told in private.
            chat_id: Where they said so; not kept.
            claim_id: The claim, or an id that was merged into it.
            language: The person's, BCP-47.

        Returns:
            Whether they watch it now; False where they watch `MAX_WATCHES` already.
        """
        return self._begin(
            NewWatch(
                user_id=user_id,
                kind=WatchKind.CLAIM,
                text="",  # the comparer reads it at once, off the event loop
                claim_id=claim_id,
                language=language,
                known=UNREAD,
                snapshot_id=self._comparer.snapshot_id,
                watched_at=self._timing.clock(),
            )
        )

    def watch_question(
        self,
        user_id: int,
        chat_id: int,  # noqa: ARG002
        text: str,
        language: str | None = None,
    ) -> bool:
        """Tell somebody when a claim is published that matches a question; keeps its text.

        A claim that matches it already is not what they meant, and is not told.

        Args:
            user_id: Who wants to know; is told in private.
            chat_id: Where they said so; not kept.
            text: The question.
            language: The person's, BCP-47.

        Returns:
            Whether they watch it now; False where it says nothing, or they watch `MAX_WATCHES`
            already.
        """
        now = self._timing.clock()
        question = clean(text)[:_MAX_QUESTION_CHARS]
        return bool(question) and self._begin(
            NewWatch(
                user_id=user_id,
                kind=WatchKind.QUESTION,
                text=question,
                claim_id=None,
                language=language,
                known=UNREAD,
                snapshot_id=self._comparer.snapshot_id,
                watched_at=now,
                expires_at=now + QUESTION_LASTS,
            )
        )

    @asynccontextmanager
    async def running(self, bot: OutgoingBot) -> AsyncIterator[None]:
        """Compare and notify while the context is open; then finish what is being sent, and stop.

        Args:
            bot: Initialised.
        """
        notifier = Notifier(
            bot,
            self._state,
            self._composers,
            self._timing.quiet,
            clock=self._timing.clock,
            pace=Pace(self._timing.pace_per_s),
        )
        run = self._running = _Running(notifier)
        tasks = [
            asyncio.create_task(_kept_up(self._compare_for_ever, run.stopping)),
            asyncio.create_task(_kept_up(notifier.run, run.stopping)),
        ]
        try:
            yield
        finally:
            run.stopping.set()
            run.look.set()
            self._comparer.stop()
            notifier.stop()
            self._running = None
            await asyncio.gather(*tasks)

    def look(self) -> None:
        """Look for a new snapshot, and into the outbox, now."""
        if self._running is not None:
            self._running.look.set()
            self._running.notifier.wake()

    async def settled(self) -> None:
        """Wait until what is published now has been compared, and all that is due been tried."""
        if (run := self._running) is None:
            return
        run.look.set()
        n_begun = run.n_begun
        async with run.passed:
            await run.passed.wait_for(lambda: run.n_done > n_begun)
        await run.notifier.settled()

    async def _compare_for_ever(self) -> None:
        run = self._running
        while run is not None and not run.stopping.is_set():
            run.look.clear()
            run.n_begun += 1
            try:
                if await self._comparer.compare():
                    run.notifier.wake()
            except HearsayError as error:  # busy, or no snapshot: what is behind stays behind
                _LOG.warning("Watches wait to be compared: %s", error)
            async with run.passed:
                run.n_done = run.n_begun
                run.passed.notify_all()
            try:
                async with asyncio.timeout(self._timing.compare_every_s):
                    await run.look.wait()
            except TimeoutError:
                continue

    def _begin(self, new: NewWatch) -> bool:
        with self._state.transaction():
            if self._watches.holds(new):
                return True
            if self._watches.count(new.user_id) >= MAX_WATCHES:
                return False
            self._watches.add(new)
        self.look()
        return True


async def _kept_up(
    work: Callable[[], Coroutine[None, None, None]], stopping: asyncio.Event
) -> None:
    """Run `work`, and again after a while if it fails, until it ends or the bot stops."""
    while True:
        task = asyncio.create_task(work())
        await asyncio.wait([task])
        error = task.exception()
        if error is None or stopping.is_set():
            return
        _LOG.error("Notifications are interrupted and begin again: %s", described(error))
        try:
            async with asyncio.timeout(_RESTART_AFTER_S):
                await stopping.wait()
        except TimeoutError:
            continue
