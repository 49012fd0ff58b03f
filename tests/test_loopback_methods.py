"""What the local Bot API refuses, in the real server's words, and what it keeps."""

from typing import Any

import aiohttp
import pytest
from botapi.client import call, error, result

from bot.loopback import ChatKind, Fault, LoopbackServer, Person

NOT_FOUND = (400, "Bad Request: chat not found")
NOT_MODIFIED = (
    "Bad Request: message is not modified: specified new message content and reply markup are "
    "exactly the same as a current content and reply markup of the message"
)
TOO_OLD = (
    400,
    "Bad Request: query is too old and response timeout expired or query ID is invalid",
)
INLINE_ROW = [[{"text": "More", "callback_data": "more"}]]


@pytest.fixture
def alice(loopback: LoopbackServer) -> Person:
    """Somebody who has written to the bot."""
    person = loopback.user("Alice")
    person.says("hi")
    return person


def keyboard(**button: Any) -> dict[str, Any]:
    return {"inline_keyboard": [[{"text": "a"} | button]]}


@pytest.mark.parametrize(
    ("values", "description"),
    [
        ({"text": ""}, "message text is empty"),
        ({"text": " \n "}, "text must be non-empty"),
        ({"text": "<b> </b>", "parse_mode": "HTML"}, "text must be non-empty"),
        ({"text": "x" * 4097}, "message is too long"),
        (
            {"text": "<p>", "parse_mode": "html"},
            'can\'t parse entities: Unsupported start tag "p" at byte offset 0',
        ),
        (
            {"text": "x", "reply_parameters": {"message_id": 99}},
            "message to be replied not found",
        ),
        (
            {"text": "x", "reply_parameters": {"message_id": 1, "quote": "bye"}},
            "QUOTE_TEXT_INVALID",
        ),
        ({"text": "x", "reply_markup": keyboard(callback_data="é" * 33)}, "BUTTON_DATA_INVALID"),
        (
            {"text": "x", "reply_markup": keyboard()},
            "text buttons are unallowed in the inline keyboard",
        ),
        (
            {"text": "x", "reply_markup": keyboard(url="nowhere")},
            "inline keyboard button URL 'nowhere' is invalid: Wrong HTTP URL",
        ),
    ],
)
async def test_what_no_message_may_be(
    loopback: LoopbackServer,
    alice: Person,
    bot_api_violations: list[str],
    values: dict[str, Any],
    description: str,
) -> None:
    refused = await error(loopback, "sendMessage", chat_id=alice.user_id, **values)
    assert refused == (400, f"Bad Request: {description}")
    assert alice.from_bot == []
    bot_api_violations.clear()


async def test_the_limit_counts_characters_after_parsing(
    loopback: LoopbackServer, alice: Person
) -> None:
    text = "<b>" + "😀" * 4096 + "</b>"
    await result(loopback, "sendMessage", chat_id=alice.user_id, text=text, parse_mode="HTML")
    (message,) = alice.from_bot
    assert message.entities[0].length == 2 * 4096


async def test_a_missing_reply_target_can_be_waived(
    loopback: LoopbackServer, alice: Person
) -> None:
    reply = {"message_id": 99, "allow_sending_without_reply": True}
    await result(loopback, "sendMessage", chat_id=alice.user_id, text="x", reply_parameters=reply)
    assert alice.from_bot[0].reply_to is None


async def test_a_quote_says_where_it_stands(loopback: LoopbackServer, alice: Person) -> None:
    question = alice.says("😀 is it true?")
    reply = {"message_id": question.message_id, "quote": "true"}
    sent = await result(
        loopback, "sendMessage", chat_id=alice.user_id, text="x", reply_parameters=reply
    )
    assert sent["quote"] == {"text": "true", "position": 9, "is_manual": True}


@pytest.mark.parametrize("chat_id", [1, "@nobody", "abc", -100123])
async def test_unknown_chats(loopback: LoopbackServer, chat_id: int | str) -> None:
    assert await error(loopback, "sendMessage", chat_id=chat_id, text="x") == NOT_FOUND


async def test_a_bot_cannot_speak_first(loopback: LoopbackServer) -> None:
    alice = loopback.user("Alice")
    assert await error(loopback, "sendMessage", chat_id=alice.user_id, text="x") == NOT_FOUND
    group = loopback.group("Friends", members=[alice, loopback.bot])
    alice.says("hello @hearsay_bot", in_=group)
    assert await error(loopback, "sendMessage", chat_id=alice.user_id, text="x") == (
        403,
        "Forbidden: bot can't initiate conversation with a user",
    )


