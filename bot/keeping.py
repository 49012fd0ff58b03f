"""Keeping: the buttons by which somebody lets the bot keep a question or a wish to be told."""

from telegram import Message
from telegram.constants import ChatAction, ChatType
from telegram.error import Forbidden, TelegramError

from bot.callbacks import Action, Tap, deep_link
from bot.questions import standing_question
from bot.state.questions import Reason
from bot.taps import Tapped, notify


async def on_watch(tapped: Tapped) -> None:
    """Watch a claim for the one who tapped, in private."""
    watches, chat = tapped.context.deps.watches, tapped.query.message
    (claim_id,) = tapped.tap.claim_ids
    if watches is None:
        await tapped.answer("button.too_old")
    elif chat is None or chat.chat.type != ChatType.PRIVATE:
        # People are told of changes in private, where the bot may write only once they came there.
        await notify(tapped.query, url=deep_link(tapped.username, claim_id, Action.WATCH))
    else:
        is_kept = watches.watch_claim(tapped.user_id, chat.chat.id, claim_id, tapped.words.language)
        await tapped.answer("offer.watched" if is_kept else "offer.not_kept")


async def on_keep(tapped: Tapped, message: Message) -> None:
    """Keep the question: for the editors, or to tell this person of an answer."""
    deps, words, tap = tapped.context.deps, tapped.words, tapped.tap
    watches, questions = deps.watches, deps.questions
    asked = message.reply_to_message
    text = standing_question(asked, words) if asked is not None else ""
    who = (tapped.user_id, message.chat_id, text, words.language)
    is_kept, key = True, "offer.no_question"
    if tap.action is Action.WATCH_QUESTION:
        if watches is not None and text:
            is_kept, key = watches.watch_question(*who), "offer.question_watched"
    elif questions is not None and text:
        is_kept = questions.pass_on(*who, _reason(tap))
        key = "offer.passed_on" if tap.action is Action.PASS_ON else "offer.not_it_noted"
    elif tap == Tap(Action.NOT_IT):
        key = "choice.none_noticed"
    told = {"offer.passed_on", "offer.not_it_noted"}
    if is_kept and key in told and not await _can_write_to(tapped, message):
        await tapped.answer("offer.press_start", stays=True)
        return
    await tapped.answer(key if is_kept else "offer.not_kept")


async def _can_write_to(tapped: Tapped, message: Message) -> bool:
    """Whether the one who tapped can be written to in private, where answers are told.

    Telegram takes not even "is typing" for somebody who has not started the bot. It is asked about
    people in groups only, and nothing of it is kept that a failed notification would not keep.
    """
    if message.chat.type == ChatType.PRIVATE:
        return True
    try:
        await tapped.context.bot.send_chat_action(tapped.user_id, ChatAction.TYPING)
    except Forbidden:
        return False
    except TelegramError as error:
        return "chat not found" not in error.message.lower()
    return True


def _reason(tap: Tap) -> str:
    """Why a question is passed on; "not_it:" without a claim says that none of several was it."""
    if tap.action is Action.PASS_ON:
        return Reason.UNANSWERED
    return f"{Reason.NOT_IT}:{''.join(tap.claim_ids)}"
