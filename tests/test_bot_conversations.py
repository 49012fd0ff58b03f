"""Conversations with the whole bot over real HTTP, against the local Bot API."""

import asyncio
import logging

import pytest
from botworld import TOKEN, UMBRELLAS, BotWorld, FakeLookup, matched, nothing, running, similar

from bot.loopback import Call, ChatKind, Fault, LoopbackServer, Person, Room
from bot.seals import Seals
from bot.workers import Workers
from index import SnapshotError

CLAIM = "a court in Brazil banned umbrellas"


def knows(*questions: str) -> FakeLookup:
    return FakeLookup({question: matched(question) for question in questions or (CLAIM,)})


def room(server: LoopbackServer, *people: Person) -> Room:
    return server.group("Beach people", members=[*people, server.bot])


async def test_a_private_question_gets_the_claim_with_status_and_sourcing() -> None:
    async with running(knows()) as world:
        alice = world.server.user("Alice")
        alice.says(CLAIM)
        reply = await alice.next_message()
    assert UMBRELLAS.text in reply.text
    assert "Denied by the court, 4 March 2021" in reply.text
    assert "fact-checked as Made up by Check Brazil, 9 March 2021" in reply.text
    assert "Beach Gazette (2 Mar 2021, in Portuguese), based on “a court clerk”" in reply.text
    assert "Searched 13,204 claims, archive as of 22 November 2026." in reply.text


async def test_a_private_answer_does_not_quote_what_was_just_typed() -> None:
    async with running(knows()) as world:
        alice = world.server.user("Alice")
        alice.says(CLAIM)
        assert (await alice.next_message()).reply_to is None


async def test_a_forwarded_message_is_looked_up_and_quoted_in_the_reply() -> None:
    async with running(knows()) as world:
        alice = world.server.user("Alice")
        forwarded = alice.forwards(CLAIM, "A channel")
        reply = await alice.next_message()
    assert UMBRELLAS.text in reply.text
    assert reply.reply_to is forwarded


async def test_a_caption_is_looked_up() -> None:
    async with running(knows()) as world:
        alice = world.server.user("Alice")
        alice.sends_photo(CLAIM)
        assert UMBRELLAS.text in (await alice.next_message()).text


async def test_a_picture_without_caption_gets_told_what_the_bot_can_read() -> None:
    async with running() as world:
        alice = world.server.user("Alice")
        alice.sends_photo()
        assert (await alice.next_message()).text.startswith("I can only read text.")
        assert world.lookup.asked == []


async def test_is_this_true_in_reply_to_a_message_asks_about_that_message() -> None:
    async with running(knows()) as world:
        alice = world.server.user("Alice")
        rumour = alice.forwards(CLAIM)
        await alice.next_message()
        alice.says("Is this true?!", reply_to=rumour)
        await alice.next_message()
        assert world.lookup.asked == [CLAIM, CLAIM]


async def test_a_similar_claim_is_called_another_one_and_the_difference_is_named() -> None:
    question = "a court in Chile banned umbrellas"
    async with running(FakeLookup({question: similar(question)})) as world:
        alice = world.server.user("Alice")
        alice.says(question)
        reply = await alice.next_message()
    assert reply.text.startswith("Not the same claim.")
    assert "Your question is about Chile; the archived claim is about Brazil." in reply.text
    assert "not about your question" in reply.text


async def test_nothing_known_says_what_was_searched_and_that_it_proves_nothing() -> None:
    async with running() as world:
        alice = world.server.user("Alice")
        alice.says("a lake in Peru turned into lemonade")
        reply = await alice.next_message()
    assert reply.text.startswith("Nothing known about this.")
    assert "proves nothing either way" in reply.text
    assert "Searched 13,204 claims, archive as of 22 November 2026." in reply.text


@pytest.mark.parametrize("greeting", ["hello", "Hi!!", "thank you", "👍", "..."])
async def test_a_greeting_gets_a_hint_what_to_send(greeting: str) -> None:
    async with running() as world:
        alice = world.server.user("Alice")
        alice.says(greeting)
        assert "Send me a claim" in (await alice.next_message()).text


