"""Group taps: what happens when a button of a group's settings is tapped."""

from telegram import CallbackQuery, Message
from telegram.constants import ChatType
from telegram.error import BadRequest, Forbidden

from bot.context import Context
from bot.group_settings import LEAVE, Choice, View, chosen, settings_reply
from bot.messages import Catalogue
from bot.reply import Reply
from bot.seals import Seals
from bot.sender import keyboard
from bot.state.chats import Chats
from bot.state.languages import Languages


async def on_setting(
    query: CallbackQuery, message: Message, choice: Choice, context: Context, words: Catalogue
) -> str | None:
    """Do what an admin chose, and show it in the message of the settings.

    Whether the one who taps is an admin is asked at every tap: buttons stay, admins change.

    Returns:
        The notice for the one who tapped; None without any.

    Raises:
        TelegramError: Telegram could not be asked, or the message not be changed.
    """
    deps, chat = context.deps, message.chat
    if chat.type not in {ChatType.GROUP, ChatType.SUPERGROUP}:
        return words.label("button.too_old")
    if not await deps.admins.is_admin(context.bot, chat.id, query.from_user.id):
        return words.label("settings.not_admin")
    if tuple(choice) == LEAVE:
        await _show(message, Reply(words("settings.left")))
        await context.bot.leave_chat(chat.id)
        return None
    chats, now = Chats(deps.state), deps.now()
    before = chats.settings(chat.id)
    after = chosen(before, choice, deps.catalogues.languages)
    if after != before:
        chats.choose(chat.id, chat.type, after, now)
        # What was chosen may be the language of this very message.
        own = Languages(deps.state).of_person(query.from_user.id) or query.from_user.language_code
        words = deps.catalogues.of(after.language or own)
    await _show(message, settings_reply(View(after, deps.catalogues.languages, now, words), choice))
    return words.label("settings.saved") if after != before else None


async def _show(message: Message, reply: Reply) -> None:
    try:
        await message.get_bot().edit_message_text(
            reply.html,
            chat_id=message.chat_id,
            message_id=message.message_id,
            reply_markup=keyboard(reply, Seals(message.get_bot().token), message.chat_id),
        )
    except Forbidden:
        return
    except BadRequest as error:
        reason = error.message.lower()
        if "not modified" not in reason and "not found" not in reason:
            raise
