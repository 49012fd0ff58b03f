"""Polling: starts the bot, fetches updates until it is told to stop, and stops in order."""

import asyncio
import logging
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from telegram import Bot
from telegram.error import InvalidToken, NetworkError

from bot.app import ALLOWED_UPDATES
from bot.context import App, deps_of
from bot.errors import described, on_polling_error
from bot.outgoing.bot import OutgoingBot
from bot.profile import publish_editors_menu, publish_profile
from bot.retention import purging
from bot.settings import BotSettings
from index import SettingsError

_LOG = logging.getLogger(__name__)
_POLL_S = 10
_FIRST_WAIT_S = 1.0
_LONGEST_WAIT_S = 30.0
Sleep = Callable[[float], Awaitable[None]]


async def connect(bot: Bot, *, sleep: Sleep = asyncio.sleep) -> None:
    """Make sure of the token, waiting for as long as Telegram cannot be reached.

    Args:
        bot: Not yet initialised.
        sleep: How to wait between two tries.

    Raises:
        SettingsError: Telegram knows no such token.
    """
    wait_s = _FIRST_WAIT_S
    while True:
        try:
            await bot.initialize()
        except InvalidToken:
            raise SettingsError(
                "Telegram does not accept this token. Compare TELEGRAM_BOT_TOKEN (or the file that "
                "TELEGRAM_BOT_TOKEN_FILE names) with what @BotFather shows for your bot, "
                "and make sure that TELEGRAM_API_URL leads to a Bot API."
            ) from None
        except NetworkError as error:
            _LOG.warning(
                "Telegram cannot be reached (%s). Check the network and TELEGRAM_API_URL. "
                "Trying again in %.0f s.",
                described(error),
                wait_s,
            )
            await sleep(wait_s)
            wait_s = min(2 * wait_s, _LONGEST_WAIT_S)
        else:
            return


@asynccontextmanager
async def polling(application: App) -> AsyncIterator[None]:
    """Answer updates while the context is open; then finish what has begun, and stop.

    Raises:
        SettingsError: Telegram knows no such token.
    """
    updater = application.updater
    assert updater is not None
    try:
        await connect(application.bot)
        await application.initialize()
        deps = deps_of(application)
        await publish_profile(application.bot, deps.catalogues)
        await publish_editors_menu(application.bot, deps.catalogues, deps.editors)
        await application.start()
        try:
            await updater.start_polling(
                timeout=_POLL_S,
                bootstrap_retries=-1,
                allowed_updates=ALLOWED_UPDATES,
                drop_pending_updates=False,
                error_callback=on_polling_error,
            )
            try:
                async with purging(deps.state, deps.questions), notifying(application):
                    yield
            finally:
                await updater.stop()
        finally:
            await application.stop()
    finally:
        await application.shutdown()


@asynccontextmanager
async def notifying(application: App) -> AsyncIterator[None]:
    """Send notifications while the context is open, if there is anything that does."""
    watches = deps_of(application).watches
    if watches is None:
        yield
        return
    async with watches.running(application.bot):
        yield


async def check_token(settings: BotSettings) -> None:
    """Fail early on a bad token, before anything slow is loaded; wait for an unreachable Telegram.

    Raises:
        SettingsError: There is no token, or Telegram does not know it.
    """
    bot = OutgoingBot(settings.require_token(), settings.api_url)
    try:
        await connect(bot)
    finally:
        await bot.shutdown()


async def serve(application: App) -> None:
    """Run the bot until SIGINT or SIGTERM; a second signal ends it at once.

    Raises:
        SettingsError: Telegram knows no such token.
    """
    loop = asyncio.get_running_loop()
    stopping = asyncio.Event()

    def stop() -> None:
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(number)
        _LOG.info("Stopping: finishing the updates that have begun")
        stopping.set()

    async with polling(application):
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, stop)
        _LOG.info("Running as @%s", application.bot.username)
        await stopping.wait()
    _LOG.info("Stopped")