@pytest.mark.parametrize(
    ("command", "begins"),
    [
        ("/start", "Heard something"),
        ("/help", "How to ask"),
        ("/privacy", "What happens to what you send"),
        ("/check", "/check looks up a claim."),
        ("/nonsense", "I do not know that command."),
        ("/start something", "Heard something"),
        ("/start c_../../etc", "Heard something"),
    ],
)
async def test_a_command_answers(command: str, begins: str) -> None:
    async with running() as world:
        alice = world.server.user("Alice")
        alice.says(command)
        assert (await alice.next_message()).text.startswith(begins)


async def test_about_tells_size_date_and_models() -> None:
    async with running() as world:
        alice = world.server.user("Alice")
        alice.says("/about")
        text = (await alice.next_message()).text
    assert "Archive: 13,204 claims, as of 22 November 2026." in text
    assert "Search models: model-a, model-b." in text
    assert "sample" not in text


async def test_check_looks_up_the_words_after_it() -> None:
    async with running(knows()) as world:
        alice = world.server.user("Alice")
        alice.says(f"/check {CLAIM}")
        assert UMBRELLAS.text in (await alice.next_message()).text


async def test_a_deep_link_shows_the_claim_without_calling_it_a_match() -> None:
    async with running() as world:
        alice = world.server.user("Alice")
        alice.says("/start c_umbrella1")
        reply = await alice.next_message()
    assert reply.text.startswith("A claim from the archive")
    assert UMBRELLAS.text in reply.text
    assert "Searched" not in reply.text


async def test_a_deep_link_to_a_claim_that_is_gone_says_so() -> None:
    async with running() as world:
        alice = world.server.user("Alice")
        alice.says("/start c_nosuch")
        assert "not in this archive" in (await alice.next_message()).text


async def test_check_in_a_group_looks_up_the_message_it_replies_to_and_replies_once() -> None:
    async with running(knows()) as world:
        alice, bob = world.server.user("Alice"), world.server.user("Bob")
        group = room(world.server, alice, bob)
        rumour = bob.says(CLAIM, in_=group)
        asked = alice.says("/check", in_=group, reply_to=rumour)
        reply = await group.next_message()
        await world.counter.finished(1)
        assert len(group.from_bot) == 1
    assert UMBRELLAS.text in reply.text
    assert reply.reply_to is asked


async def test_check_with_a_quote_looks_up_the_quote() -> None:
    async with running(knows()) as world:
        alice = world.server.user("Alice")
        group = room(world.server, alice)
        long = alice.says(f"Good morning. {CLAIM}. See you.", in_=group)
        alice.says("/check", in_=group, reply_to=long, quote=CLAIM)
        await group.next_message()
        assert world.lookup.asked == [CLAIM]


async def test_check_in_reply_to_a_picture_says_that_it_has_no_text() -> None:
    async with running() as world:
        alice = world.server.user("Alice")
        picture = alice.sends_photo()
        await alice.next_message()
        alice.says("/check", reply_to=picture)
        assert "no text that I could look up" in (await alice.next_message()).text


@pytest.mark.parametrize("command", ["/check", "/check@hearsay_bot", "/CHECK@Hearsay_Bot"])
async def test_check_as_the_caption_of_a_picture_looks_up_the_words_after_it(command: str) -> None:
    async with running(knows()) as world:
        alice = world.server.user("Alice")
        group = room(world.server, alice)
        asked = alice.sends_photo(f"{command} {CLAIM}", in_=group)
        reply = await group.next_message()
        assert world.lookup.asked == [CLAIM]
    assert reply.reply_to is asked


async def test_check_as_a_caption_in_reply_to_a_message_looks_that_up() -> None:
    async with running(knows()) as world:
        alice = world.server.user("Alice")
        group = room(world.server, alice)
        alice.sends_photo("/check", in_=group, reply_to=alice.says(CLAIM, in_=group))
        await group.next_message()
        assert world.lookup.asked == [CLAIM]


