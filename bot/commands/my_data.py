"""/my_data: sends what is stored about whoever asks."""

from telegram import Update
from telegram.constants import ChatType

from bot.answering import say
from bot.commands import Command
from bot.context import Context
from bot.own_data import send_own_data


async def my_data(update: Update, context: Context) -> None:
    """Send what is stored; in a group, point to the private chat."""
    if (message := update.message) is None:
        return
    if message.chat.type == ChatType.PRIVATE:
        await send_own_data(message, context, context.words_for(update))
    else:
        await say(update, context, message, "own.in_private")


COMMAND = Command("my_data", my_data, rank=42, in_groups=False)