async def test_users_who_are_gone(loopback: LoopbackServer, alice: Person) -> None:
    alice.blocks()
    assert await error(loopback, "sendMessage", chat_id=alice.user_id, text="x") == (
        403,
        "Forbidden: bot was blocked by the user",
    )
    alice.unblocks()
    alice.deletes_account()
    assert await error(loopback, "sendMessage", chat_id=alice.user_id, text="x") == (
        403,
        "Forbidden: user is deactivated",
    )


@pytest.mark.parametrize("kind", [ChatKind.GROUP, ChatKind.SUPERGROUP, ChatKind.CHANNEL])
async def test_chats_that_the_bot_is_not_in(loopback: LoopbackServer, kind: ChatKind) -> None:
    room = loopback.group("Room", kind=kind)
    assert await error(loopback, "sendMessage", chat_id=room.chat_id, text="x") == (
        403,
        f"Forbidden: bot is not a member of the {kind.value} chat",
    )
    room.add(loopback.bot)
    room.remove(loopback.bot)
    assert await error(loopback, "sendMessage", chat_id=room.chat_id, text="x") == (
        403,
        f"Forbidden: bot was kicked from the {kind.value} chat",
    )


async def test_a_small_group_can_be_looked_up_after_leaving_it(loopback: LoopbackServer) -> None:
    group = loopback.group("Small", members=[loopback.bot], kind=ChatKind.GROUP)
    group.remove(loopback.bot)
    assert (await result(loopback, "getChat", chat_id=group.chat_id))["title"] == "Small"
    large = loopback.group("Large")
    assert await error(loopback, "getChat", chat_id=large.chat_id) == (
        403,
        "Forbidden: bot is not a member of the supergroup chat",
    )


async def test_a_muted_bot(loopback: LoopbackServer, alice: Person) -> None:
    group = loopback.group("Friends", members=[alice, loopback.bot])
    group.restrict(loopback.bot)
    assert await error(loopback, "sendMessage", chat_id=group.chat_id, text="x") == (
        400,
        "Bad Request: not enough rights to send text messages to the chat",
    )


async def test_a_migrated_group_names_its_successor(loopback: LoopbackServer) -> None:
    group = loopback.group("Friends", members=[loopback.bot], kind=ChatKind.GROUP)
    old_id = group.chat_id
    group.migrate()
    body = await call(loopback, "sendMessage", chat_id=old_id, text="x")
    assert body == {
        "ok": False,
        "error_code": 400,
        "description": "Bad Request: group chat was upgraded to a supergroup chat",
        "parameters": {"migrate_to_chat_id": group.chat_id},
    }
    told = [u.payload for u in loopback.world.updates.pending if u.kind == "message"]
    assert told[0]["migrate_to_chat_id"] == group.chat_id
    assert told[1]["migrate_from_chat_id"] == old_id


async def test_an_edit_that_changes_nothing(loopback: LoopbackServer, alice: Person) -> None:
    where = {"chat_id": alice.user_id}
    sent = await result(loopback, "sendMessage", text="<b>x</b>", parse_mode="HTML", **where)
    where["message_id"] = sent["message_id"]
    same = await error(loopback, "editMessageText", text="<b>x</b>", parse_mode="HTML", **where)
    assert same == (400, NOT_MODIFIED)
    await result(loopback, "editMessageText", text="x", **where)
    assert await error(loopback, "editMessageReplyMarkup", **where) == (400, NOT_MODIFIED)
    markup = {"inline_keyboard": INLINE_ROW}
    await result(loopback, "editMessageReplyMarkup", reply_markup=markup, **where)
    assert alice.from_bot[0].button("More").data == "more"


async def test_messages_that_cannot_be_edited(loopback: LoopbackServer, alice: Person) -> None:
    where = {"chat_id": alice.user_id}
    gone = await error(loopback, "editMessageText", message_id=99, text="x", **where)
    assert gone == (400, "Bad Request: message to edit not found")
    hers = await error(loopback, "editMessageText", message_id=1, text="x", **where)
    assert hers == (400, "Bad Request: message can't be edited")
    unnamed = await error(loopback, "editMessageText", text="x")
    assert unnamed == (400, "Bad Request: message identifier is not specified")


