"""Sender: the one way in which a reply goes out.

An answer is sent at most once: where it is unknown whether Telegram took it (a timeout), it is not
sent again. Where Telegram says that it did not take it, the reason decides; where it says "later",
`bot.outgoing` waits.
"""

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

from telegram import (
    CopyTextButton,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputFile,
    Message,
    ReplyParameters,
)
from telegram.constants import ChatType, ParseMode
from telegram.error import BadRequest, ChatMigrated, Forbidden

from bot.markup import Html, plain
from bot.reply import Button, Reply
from bot.seals import Seals

_LOG = logging.getLogger(__name__)
_PICTURE_NAME = "claim.png"
# Nothing that a second try could change: the chat does not want this message.
_UNWANTED = ("not enough rights", "topic_closed", "chat_write_forbidden", "chat not found")
_GONE = ("message to edit not found", "message can't be edited", "message_id_invalid")
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Photo:
    """A picture to send.

    Attributes:
        png: The file.
        caption: Telegram HTML, at most 1024 characters without its tags.
    """

    png: bytes
    caption: Html


async def send(
    message: Message, reply: Reply, *, owner_id: int | None = None, quoting: bool = False
) -> Message | None:
    """Send a reply into the chat of `message`, quoting it in groups and under forwards.

    Follows a group that became a supergroup; falls back to plain text if Telegram refuses the
    markup; is silent where the bot may not write.

    Args:
        message: The message to reply to.
        reply: What to send.
        owner_id: Who alone may tap what speaks about the question; by default who wrote `message`.
        quoting: Quote it in a private chat too. A reply that needs the question always does.

    Returns:
        The message as it was sent; None where the chat did not want it.

    Raises:
        TelegramError: It could not be sent, or may not have been.
    """
    owner = author_id(message) if owner_id is None else owner_id
    quotes = (
        quoting or reply.needs_question or in_group(message) or message.forward_origin is not None
    )

    async def attempt(chat_id: int) -> Message | None:
        return await _unless_unwanted(_send_once(message, reply, chat_id, owner, quoting=quotes))

    return await _following(attempt, message.chat_id)


async def send_picture(message: Message, photo: Photo) -> None:
    """Send a picture into the chat of `message`, in the same way as `send` does a reply.

    Raises:
        TelegramError: It could not be sent, or may not have been.
    """
    quoting = in_group(message) or message.forward_origin is not None

    async def attempt(chat_id: int) -> Message | None:
        async def call(caption: str, parse_mode: str | None) -> Message:
            return await message.get_bot().send_photo(
                chat_id,
                InputFile(photo.png, filename=_PICTURE_NAME),
                caption=caption,
                parse_mode=parse_mode,
                message_thread_id=_thread_id(message),
                reply_parameters=_quoted(message, quoting=quoting),
            )

        return await _unless_unwanted(_as_html_or_plain(photo.caption, call))

    await _following(attempt, message.chat_id)


async def whisper(
    message: Message,
    reply: Reply,
    user_id: int,
    *,
    callback_query_id: str | None = None,
) -> bool:
    """Send a reply into a group so that only one person sees it (Bot API 10.2 and later).

    Telegram takes it where the bot is an admin, or within 15 s of that person's tap; it does not
    promise delivery (https://core.telegram.org/bots/api#ephemeral-messages-and-commands).

    Args:
        message: The message to reply to.
        reply: What to send.
        user_id: Who sees it.
        callback_query_id: The tap that it answers.

    Returns:
        Whether Telegram took it; if not, nothing was sent.

    Raises:
        TelegramError: It is not known whether it was sent.
    """
    ephemeral: dict[str, int | str] = {"receiver_user_id": user_id}
    if callback_query_id is not None:
        ephemeral["callback_query_id"] = callback_query_id

    async def attempt(chat_id: int) -> bool:
        try:
            await _send_once(message, reply, chat_id, user_id, quoting=True, ephemeral=ephemeral)
        except (BadRequest, Forbidden):
            return False
        return True

    return await _following(attempt, message.chat_id)


