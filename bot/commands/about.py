"""/about: tells what is searched, and as of when."""

from importlib.metadata import PackageNotFoundError, version

from telegram import Update

from bot.answering import looked_up
from bot.cards import about_reply
from bot.commands import Command
from bot.context import Context
from bot.reply import Reply
from bot.sender import send
from bot.workers import BusyError


async def about(update: Update, context: Context) -> None:
    """Tell the archive's size and date, the models, and whether it is the sample."""
    if (message := update.message) is None:
        return
    words = context.words_for(update)
    try:
        snapshot = await looked_up(context, message, lambda: context.deps.lookup.snapshot)
    except BusyError:
        await send(message, Reply(words("chat.busy")))
    else:
        await send(message, about_reply(snapshot, installed_version(), words))


def installed_version() -> str:
    """The version of this installation; "" in a checkout that was never installed."""
    try:
        return version("hearsay-bot")
    except PackageNotFoundError:
        return ""


COMMAND = Command("about", about, rank=30)