async def test_what_is_wrong_with_the_words_is_said_before_what_is_wrong_with_the_chat(
    loopback: LoopbackServer,
) -> None:
    assert await error(loopback, "sendMessage", chat_id=1, text=" ") == (
        400,
        "Bad Request: text must be non-empty",
    )


async def test_deleting(loopback: LoopbackServer, alice: Person) -> None:
    where = {"chat_id": alice.user_id}
    sent = await result(loopback, "sendMessage", text="x", **where)
    where["message_id"] = sent["message_id"]
    await result(loopback, "deleteMessage", **where)
    assert (await alice.next_deletion()).deleted
    assert alice.from_bot == []
    assert await error(loopback, "deleteMessage", **where) == (
        400,
        "Bad Request: message to delete not found",
    )


async def test_forwards_and_copies(loopback: LoopbackServer, alice: Person) -> None:
    boris = loopback.user("Boris")
    boris.says("hello")
    source = {"from_chat_id": alice.user_id, "message_id": 1, "chat_id": boris.user_id}
    await result(loopback, "forwardMessage", **source)
    await result(loopback, "copyMessage", **source)
    forward, copy = boris.from_bot
    assert (forward.text, copy.text) == ("hi", "hi")
    assert forward.origin is not None
    assert forward.origin["sender_user"]["id"] == alice.user_id
    assert copy.origin is None
    source["message_id"] = 99
    assert await error(loopback, "forwardMessage", **source) == (
        400,
        "Bad Request: message to forward not found",
    )
    assert await error(loopback, "copyMessage", **source) == (
        400,
        "Bad Request: message to copy not found",
    )


async def test_a_tap_is_answered_once(loopback: LoopbackServer, alice: Person) -> None:
    markup = {"inline_keyboard": INLINE_ROW}
    await result(loopback, "sendMessage", chat_id=alice.user_id, text="x", reply_markup=markup)
    tap = alice.taps(alice.from_bot[0], 0)
    answer = {"callback_query_id": tap.query_id}
    await result(loopback, "answerCallbackQuery", text="ok", **answer)
    assert await error(loopback, "answerCallbackQuery", **answer) == TOO_OLD
    assert await error(loopback, "answerCallbackQuery", callback_query_id="1") == TOO_OLD


async def test_inline_results_have_ids_of_their_own(
    loopback: LoopbackServer, alice: Person
) -> None:
    content = {"message_text": "x"}
    article = {"type": "article", "id": "1", "title": "t", "input_message_content": content}
    query = {"inline_query_id": alice.inline("q").query_id}
    assert await error(loopback, "answerInlineQuery", results=[article, article], **query) == (
        400,
        "Bad Request: RESULT_ID_DUPLICATE",
    )
    await result(loopback, "answerInlineQuery", results=[article], **query)


async def test_command_menus_by_scope_and_language(loopback: LoopbackServer) -> None:
    start = [{"command": "start", "description": "Begin"}]
    beginnen = [{"command": "start", "description": "Beginnen"}]
    groups = {"type": "all_group_chats"}
    await result(loopback, "setMyCommands", commands=start)
    await result(loopback, "setMyCommands", commands=beginnen, language_code="de", scope=groups)
    assert await result(loopback, "getMyCommands") == start
    assert await result(loopback, "getMyCommands", language_code="de") == []
    german = {"language_code": "de", "scope": groups}
    assert await result(loopback, "getMyCommands", **german) == beginnen
    await result(loopback, "deleteMyCommands", **german)
    assert await result(loopback, "getMyCommands", **german) == []


@pytest.mark.parametrize(
    ("command", "description", "refusal"),
    [("Start!", "x", "BOT_COMMAND_INVALID"), ("a", "", "BOT_COMMAND_DESCRIPTION_INVALID")],
)
async def test_commands_that_no_menu_takes(
    loopback: LoopbackServer,
    bot_api_violations: list[str],
    command: str,
    description: str,
    refusal: str,
) -> None:
    commands = [{"command": command, "description": description}]
    refused = await error(loopback, "setMyCommands", commands=commands)
    assert refused == (400, f"Bad Request: {refusal}")
    bot_api_violations.clear()


async def test_texts_fall_back_to_the_default_language(loopback: LoopbackServer) -> None:
    await result(loopback, "setMyDescription", description="English")
    await result(loopback, "setMyDescription", description="Deutsch", language_code="de")
    assert await result(loopback, "getMyDescription", language_code="de") == {
        "description": "Deutsch"
    }
    assert await result(loopback, "getMyDescription", language_code="fr") == {
        "description": "English"
    }


