"""/check: looks up the words after it, or the message that it replies to."""

from telegram import Update

from bot.answering import is_too_old
from bot.commands import Command
from bot.context import Context
from bot.conversation import respond
from bot.questions import command_question


async def check(update: Update, context: Context) -> None:
    """Look up the words after the command, or the message replied to; alone, explain."""
    if (message := update.message or update.edited_message) and not is_too_old(update, context):
        question = command_question(message, context.words_for(update))
        await respond(update, context, message, question, usage="check.usage")


COMMAND = Command("check", check, rank=10, follows_edits=True, reads_captions=True)
