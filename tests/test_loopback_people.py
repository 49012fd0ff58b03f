"""What people do in the local Bot API, and what Telegram's privacy mode lets the bot see of it."""

from collections.abc import Callable
from typing import Any

import pytest
from botapi.client import result

from bot.loopback import ChatKind, LoopbackServer, Message, Person, Room


def told(loopback: LoopbackServer, kind: str = "message") -> list[dict[str, Any]]:
    """Return what the bot would get with its next getUpdates."""
    return [update.payload for update in loopback.world.updates.pending if update.kind == kind]


def texts(loopback: LoopbackServer) -> list[str]:
    return [message["text"] for message in told(loopback) if "text" in message]


@pytest.fixture
def alice(loopback: LoopbackServer) -> Person:
    return loopback.user("Alice", language="de", username="alice_a")


@pytest.fixture
def group(loopback: LoopbackServer, alice: Person) -> Room:
    return loopback.group("Friends", members=[alice, loopback.bot])


def test_a_private_message(loopback: LoopbackServer, alice: Person) -> None:
    alice.says("/start c_17 https://example.org/x")
    (message,) = told(loopback)
    assert message["from"] == {
        "id": alice.user_id,
        "is_bot": False,
        "first_name": "Alice",
        "username": "alice_a",
        "language_code": "de",
    }
    assert message["chat"]["type"] == "private"
    assert [entity["type"] for entity in message["entities"]] == ["bot_command", "url"]


@pytest.mark.parametrize(
    ("text", "sees"),
    [
        ("just talking", False),
        ("ask @hearsay_bot", True),
        ("ask @HEARSAY_BOT", True),
        ("ask @hearsay_bots", False),
        ("/check@hearsay_bot x", True),
        ("/check@other_bot x", False),
        ("/check x", True),
        ("see /check", False),
        ("mail hearsay_bot@hearsay_bot.example", False),
    ],
)
def test_privacy_mode(
    loopback: LoopbackServer, alice: Person, group: Room, text: str, sees: bool
) -> None:
    alice.says(text, in_=group)
    assert texts(loopback) == ([text] if sees else [])


def test_a_bare_command_goes_to_the_bot_that_spoke_last(
    loopback: LoopbackServer, alice: Person, group: Room
) -> None:
    other = loopback.user("Other", username="other_bot", is_bot=True)
    group.add(other)
    other.says("beep", in_=group)
    alice.says("/check x", in_=group)
    assert texts(loopback) == []


async def test_replies_to_the_bot_reach_it(
    loopback: LoopbackServer, alice: Person, group: Room
) -> None:
    await result(loopback, "sendMessage", chat_id=group.chat_id, text="yes?")
    answer = await group.next_message()
    alice.says("about this", in_=group, reply_to=answer)
    (message,) = told(loopback)
    assert message["reply_to_message"]["text"] == "yes?"


def all_messages(loopback: LoopbackServer, _room: Room) -> None:
    loopback.world.reads_all_group_messages = True


def as_admin(loopback: LoopbackServer, room: Room) -> None:
    room.promote(loopback.bot)


@pytest.mark.parametrize("grant", [all_messages, as_admin])
def test_without_privacy_mode_it_sees_everything_but_other_bots(
    loopback: LoopbackServer,
    alice: Person,
    group: Room,
    grant: Callable[[LoopbackServer, Room], None],
) -> None:
    grant(loopback, group)
    other = loopback.user("Other", username="other_bot", is_bot=True)
    group.add(other)
    alice.says("just talking", in_=group)
    other.says("beep @hearsay_bot", in_=group)
    assert texts(loopback) == ["just talking"]


def test_after_it_was_removed_it_sees_nothing_more(
    loopback: LoopbackServer, alice: Person, group: Room
) -> None:
    group.remove(loopback.bot)
    alice.says("hello @hearsay_bot", in_=group)
    (service,) = told(loopback)
    assert service["left_chat_member"]["id"] == loopback.bot.user_id
    (change,) = told(loopback, "my_chat_member")
    assert change["new_chat_member"]["status"] == "kicked"


def test_being_added(loopback: LoopbackServer, alice: Person) -> None:
    group = loopback.group("Friends", members=[alice], kind=ChatKind.GROUP)
    group.add(loopback.bot)
    (change,) = told(loopback, "my_chat_member")
    assert (change["old_chat_member"]["status"], change["new_chat_member"]["status"]) == (
        "left",
        "member",
    )
    (service,) = told(loopback)
    assert service["new_chat_members"][0]["username"] == "hearsay_bot"


def test_a_channel_post(loopback: LoopbackServer) -> None:
    channel = loopback.channel("News")
    channel.add(loopback.bot)
    channel.promote(loopback.bot)
    channel.posts("today")
    (post,) = told(loopback, "channel_post")
    assert (post["text"], post["sender_chat"]["title"]) == ("today", "News")


def test_forwards_name_their_origin(loopback: LoopbackServer, alice: Person) -> None:
    boris = loopback.user("Boris")
    alice.forwards("a rumour")
    alice.forwards("a rumour", origin=boris)
    alice.forwards("a rumour", origin=loopback.channel("News"))
    hidden, user, channel = (message["forward_origin"] for message in told(loopback))
    assert (hidden["type"], hidden["sender_user_name"]) == ("hidden_user", "Somebody")
    assert (user["type"], user["sender_user"]["first_name"]) == ("user", "Boris")
    assert (channel["type"], channel["chat"]["title"]) == ("channel", "News")