@pytest.mark.parametrize("caption", ["/check@other_bot x", "see /check x", "/checks x", "x"])
async def test_a_caption_that_is_no_check_of_ours_leaves_no_trace(caption: str) -> None:
    async with running(knows()) as world:
        world.server.world.reads_all_group_messages = True
        alice = world.server.user("Alice")
        group = room(world.server, alice)
        alice.sends_photo(caption, in_=group)
        await world.counter.finished(1)
        assert world.lookup.asked == []
        assert group.from_bot == []


async def test_a_mention_in_a_group_is_answered_about_its_own_words() -> None:
    async with running(knows()) as world:
        alice = world.server.user("Alice")
        group = room(world.server, alice)
        asked = alice.says(f"😀 @Hearsay_Bot: {CLAIM}", in_=group)
        reply = await group.next_message()
        assert world.lookup.asked == [f"😀 {CLAIM}"]
    assert reply.reply_to is asked


async def test_words_that_only_point_ask_nothing_without_a_message_to_point_at() -> None:
    async with running() as world:
        alice, bob = world.server.user("Alice"), world.server.user("Bob")
        group = room(world.server, alice, bob)
        alice.says("is this true?")
        assert "Send me a claim" in (await alice.next_message()).text
        bob.says("@hearsay_bot is this true?", in_=group)
        assert (await group.next_message()).text.startswith("Mention me with the claim")
        bob.says("/check is this true?", in_=group)
        assert (await group.next_message()).text.startswith("/check looks up a claim.")
        assert world.lookup.asked == []


@pytest.mark.parametrize("mention", ["@hearsay_bot", "@hearsay_bot is this true?"])
async def test_a_mention_that_only_points_asks_about_the_message_it_replies_to(
    mention: str,
) -> None:
    async with running(knows()) as world:
        alice = world.server.user("Alice")
        group = room(world.server, alice)
        alice.says(mention, in_=group, reply_to=alice.says(CLAIM, in_=group))
        await group.next_message()
        assert world.lookup.asked == [CLAIM]


async def test_a_mention_alone_explains_itself() -> None:
    async with running() as world:
        alice = world.server.user("Alice")
        group = room(world.server, alice)
        alice.says("@hearsay_bot", in_=group)
        assert (await group.next_message()).text.startswith("Mention me with the claim")


async def test_a_group_message_that_is_not_addressed_leaves_no_trace(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG, logger="bot")
    async with running(knows()) as world:
        world.server.world.reads_all_group_messages = True
        alice = world.server.user("Alice")
        group = room(world.server, alice)
        alice.says(CLAIM, in_=group)
        alice.says("/nonsense", in_=group)
        alice.says(f"@another_bot {CLAIM}", in_=group)
        await world.counter.finished(3)
        assert group.from_bot == []
        assert world.lookup.asked == []
    assert "umbrellas" not in caplog.text


async def test_channel_posts_and_edits_of_other_commands_are_harmless() -> None:
    async with running(knows()) as world:
        alice = world.server.user("Alice")
        channel = world.server.group("News", [alice, world.server.bot], kind=ChatKind.CHANNEL)
        asked = alice.says(CLAIM)
        await alice.next_message()
        alice.edits(asked, "/about something else")
        channel.posts(f"@hearsay_bot {CLAIM}")
        alice.says("/help")
        assert (await alice.next_message()).text.startswith("How to ask")
        assert world.lookup.asked == [CLAIM]
        assert channel.from_bot == []


async def test_the_full_sourcing_button_shows_sites_and_summaries() -> None:
    async with running(knows()) as world:
        alice = world.server.user("Alice")
        alice.says(CLAIM)
        asked = alice.taps(await alice.next_message(), "🔎 Full sourcing")
        reply = await alice.next_message()
        assert asked.is_answered
    assert reply.text.startswith("Full sourcing")
    assert "gazette.example" in reply.text
    assert "No such ruling exists." in reply.text
    assert "https://t.me/hearsay_bot?start=c_umbrella1" in reply.text


