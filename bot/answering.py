"""Answering: a question goes to the lookup and its answer goes out."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import TypeVar

from telegram import Bot, Message, Update
from telegram.constants import ChatAction, ChatType
from telegram.error import TelegramError

from bot.cards import claim_reply
from bot.context import Context
from bot.markup import Html
from bot.phrases import folded
from bot.replies import Reply, answer_reply
from bot.sender import send
from bot.workers import BusyError
from index import Claim, SnapshotInfo, UnknownClaimError

_LOG = logging.getLogger(__name__)
_TYPING_LASTS_S = 4.5
Result = TypeVar("Result")


async def answer(update: Update, context: Context, message: Message, question: str) -> None:
    """Look a question up and reply to `message` with the answer.

    Where there is nothing to look up, or everybody is asking at once, the reply says so.
    """
    words = context.words_for(update)
    if not folded(question):
        await send(message, Reply(words("chat.hint")))
        return
    try:
        found = await looked_up(context, message, lambda: context.deps.lookup.ask(question))
    except BusyError as error:
        _LOG.warning("Update %s turned away: %s", update.update_id, error)
        await send(message, Reply(words("chat.busy")))
    else:
        await send(message, answer_reply(found, words))


async def show_claim(update: Update, context: Context, message: Message, claim_id: str) -> None:
    """Reply to `message` with the card of a claim."""
    words = context.words_for(update)
    try:
        claim, snapshot = await looked_up(context, message, lambda: read(context, claim_id))
    except BusyError:
        await send(message, Reply(words("chat.busy")))
    except UnknownClaimError:
        await send(message, Reply(words("card.gone")))
    else:
        await send(message, claim_reply(claim, snapshot, words))


async def say(update: Update, context: Context, message: Message, key: str) -> None:
    """Reply to `message` with fixed words."""
    await send(message, Reply(wording(update, context, key)))


def wording(update: Update, context: Context, key: str) -> Html:
    """Fixed words, in the user's language."""
    return context.words_for(update)(key, mention=Html(f"@{context.bot.username}"))


async def looked_up(context: Context, message: Message, work: Callable[[], Result]) -> Result:
    """Run work on the lookup in the pool; a private chat sees "typing" if it takes long.

    Raises:
        BusyError: The pool is full, or the work took too long.
    """
    deps = context.deps
    if message.chat.type != ChatType.PRIVATE:
        return await deps.workers.run(work)
    async with _typing(context.bot, message.chat_id, deps.typing_after_s):
        return await deps.workers.run(work)


def read(context: Context, claim_id: str) -> tuple[Claim, SnapshotInfo]:
    """Read a claim and what it was read from; runs in the pool.

    Raises:
        UnknownClaimError: There is no such claim.
    """
    return context.deps.lookup.claim(claim_id), context.deps.lookup.snapshot


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
