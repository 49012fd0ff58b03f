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
    ChatMemberHandler,
    CommandHandler,
    ContextTypes,
    Defaults,
    InlineQueryHandler,
    MessageHandler,
    filters,
)
from telegram.request import HTTPXRequest

from bot.auto_answer import on_group_forward
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
from bot.editors.handlers import AnswersDesk, on_claim_id, on_desk_button
from bot.editors.taps import PATTERN as DESK_BUTTON
from bot.errors import on_error
from bot.guards import on_any_message, on_membership, on_migration
from bot.guest import IsGuestMessage, on_guest_message
from bot.inline import on_inline_query
from bot.operations.metrics import Metrics
from bot.operations.requests import CountedRequest
from bot.refusals import NotedRefusals, noting
from bot.settings import BotSettings
from bot.turns import TurnCounter

# Updates that are handled; Telegram sends no others.
ALLOWED_UPDATES = (
    "message",
    "edited_message",
    "callback_query",
    "inline_query",
    "guest_message",
    "my_chat_member",
)
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
    new = filters.UpdateType.MESSAGE & FromPerson()  # never a channel's post
    # An edit of a question is answered by an edit of the answer.
    either = filters.UpdateType.MESSAGES & FromPerson()
    private = new & filters.ChatType.PRIVATE
    text = filters.ChatType.PRIVATE & (filters.TEXT | filters.CAPTION)
    return [
        # In a chat that the bot is no member of, what mentions it. Such a chat is like no other.
        MessageHandler(IsGuestMessage() & FromPerson(), on_guest_message),
        # Commands, in private chats and in groups: bot/commands/, one module each.
        *(
            CommandHandler(command.name, command.handle, either if command.follows_edits else new)
            for command in all_commands()
        ),
        # In private chats, an unknown command. In groups it may be meant for another bot.
        MessageHandler(private & filters.COMMAND, on_unknown_command),
        # In private chats, an editor's reply to a page of the queue.
        MessageHandler(private & filters.TEXT & AnswersDesk(), on_claim_id),
        # In private chats, every text: typed, forwarded, or the caption of a picture or file.
        MessageHandler(either & text & ~filters.COMMAND, on_private_text),
        # In private chats, anything else that a person sends: a sticker, a voice message.
        MessageHandler(private & ~filters.StatusUpdate.ALL, on_private_other),
        # In groups, only what mentions the bot.
        MessageHandler(either & filters.ChatType.GROUPS & MentionsBot(), on_mention),
        # Forwarded messages, where the group's admins want that. All others leave no trace.
        MessageHandler(
            new & filters.ChatType.GROUPS & filters.FORWARDED & (filters.TEXT | filters.CAPTION),
            on_group_forward,
        ),
        # Words behind the bot's name, typed in any chat.
        InlineQueryHandler(on_inline_query),
        # Buttons under the pages of editors, and under all other messages of the bot.
        CallbackQueryHandler(on_desk_button, DESK_BUTTON),
        CallbackQueryHandler(on_button),
    ]


def guards() -> list[_Handler]:
    """What is done before any handler sees an update: chats come, go and move."""
    return [
        ChatMemberHandler(on_membership, ChatMemberHandler.MY_CHAT_MEMBER),
        MessageHandler(filters.StatusUpdate.MIGRATE, on_migration),
        MessageHandler(filters.UpdateType.MESSAGE & ~filters.StatusUpdate.ALL, on_any_message),
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
        .request(
            NotedRefusals(
                _counted_request(settings.api_url, _MAX_CONCURRENT + 8, deps.metrics),
                noting(deps.state),
            )
        )
        .get_updates_request(_counted_request(settings.api_url, 2, deps.metrics))
        .defaults(defaults)
        .context_types(ContextTypes(context=Context))
        .concurrent_updates(processor or TurnCounter(_MAX_CONCURRENT, deps.metrics))
        .update_queue(asyncio.Queue(maxsize=_MAX_QUEUED))
        .job_queue(None)
        .build()
    )
    provide(application, deps)
    application.add_handlers({-1: guards(), 0: handlers()})
    application.add_error_handler(on_error)
    return application


def _counted_request(api_url: str, n_connections: int, metrics: Metrics) -> CountedRequest:
    return CountedRequest(new_request(api_url, n_connections), metrics)


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
