"""Auto-answer: what a group's admins may switch on: forwarded rumours are answered unasked.

Only where the very claim is on record and its responses contradict it, so that the bot never says
"nothing known" to people who did not ask. Everything else leaves no trace, failures included.
"""

import logging

from telegram import Message, Update
from telegram.constants import ChatType
from telegram.error import TelegramError

from bot.admission import take
from bot.answering import ask, count, offered
from bot.budgets import Admission
from bot.context import Context
from bot.group_settings import is_quiet
from bot.markup import head
from bot.phrases import folded
from bot.questions import mentions_bot
from bot.replies import short_reply
from bot.sender import send
from bot.state.chats import Chats
from bot.workers import BusyError
from index import Answer, HearsayError, Outcome, RebuttalStatus

_LOG = logging.getLogger(__name__)
_MAX_CHARS = 4096
_CONTRADICTED = {
    RebuttalStatus.REFUTED,
    RebuttalStatus.DENIED,
    RebuttalStatus.MISLEADING,
    RebuttalStatus.RETRACTED,
}


async def on_group_forward(update: Update, context: Context) -> None:
    """Answer a forwarded message, where the group wants it and there is something to say."""
    message = update.message
    if message is None or not _is_wanted(message, context):
        return
    question = head((message.text or message.caption or "").strip(), _MAX_CHARS)
    if not folded(question) or take(message, context) is not Admission.TAKEN:
        return
    try:
        found = await ask(context, message, question)
        if is_worth_saying(found) and _is_wanted(message, context):
            Chats(context.deps.state).count_auto(message.chat_id, context.deps.now())
            offers = offered(context, message, has_question=False)
            await send(message, short_reply(found, context.words_for(update), offers))
            count(update, context, found)
    except (BusyError, HearsayError, TelegramError) as error:
        _LOG.warning("Update %s: no auto-answer: %s", update.update_id, type(error).__name__)


def is_worth_saying(answer: Answer) -> bool:
    """Whether an answer may go out unasked: the same claim, contradicted by its responses."""
    return (
        answer.outcome is Outcome.MATCH
        and answer.match is not None
        and answer.match.claim.status in _CONTRADICTED
    )


def is_unasked(update: Update) -> bool:
    """Whether nobody asked for an answer to an update: a forward in a group without a mention."""
    message = update.message
    return (
        message is not None
        and message.chat.type != ChatType.PRIVATE
        and message.forward_origin is not None
        and not mentions_bot(message)
    )


def _is_wanted(message: Message, context: Context) -> bool:
    chats, now = Chats(context.deps.state), context.deps.now()
    settings = chats.settings(message.chat_id)
    return (
        settings.auto_answer
        and not is_quiet(settings, now)
        and chats.n_auto(message.chat_id, now) < settings.max_auto_a_day
    )
