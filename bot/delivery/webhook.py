"""Webhook: takes the updates that Telegram posts; says 200 once they are in the inbox.

It listens behind a proxy that speaks HTTPS. What does not carry the secret, or is no update, is
turned away unread and unlogged; what cannot be kept is left to Telegram, which tries again.
"""

import hmac
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError

from bot.delivery.arrivals import BadUpdateError, read_body
from bot.delivery.dispatcher import Dispatcher
from bot.settings import Listen, SocketFile
from bot.state.database import StateError
from bot.state.inbox import FULL, Arrival, Inbox
from index import SettingsError

_LOG = logging.getLogger(__name__)
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - the header's name
# Telegram's largest updates are far below.
MAX_BODY_BYTES = 1_000_000
_LOOPBACK = {"localhost", "127.0.0.1", "::1"}
# Seconds after which Telegram may try again what did not fit.
_TRY_AGAIN_S = 5
# The proxy's user reads and writes the socket by way of the group.
_SOCKET_MODE = 0o660


class WebhookServer:
    """Takes updates over HTTP.

    Args:
        inbox: Where they are kept.
        dispatcher: Told of new ones.
        secret: What every request has to carry.
        now: Tells the time, aware UTC.
    """

    def __init__(
        self, inbox: Inbox, dispatcher: Dispatcher, secret: str, now: Callable[[], datetime]
    ) -> None:
        self._inbox = inbox
        self._dispatcher = dispatcher
        self._secret = secret.encode()
        self._now = now
        self._is_full = False

    @asynccontextmanager
    async def listening(self, address: Listen | SocketFile) -> AsyncIterator[int | None]:
        """Take updates while the context is open.

        Args:
            address: Where; port 0 takes a free one.

        Yields:
            The port; None at a socket.

        Raises:
            SettingsError: The address cannot be had.
        """
        # The proxy may have rewritten the path; the secret says whose request it is.
        application = web.Application(client_max_size=MAX_BODY_BYTES)
        application.router.add_post("/{path:.*}", self._take)
        runner = web.AppRunner(
            application, access_log=None, shutdown_timeout=1.0, logger=_quiet_about_strangers()
        )
        await runner.setup()
        try:
            await _start(runner, address)
            yield None if isinstance(address, SocketFile) else int(runner.addresses[0][1])
        finally:
            await runner.cleanup()
            if isinstance(address, SocketFile):
                address.path.unlink(missing_ok=True)

    async def _take(self, request: web.Request) -> web.Response:
        given = request.headers.get(SECRET_HEADER, "").encode("utf-8", "surrogateescape")
        if not hmac.compare_digest(given, self._secret):
            return web.Response(status=403)
        if request.content_type != "application/json":  # with or without a charset
            return web.Response(status=415)
        body = await request.read()  # answers 413 by itself
        try:
            return self._kept(read_body(body))
        except BadUpdateError as error:
            _LOG.error("The webhook was sent something that is no update. %s", error)
            return web.Response(status=400)
        except StateError as error:
            _LOG.error("%s Updates stay at Telegram.", error)
            return _later()

    def _kept(self, arrival: Arrival) -> web.Response:
        if not self._inbox.room and not self._inbox.knows(arrival.update_id):
            if not self._is_full:
                self._is_full = True
                _LOG.warning(FULL)
            return _later()
        self._is_full = False
        if self._inbox.put((arrival,), self._now()):
            self._dispatcher.wake()
        return web.Response()


async def _start(runner: web.AppRunner, address: Listen | SocketFile) -> None:
    try:
        if isinstance(address, SocketFile):
            await web.UnixSite(runner, str(address.path)).start()
            address.path.chmod(_SOCKET_MODE)
            return
        await web.TCPSite(runner, address.host, address.port).start()
    except OSError as error:
        raise SettingsError(
            f"The webhook cannot listen at {address} ({error.strerror or type(error).__name__}). "
            "Give HEARSAY_WEBHOOK_LISTEN a free address, or a socket in a folder that the bot may "
            "write."
        ) from error
    if address.host not in _LOOPBACK:
        _LOG.warning(
            "The webhook listens at %s, which others may reach without HTTPS. Put a proxy before "
            "it, and let it listen on the loopback interface.",
            address,
        )


def _later() -> web.Response:
    return web.Response(status=503, headers={"Retry-After": str(_TRY_AGAIN_S)})


def _quiet_about_strangers() -> logging.Logger:
    """A logger for the server that does not repeat what is no HTTP at all."""
    log = logging.getLogger(f"{__name__}.server")
    log.addFilter(_is_ours)
    return log


def _is_ours(record: logging.LogRecord) -> bool:
    kind = record.exc_info[0] if record.exc_info else None
    return kind is None or not issubclass(kind, HttpProcessingError)