async def test_other_close_claims_are_numbered_and_each_can_be_opened() -> None:
    async with running(knows()) as world:
        alice = world.server.user("Alice")
        alice.says(CLAIM)
        alice.taps(await alice.next_message(), "Other close claims (1)")
        listed = await alice.next_message()
        alice.taps(listed, "1")
        card = await alice.next_message()
    assert "1. Snow fell in Cairo in July 2019." in listed.text
    assert card.text.startswith("A claim from the archive")
    assert "no response known as of 22 November 2026" in card.text


@pytest.mark.parametrize(
    "data",
    ["s:umbrella1", "1AAAAAAAAs:umbrella1", "s:", "s:a.b", "s:../etc", "s:UMBRELLA1", "s:a\n"],
)
async def test_a_forged_button_is_called_too_old(data: str) -> None:
    async with running(knows()) as world:
        alice = world.server.user("Alice")
        alice.says(CLAIM)
        asked = alice.taps(await alice.next_message(), 0, forged_data=data)
        assert (await asked.answer())["text"].startswith("This button is too old.")


async def test_a_button_of_a_claim_that_is_gone_says_so() -> None:
    async with running(knows()) as world:
        alice = world.server.user("Alice")
        alice.says(CLAIM)
        gone = Seals(TOKEN).seal("s:nosuch", alice.chat_id)
        asked = alice.taps(await alice.next_message(), 0, forged_data=gone)
        assert (await asked.answer())["text"] == "That claim is no longer in the archive."


async def test_a_tap_on_a_message_that_telegram_no_longer_shows_still_works() -> None:
    async with running(knows()) as world:
        alice = world.server.user("Alice")
        alice.says(CLAIM)
        card = await alice.next_message()
        alice.deletes(card)
        alice.taps(card, 0)
        assert (await alice.next_message()).text.startswith("Full sourcing")


@pytest.mark.parametrize(
    "hostile",
    [
        "<b>bold</b> & <script>alert(1)</script>",
        "\u202eevil\u202c \u200b\u200b <a href='javascript:x'>x</a>",
        "a" * 4096,
        "& < > \" ' " * 300,
        "\U0001f600" * 500,
        "e" + "\u0301" * 300 + " tower of marks",
    ],
)
async def test_hostile_text_is_answered_like_any_other(hostile: str) -> None:
    async with running(FakeLookup({hostile: matched(hostile)})) as world:
        alice = world.server.user("Alice")
        alice.says(hostile)
        reply = await alice.next_message()
    assert "<script>" not in reply.html
    assert len(reply.text) <= 4096


async def test_when_too_many_ask_at_once_the_rest_is_told_to_come_back() -> None:
    lookup = FakeLookup()
    lookup.gate.clear()
    async with running(lookup, workers=lambda: Workers(1, 1, 20.0)) as world:
        people = [world.server.user(name) for name in ("Alice", "Bob", "Carol")]
        for person in people:
            person.says(f"{person.user.first_name} has heard that lakes turn into lemonade")
        await world.counter.finished(1)
        texts = [person.from_bot[0].text for person in people if person.from_bot]
        assert len(texts) == 1
        assert texts[0].startswith("I am busy")
        lookup.gate.set()
        await world.counter.finished(3)


async def test_a_lookup_that_takes_too_long_is_given_up() -> None:
    lookup = FakeLookup()
    lookup.gate.clear()
    async with running(lookup, workers=lambda: Workers(1, 1, 0.05)) as world:
        alice = world.server.user("Alice")
        alice.says("a lake in Peru turned into lemonade")
        assert (await alice.next_message()).text.startswith("I am busy")
        lookup.gate.set()


async def test_typing_is_shown_in_private_while_a_lookup_is_slow() -> None:
    lookup = FakeLookup()
    lookup.gate.clear()
    async with running(lookup, typing_after_s=0.0) as world:
        shown = asyncio.Event()
        record = world.server.calls.record

        def watch(call: Call) -> None:
            record(call)
            if call.method == "sendChatAction":
                shown.set()

        world.server.calls.record = watch
        alice = world.server.user("Alice")
        alice.says("a lake in Peru turned into lemonade")
        async with asyncio.timeout(10):
            await shown.wait()
        lookup.gate.set()
        assert (await alice.next_message()).text.startswith("Nothing known")


