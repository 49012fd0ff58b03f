"""/help: tells how to ask and what an answer means."""

from telegram import Update

from bot.answering import say
from bot.commands import Command
from bot.context import Context


async def help_(update: Update, context: Context) -> None:
    """Tell how to ask."""
    if message := update.message:
        await say(update, context, message, "help.text")


COMMAND = Command("help", help_, rank=20)
