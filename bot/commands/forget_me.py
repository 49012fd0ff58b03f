"""/forget_me: deletes what is stored about whoever asks, once they have confirmed it."""

from telegram import Update
from telegram.constants import ChatType

from bot.answering import say
from bot.commands import Command
from bot.context import Context
from bot.own_data import confirm_reply
from bot.sender import send


async def forget_me(update: Update, context: Context) -> None:
    """Ask for confirmation; in a group, point to the private chat."""
    if (message := update.message) is None:
        return
    if message.chat.type == ChatType.PRIVATE:
        await send(message, confirm_reply(context.words_for(update)))
    else:
        await say(update, context, message, "own.in_private")


COMMAND = Command("forget_me", forget_me, rank=44, in_groups=False)