async def test_members(loopback: LoopbackServer, alice: Person) -> None:
    boris = loopback.user("Boris")
    group = loopback.group("Friends", members=[alice, boris])
    group.add(loopback.bot)
    where = {"chat_id": group.chat_id}
    assert await result(loopback, "getChatMemberCount", **where) == 3
    admins = await result(loopback, "getChatAdministrators", **where)
    assert [admin["user"]["id"] for admin in admins] == [alice.user_id]
    member = await result(loopback, "getChatMember", user_id=boris.user_id, **where)
    assert member["status"] == "member"
    await result(loopback, "leaveChat", **where)
    assert await error(loopback, "getChatMemberCount", **where) == (
        403,
        "Forbidden: bot is not a member of the supergroup chat",
    )


async def test_a_wrong_token_and_a_wrong_method(
    loopback: LoopbackServer, bot_api_violations: list[str]
) -> None:
    async with aiohttp.ClientSession() as session:
        async with session.get(f"{loopback.base_url}1:wrong/getMe") as answer:
            assert answer.status == 401
            assert await answer.json() == {
                "ok": False,
                "error_code": 401,
                "description": "Unauthorized",
            }
        async with session.get(f"{loopback.base_url}{loopback.token}/getYou") as answer:
            assert answer.status == 404
            assert (await answer.json())["description"] == "Not Found: method not found"
    assert bot_api_violations == ["getYou: unknown method"]
    bot_api_violations.clear()


async def test_flood_control_says_how_long_in_body_and_header(
    loopback: LoopbackServer, alice: Person
) -> None:
    loopback.fail(Fault("sendMessage", code=429, retry_after_s=3))
    url = f"{loopback.base_url}{loopback.token}/sendMessage"
    values = {"chat_id": alice.user_id, "text": "x"}
    async with aiohttp.ClientSession() as session, session.post(url, json=values) as answer:
        assert (answer.status, answer.headers["Retry-After"]) == (429, "3")
        assert await answer.json() == {
            "ok": False,
            "error_code": 429,
            "description": "Too Many Requests: retry after 3",
            "parameters": {"retry_after": 3},
        }


async def test_only_this_machine_can_reach_it(loopback: LoopbackServer) -> None:
    assert loopback.base_url.startswith("http://127.0.0.1:")


async def test_calls_are_kept_in_order_with_their_answers(
    loopback: LoopbackServer, alice: Person
) -> None:
    await call(loopback, "getMe")
    await call(loopback, "sendMessage", chat_id=alice.user_id, text="x")
    first, second = loopback.calls
    assert (first.method, first.status) == ("getMe", 200)
    assert (second.chat_id, second.parameters.text("text")) == (alice.user_id, "x")
    assert loopback.calls.to("sendmessage") == [second]


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("application/json", b"{"),
        ("application/json", b"[1]"),
        ("multipart/form-data", b"x"),
        ("multipart/form-data; boundary=b", b"x"),
        ("application/x-www-form-urlencoded; charset=klingon", b"text=x"),
    ],
)
async def test_a_body_that_nobody_can_read(
    loopback: LoopbackServer, bot_api_violations: list[str], content_type: str, body: bytes
) -> None:
    url = f"{loopback.base_url}{loopback.token}/sendMessage"
    headers = {"Content-Type": content_type}
    async with (
        aiohttp.ClientSession() as session,
        session.post(url, data=body, headers=headers) as answer,
    ):
        assert (answer.status, (await answer.json())["ok"]) == (400, False)
    bot_api_violations.clear()


@pytest.mark.parametrize(
    ("verb", "how"),
    [
        ("GET", "params"),
        ("GET", "json"),
        ("POST", "params"),
        ("POST", "data"),
        ("POST", "json"),
        ("PUT", "data"),
    ],
)
async def test_any_verb_and_any_encoding(
    loopback: LoopbackServer, alice: Person, verb: str, how: str
) -> None:
    url = f"{loopback.base_url}{loopback.token}/SENDmessage"
    values = {how: {"chat_id": str(alice.user_id), "text": "x"}}
    async with aiohttp.ClientSession() as session:
        answer = await session.request(verb, url, **values)
        assert (await answer.json())["ok"]
    assert loopback.calls[-1].method == "sendMessage"
