"""/language: offers the languages that the bot speaks; in a group, says who chooses there."""

from telegram import Update
from telegram.constants import ChatType

from bot.answering import say
from bot.commands import Command
from bot.context import Context
from bot.languages import languages_reply
from bot.sender import send


async def language(update: Update, context: Context) -> None:
    """Ask which language it shall be."""
    if (message := update.message) is None:
        return
    if message.chat.type != ChatType.PRIVATE:
        await say(update, context, message, "language.in_group")
        return
    await send(message, languages_reply(context.words_for(update), context.deps.catalogues))


COMMAND = Command("language", language, rank=45, in_groups=False)
