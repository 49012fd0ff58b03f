"""Serving: starts the bot, lets it run until it is told to stop, and stops in order."""

import asyncio
import logging
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from telegram import Bot
from telegram.error import InvalidToken, NetworkError

from bot.app import ALLOWED_UPDATES
from bot.context import App, deps_of
from bot.delivery.dispatcher import DRAIN_S, Dispatcher
from bot.delivery.intake import Webhook, taking_in
from bot.errors import described
from bot.outgoing.bot import OutgoingBot
from bot.profile import publish_editors_menu, publish_profile
from bot.retention import purging
from bot.settings import BotSettings
from bot.state.inbox import Inbox
from index import SettingsError

_LOG = logging.getLogger(__name__)
_FIRST_WAIT_S = 1.0
_LONGEST_WAIT_S = 30.0
_SIGNALS = (signal.SIGINT, signal.SIGTERM)
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
async def running(
    application: App,
    webhook: Webhook | None = None,
    *,
    inbox: Inbox | None = None,
    drain_s: float = DRAIN_S,
) -> AsyncIterator[None]:
    """Answer updates while the context is open; then finish what has begun, and stop.

    Args:
        application: The bot.
        webhook: How updates are posted; None: they are fetched.
        inbox: Where updates wait; by default in bot.db.
        drain_s: How long what has begun may take to finish, in seconds.

    Raises:
        SettingsError: Telegram knows no such token, or the webhook's address cannot be had.
    """
    try:
        await connect(application.bot)
        await application.initialize()
        deps = deps_of(application)
        await publish_profile(application.bot, deps.catalogues)
        await publish_editors_menu(application.bot, deps.catalogues, deps.editors)
        inbox = inbox or Inbox(deps.state)
        dispatcher = Dispatcher(application, inbox)
        async with (
            purging(deps.state, deps.questions),
            notifying(application),
            dispatcher.running(drain_s),
            taking_in(
                application, inbox, dispatcher, ALLOWED_UPDATES, webhook
            ),  # ends first: what is to be finished must not grow
        ):
            yield
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


async def serve(application: App, webhook: Webhook | None = None) -> None:
    """Run the bot until SIGINT or SIGTERM; a second signal ends the process at once.

    Args:
        application: The bot.
        webhook: How updates are posted; None: they are fetched.

    Raises:
        SettingsError: Telegram knows no such token, or the webhook's address cannot be had.
    """
    loop = asyncio.get_running_loop()
    stopping = asyncio.Event()
    before = {number: signal.getsignal(number) for number in _SIGNALS}

    def stop() -> None:
        for number in _SIGNALS:
            loop.remove_signal_handler(number)
            signal.signal(number, signal.SIG_DFL)  # what is in the inbox is safe
        _LOG.info("Stopping: finishing the updates that have begun")
        stopping.set()

    try:
        async with running(application, webhook):
            for number in _SIGNALS:
                loop.add_signal_handler(number, stop)
            _LOG.info("Running as @%s", application.bot.username)
            await stopping.wait()
    finally:
        for number in _SIGNALS:
            loop.remove_signal_handler(number)
            signal.signal(number, before[number])
    _LOG.info("Stopped")
