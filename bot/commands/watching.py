"""/watching: lists what somebody watches, with a button to end each; in private only."""

from telegram import Update
from telegram.constants import ChatType

from bot.commands import Command
from bot.context import Context
from bot.markup import link
from bot.reply import Reply
from bot.sender import send
from bot.watching.taps import show_watches, watching_link


async def watching(update: Update, context: Context) -> None:
    """List the watches; in a group, say where."""
    if (message := update.message) is None:
        return
    if message.chat.type == ChatType.PRIVATE:
        await show_watches(update, context, message)
        return
    words = context.words_for(update)
    private = link(words("watch.in_private_link"), watching_link(context))
    await send(message, Reply(words("watch.in_private", link=private)))


COMMAND = Command("watching", watching, rank=15, in_groups=False)