def test_a_forwarded_message_keeps_its_first_origin(
    loopback: LoopbackServer, alice: Person, group: Room
) -> None:
    first = alice.forwards("a rumour", origin="Carol", in_=group)
    again = alice.forwards(first)
    assert again.origin is not None
    assert again.origin["sender_user_name"] == "Carol"


def test_a_photo_with_a_caption(loopback: LoopbackServer, alice: Person) -> None:
    alice.sends_photo("is this #real")
    (message,) = told(loopback)
    assert message["caption"] == "is this #real"
    assert message["caption_entities"][0]["type"] == "hashtag"
    assert "text" not in message
    assert message["photo"][0]["file_size"] == 1024


async def test_an_edit_by_the_bot_tells_the_bot_nothing(
    loopback: LoopbackServer, alice: Person
) -> None:
    alice.says("hi")
    sent = await result(loopback, "sendMessage", chat_id=alice.user_id, text="one")
    where = {"chat_id": alice.user_id, "message_id": sent["message_id"]}
    await result(loopback, "editMessageText", text="two", **where)
    assert told(loopback, "edited_message") == []
    assert [message.text for message in alice.transcript] == ["hi", "two"]


async def inline_article(loopback: LoopbackServer, alice: Person) -> Message:
    asked = alice.inline("whales")
    article = {
        "type": "article",
        "id": "7",
        "title": "Whales",
        "input_message_content": {"message_text": "<b>Whales</b>", "parse_mode": "HTML"},
        "reply_markup": {"inline_keyboard": [[{"text": "Go", "callback_data": "go"}]]},
    }
    await result(loopback, "answerInlineQuery", inline_query_id=asked.query_id, results=[article])
    return alice.chooses(asked)


async def test_a_chosen_inline_result_is_sent_via_the_bot(
    loopback: LoopbackServer, alice: Person
) -> None:
    message = await inline_article(loopback, alice)
    assert message.html == "<b>Whales</b>"
    (chosen,) = told(loopback, "chosen_inline_result")
    assert (chosen["result_id"], chosen["query"]) == ("7", "whales")
    (seen,) = told(loopback)
    assert seen["via_bot"]["username"] == "hearsay_bot"


async def test_the_bot_edits_an_inline_message_by_its_own_id(
    loopback: LoopbackServer, alice: Person
) -> None:
    message = await inline_article(loopback, alice)
    alice.taps(message, "Go")
    (query,) = told(loopback, "callback_query")
    assert "message" not in query
    inline_id = query["inline_message_id"]
    assert await result(loopback, "editMessageText", inline_message_id=inline_id, text="More")
    assert message.text == "More"


def test_an_anonymous_administrator_writes_as_the_group(
    loopback: LoopbackServer, group: Room
) -> None:
    group.says_anonymously("/check@hearsay_bot x")
    (message,) = told(loopback)
    assert message["from"]["username"] == "GroupAnonymousBot"
    assert message["sender_chat"]["id"] == group.chat_id


def test_something_without_words(loopback: LoopbackServer, alice: Person) -> None:
    alice.sends(location={"latitude": 1.5, "longitude": 2.5})
    (message,) = told(loopback)
    assert message["location"]["latitude"] == 1.5


async def sent_with(loopback: LoopbackServer, alice: Person, **button: str) -> Message:
    alice.says("hi")
    markup = {"inline_keyboard": [[{"text": "Go"} | button]]}
    await result(loopback, "sendMessage", chat_id=alice.user_id, text="x", reply_markup=markup)
    return await alice.next_message()


async def test_a_tap_carries_data_message_and_person(
    loopback: LoopbackServer, alice: Person
) -> None:
    message = await sent_with(loopback, alice, callback_data="v1:go")
    alice.taps(message, "Go")
    (query,) = told(loopback, "callback_query")
    assert (query["data"], query["from"]["id"]) == ("v1:go", alice.user_id)
    assert query["message"]["message_id"] == message.message_id


async def test_a_tap_on_a_deleted_message_has_no_date(
    loopback: LoopbackServer, alice: Person
) -> None:
    message = await sent_with(loopback, alice, callback_data="v1:go")
    alice.deletes(message)
    alice.taps(message, 0)
    (query,) = told(loopback, "callback_query")
    assert query["message"]["date"] == 0


async def test_any_app_can_send_any_data(loopback: LoopbackServer, alice: Person) -> None:
    message = await sent_with(loopback, alice, callback_data="v1:go")
    alice.taps(message, 0, forged_data="v1:other")
    (query,) = told(loopback, "callback_query")
    assert query["data"] == "v1:other"


async def test_buttons_that_cannot_be_tapped(loopback: LoopbackServer, alice: Person) -> None:
    message = await sent_with(loopback, alice, url="https://example.org/")
    with pytest.raises(ValueError, match="sends nothing to the bot"):
        alice.taps(message, "Go")
    with pytest.raises(LookupError, match=r"no button 'Stop'; the message has \['Go'\]"):
        alice.taps(message, "Stop")


def test_apps_cut_the_space_around_a_message(loopback: LoopbackServer, alice: Person) -> None:
    assert alice.says("  /start \n").text == "/start"
    with pytest.raises(ValueError, match="cannot send an empty message"):
        alice.says(" \n")


def test_people_speak_only_where_they_can(loopback: LoopbackServer, alice: Person) -> None:
    group = loopback.group("Others")
    with pytest.raises(ValueError, match="Alice is not in 'Others'"):
        alice.says("hi", in_=group)
    alice.says("hi")
    alice.blocks()
    with pytest.raises(ValueError, match="Alice has blocked the bot"):
        alice.says("hi")
