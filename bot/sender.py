"""Sender: the one way in which a reply goes out.

An answer is sent at most once: where it is unknown whether Telegram took it (a timeout), it is not
sent again. Where Telegram says that it did not take it, the reason decides.
"""

import asyncio
import logging
from collections.abc import Iterator
from contextlib import contextmanager

from telegram import InlineKeyboardButton, InlineKeyboardMarkup, Message, ReplyParameters
from telegram.constants import ChatType, ParseMode
from telegram.error import BadRequest, ChatMigrated, Forbidden, RetryAfter

from bot.markup import plain
from bot.replies import Reply

_LOG = logging.getLogger(__name__)
_MAX_TRIES = 3
_MAX_WAIT_S = 60.0
# Nothing that a second try could change: the chat does not want this message.
_UNWANTED = ("not enough rights", "topic_closed", "chat_write_forbidden", "chat not found")


async def send(message: Message, reply: Reply) -> None:
    """Send a reply into the chat of `message`, quoting it in groups and under forwards.

    Waits and tries again when told to slow down; follows a group that became a supergroup; falls
    back to plain text if Telegram refuses the markup; is silent where the bot may not write.

    Raises:
        TelegramError: It could not be sent, or may not have been.
    """
    chat_id = message.chat_id
    in_group = message.chat.type in {ChatType.GROUP, ChatType.SUPERGROUP}
    quoting = in_group or message.forward_origin is not None
    for attempt in range(1, _MAX_TRIES + 1):
        try:
            with _quiet_where_unwanted():
                await _send_once(message, reply, chat_id=chat_id, quoting=quoting)
        except ChatMigrated as error:
            chat_id = error.new_chat_id
        except RetryAfter as error:
            wait_s = _seconds(error)
            if attempt == _MAX_TRIES or wait_s > _MAX_WAIT_S:
                raise
            _LOG.warning("Told to wait %.0f s before sending", wait_s)
            await asyncio.sleep(wait_s)
        else:
            return


def keyboard(reply: Reply) -> InlineKeyboardMarkup | None:
    """A reply's buttons as Telegram wants them."""
    if not reply.rows:
        return None
    return InlineKeyboardMarkup(
        [
            [InlineKeyboardButton(button.label, callback_data=button.tap.data) for button in row]
            for row in reply.rows
        ]
    )


async def _send_once(message: Message, reply: Reply, *, chat_id: int, quoting: bool) -> None:
    async def call(text: str, parse_mode: str | None) -> None:
        await message.get_bot().send_message(
            chat_id,
            text,
            parse_mode=parse_mode,
            reply_markup=keyboard(reply),
            message_thread_id=message.message_thread_id if message.is_topic_message else None,
            reply_parameters=(
                ReplyParameters(message.message_id, allow_sending_without_reply=True)
                if quoting
                else None
            ),
        )

    try:
        await call(reply.html, ParseMode.HTML)
    except BadRequest as error:
        if "can't parse entities" not in error.message.lower():
            raise
        _LOG.error("Telegram refused the markup of a reply; sent it as plain text")
        await call(plain(reply.html), None)


@contextmanager
def _quiet_where_unwanted() -> Iterator[None]:
    try:
        yield
    except Forbidden:
        _LOG.info("A reply was not wanted: blocked by the user, or removed from the group")
    except BadRequest as error:
        if not any(reason in error.message.lower() for reason in _UNWANTED):
            raise
        _LOG.info("A reply was not possible: the bot may not write in that chat")


def _seconds(error: RetryAfter) -> float:
    wait = error.retry_after  # will be a timedelta in a later version of the library
    return float(wait) if isinstance(wait, int | float) else wait.total_seconds()
