"""Running: everything of this package around a bot that runs."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime

from bot.context import App, deps_of
from bot.operations.server import serving
from bot.operations.supervision import Supervisor, supervised
from bot.operations.vitals import Backlog, Sources
from bot.settings import BotSettings, notify_socket
from bot.state.inbox import Inbox
from bot.state.outbox import Outbox

# A question is given up after the timeout; its thread may take somewhat longer to notice.
_STUCK_FACTOR = 3.0
# A try to fetch updates ends within 20 s, and the next one begins within 30 s.
_MAX_TRY_AGE_S = 120.0


@asynccontextmanager
async def observed(application: App, settings: BotSettings) -> AsyncIterator[None]:
    """Serve metrics and health, and keep systemd informed, while the context is open.

    Args:
        application: The bot; it need not run yet.
        settings: Its settings.
    """
    sources = sources_of(application, settings)
    tries = sources.metrics.tries
    async with AsyncExitStack() as stack:
        if settings.metrics_listen is not None:
            await stack.enter_async_context(
                serving(settings.metrics_listen, sources.metrics, sources.read)
            )
        await stack.enter_async_context(
            supervised(
                Supervisor(notify_socket()),
                lambda: not sources.is_polling or tries.age_s < _MAX_TRY_AGE_S,
            )
        )
        yield


def sources_of(application: App, settings: BotSettings) -> Sources:
    """Where the vitals of a bot come from."""
    deps = deps_of(application)

    def inbox() -> Backlog:
        of = Inbox(deps.state)
        return Backlog(of.n_waiting(), _age_s(of.oldest_at(), deps.now()))

    def outbox() -> Backlog:
        of, now = Outbox(deps.state), deps.now()
        return Backlog(of.n_waiting(), _age_s(of.oldest_due_at(now), now))

    return Sources(
        metrics=deps.metrics,
        lookup=deps.lookup,
        workers=deps.workers,
        n_workers=settings.lookup_workers,
        stuck_after_s=_STUCK_FACTOR * settings.lookup_timeout_s,
        is_polling=settings.webhook_url is None,
        underway=lambda: application.update_processor.current_concurrent_updates,
        inbox=inbox,
        outbox=outbox if deps.watches is not None else None,
    )


def _age_s(since: datetime | None, now: datetime) -> float:
    return 0.0 if since is None else max((now - since).total_seconds(), 0.0)
