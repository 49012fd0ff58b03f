"""/start: says what the bot does, or shows the claim that a deep link names."""

from telegram import Update

from bot.answering import say, show_claim
from bot.callbacks import parse_payload
from bot.commands import Command
from bot.context import Context


async def start(update: Update, context: Context) -> None:
    """Greet, or show the claim of a link such as https://t.me/<bot>?start=c_<id>."""
    if (message := update.message) is None:
        return
    claim_id = parse_payload(context.args[0]) if context.args else None
    if claim_id:
        await show_claim(update, context, message, claim_id)
    else:
        await say(update, context, message, "start.text")


COMMAND = Command("start", start, rank=50, in_groups=False)
