"""Webhooks: deliver updates by HTTP, in order within a chat, until the bot has taken them."""

import asyncio
import re
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import aiohttp

from bot.loopback.failures import bad_request, too_many_requests
from bot.loopback.parameters import Parameters
from bot.loopback.updates import Update, UpdateQueue

_FIRST_DELAY_S = 0.1
_LONGEST_DELAY_S = 60.0
_ANSWER_TIMEOUT_S = 60.0
_BETWEEN_SETS_S = 1.0
_DEFAULT_CONNECTIONS = 40
_SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")


@dataclass(slots=True)
class _Settings:
    url: str
    secret: str
    max_connections: int


class Webhook:
    """The webhook of the bot: set or not, and its deliveries.

    Args:
        updates: The queue that it empties.
    """

    def __init__(self, updates: UpdateQueue) -> None:
        self._updates = updates
        self._settings: _Settings | None = None
        self._task: asyncio.Task[None] | None = None
        self._next_set_at = 0.0
        self._last_error: tuple[int, str] | None = None

    @property
    def is_set(self) -> bool:
        """Whether updates go to a webhook now."""
        return self._settings is not None

    async def set(self, call: Parameters) -> bool:
        """Answer setWebhook; an empty URL removes it."""
        url = call.text("url")
        if not url:
            return await self.delete(call)
        parts = urlsplit(url)
        if parts.scheme != "https" and parts.hostname not in {"127.0.0.1", "localhost", "::1"}:
            raise bad_request("bad webhook: An HTTPS URL must be provided for webhook")
        if time.monotonic() < self._next_set_at:
            raise too_many_requests(1)
        secret = call.text("secret_token")
        if secret and not _SECRET.fullmatch(secret):
            raise bad_request("secret token contains unallowed characters")
        remember_allowed(self._updates, call)
        if call.flag("drop_pending_updates"):
            self._updates.drop_all()
        await self.stop()
        self._next_set_at = time.monotonic() + _BETWEEN_SETS_S
        connections = min(max(call.integer("max_connections", _DEFAULT_CONNECTIONS), 1), 100)
        self._settings = _Settings(url, secret, connections)
        self._task = asyncio.create_task(self._run(self._settings))
        return True

    async def delete(self, call: Parameters) -> bool:
        """Answer deleteWebhook."""
        await self.stop()
        self._settings = None
        if call.flag("drop_pending_updates"):
            self._updates.drop_all()
        return True

    def info(self) -> dict[str, Any]:
        """Answer getWebhookInfo."""
        info: dict[str, Any] = {
            "url": self._settings.url if self._settings else "",
            "has_custom_certificate": False,
            "pending_update_count": len(self._updates.pending),
        }
        if self._settings:
            info["max_connections"] = self._settings.max_connections
            if self._last_error:
                info["last_error_date"], info["last_error_message"] = self._last_error
        if self._updates.allowed is not None:
            info["allowed_updates"] = list(self._updates.allowed)
        return info

    async def stop(self) -> None:
        """End all deliveries; what was not taken stays in the queue."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
            self._task = None

    async def _run(self, settings: _Settings) -> None:
        connections = asyncio.Semaphore(settings.max_connections)
        busy: set[int] = set()
        async with aiohttp.ClientSession() as session, asyncio.TaskGroup() as group:

            async def chat_queue(first: Update) -> None:
                update: Update | None = first
                while update is not None:
                    async with connections:
                        await self._deliver(session, settings, update)
                    update = next(
                        (u for u in self._updates.pending if u.order_key == first.order_key), None
                    )
                busy.discard(first.order_key)

            while True:
                for update in self._updates.pending:
                    if update.order_key not in busy:
                        busy.add(update.order_key)
                        group.create_task(chat_queue(update))
                await self._updates.changed.until(
                    lambda: any(u.order_key not in busy for u in self._updates.pending), 3600
                )

    async def _deliver(
        self, session: aiohttp.ClientSession, settings: _Settings, update: Update
    ) -> None:
        headers = {"X-Telegram-Bot-Api-Secret-Token": settings.secret} if settings.secret else {}
        timeout = aiohttp.ClientTimeout(total=_ANSWER_TIMEOUT_S)
        delay_s = _FIRST_DELAY_S
        while update in self._updates.pending:
            try:
                async with session.post(
                    settings.url, json=update.to_json(), headers=headers, timeout=timeout
                ) as answer:
                    if 200 <= answer.status < 300:
                        self._updates.confirm(update.update_id)
                        return
                    problem = f"Wrong response from the webhook: {answer.status} {answer.reason}"
            except (aiohttp.ClientError, TimeoutError) as error:
                problem = f"Connection failed: {type(error).__name__}"
            self._last_error = (self._updates.now(), problem)
            await asyncio.sleep(delay_s)
            delay_s = min(delay_s * 2, _LONGEST_DELAY_S)


def remember_allowed(updates: UpdateQueue, call: Parameters) -> None:
    """Remember which kinds of updates a call asks for; without the argument nothing changes.

    Raises:
        ApiError: It is not a list.
    """
    kinds = call.structure("allowed_updates")
    if kinds is None:
        return
    if not isinstance(kinds, list):
        raise bad_request("can't parse allowed_updates JSON object")
    updates.allowed = tuple(map(str, kinds)) or None
