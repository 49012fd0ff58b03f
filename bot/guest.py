"""Guest: a person mentions the bot in a chat that it is no member of; it answers once, there.

https://core.telegram.org/bots/api#answerguestquery
"""

from telegram import Message, Update
from telegram.error import BadRequest
from telegram.ext.filters import UpdateFilter

from bot.admission import take
from bot.answering import MAX_QUESTION_CHARS, ask, count
from bot.budgets import Admission
from bot.context import Context
from bot.inline import Result, article
from bot.markup import head
from bot.offers import Offers, inline_rows
from bot.phrases import folded
from bot.questions import mention_question
from bot.replies import answer_reply, is_weak, short_reply
from bot.reply import Reply
from bot.workers import BusyError
from index import Answer


class IsGuestMessage(UpdateFilter):
    """Passes messages of chats in which the bot is a guest."""

    def filter(self, update: Update) -> bool:
        """Whether it is one."""
        return update.guest_message is not None


async def on_guest_message(update: Update, context: Context) -> None:
    """Answer a mention in a chat that the bot is no member of."""
    if (message := update.guest_message) is None:
        return
    words = context.words_for(update)
    question = mention_question(message, words)
    if not folded(question.text):
        await reply_as_guest(
            message, Reply(words("check.no_text" if question.points_at_message else "guest.usage"))
        )
        return
    if (admission := take(message, context)) is not Admission.TAKEN:
        if admission is Admission.REFUSED:
            await reply_as_guest(message, Reply(words("budget.person")))
        return
    try:
        found = await ask(context, message, head(question.text, MAX_QUESTION_CHARS))
    except BusyError:
        await reply_as_guest(message, Reply(words("chat.busy")))
        return
    count(update, context, found)
    await reply_as_guest(message, _reply(found, update, context))


async def reply_as_guest(message: Message, reply: Reply) -> None:
    """Send the one message that a guest may send."""
    if message.guest_query_id is None:
        return
    bot = message.get_bot()
    try:
        await bot.answer_guest_query(
            message.guest_query_id, article(Result("guest", "Hearsay", "", reply), bot.token)
        )
    except BadRequest as error:
        if "query is too old" not in error.message.lower():
            raise


def _reply(found: Answer, update: Update, context: Context) -> Reply:
    words = context.words_for(update)
    offers = Offers(context.bot.username, can_watch=context.deps.watches is not None)
    # Others read along, so that only a match is shown whole; the rest is behind a link.
    brief = short_reply if is_weak(found, words) else answer_reply
    if found.match is None:
        return Reply(brief(found, words).html)
    rows = inline_rows(found.match.claim, found.snapshot, words, offers)
    return Reply(brief(found, words).html, rows)