async def test_no_typing_in_groups() -> None:
    async with running(knows(), typing_after_s=0.0) as world:
        alice = world.server.user("Alice")
        group = room(world.server, alice)
        alice.says(f"/check {CLAIM}", in_=group)
        await group.next_message()
        assert world.server.calls.to("sendChatAction") == []


@pytest.mark.parametrize("error", [SnapshotError("damaged"), RuntimeError(CLAIM)])
async def test_a_failing_lookup_gets_one_calm_line_and_a_log_without_the_text(
    error: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    async with running(FakeLookup(error=error)) as world:
        alice = world.server.user("Alice")
        alice.says(CLAIM)
        reply = await alice.next_message()
        await world.counter.finished(1)
        assert len(alice.from_bot) == 1
    assert reply.text.startswith("Something went wrong on my side")
    assert type(error).__name__ in caplog.text
    assert "umbrellas" not in caplog.text


async def test_a_failing_lookup_answers_the_tap() -> None:
    async with running(knows()) as world:
        alice = world.server.user("Alice")
        alice.says(CLAIM)
        card = await alice.next_message()
        world.lookup.error = SnapshotError("damaged")
        answer = await alice.taps(card, 0).answer()
    assert answer["text"].startswith("Something went wrong.")


async def test_a_user_who_blocks_the_bot_does_no_harm() -> None:
    lookup = knows()
    lookup.gate.clear()
    async with running(lookup) as world:
        alice, bob = world.server.user("Alice"), world.server.user("Bob")
        alice.says(CLAIM)
        alice.blocks()
        lookup.gate.set()
        await world.counter.finished(1)
        bob.says(CLAIM)
        assert UMBRELLAS.text in (await bob.next_message()).text
        assert alice.from_bot == []


async def test_refused_markup_is_sent_as_plain_text() -> None:
    async with running(knows()) as world:
        refusal = 'can\'t parse entities: Unsupported start tag "b" at byte offset 0'
        world.server.fail(Fault("sendMessage", code=400, description=refusal))
        alice = world.server.user("Alice")
        alice.says(CLAIM)
        reply = await alice.next_message()
    assert reply.entities == () or all(entity.kind == "url" for entity in reply.entities)
    assert "Check Brazil (https://check.example/umbrellas)" in reply.text
    assert reply.buttons


async def test_a_group_where_the_bot_may_not_write_is_left_in_peace(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO, logger="bot")
    async with running(knows()) as world:
        alice = world.server.user("Alice")
        group = room(world.server, alice)
        group.restrict(world.server.bot)
        alice.says(f"/check {CLAIM}", in_=group)
        await world.counter.finished(1)
        assert group.from_bot == []
    assert "may not write" in caplog.text


async def test_the_menu_is_set_once_for_each_kind_of_chat() -> None:
    async with running() as world:
        commands = world.server.world.profile.commands
        private = commands[('{"type": "all_private_chats"}', "")]
        groups = commands[('{"type": "all_group_chats"}', "")]
    assert [each["command"] for each in private] == [
        "check", "watching", "help", "about", "privacy", "my_data", "forget_me", "language",
        "start",
    ]  # fmt: skip
    assert [each["command"] for each in groups] == ["check", "help", "about", "privacy"]


async def test_no_token_and_no_text_reaches_the_logs(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    async with running(knows()) as world:
        alice = world.server.user("Alice")
        alice.says(CLAIM)
        await alice.next_message()
    ours = [record.getMessage() for record in caplog.records if record.name.startswith("bot")]
    assert not any("umbrellas" in line or TOKEN in line for line in ours)


async def test_two_questions_are_answered_to_those_who_asked() -> None:
    first, second = "lakes turned into lemonade", "rivers turned into tea"
    async with running(FakeLookup({first: matched(first), second: nothing(second)})) as world:
        alice, bob = world.server.user("Alice"), world.server.user("Bob")
        alice.says(first)
        bob.says(second)
        assert UMBRELLAS.text in (await alice.next_message()).text
        assert (await bob.next_message()).text.startswith("Nothing known")


async def test_a_group_that_became_a_supergroup_meanwhile_still_gets_its_answer() -> None:
    lookup = knows()
    lookup.gate.clear()
    async with running(lookup) as world:
        alice = world.server.user("Alice")
        group = world.server.group("Old", [alice, world.server.bot], kind=ChatKind.GROUP)
        alice.says(f"/check {CLAIM}", in_=group)
        group.migrate()
        lookup.gate.set()
        assert UMBRELLAS.text in (await group.next_message()).text


async def test_a_refused_message_is_reported_with_one_calm_line() -> None:
    async with running(knows()) as world:
        world.server.fail(Fault("sendMessage", code=400, description="BUTTON_DATA_INVALID"))
        alice = world.server.user("Alice")
        alice.says(CLAIM)
        assert (await alice.next_message()).text.startswith("Something went wrong on my side")


def raw(world: BotWorld, group: Room, text: str, **fields: object) -> None:
    """Let a group get a message that no person of the local Bot API can write."""
    command = {"type": "bot_command", "offset": 0, "length": len("/check")}
    mention = {"type": "mention", "offset": 0, "length": len("@hearsay_bot")}
    message = {
        "message_id": group.chat.next_message_id(),
        "date": world.server.world.now(),
        "chat": group.chat.to_json(),
        "text": text,
        "entities": [command if text.startswith("/") else mention],
    }
    world.server.world.updates.push("message", message | fields, group.chat_id)


ANONYMOUS = {"id": 1087968824, "is_bot": True, "first_name": "Group"}


async def test_an_anonymous_admin_is_answered() -> None:
    async with running(knows()) as world:
        group = room(world.server, world.server.user("Alice"))
        sender = {"from": ANONYMOUS, "sender_chat": group.chat.to_json()}
        raw(world, group, f"/check {CLAIM}", **sender)
        assert UMBRELLAS.text in (await group.next_message()).text


@pytest.mark.parametrize(
    "fields",
    [
        {"from": {"id": 99, "is_bot": True, "first_name": "Another bot"}},
        {
            "from": {"id": 777000, "is_bot": False, "first_name": "Telegram"},
            "is_automatic_forward": True,
        },
        {"from": {"id": 98, "is_bot": False, "first_name": "X"}, "via_bot": ANONYMOUS},
        {},
    ],
)
async def test_what_no_person_wrote_is_not_answered(fields: dict[str, object]) -> None:
    async with running(knows()) as world:
        group = room(world.server, world.server.user("Alice"))
        raw(world, group, f"/check {CLAIM}", **fields)
        raw(world, group, f"@hearsay_bot {CLAIM}", **fields)
        await world.counter.finished(2)
        assert group.from_bot == []
        assert world.lookup.asked == []


async def test_a_quote_from_another_chat_is_what_a_private_message_asks_about() -> None:
    async with running(knows()) as world:
        alice = world.server.user("Alice")
        alice.says("/help")
        await alice.next_message()
        origin = {"type": "hidden_user", "sender_user_name": "Y", "date": 1}
        message = {
            "message_id": alice.chat.next_message_id(),
            "date": world.server.world.now(),
            "chat": alice.chat.to_json(),
            "from": alice.user.to_json(),
            "text": "what do you say to that?",
            "external_reply": {"origin": origin},
            "quote": {"text": CLAIM, "position": 0},
        }
        world.server.world.updates.push("message", message, alice.chat_id)
        assert UMBRELLAS.text in (await alice.next_message()).text


async def test_check_in_reply_to_the_bot_itself_explains() -> None:
    async with running(knows()) as world:
        alice = world.server.user("Alice")
        alice.says(CLAIM)
        alice.says("/check", reply_to=await alice.next_message())
        assert (await alice.next_message()).text.startswith("/check looks up a claim.")
