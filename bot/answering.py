"""Answering: a question goes to the lookup and its answer goes out."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import TypeVar

from telegram import Bot, Message, Update
from telegram.constants import ChatAction, ChatType
from telegram.error import TelegramError

from bot.admission import is_admitted
from bot.cards import claim_reply
from bot.context import Context
from bot.guards import is_late
from bot.markup import Html, head
from bot.messages import Catalogue
from bot.offers import Offers
from bot.phrases import folded, is_greeting
from bot.questions import standing_question
from bot.replies import answer_reply, is_weak, short_reply, with_notes
from bot.reply import Reply
from bot.sender import author_id, edit, in_group, send, whisper
from bot.state.answered import KEPT_FOR, Answered
from bot.state.chats import Chats
from bot.workers import BusyError
from index import Answer, Claim, SnapshotInfo, UnknownClaimError

_LOG = logging.getLogger(__name__)
_TYPING_LASTS_S = 4.5
# As much as one Telegram message holds; only quotes of newer kinds of messages are longer. A lower
# limit would cut forwards, which the lookup tries sentence by sentence.
MAX_QUESTION_CHARS = 4096
Result = TypeVar("Result")


async def answer(update: Update, context: Context, message: Message, question: str) -> None:
    """Look a question up and reply to `message` with the answer, or edit the reply to it.

    Where there is nothing to look up, or everybody is asking at once, the reply says so. In a group
    an answer that is no match goes to the one who asked alone, or, where Telegram does not take
    that, to all in a few lines: somebody has asked, so silence would look like a failure.
    """
    words = context.words_for(update)
    if not folded(question):
        await deliver(update, context, message, Reply(words("chat.hint")))
        return
    if not await is_admitted(message, context, words):
        return
    asked = head(question, MAX_QUESTION_CHARS)
    try:
        found = await ask(context, message, asked)
    except BusyError as error:
        _LOG.warning("Update %s turned away: %s", update.update_id, error)
        await deliver(update, context, message, Reply(words("chat.busy")))
        return
    count(update, context, found)
    holder = _holder(message, question, words)
    offers = offered(context, message, has_question=holder is not None)
    notes = _notes(update, context, message, question)
    whole = with_notes(answer_reply(found, words, offers), notes)
    if not in_group(message):
        await deliver(update, context, message, whole, holder=holder)
        return
    weak, asker = is_weak(found, words), author_id(message)
    is_first = _earlier_reply(update, context, message) is None
    if weak and is_first and asker is not None and await whisper(message, whole, asker):
        return
    if weak or Chats(context.deps.state).settings(message.chat_id).is_short:
        whole = with_notes(short_reply(found, words, offers), notes)
    await deliver(update, context, message, whole, holder=holder)


def count(update: Update, context: Context, found: Answer) -> None:
    """Count an answer; a greeting is no question."""
    statistics, user, chat = context.deps.statistics, update.effective_user, update.effective_chat
    if statistics is None or is_greeting(found.question, context.words_for(update)):
        return
    statistics.count(
        found.outcome,
        user.language_code if user else None,
        chat.type if chat else "inline",
        found.match.claim.id if found.match else None,
    )


async def ask(context: Context, message: Message, question: str, limit: int = 5) -> Answer:
    """Look a question up.

    Raises:
        BusyError: The pool is full, or the lookup took too long.
    """
    lookup = context.deps.lookup
    return await looked_up(context, message, lambda: lookup.ask(question, limit=limit))


async def deliver(
    update: Update,
    context: Context,
    message: Message,
    reply: Reply,
    *,
    holder: Message | None = None,
) -> None:
    """Send the reply to a message; if that message was edited, edit the earlier reply instead.

    Args:
        update: The update.
        context: Its context.
        message: The message that is answered.
        reply: What to say.
        holder: The message with the question, if it is another one: the one to reply to.
    """
    earlier = _earlier_reply(update, context, message)
    if earlier is not None and await edit(message, earlier, reply):
        return
    sent = await send(
        holder if holder is not None and reply.needs_question else message,
        reply,
        owner_id=author_id(message),
    )
    if sent is not None:
        _answered(context).remember(
            message.chat_id, message.message_id, sent.message_id, author_id(message)
        )


def offered(context: Context, message: Message, *, has_question: bool) -> Offers:
    """What can be offered under a reply.

    Args:
        context: The context of the update.
        message: The message that is answered.
        has_question: Whether the question stands in the message that the reply answers.
    """
    deps = context.deps
    return Offers(
        context.bot.username,
        can_watch=deps.watches is not None,
        can_pass_on=deps.questions is not None,
        has_question=has_question,
        in_private=message.chat.type == ChatType.PRIVATE,
    )


def is_too_old(update: Update, context: Context) -> bool:
    """Whether an edited message is older than anybody can edit it, so that nothing follows."""
    edited = update.edited_message
    return edited is not None and context.deps.now() - edited.date > KEPT_FOR


async def show_claim(update: Update, context: Context, message: Message, claim_id: str) -> bool:
    """Reply to `message` with the card of a claim; returns whether there is one."""
    words = context.words_for(update)
    if not await is_admitted(message, context, words):
        return False
    try:
        claim, snapshot = await looked_up(context, message, lambda: read(context, claim_id))
    except BusyError:
        await send(message, Reply(words("chat.busy")))
        return False
    except UnknownClaimError:
        await send(message, Reply(words("card.gone")))
        return False
    offers = offered(context, message, has_question=False)
    await send(message, claim_reply(claim, snapshot, words, offers))
    return True


async def say(update: Update, context: Context, message: Message, key: str) -> None:
    """Reply to `message` with fixed words."""
    await deliver(update, context, message, Reply(wording(update, context, key)))


def wording(update: Update, context: Context, key: str) -> Html:
    """Fixed words, in the user's language."""
    return context.words_for(update)(key, mention=Html(f"@{context.bot.username}"))


