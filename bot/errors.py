"""Errors: the one handler of last resort. Logs what failed, tells the user one calm line."""

import logging
import traceback

from telegram import Update
from telegram.error import BadRequest, Conflict, NetworkError, RetryAfter, TelegramError

from bot.auto_answer import is_unasked
from bot.context import Context
from bot.guest import reply_as_guest
from bot.inline import answer_nothing
from bot.reply import Reply
from bot.sender import send
from bot.taps import notify
from index import HearsayError

_LOG = logging.getLogger(__name__)
CONFLICT = (
    "ANOTHER INSTANCE OF THIS BOT IS RUNNING: Telegram gives each update to only one of them, so "
    "users will wait in vain. Stop the other one, or use another token here."
)


async def on_error(update: object, context: Context) -> None:
    """Handle whatever a handler raised; never raises itself."""
    error = context.error
    context.deps.metrics.failed(error)
    if error is None or not isinstance(update, Update):
        _LOG.error("A task outside any update failed: %s", described(error))
        return
    _LOG.error("Update %s (%s) failed: %s", update.update_id, _kind(update), described(error))
    if _is_network(error) or isinstance(error, RetryAfter):
        return  # the answer may have arrived, or nothing can be sent just now
    try:
        await _tell(update, context)
    except TelegramError as second:
        _LOG.error("Update %s: could not say so: %s", update.update_id, described(second))


def on_polling_error(error: TelegramError) -> None:
    """Log why updates cannot be fetched; the polling tries again by itself."""
    if isinstance(error, Conflict):
        _LOG.critical(CONFLICT)
    elif _is_network(error):
        _LOG.warning("Telegram cannot be reached (%s); trying again", described(error))
    else:
        _LOG.error("Fetching updates failed (%s); trying again", described(error))


def described(error: BaseException | None) -> str:
    """An error for the log: its type, its message if we know who worded it, and where it arose.

    Messages of other errors are left out, since they may repeat what a user wrote.
    """
    if error is None:
        return "no error given"
    name = type(error).__name__
    if isinstance(error, HearsayError | TelegramError):
        name = f"{name}: {error}"
    frames = traceback.extract_tb(error.__traceback__)[-3:]
    places = " < ".join(f"{frame.name}:{frame.lineno}" for frame in reversed(frames))
    return f"{name} [{places}]" if places else name


async def _tell(update: Update, context: Context) -> None:
    words = context.words_for(update)
    if update.callback_query is not None:
        await notify(update.callback_query, words.label("button.failed"))
    elif update.inline_query is not None:
        await answer_nothing(update, context)
    elif update.guest_message is not None:
        await reply_as_guest(update.guest_message, Reply(words("chat.failed")))
    elif (message := update.message or update.edited_message) and not is_unasked(update):
        await send(message, Reply(words("chat.failed")))


def _is_network(error: BaseException) -> bool:
    # In this library a refused request is a kind of network error.
    return isinstance(error, NetworkError) and not isinstance(error, BadRequest)


def _kind(update: Update) -> str:
    chat = update.effective_chat
    if update.inline_query is not None:
        return "inline query"
    kind = "tap" if update.callback_query else "message"
    return f"{kind} in a {chat.type} chat" if chat else kind
