"""/privacy: tells what happens to what users send."""

from telegram import Update

from bot.answering import say
from bot.commands import Command
from bot.context import Context


async def privacy(update: Update, context: Context) -> None:
    """Tell what is kept of a message: nothing."""
    if message := update.message:
        await say(update, context, message, "privacy.text")


COMMAND = Command("privacy", privacy, rank=40)