async def looked_up(context: Context, message: Message, work: Callable[[], Result]) -> Result:
    """Run work on the lookup in the pool; a private chat sees "typing" if it takes long.

    Raises:
        BusyError: The pool is full, or the work took too long.
    """
    deps = context.deps
    if message.chat.type != ChatType.PRIVATE or message.guest_query_id is not None:
        return await deps.workers.run(work)
    async with _typing(context.bot, message.chat_id, deps.typing_after_s):
        return await deps.workers.run(work)


def read(context: Context, claim_id: str) -> tuple[Claim, SnapshotInfo]:
    """Read a claim and what it was read from; runs in the pool.

    Raises:
        UnknownClaimError: There is no such claim.
    """
    return context.deps.lookup.claim(claim_id), context.deps.lookup.snapshot


def _notes(update: Update, context: Context, message: Message, question: str) -> tuple[Html, ...]:
    """What has to be said beside an answer: that it is late, or not about all of the question."""
    words = context.words_for(update)
    is_new = update.edited_message is None  # an edit carries the date of its message
    late = (words("late.note"),) if is_new and is_late(message, context) else ()
    long = len(question) > MAX_QUESTION_CHARS
    return (*late, *((words("long.note", n=MAX_QUESTION_CHARS),) if long else ()))


def _earlier_reply(update: Update, context: Context, message: Message) -> int | None:
    if update.edited_message is None:
        return None
    return _answered(context).reply_to(message.chat_id, message.message_id)


def _answered(context: Context) -> Answered:
    return Answered(context.deps.state, context.deps.now)


def _holder(message: Message, question: str, words: Catalogue) -> Message | None:
    """The message that says the question by itself and to which the bot can reply, if one does."""
    replied = message.reply_to_message if message.chat.type == ChatType.PRIVATE else None
    for each in (message, replied):
        if each is not None and standing_question(each, words) == question:
            return each
    return None


@asynccontextmanager
async def _typing(bot: Bot, chat_id: int, after_s: float) -> AsyncIterator[None]:
    async def keep_typing() -> None:
        await asyncio.sleep(after_s)
        while True:
            try:
                await bot.send_chat_action(chat_id, ChatAction.TYPING)
            except TelegramError:
                return
            await asyncio.sleep(_TYPING_LASTS_S)

    task = asyncio.create_task(keep_typing())
    try:
        yield
    finally:
        task.cancel()