async def edit(
    message: Message, reply_id: int, reply: Reply, *, owner_id: int | None = None
) -> bool:
    """Put other words into a message that the bot sent before.

    Args:
        message: A message of the same chat: the question, or the message itself.
        reply_id: Id of the message to edit.
        reply: What it says now.
        owner_id: As in `send`.

    Returns:
        Whether it says so now; False where that message is gone.

    Raises:
        TelegramError: It could not be edited, or may not have been.
    """
    bot = message.get_bot()
    owner = author_id(message) if owner_id is None else owner_id

    async def call(chat_id: int, text: str, parse_mode: str | None) -> bool:
        await bot.edit_message_text(
            text,
            chat_id,
            reply_id,
            parse_mode=parse_mode,
            reply_markup=keyboard(reply, Seals(bot.token), chat_id, owner),
        )
        return True

    async def attempt(chat_id: int) -> bool:
        try:
            return await _as_html_or_plain(reply.html, lambda text, mode: call(chat_id, text, mode))
        except BadRequest as error:
            problem = error.message.lower()
            if "message is not modified" in problem:
                return True
            if any(reason in problem for reason in _GONE):
                return False
            raise
        except ChatMigrated:
            return False  # the messages of the old group stay in it

    return await _following(attempt, message.chat_id)


def keyboard(
    reply: Reply, seals: Seals, place: int | str, owner_id: int | None = None
) -> InlineKeyboardMarkup | None:
    """A reply's buttons as Telegram wants them.

    Args:
        reply: Whose buttons.
        seals: Seals what they carry.
        place: The chat's id, or `bot.seals.INLINE`.
        owner_id: Who alone may tap what speaks about the question; None for everybody.
    """
    if not reply.rows:
        return None

    def shown(button: Button) -> InlineKeyboardButton:
        if button.tap is None:
            copied = CopyTextButton(button.copies) if button.copies is not None else None
            return InlineKeyboardButton(button.label, url=button.url, copy_text=copied)
        owner = owner_id if button.tap.is_personal else None
        data = seals.seal(button.tap.data, place, owner)
        return InlineKeyboardButton(button.label, callback_data=data)

    return InlineKeyboardMarkup([[shown(button) for button in row] for row in reply.rows])


def author_id(message: Message) -> int | None:
    """The person who wrote a message; None for a bot, a channel and an anonymous admin."""
    user = message.from_user
    if user is None or user.is_bot or message.sender_chat is not None:
        return None
    return user.id


def in_group(message: Message) -> bool:
    """Whether a message stands in a group, where others read along."""
    return message.chat.type in {ChatType.GROUP, ChatType.SUPERGROUP}


async def _following(attempt: Callable[[int], Awaitable[Result]], chat_id: int) -> Result:
    """Do it in the chat; if the group has become a supergroup meanwhile, there."""
    try:
        return await attempt(chat_id)
    except ChatMigrated as error:
        return await attempt(error.new_chat_id)


async def _send_once(
    message: Message,
    reply: Reply,
    chat_id: int,
    owner_id: int | None,
    *,
    quoting: bool,
    ephemeral: dict[str, int | str] | None = None,
) -> Message:
    bot = message.get_bot()

    async def call(text: str, parse_mode: str | None) -> Message:
        return await bot.send_message(
            chat_id,
            text,
            parse_mode=parse_mode,
            reply_markup=keyboard(reply, Seals(bot.token), chat_id, owner_id),
            message_thread_id=_thread_id(message),
            reply_parameters=_quoted(message, quoting=quoting),
            api_kwargs={"ephemeral_message_parameters": ephemeral} if ephemeral else None,
        )

    return await _as_html_or_plain(reply.html, call)


def _thread_id(message: Message) -> int | None:
    return message.message_thread_id if message.is_topic_message else None


def _quoted(message: Message, *, quoting: bool) -> ReplyParameters | None:
    if not quoting or not message.message_id:  # 0: a message that only one person sees
        return None
    return ReplyParameters(message.message_id, allow_sending_without_reply=True)


async def _unless_unwanted(sent: Awaitable[Message]) -> Message | None:
    try:
        return await sent
    except Forbidden:
        _LOG.info("A reply was not wanted: blocked by the user, or removed from the group")
    except BadRequest as error:
        if not any(reason in error.message.lower() for reason in _UNWANTED):
            raise
        _LOG.info("A reply was not possible: the bot may not write in that chat")
    return None


async def _as_html_or_plain(
    html: Html, call: Callable[[str, str | None], Awaitable[Result]]
) -> Result:
    try:
        return await call(html, ParseMode.HTML)
    except BadRequest as error:
        if "can't parse entities" not in error.message.lower():
            raise
        _LOG.error("Telegram refused the markup of a reply; sent it as plain text")
        return await call(plain(html), None)
