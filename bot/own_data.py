"""Own data: what the bot stores about whoever asks, told in words or as a file, and forgotten."""

import json
from collections.abc import Mapping, Sequence

from telegram import CallbackQuery, Message
from telegram.constants import ChatType
from telegram.error import BadRequest

from bot.callbacks import Action, Tap
from bot.context import Context
from bot.delivery.answering import settle
from bot.markup import MAX_CHARS, Html, join, text
from bot.messages import Catalogue
from bot.reply import Button, Reply
from bot.sender import send
from bot.state import StateDb
from bot.state.tables import CHAT, USER, Stored, Value, forget, stored_about, tables_with

_MAX_VALUE_CHARS = 300


def data_reply(stored: Sequence[Stored], words: Catalogue) -> Reply | None:
    """What is stored about somebody, in words; None where it does not fit into a message."""
    if not stored:
        return Reply(words("own.nothing"))
    rows = (row for each in stored for row in each.rows)
    if any(len(_named(*item)) > _MAX_VALUE_CHARS for row in rows for item in row.items()):
        return None
    blocks = [words("own.heading")]
    for each in stored:
        lines = [words("own.row", row=_row(row)) for row in each.rows]
        blocks.append(join((description(each.table, words), *lines)))
    html = join(blocks, "\n\n")
    return Reply(html) if len(html) <= MAX_CHARS else None


def data_file(stored: Sequence[Stored]) -> bytes:
    """What is stored about somebody, as JSON: the rows of each table."""
    tables = {
        each.table: [{name: _plain(value) for name, value in row.items()} for row in each.rows]
        for each in stored
    }
    return json.dumps(tables, ensure_ascii=True, indent=2).encode()


def description(table: str, words: Catalogue) -> Html:
    """What a table holds, why, and for how long; its bare name where nobody has worded it."""
    keys, key = words.keys(), f"kept.{table}"
    return words(key) if key in keys else text(table)


def privacy_reply(state: StateDb, words: Catalogue) -> Reply:
    """What happens to what users send, and everything that is stored."""
    keys = words.keys()
    kept = [
        words("own.row", row=description(table, words))
        for table in tables_with(state, USER, CHAT)
        if f"kept.{table}" in keys
    ]
    parts = (words("own.privacy"), join((words("own.kept"), *kept)), words("own.rights"))
    return Reply(join(parts, "\n\n"))


def confirm_reply(words: Catalogue) -> Reply:
    """Asks whether everything shall be forgotten."""
    button = Button(words.label("own.forget_button"), Tap(Action.FORGET, ("me",)))
    return Reply(words("own.forget_confirm"), ((button,),))


async def on_forget(
    query: CallbackQuery,
    message: Message,
    context: Context,
    words: Catalogue,
) -> str | None:
    """Delete everything about the one who tapped, and say so in place of the question.

    Returns:
        A notice where the button stands in no private chat; else None.
    """
    if message.chat.type != ChatType.PRIVATE:
        return words.label("button.too_old")
    settle()  # the tap itself goes with the rest, and must not come again
    forget(context.deps.state, query.from_user.id)
    try:
        await query.edit_message_text(words("own.forgotten"))
    except BadRequest as error:
        if "not modified" not in error.message.lower():
            await send(message, Reply(words("own.forgotten")))
    return None


async def send_own_data(message: Message, context: Context, words: Catalogue) -> None:
    """Send what is stored about the one who wrote a message, as text or, if long, as a file."""
    if message.from_user is None:
        return
    settle()  # what asks for the list is no part of it
    stored = stored_about(context.deps.state, message.from_user.id)
    if reply := data_reply(stored, words):
        await send(message, reply)
        return
    await context.bot.send_document(
        message.chat_id,
        data_file(stored),
        filename="my_data.json",
        caption=words("own.as_file"),
    )


def _named(name: str, value: Value) -> str:
    return f"{name}: {_plain(value)}"


def _row(row: Mapping[str, Value]) -> Html:
    shown = [
        text(_named(name, value), _MAX_VALUE_CHARS)
        for name, value in row.items()
        if value is not None
    ]
    return join(shown, ", ")


def _plain(value: Value) -> str | int | float | None:
    return value.hex() if isinstance(value, bytes) else value
