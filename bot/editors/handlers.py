"""Handlers: an editor's commands, taps and replies. Everybody else finds nothing here."""

import re
from contextlib import suppress

from telegram import Message, Update
from telegram.constants import ChatType
from telegram.ext.filters import MessageFilter

from bot.context import Context
from bot.conversation import on_private_text, on_unknown_command
from bot.editors.access import is_editor
from bot.editors.desk import Desk
from bot.editors.taps import DeskAction, DeskTap, parse_desk_tap
from bot.reply import Reply
from bot.seals import Seals
from bot.sender import edit, send, send_picture
from bot.taps import notify, opened
from bot.workers import BusyError
from index import UnknownClaimError

_CLAIM_ID = re.compile(r"(?:\S+[?&]start=[cw]_)?([a-z0-9]{1,16})", re.ASCII)
_DAYS = 30


class AnswersDesk(MessageFilter):
    """Passes replies to a page of the queue, which is how an editor names a claim by its id."""

    def filter(self, message: Message) -> bool:
        """Whether the message replies to a page of the queue."""
        return _tap_under(message.reply_to_message) is not None


async def on_queue(update: Update, context: Context) -> None:
    """Show the first group of the queue."""
    await _command(update, context, DeskTap(DeskAction.SHOW, 0))


async def on_stats(update: Update, context: Context) -> None:
    """Show what was answered lately, in words and as a chart."""
    await _command(update, context, DeskTap(DeskAction.STATS, _DAYS))
    message = update.message
    if message is not None and (desk := _desk(update, context, message)) is not None:
        with suppress(BusyError):  # the page has a button for it
            await send_picture(message, await desk.chart(_DAYS))


async def on_desk_button(update: Update, context: Context) -> None:
    """Do what an editor's button says, in place of the page that it stands under."""
    query = update.callback_query
    if query is None:
        return
    words = context.words_for(update)
    tap = parse_desk_tap(opened(query))
    message = query.message if isinstance(query.message, Message) else None
    desk = _desk(update, context, message)
    if tap is None or desk is None:
        await notify(query, words.label("button.too_old"))
        return
    try:
        if tap.action is DeskAction.CHART:
            await send_picture(desk.message, await desk.chart(tap.place))
            await notify(query)
            return
        reply = await _done(desk, tap)
        notice = None
        if reply is None:
            reply, notice = await desk.page(tap.place), words.label("editors.gone")
    except BusyError:
        await notify(query, words.label("button.busy"))
    except UnknownClaimError:
        await notify(query, words.label("button.gone"))
    else:
        await notify(query, notice)
        await edit(desk.message, desk.message.message_id, reply)


async def on_claim_id(update: Update, context: Context) -> None:
    """Ask whether to answer a group with the claim whose id was given in reply to its page."""
    message = update.message
    desk = _desk(update, context, message)
    tap = _tap_under(message.reply_to_message) if message else None
    if message is None or desk is None or tap is None:
        await on_private_text(update, context)
        return
    found = _CLAIM_ID.fullmatch((message.text or "").strip())
    try:
        reply = await desk.confirm(tap, found[1]) if found else None
        if found and reply is None:
            reply = Reply(desk.words("editors.gone"))
    except BusyError:
        reply = Reply(desk.words("chat.busy"))
    except UnknownClaimError:
        reply = None
    await send(message, reply or Reply(desk.words("editors.no_such_claim")))


async def _command(update: Update, context: Context, tap: DeskTap) -> None:
    message = update.message
    desk = _desk(update, context, message)
    if message is None or desk is None:
        # In private it is an unknown command like any other; in groups it may be another bot's.
        if update.effective_chat is not None and update.effective_chat.type == ChatType.PRIVATE:
            await on_unknown_command(update, context)
        return
    try:
        reply = await _done(desk, tap)
    except BusyError:
        reply = Reply(desk.words("chat.busy"))
    if reply is not None:
        await send(message, reply)


async def _done(desk: Desk, tap: DeskTap) -> Reply | None:
    """Do what a tap asks for; None where its group is gone."""
    match tap.action:
        case DeskAction.SHOW:
            return await desk.page(tap.place)
        case DeskAction.BACK:
            return await desk.page_of(tap)
        case DeskAction.ASK:
            return await desk.confirm(tap, tap.claim_id)
        case DeskAction.ANSWER:
            return await desk.answer(tap)
        case DeskAction.DISMISS:
            return await desk.dismiss(tap)
        case DeskAction.STATS | DeskAction.CHART:
            return await desk.stats(tap.place)


def _desk(update: Update, context: Context, message: Message | None) -> Desk | None:
    """The desk; None for everybody who is no editor, and where nobody keeps questions."""
    deps = context.deps
    if message is None or not is_editor(update, context):
        return None
    if deps.questions is None or deps.statistics is None:
        return None
    return Desk(context, message, context.words_for(update), deps.questions, deps.statistics)


def _tap_under(message: Message | None) -> DeskTap | None:
    """A button under one of the bot's own messages that says which group it is about."""
    if message is None or message.reply_markup is None or message.from_user is None:
        return None
    if message.from_user.id != message.get_bot().id:
        return None
    buttons = (button for row in message.reply_markup.inline_keyboard for button in row)
    data = (each.callback_data for each in buttons if isinstance(each.callback_data, str))
    seals, chat_id = Seals(message.get_bot().token), message.chat_id
    taps = (parse_desk_tap(seals.opened(each, chat_id, chat_id)) for each in data)
    return next((tap for tap in taps if tap is not None and tap.question_id), None)
