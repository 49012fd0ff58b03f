"""Access: who is an editor, asked anew for every command and every tap."""

from telegram import Update
from telegram.constants import ChatType

from bot.context import Context


def is_editor(update: Update, context: Context) -> bool:
    """Whether an editor sent this update, in the private chat with the bot.

    Only the numeric id counts. A message written in somebody else's name, such as a channel's, has
    no place in a private chat.
    """
    user, chat = update.effective_user, update.effective_chat
    if user is None or chat is None or chat.type != ChatType.PRIVATE:
        return False
    return user.id in context.deps.editors and chat.id == user.id
