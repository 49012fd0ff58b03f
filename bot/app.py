"""App: the map of the bot. Every handler, in order, and the settings of the Application."""

import asyncio
from typing import Any
from urllib.parse import urlsplit

import httpx
from telegram import LinkPreviewOptions
from telegram.constants import ParseMode
from telegram.ext import (
    ApplicationBuilder,
    BaseHandler,
    CallbackQueryHandler,
    CommandHandler,
    ContextTypes,
    Defaults,
    MessageHandler,
    filters,
)
from telegram.request import HTTPXRequest

from bot.buttons import on_button
from bot.commands import all_commands
from bot.context import App, Context, Deps, provide
from bot.conversation import (
    FromPerson,
    MentionsBot,
    on_mention,
    on_private_other,
    on_private_text,
    on_unknown_command,
)
from bot.errors import on_error
from bot.settings import BotSettings
from bot.turns import TurnCounter

# Updates that are handled; Telegram sends no others.
ALLOWED_UPDATES = ("message", "callback_query")
# More at once makes the HTTP client slower, not faster: its pool is quadratic.
_MAX_CONCURRENT = 16
# Telegram forgets what has been fetched, so a crash loses at most what waits here.
_MAX_QUEUED = 16
# A quiet bot would pay for TLS on every reply with the default of 5 s.
_KEEPALIVE_S = 60.0
_TIMEOUT_S = 10.0
_LOOPBACK = {"localhost", "127.0.0.1", "::1"}

_Handler = BaseHandler[Any, Context, Any]


def handlers() -> list[_Handler]:
    """Every handler, in order: the first one that fits an update takes it, and only it."""
    new = filters.UpdateType.MESSAGE & FromPerson()  # never an edit or a channel's post
    private = new & filters.ChatType.PRIVATE
    group = new & filters.ChatType.GROUPS
    return [
        # Commands, in private chats and in groups: bot/commands/, one module each.
        *(CommandHandler(command.name, command.handle, new) for command in all_commands()),
        # In private chats, an unknown command. In groups it may be meant for another bot.
        MessageHandler(private & filters.COMMAND, on_unknown_command),
        # In private chats, every text: typed, forwarded, or the caption of a picture or file.
        MessageHandler(private & (filters.TEXT | filters.CAPTION), on_private_text),
        # In private chats, anything else that a person sends: a sticker, a voice message.
        MessageHandler(private & ~filters.StatusUpdate.ALL, on_private_other),
        # In groups, only what mentions the bot. All other messages leave no trace.
        MessageHandler(group & MentionsBot(), on_mention),
        # Buttons under the bot's messages.
        CallbackQueryHandler(on_button),
    ]


def build_application(
    settings: BotSettings, deps: Deps, processor: TurnCounter | None = None
) -> App:
    """The bot, ready to be run by `polling.polling`.

    Args:
        settings: The bot's settings.
        deps: What handlers work with.
        processor: Lets updates through; by default 16 at a time.

    Raises:
        SettingsError: There is no token.
    """
    defaults = Defaults(
        parse_mode=ParseMode.HTML,
        link_preview_options=LinkPreviewOptions(is_disabled=True),
        allow_sending_without_reply=True,
    )
    application: App = (
        ApplicationBuilder()
        .token(settings.require_token())
        .base_url(settings.api_url)
        .request(new_request(settings.api_url, _MAX_CONCURRENT + 8))
        .get_updates_request(new_request(settings.api_url, 2))
        .defaults(defaults)
        .context_types(ContextTypes(context=Context))
        .concurrent_updates(processor or TurnCounter(_MAX_CONCURRENT))
        .update_queue(asyncio.Queue(maxsize=_MAX_QUEUED))
        .job_queue(None)
        .build()
    )
    provide(application, deps)
    application.add_handlers(handlers())
    application.add_error_handler(on_error)
    return application


def new_request(api_url: str, n_connections: int) -> HTTPXRequest:
    """An HTTP client for the Bot API, with timeouts for slow networks.

    Args:
        api_url: Where the Bot API is.
        n_connections: How many connections it may hold.
    """
    return HTTPXRequest(
        connection_pool_size=n_connections,
        read_timeout=_TIMEOUT_S,
        write_timeout=_TIMEOUT_S,
        connect_timeout=_TIMEOUT_S,
        pool_timeout=_TIMEOUT_S,
        httpx_kwargs={
            "limits": httpx.Limits(max_connections=n_connections, keepalive_expiry=_KEEPALIVE_S),
            # A Bot API on this machine is never behind a proxy.
            "trust_env": urlsplit(api_url).hostname not in _LOOPBACK,
        },
    )
