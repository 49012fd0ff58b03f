"""Subscription: tells Telegram to post updates to the webhook, and sees to it that it does."""

import asyncio
import logging
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

from telegram import WebhookInfo
from telegram.error import RetryAfter, TelegramError

from bot.context import App, deps_of
from bot.delivery.backoff import Backoff
from bot.delivery.parts import beside
from bot.errors import CONFLICT, on_polling_error
from bot.outgoing.limiter import seconds

_LOG = logging.getLogger(__name__)
# Each costs a write in the inbox and no more.
_MAX_CONNECTIONS = 40
_LOOK_EVERY_S = 60.0
Sleep = Callable[[float], Awaitable[None]]


class Subscription:
    """The webhook as Telegram knows it.

    Args:
        application: Whose updates.
        url: Where they are to be posted.
        secret: What Telegram is to prove itself with.
        kinds: Kinds of updates that it shall send.
        sleep: How to wait.
        chance: For pauses that differ.
    """

    def __init__(
        self,
        application: App,
        url: str,
        secret: str,
        kinds: Sequence[str],
        *,
        sleep: Sleep = asyncio.sleep,
        chance: random.Random | None = None,
    ) -> None:
        self._bot = application.bot
        self._metrics = deps_of(application).metrics
        self._url = url
        self._secret = secret
        self._kinds = list(kinds)
        self._sleep = sleep
        self._backoff = Backoff(chance or random.Random())  # noqa: S311 - no secret
        self._last_error_at: object = None

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """See to it while the context is open; it stays set, so that updates wait at Telegram."""
        async with beside(self._work(), "The subscription of the webhook"):
            yield

    async def _work(self) -> None:
        is_set = False
        while True:
            try:
                if not is_set:
                    await self._set()
                    is_set = True
                await self._sleep(_LOOK_EVERY_S)
                is_set = self._is_as_set(await self._bot.get_webhook_info())
            except TelegramError as error:
                on_polling_error(error)
                wait_s = seconds(error) if isinstance(error, RetryAfter) else 0.0
                await self._sleep(self._backoff.pause_s(wait_s))
            else:
                self._backoff.reset()

    async def _set(self) -> None:
        await self._bot.set_webhook(
            self._url,
            max_connections=_MAX_CONNECTIONS,
            allowed_updates=self._kinds,
            drop_pending_updates=False,
            secret_token=self._secret,
        )
        _LOG.info("Telegram posts updates to %s", urlsplit(self._url).hostname)

    def _is_as_set(self, info: WebhookInfo) -> bool:
        """Whether it is still ours; says so if not, or if Telegram could not reach it."""
        is_ours = info.url == self._url
        self._metrics.contested(is_contested=not is_ours)
        if not is_ours:
            _LOG.critical(CONFLICT)
        elif info.last_error_date is not None and info.last_error_date != self._last_error_at:
            self._last_error_at = info.last_error_date
            _LOG.warning(
                "Telegram could not post an update at %s: %s. %d wait there.",
                info.last_error_date.isoformat(),
                info.last_error_message,
                info.pending_update_count,
            )
        return is_ours
