"""Inline: `@bot words` typed in any chat; results that the person can send there.

A result is sent as it was answered, so each holds a whole answer. Several people share the results
of a query, so nothing in them depends on who asked but the language.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from telegram import (
    InlineQueryResultArticle,
    InlineQueryResultsButton,
    InputTextMessageContent,
    Update,
)
from telegram.constants import ParseMode
from telegram.error import BadRequest

from bot.admission import may_type
from bot.answering import count
from bot.budgets import Admission
from bot.callbacks import Action
from bot.cards import claim_reply
from bot.context import Context
from bot.markup import bare
from bot.messages import Catalogue
from bot.offers import Offers, inline_rows
from bot.phrases import folded, is_greeting
from bot.replies import answer_reply, difference_lines
from bot.reply import Reply
from bot.seals import INLINE, Seals
from bot.sender import keyboard
from bot.sourcing import source_lines
from bot.statuses import grounding, response_phrase, status_word
from bot.workers import BusyError
from index import Answer, Claim, Outcome, SnapshotInfo, UnknownClaimError, shorten

CACHE_S = 300
# Nothing that somebody else, or the same person a moment later, should get again.
CACHE_FAILED_S = 0
START_PAYLOAD = "ask"
MAX_OTHERS = 4
_MAX_TITLE_CHARS = 120
_MAX_DETAIL_CHARS = 200


@dataclass(frozen=True, slots=True)
class Result:
    """One inline result.

    Attributes:
        id: Unique among the results, at most 64 bytes.
        title: Its first line; says how it relates to what was asked.
        detail: Its second line.
        reply: What is sent if it is chosen.
    """

    id: str
    title: str
    detail: str
    reply: Reply


@dataclass(frozen=True, slots=True)
class _Found:
    answer: Answer
    others: tuple[Claim, ...]


async def on_inline_query(update: Update, context: Context) -> None:
    """Answer an inline query, unless the same person has typed on."""
    query = update.inline_query
    if query is None:
        return
    words = context.words_for(update)
    if not folded(query.query) or is_greeting(query.query, words):
        await _answer(update, context, (tip(words),), start=START_PAYLOAD)
        return
    if may_type(query, context) is not Admission.TAKEN:
        await answer_nothing(update, context)
        return
    newest = context.deps.inline
    turn = newest.begin(query.from_user.id)
    try:
        if await turn.pause(context.deps.inline_pause_s):
            return
        found = await context.deps.workers.run(
            lambda: None if turn.is_superseded else _look_up(context, query.query)
        )
    except BusyError:
        await answer_nothing(update, context)
        return
    finally:
        newest.end(query.from_user.id, turn)
    if found is None:
        return
    count(update, context, found.answer)
    offers = Offers(context.bot.username, can_watch=context.deps.watches is not None)
    shown = results(found.answer, found.others, words, offers)
    match = found.answer.match
    start = START_PAYLOAD if match is None else f"{Action.CARD}_{match.claim.id}"
    await _answer(update, context, shown, start=start)


async def answer_nothing(update: Update, context: Context) -> None:
    """Say that there is no answer just now, in a way that nobody keeps."""
    words = context.words_for(update)
    await _answer(update, context, (), start=START_PAYLOAD, label=words.raw("inline.busy"))


def results(
    answer: Answer, others: Sequence[Claim], words: Catalogue, offers: Offers
) -> tuple[Result, ...]:
    """What can be sent for an answer: it itself first, then other claims, named as such.

    Args:
        answer: The answer.
        others: Other close claims, closest first.
        words: The reader's language.
        offers: What can be offered under it.
    """
    if answer.match is None or answer.outcome is Outcome.NONE:
        reply = Reply(answer_reply(answer, words).html)
        return (
            Result("none", words.label("inline.none"), words.label("inline.none_detail"), reply),
        )
    claim, snapshot = answer.match.claim, answer.snapshot
    is_match = answer.outcome is Outcome.MATCH
    first = Result(
        f"{answer.outcome.lower()}-{claim.id}",
        _title("match" if is_match else "similar", claim, snapshot, words),
        sourcing_line(claim, words) if is_match else _difference(answer, claim, words),
        Reply(
            # Whoever reads it in a chat can choose nothing.
            answer_reply(answer, words, may_choose=False).html,
            inline_rows(claim, snapshot, words, offers),
        ),
    )
    return (first, *(_other(each, snapshot, words, offers) for each in others[:MAX_OTHERS]))


def article(result: Result, token: str) -> InlineQueryResultArticle:
    """A result as Telegram wants it."""
    return InlineQueryResultArticle(
        id=result.id,
        title=result.title,
        description=result.detail or None,
        input_message_content=InputTextMessageContent(result.reply.html, ParseMode.HTML),
        reply_markup=keyboard(result.reply, Seals(token), INLINE),
    )


def tip(words: Catalogue) -> Result:
    """What to type; chosen, it tells others how to ask."""
    return Result(
        "tip",
        words.label("inline.tip"),
        words.label("inline.tip_detail"),
        Reply(words("chat.hint")),
    )


def sourcing_line(claim: Claim, words: Catalogue) -> str:
    """Who said it first on record, and who has answered, in one line."""
    lines = source_lines(claim, words, full=False)[:1]
    said = [bare(line).removeprefix("•").strip() for line in lines]
    ground = grounding(claim)
    answered = [] if ground is None else [bare(response_phrase(ground, words))]
    return shorten(" · ".join((*said, *answered)), _MAX_DETAIL_CHARS)


def _difference(answer: Answer, claim: Claim, words: Catalogue) -> str:
    named = bare(difference_lines(answer.differences[:1], words)).removeprefix("•").strip()
    if named:
        return shorten(named, _MAX_DETAIL_CHARS)
    status = status_word(claim, answer.snapshot.as_of.date(), words)
    return shorten(words.label("inline.unnamed", status=status), _MAX_DETAIL_CHARS)


def _other(claim: Claim, snapshot: SnapshotInfo, words: Catalogue, offers: Offers) -> Result:
    status = status_word(claim, snapshot.as_of.date(), words)
    detail = " · ".join(part for part in (status, sourcing_line(claim, words)) if part)
    return Result(
        f"other-{claim.id}",
        _title("other", claim, snapshot, words),
        shorten(detail, _MAX_DETAIL_CHARS),
        Reply(
            claim_reply(claim, snapshot, words).html, inline_rows(claim, snapshot, words, offers)
        ),
    )


def _title(key: str, claim: Claim, snapshot: SnapshotInfo, words: Catalogue) -> str:
    status = status_word(claim, snapshot.as_of.date(), words)
    return shorten(words.label(f"inline.{key}", status=status, claim=claim.text), _MAX_TITLE_CHARS)


def _look_up(context: Context, question: str) -> _Found:
    lookup = context.deps.lookup
    answer = lookup.ask(question)
    if answer.match is None:
        return _Found(answer, ())
    shown = [answer.match.claim.id]
    others: list[Claim] = []
    for candidate in answer.candidates:
        try:
            claim = lookup.claim(candidate.id)
        except UnknownClaimError:  # withdrawn in a snapshot that was published meanwhile
            continue
        if claim.id not in shown:
            shown.append(claim.id)
            others.append(claim)
    return _Found(answer, tuple(others))


async def _answer(
    update: Update,
    context: Context,
    shown: Sequence[Result],
    *,
    start: str,
    label: str | None = None,
) -> None:
    query = update.inline_query
    assert query is not None
    words = context.words_for(update)
    key = "inline.more" if start == START_PAYLOAD else "inline.open"
    try:
        await query.answer(
            [article(result, context.bot.token) for result in shown],
            cache_time=CACHE_S if shown else CACHE_FAILED_S,
            # Telegram shares what is not personal between people of all languages.
            is_personal=not shown or len(context.deps.catalogues.languages) > 1,
            button=InlineQueryResultsButton(label or words.raw(key), start_parameter=start),
        )
    except BadRequest as error:
        if "query is too old" not in error.message.lower():
            raise
