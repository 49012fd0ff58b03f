"""A real python-telegram-bot Application polls the local Bot API, end to end."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from telegram import (
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InlineQueryResultArticle,
    InputTextMessageContent,
    Update,
)
from telegram.error import BadRequest, ChatMigrated, Forbidden, NetworkError, RetryAfter, TimedOut
from telegram.ext import (
    Application,
    ApplicationBuilder,
    CallbackQueryHandler,
    ChatMemberHandler,
    CommandHandler,
    ContextTypes,
    InlineQueryHandler,
    MessageHandler,
    filters,
)

from bot.loopback import ChatKind, Fault, FaultKind, LoopbackServer

App = Application[Any, Any, Any, Any, Any, Any]
Context = ContextTypes.DEFAULT_TYPE
NO_ANSWER_S = 0.2


async def greet(update: Update, _context: Context) -> None:
    buttons = [
        [
            InlineKeyboardButton("More", callback_data="more"),
            InlineKeyboardButton("Web", url="https://example.org/"),
        ]
    ]
    await update.effective_message.reply_html(
        "<b>Hello</b> &amp; welcome", reply_markup=InlineKeyboardMarkup(buttons)
    )


async def echo(update: Update, _context: Context) -> None:
    kind = "edited" if update.edited_message else "heard"
    await update.effective_message.reply_text(
        f"{kind}: {update.effective_message.text}", do_quote=True
    )


async def unfold(update: Update, _context: Context) -> None:
    await update.callback_query.answer("opened")
    await update.callback_query.edit_message_text("unfolded")


async def suggest(update: Update, _context: Context) -> None:
    content = InputTextMessageContent(f"about {update.inline_query.query}")
    await update.inline_query.answer([InlineQueryResultArticle("1", "One", content)])


@pytest.fixture
async def app(loopback: LoopbackServer) -> AsyncIterator[App]:
    application: App = (
        ApplicationBuilder()
        .token(loopback.token)
        .base_url(loopback.base_url)
        .job_queue(None)
        .build()
    )
    memberships: list[str] = []

    async def note(update: Update, _context: Context) -> None:
        memberships.append(update.my_chat_member.new_chat_member.status)

    application.bot_data["memberships"] = memberships
    application.add_handler(CommandHandler("start", greet))
    application.add_handler(CallbackQueryHandler(unfold))
    application.add_handler(InlineQueryHandler(suggest))
    application.add_handler(ChatMemberHandler(note, ChatMemberHandler.MY_CHAT_MEMBER))
    application.add_handler(MessageHandler(filters.TEXT, echo))
    async with application:
        await application.start()
        await application.updater.start_polling(allowed_updates=Update.ALL_TYPES)
        yield application
        await application.updater.stop()
        await application.stop()


async def test_a_command_is_answered_with_markup_and_buttons(
    app: App, loopback: LoopbackServer
) -> None:
    alice = loopback.user("Alice")
    alice.says("/start")
    reply = await alice.next_message()
    assert reply.text == "Hello & welcome"
    assert reply.html == "<b>Hello</b> &amp; welcome"
    assert [[b.text for b in row] for row in reply.buttons] == [["More", "Web"]]
    assert reply.buttons[0][0].data == "more"
    assert reply.buttons[0][1].url == "https://example.org/"


async def test_a_text_is_answered_as_a_reply_to_it(app: App, loopback: LoopbackServer) -> None:
    alice = loopback.user("Alice")
    question = alice.says("is it so?")
    reply = await alice.reply()
    assert reply.text == "heard: is it so?"
    assert reply.reply_to is question


async def test_a_tap_is_answered_and_edits_the_message(app: App, loopback: LoopbackServer) -> None:
    alice = loopback.user("Alice")
    alice.says("/start")
    greeting = await alice.next_message()
    tap = alice.taps(greeting, "More")
    assert (await tap.answer())["text"] == "opened"
    edited = await alice.next_edit()
    assert edited is greeting
    assert (edited.text, edited.edited, edited.buttons) == ("unfolded", True, ())


async def test_an_edit_reaches_the_bot(app: App, loopback: LoopbackServer) -> None:
    alice = loopback.user("Alice")
    message = alice.says("one")
    await alice.next_message()
    alice.edits(message, "two")
    assert (await alice.next_message()).text == "edited: two"


async def test_in_a_group_only_what_is_meant_for_the_bot_reaches_it(
    app: App, loopback: LoopbackServer
) -> None:
    alice = loopback.user("Alice")
    group = loopback.group("Friends", members=[alice])
    group.add(loopback.bot)
    alice.says("nobody's business", in_=group)
    alice.says("/start@other_bot", in_=group)
    alice.says("tell us, @Hearsay_Bot", in_=group)
    answer = await group.next_message()
    assert answer.text == "heard: tell us, @Hearsay_Bot"
    alice.says("and this?", in_=group, reply_to=answer)
    assert (await group.next_message()).text == "heard: and this?"
    alice.says("/start@hearsay_bot", in_=group)
    assert (await group.next_message()).text == "Hello & welcome"


async def test_an_inline_query_gets_results(app: App, loopback: LoopbackServer) -> None:
    answer = await loopback.user("Alice").inline("whales").answer()
    assert [r["input_message_content"]["message_text"] for r in answer["results"]] == [
        "about whales"
    ]


async def test_who_blocks_the_bot_gets_nothing(app: App, loopback: LoopbackServer) -> None:
    alice = loopback.user("Alice")
    alice.says("hi")
    await alice.next_message()
    alice.blocks()
    with pytest.raises(Forbidden, match="bot was blocked by the user"):
        await app.bot.send_message(alice.user_id, "are you there?")
    alice.unblocks()
    alice.says("back")
    await alice.next_message()
    assert app.bot_data["memberships"] == ["kicked", "member"]


async def test_flood_control_hits_one_call(app: App, loopback: LoopbackServer) -> None:
    alice = loopback.user("Alice")
    alice.says("hi")
    await alice.next_message()
    loopback.fail(Fault("sendMessage", code=429, retry_after_s=7))
    with pytest.raises(RetryAfter, match="Retry in 7 seconds"):
        await app.bot.send_message(alice.user_id, "one")
    await app.bot.send_message(alice.user_id, "two")
    assert (await alice.next_message()).text == "two"


async def test_a_fault_of_one_chat_leaves_the_others_alone(
    app: App, loopback: LoopbackServer
) -> None:
    alice, boris = loopback.user("Alice"), loopback.user("Boris")
    loopback.fail(Fault("sendMessage", chat_id=alice.user_id, times=2))
    alice.says("hi")
    boris.says("hi")
    assert (await boris.next_message()).text == "heard: hi"
    assert alice.from_bot == []


@pytest.mark.parametrize(
    ("kind", "n_arrived"),
    [
        (FaultKind.DROP_BEFORE, 0),
        (FaultKind.DROP_AFTER, 1),
        (FaultKind.BAD_GATEWAY, 0),
        (FaultKind.ERROR, 0),
    ],
)
async def test_a_broken_answer_is_a_network_error(
    app: App, loopback: LoopbackServer, kind: FaultKind, n_arrived: int
) -> None:
    alice = loopback.user("Alice")
    alice.says("hi")
    await alice.next_message()
    loopback.fail(Fault("sendMessage", kind))
    with pytest.raises(NetworkError):
        await app.bot.send_message(alice.user_id, "lost?")
    assert [m.text for m in alice.from_bot].count("lost?") == n_arrived


async def test_half_an_answer_after_the_message_was_sent(
    app: App, loopback: LoopbackServer
) -> None:
    alice = loopback.user("Alice")
    alice.says("hi")
    await alice.next_message()
    loopback.fail(Fault("sendMessage", FaultKind.BAD_JSON))
    with pytest.raises(Exception, match="Invalid server response"):
        await app.bot.send_message(alice.user_id, "sent all the same")
    assert (await alice.next_message()).text == "sent all the same"


async def test_a_slow_answer_times_out_though_the_message_arrives(
    app: App, loopback: LoopbackServer
) -> None:
    alice = loopback.user("Alice")
    alice.says("hi")
    await alice.next_message()
    loopback.fail(Fault("sendMessage", FaultKind.SLOW, delay_s=0.3))
    with pytest.raises(TimedOut):
        await app.bot.send_message(alice.user_id, "late", read_timeout=0.05)
    assert (await alice.next_message()).text == "late"


async def test_a_group_that_became_a_supergroup_says_where_it_is(
    app: App, loopback: LoopbackServer
) -> None:
    alice = loopback.user("Alice")
    group = loopback.group("Friends", members=[alice, loopback.bot], kind=ChatKind.GROUP)
    old_id = group.chat_id
    group.migrate()
    with pytest.raises(ChatMigrated) as caught:
        await app.bot.send_message(old_id, "hello?")
    assert caught.value.new_chat_id == group.chat_id
    await app.bot.send_message(group.chat_id, "hello!")
    assert (await group.next_message()).text == "hello!"


async def test_broken_markup_is_refused(app: App, loopback: LoopbackServer) -> None:
    alice = loopback.user("Alice")
    alice.says("hi")
    with pytest.raises(BadRequest, match='unsupported start tag "br" at byte offset 1'):
        await app.bot.send_message(alice.user_id, "a<br>b", parse_mode="HTML")


async def test_uploads_arrive_with_their_size(app: App, loopback: LoopbackServer) -> None:
    alice = loopback.user("Alice")
    alice.says("hi")
    await alice.next_message()
    await app.bot.send_document(alice.user_id, b"12345", filename="list.csv", caption="a list")
    document = await alice.next_message()
    assert (document.text, document.media) == ("a list", "document")
    assert (document.upload.name, document.upload.size) == ("list.csv", 5)


async def test_a_message_that_nobody_answers_times_out_with_the_chat_shown(
    app: App, loopback: LoopbackServer
) -> None:
    alice = loopback.user("Alice")
    with pytest.raises(TimeoutError, match=r"waited 0\.2 s for the bot"):
        await alice.next_message(timeout_s=NO_ANSWER_S)
