"""/privacy: tells what happens to what users send, and what is stored, why and how long."""

from telegram import Update

from bot.commands import Command
from bot.context import Context
from bot.own_data import privacy_reply
from bot.sender import send


async def privacy(update: Update, context: Context) -> None:
    """Tell what is kept: it is read off the tables that there are."""
    if message := update.message:
        await send(message, privacy_reply(context.deps.state, context.words_for(update)))


COMMAND = Command("privacy", privacy, rank=40)
