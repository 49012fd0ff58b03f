"""Buttons: what happens when one is tapped. The query is always answered."""

from collections.abc import Callable, Sequence

from telegram import CallbackQuery, Message, Update
from telegram.error import BadRequest

from bot.answering import looked_up, read
from bot.callbacks import Action, Tap, parse_tap
from bot.cards import claim_reply, others_reply, sourcing_reply
from bot.context import Context
from bot.messages import Catalogue
from bot.replies import Reply
from bot.sender import send
from bot.workers import BusyError
from index import Claim, SnapshotInfo, UnknownClaimError


async def on_button(update: Update, context: Context) -> None:
    """Do what a button says, or tell why not in a notice."""
    query = update.callback_query
    if query is None:
        return
    words = context.words_for(update)
    tap = parse_tap(query.data)
    # A message that Telegram no longer shows comes without its content, which nothing here needs.
    message = query.message if isinstance(query.message, Message) else None
    if tap is None or message is None:
        await notify(query, words.label("button.too_old"))
        return
    try:
        claims, snapshot = await looked_up(context, message, _reading(context, tap.claim_ids))
    except BusyError:
        await notify(query, words.label("button.busy"))
        return
    if not claims:
        await notify(query, words.label("button.gone"))
        return
    await notify(query)
    await send(message, _view(tap, claims, snapshot, words, context.bot.username))


async def notify(query: CallbackQuery, notice: str | None = None) -> None:
    """Answer a tap, with a notice on the user's screen if there is one.

    A tap that is too old to be answered needs no answer.
    """
    try:
        await query.answer(notice)
    except BadRequest as error:
        if "query is too old" not in error.message.lower():
            raise


def _reading(
    context: Context, claim_ids: Sequence[str]
) -> Callable[[], tuple[tuple[Claim, ...], SnapshotInfo]]:
    def work() -> tuple[tuple[Claim, ...], SnapshotInfo]:
        claims: list[Claim] = []
        snapshot = context.deps.lookup.snapshot
        for claim_id in claim_ids:
            try:
                claim, snapshot = read(context, claim_id)
            except UnknownClaimError:
                continue
            if claim.id not in {other.id for other in claims}:
                claims.append(claim)
        return tuple(claims), snapshot

    return work


def _view(
    tap: Tap, claims: Sequence[Claim], snapshot: SnapshotInfo, words: Catalogue, username: str
) -> Reply:
    match tap.action:
        case Action.SOURCING:
            return sourcing_reply(claims[0], snapshot, words, username=username)
        case Action.OTHERS:
            return others_reply(claims, snapshot, words)
        case Action.CARD:
            return claim_reply(claims[0], snapshot, words)
