"""Taps: the list of what somebody watches, and the buttons that end a watch."""

from telegram import CallbackQuery, InlineKeyboardButton, Message, Update
from telegram.error import BadRequest

from bot.callbacks import Action, Tap
from bot.context import Context
from bot.messages import Catalogue
from bot.seals import unverified
from bot.sender import edit, send
from bot.state.watches import Watches
from bot.watching.notices import list_reply

# The deep link payload that shows the list.
WATCHING_PAYLOAD = "watching"
ACTIONS = frozenset({Action.UNWATCH, Action.WATCHES, Action.DROP})


async def on_watch_tap(
    update: Update, context: Context, query: CallbackQuery, tap: Tap
) -> str | None:
    """Do what a button of a watch says; the notice to answer the tap with, if any."""
    words = context.words_for(update)
    message = query.message if isinstance(query.message, Message) else None
    user_id = query.from_user.id
    if tap.action is Action.UNWATCH:
        await _without_button(message, tap)
        return _stopped(context, user_id, tap.claim_ids[0], words)
    if message is None or message.chat_id != user_id:  # nobody sees what others watch
        return words.label("button.too_old")
    dropped = tap.action is Action.DROP
    notice = _stopped(context, user_id, tap.claim_ids[0], words) if dropped else None
    await _turn(context, message, user_id, tap.claim_ids[-1], words)
    return notice


async def show_watches(update: Update, context: Context, message: Message) -> None:
    """Reply with the list of what the sender watches."""
    if (user := update.effective_user) is not None:
        watches = Watches(context.deps.state).of(user.id)
        await send(message, list_reply(watches, 0, context.words_for(update)))


def watching_link(context: Context) -> str:
    """The link that lists somebody's watches in private."""
    return f"https://t.me/{context.bot.username}?start={WATCHING_PAYLOAD}"


def _stopped(context: Context, user_id: int, watch_id: str, words: Catalogue) -> str:
    done = _is_number(watch_id) and Watches(context.deps.state).drop(int(watch_id), user_id)
    return words.label("watch.stopped" if done else "watch.stopped_before")


async def _turn(
    context: Context, message: Message, user_id: int, page: str, words: Catalogue
) -> None:
    """Show a page of the list, as it is now."""
    number = int(page) if _is_number(page) else 0
    reply = list_reply(Watches(context.deps.state).of(user_id), number, words)
    await edit(message, message.message_id, reply)


async def _without_button(message: Message | None, tap: Tap) -> None:
    """Take the button that was tapped off its message."""
    if message is None or message.reply_markup is None:
        return
    rows = [
        [button for button in row if _body(button) != tap.data]
        for row in message.reply_markup.inline_keyboard
    ]
    left = type(message.reply_markup)([row for row in rows if row])
    try:
        # Not `edit_reply_markup`: with defaults set, the library sends it a parse_mode.
        await message.edit_text(message.text_html, reply_markup=left)
    except BadRequest:
        return  # deleted, or tapped twice


def _body(button: InlineKeyboardButton) -> str | None:
    data = button.callback_data
    return unverified(data) if isinstance(data, str) else None


def _is_number(value: str) -> bool:
    return value.isdecimal() and value.isascii()
