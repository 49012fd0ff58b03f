"""/start: says what the bot does, or does what a deep link asks for: show, watch or list."""

from telegram import Update
from telegram.constants import ChatType

from bot.answering import say, show_claim
from bot.callbacks import Action, parse_payload
from bot.commands import Command
from bot.context import Context
from bot.sender import author_id
from bot.watching.taps import WATCHING_PAYLOAD, show_watches


async def start(update: Update, context: Context) -> None:
    """Greet, or do what a link such as https://t.me/<bot>?start=c_<id> asks for.

    A link with `w_` comes from a button in a group: the claim is shown and watched here.
    """
    if (message := update.message) is None:
        return
    payload = context.args[0] if context.args else ""
    if payload == WATCHING_PAYLOAD and message.chat.type == ChatType.PRIVATE:
        await show_watches(update, context, message)
        return
    tap = parse_payload(payload)
    if tap is None:
        await say(update, context, message, "start.text")
        return
    (claim_id,) = tap.claim_ids
    is_shown = await show_claim(update, context, message, claim_id)
    user_id, watches = author_id(message), context.deps.watches
    if tap.action is not Action.WATCH or watches is None:
        return
    if is_shown and user_id is not None and user_id == message.chat_id:
        is_kept = watches.watch_claim(
            user_id, message.chat_id, claim_id, context.words_for(update).language
        )
        await say(update, context, message, "offer.watched" if is_kept else "offer.not_kept")


COMMAND = Command("start", start, rank=50, in_groups=False)
