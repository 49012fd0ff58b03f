"""Views: the claims that buttons name, shown to the one who tapped."""

from collections.abc import Callable, Sequence

from telegram import Message

from bot.answering import ask, looked_up, offered, read
from bot.callbacks import MAX_OTHERS, MAX_PAGES, Action
from bot.cards import claim_reply, others_reply, sourcing_reply
from bot.context import Context
from bot.photos import drawn
from bot.questions import standing_question
from bot.reply import Reply
from bot.sender import edit, in_group, send, send_picture, whisper
from bot.taps import Tapped
from index import Claim, SnapshotInfo, UnknownClaimError


async def on_view(tapped: Tapped, message: Message) -> None:
    """Show a claim's card or sourcing, or a list of claims.

    Raises:
        BusyError: The lookup is.
    """
    context, words, tap = tapped.context, tapped.words, tapped.tap
    claims, snapshot = await looked_up(context, message, _reading(context, tap.claim_ids))
    if not claims:
        await tapped.answer("button.gone")
        return
    asked = message.reply_to_message
    if tap.action is Action.OTHERS:
        can_turn = bool(_question(tapped, message))
        reply = others_reply(claims, snapshot, words, can_turn=can_turn)
    elif tap.action is Action.SOURCING:
        reply = sourcing_reply(claims[0], snapshot, words, username=tapped.username)
    else:
        offers = offered(context, message, has_question=False)
        reply = claim_reply(claims[0], snapshot, words, offers)
    # A list that pages or takes "none of these" has to answer the question itself.
    await _show(tapped, asked if asked is not None and reply.needs_question else message, reply)


async def on_page(tapped: Tapped, message: Message) -> None:
    """Turn to another page of close claims: look the question up again, edit the list.

    Raises:
        BusyError: The lookup is.
    """
    context, words, page = tapped.context, tapped.words, tapped.tap.page
    question = _question(tapped, message)
    if not question:
        await tapped.answer("offer.no_question")
        return
    found = await ask(context, message, question, limit=MAX_OTHERS * MAX_PAGES + 1)
    shown = found.match.claim.id if found.match is not None else None
    others = [each.id for each in found.candidates if each.id != shown]
    chosen = others[(page - 1) * MAX_OTHERS : page * MAX_OTHERS]
    claims, snapshot = await looked_up(context, message, _reading(context, chosen))
    if not claims:
        await tapped.answer("choice.no_more")
        return
    reply = others_reply(claims, snapshot, words, page_number=page, can_turn=True)
    owner_id, reply_id = tapped.user_id, message.message_id
    if reply_id and await edit(message, reply_id, reply, owner_id=owner_id):
        await tapped.answer()
    else:  # a list that only this person sees cannot be edited like that
        await _show(tapped, message.reply_to_message or message, reply)


async def on_picture(tapped: Tapped, message: Message) -> None:
    """Send a claim's card as a picture.

    Raises:
        BusyError: The lookup is.
    """
    context, words, (claim_id,) = tapped.context, tapped.words, tapped.tap.claim_ids
    try:
        picture = await looked_up(
            context, message, lambda: drawn(context, claim_id, words, tapped.username)
        )
    except UnknownClaimError:
        await tapped.answer("button.gone")
        return
    await tapped.answer(None if picture is not None else "picture.no_font")
    if picture is not None:
        await send_picture(message, picture)


async def _show(tapped: Tapped, target: Message, reply: Reply) -> None:
    """Show a view to the one who tapped; in a group to that person alone, if Telegram does it."""
    user_id, query_id = tapped.user_id, tapped.query.id
    if in_group(target) and await whisper(target, reply, user_id, callback_query_id=query_id):
        await tapped.answer()
        return
    await tapped.answer()
    await send(target, reply, owner_id=user_id)


def _question(tapped: Tapped, message: Message) -> str:
    """The question that a message answers; "" where it is not at hand."""
    asked = message.reply_to_message
    return standing_question(asked, tapped.words) if asked is not None else ""


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
