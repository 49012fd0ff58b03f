"""Both big Python libraries read every answer of the local Bot API."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
import telegram
from aiogram import Bot as AiogramBot
from aiogram import types
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.exceptions import TelegramBadRequest, TelegramRetryAfter

from bot.loopback import Fault, LoopbackServer, Person, Room
from bot.loopback.methods import METHODS


@pytest.fixture
async def ptb(loopback: LoopbackServer) -> AsyncIterator[telegram.Bot]:
    async with telegram.Bot(loopback.token, base_url=loopback.base_url) as bot:
        yield bot


@pytest.fixture
async def aio(loopback: LoopbackServer) -> AsyncIterator[AiogramBot]:
    api = TelegramAPIServer.from_base(loopback.base_url.removesuffix("/bot"))
    bot = AiogramBot(loopback.token, session=AiohttpSession(api=api))
    yield bot
    await bot.session.close()


@pytest.fixture
def alice(loopback: LoopbackServer) -> Person:
    person = loopback.user("Alice")
    person.says("hi")
    return person


@pytest.fixture
def group(loopback: LoopbackServer, alice: Person) -> Room:
    return loopback.group("Friends", members=[alice, loopback.bot])


async def test_python_telegram_bot_reads_every_answer(
    loopback: LoopbackServer, ptb: telegram.Bot, alice: Person, group: Room
) -> None:
    chat, room = alice.user_id, group.chat_id
    markup = telegram.InlineKeyboardMarkup.from_button(
        telegram.InlineKeyboardButton("a", callback_data="a")
    )
    sent = await ptb.send_message(chat, "<b>x</b>", parse_mode="HTML", reply_markup=markup)
    assert sent.entities[0].type == "bold"
    assert (await ptb.edit_message_text("y", chat, sent.message_id)).text == "y"
    await ptb.edit_message_reply_markup(chat, sent.message_id, reply_markup=markup)
    photo = await ptb.send_photo(chat, b"12345", caption="a <i>photo</i>", parse_mode="HTML")
    assert photo.photo[0].file_size == 5
    await ptb.edit_message_caption(chat, photo.message_id, caption="other words")
    document = await ptb.send_document(chat, b"12345", filename="a.txt")
    assert document.document.file_name == "a.txt"
    forward = await ptb.forward_message(room, chat, 1)
    assert forward.forward_origin.sender_user.first_name == "Alice"
    assert (await ptb.copy_message(room, chat, 1)).message_id == forward.message_id + 1
    assert await ptb.delete_message(chat, sent.message_id)
    assert await ptb.send_chat_action(chat, "typing")
    assert await ptb.set_message_reaction(chat, 1, "👍")
    await read_profile_with_ptb(ptb)
    await read_chats_with_ptb(ptb, alice, room)
    missing = METHODS.keys() - {call.method for call in loopback.calls}
    assert missing == {"answerCallbackQuery", "answerInlineQuery", "answerGuestQuery"}


async def read_profile_with_ptb(ptb: telegram.Bot) -> None:
    assert (await ptb.get_me()).username == "hearsay_bot"
    scope = telegram.BotCommandScopeAllGroupChats()
    assert await ptb.set_my_commands([("check", "Check a claim")], scope)
    (command,) = await ptb.get_my_commands(scope)
    assert command == telegram.BotCommand("check", "Check a claim")
    assert await ptb.delete_my_commands(scope)
    assert await ptb.set_my_name("Hear")
    assert (await ptb.get_my_name()).name == "Hear"
    assert await ptb.set_my_description("long")
    assert (await ptb.get_my_description()).description == "long"
    assert await ptb.set_my_short_description("short")
    assert (await ptb.get_my_short_description()).short_description == "short"


async def read_chats_with_ptb(ptb: telegram.Bot, alice: Person, room: int) -> None:
    assert (await ptb.get_chat(room)).title == "Friends"
    assert (await ptb.get_chat(alice.user_id)).first_name == "Alice"
    (owner,) = await ptb.get_chat_administrators(room)
    assert owner.user.id == alice.user_id
    assert (await ptb.get_chat_member(room, ptb.id)).status == "member"
    assert await ptb.get_chat_member_count(room) == 2
    assert (await ptb.get_webhook_info()).url == ""
    assert await ptb.leave_chat(room)
    assert await ptb.log_out()
    assert await ptb.close()


async def test_both_libraries_read_the_same_updates(
    loopback: LoopbackServer, ptb: telegram.Bot, aio: AiogramBot, alice: Person, group: Room
) -> None:
    await ptb.send_message(
        group.chat_id,
        "x",
        reply_markup=telegram.InlineKeyboardMarkup.from_button(
            telegram.InlineKeyboardButton("a", callback_data="a")
        ),
    )
    answer = await group.next_message()
    alice.says("look, @hearsay_bot", in_=group, reply_to=answer, quote="x")
    alice.forwards("rumour", origin=loopback.channel("News", username="news"))
    alice.sends_photo("see")
    alice.taps(answer, "a")
    alice.inline("whales")
    alice.blocks()
    group.remove(loopback.bot)
    by_ptb = await ptb.get_updates(offset=1)
    by_aiogram = await aio.get_updates(offset=2)
    assert [kind(u.to_dict()) for u in by_ptb] == [
        "message",
        "message",
        "message",
        "message",
        "callback_query",
        "inline_query",
        "my_chat_member",
        "message",
        "my_chat_member",
    ]
    assert [u.event_type for u in by_aiogram] == [kind(u.to_dict()) for u in by_ptb]
    assert all(not u.api_kwargs for u in by_ptb)


def kind(update: dict[str, Any]) -> str:
    (name,) = update.keys() - {"update_id"}
    return name


async def test_aiogram_sends_edits_and_hears_refusals(
    loopback: LoopbackServer, aio: AiogramBot, alice: Person
) -> None:
    button = types.InlineKeyboardButton(text="a", callback_data="a")
    markup = types.InlineKeyboardMarkup(inline_keyboard=[[button]])
    sent = await aio.send_message(alice.user_id, "<b>x</b>", parse_mode="HTML", reply_markup=markup)
    assert sent.html_text == "<b>x</b>"
    await aio.edit_message_text("y", chat_id=alice.user_id, message_id=sent.message_id)
    assert alice.from_bot[0].text == "y"
    file = types.BufferedInputFile(b"12345", "a.txt")
    document = await aio.send_document(alice.user_id, file)
    assert document.document is not None
    assert document.document.file_size == 5
    with pytest.raises(TelegramBadRequest, match="message to edit not found"):
        await aio.edit_message_text("y", chat_id=alice.user_id, message_id=99)
    loopback.fail(Fault("sendMessage", code=429, retry_after_s=3))
    with pytest.raises(TelegramRetryAfter) as caught:
        await aio.send_message(alice.user_id, "x")
    assert caught.value.retry_after == 3


async def test_both_libraries_answer_queries(
    ptb: telegram.Bot, aio: AiogramBot, alice: Person
) -> None:
    content = telegram.InputTextMessageContent("x")
    first = alice.inline("one")
    await ptb.answer_inline_query(
        first.query_id, [telegram.InlineQueryResultArticle("1", "t", content)], cache_time=0
    )
    assert (await first.answer())["cache_time"] == 0
    second = alice.inline("two")
    article = types.InlineQueryResultArticle(
        id="1", title="t", input_message_content=types.InputTextMessageContent(message_text="x")
    )
    await aio.answer_inline_query(second.query_id, [article], is_personal=True)
    assert (await second.answer())["is_personal"]
