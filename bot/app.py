"""App: the map of the bot. Every handler, in order, and the settings of the Application."""

from collections.abc import Sequence
from typing import Any

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

from bot.auto_answer import on_group_forward
from bot.buttons import on_button
from bot.commands import all_commands
from bot.context import App, Context, Deps, provide
from bot.conversation import (
    CaptionCommand,
    FromPerson,
    MentionsBot,
    on_mention,
    on_private_other,
    on_private_text,
    on_unknown_command,
)
from bot.delivery.answering import before_request
from bot.delivery.marking import Marks
from bot.editors.handlers import AnswersDesk, on_claim_id, on_desk_button
from bot.editors.taps import PATTERN as DESK_BUTTON
from bot.errors import on_error
from bot.guards import on_any_message, on_membership, on_migration
from bot.guest import IsGuestMessage, on_guest_message
from bot.inline import on_inline_query
from bot.operations.requests import CountedRequests
from bot.outgoing.bot import OutgoingBot
from bot.outgoing.limiter import Limiter
from bot.outgoing.refusals import RefusalNotes
from bot.outgoing.requests import Observer
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
_MAX_CONCURRENT = 16
# Beside what handlers send: notifications, and a few questions to Telegram.
_MORE_CONNECTIONS = 16

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
        # Commands that are the caption of a picture or a file.
        *(
            MessageHandler(either & CaptionCommand(command.name), command.handle)
            for command in all_commands()
            if command.reads_captions
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
    settings: BotSettings,
    deps: Deps,
    processor: TurnCounter | None = None,
    *,
    limiter: Limiter | None = None,
    observers: Sequence[Observer] = (),
) -> App:
    """The bot, ready to be run by `serving.running`.

    Args:
        settings: The bot's settings.
        deps: What handlers work with.
        processor: Says how many updates are handled at once; by default 16.
        limiter: Lets messages out; by default at Telegram's pace.
        observers: Are told of every request to the Bot API, besides those who count and note.

    Raises:
        SettingsError: There is no token.
    """
    defaults = Defaults(
        parse_mode=ParseMode.HTML,
        link_preview_options=LinkPreviewOptions(is_disabled=True),
        allow_sending_without_reply=True,
    )
    counted = CountedRequests(deps.metrics)
    bot = OutgoingBot(
        settings.require_token(),
        settings.api_url,
        n_connections=_MAX_CONCURRENT + _MORE_CONNECTIONS,
        observers=(Marks(), *observers, counted, RefusalNotes(deps.state)),
        polling_observers=(counted,),
        on_leaving=before_request,
        limiter=limiter,
        defaults=defaults,
    )
    application: App = (
        ApplicationBuilder()
        .bot(bot)
        .context_types(ContextTypes(context=Context))
        .concurrent_updates(processor or TurnCounter(_MAX_CONCURRENT))
        .updater(None)
        .job_queue(None)
        .build()
    )
    provide(application, deps)
    application.add_handlers({-1: guards(), 0: handlers()})
    application.add_error_handler(on_error)
    return application
