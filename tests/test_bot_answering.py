"""Where and to whom an answer goes: edits, groups, topics, and what only the asker sees."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from botworld import (
    CLAIMS,
    UMBRELLAS,
    BotWorld,
    FakeLookup,
    matched,
    nothing,
    running,
    similar,
)

from bot.loopback import Fault, Message, Person, Room
from bot.state import MIGRATIONS, StateDb
from bot.state.answered import Answered
from bot.state.watches import Watches
from bot.watching.service import MAX_WATCHES
from index import Candidate, Claim

CLAIM = "a court in Brazil banned umbrellas"
OTHER = "a court in Chile banned umbrellas"
UNKNOWN = "a lake in Peru turned into lemonade"


def knows() -> FakeLookup:
    return FakeLookup({CLAIM: matched(CLAIM), OTHER: similar(OTHER)})


def room(world: BotWorld, *people: Person, is_forum: bool = False) -> Room:
    members = [*people, world.server.bot]
    return world.server.group("Beach people", members=members, is_forum=is_forum)


def passed_on(world: BotWorld) -> list[tuple[object, ...]]:
    """What was passed on to the editors."""
    assert world.deps.questions is not None
    return [
        (each.user_id, each.chat_id, each.text, each.reason, each.shown_claim_id)
        for each in world.deps.questions.open()
    ]


def watched(world: BotWorld, person: Person) -> list[tuple[str, str]]:
    """What a person watches."""
    watches = Watches(world.state).of(person.user_id)
    return [(each.kind, each.claim_id or each.text) for each in watches]


async def test_an_edited_private_question_edits_the_answer() -> None:
    async with running(knows()) as world:
        alice = world.server.user("Alice")
        asked = alice.says(UNKNOWN)
        answer = await alice.next_message()
        alice.edits(asked, CLAIM)
        edited = await alice.next_edit()
        assert edited is answer
        assert UMBRELLAS.text in edited.text
        assert len(alice.from_bot) == 1


async def test_a_corrected_check_in_a_group_edits_the_answer() -> None:
    async with running(knows()) as world:
        alice = world.server.user("Alice")
        group = room(world, alice)
        asked = alice.says(f"/check {UNKNOWN}", in_=group)
        answer = await group.next_message()
        alice.edits(asked, f"/check {CLAIM}")
        assert await group.next_edit() is answer
        assert UMBRELLAS.text in answer.text


async def test_an_edit_that_mentions_the_bot_for_the_first_time_is_answered() -> None:
    async with running(knows()) as world:
        alice = world.server.user("Alice")
        group = room(world, alice)
        asked = alice.says(CLAIM, in_=group)
        alice.edits(asked, f"@hearsay_bot {CLAIM}")
        assert (await group.next_message()).reply_to is asked


async def test_an_edit_that_changes_nothing_does_no_harm() -> None:
    async with running(knows()) as world:
        alice = world.server.user("Alice")
        asked = alice.says(CLAIM)
        await alice.next_message()
        alice.edits(asked, CLAIM)
        await world.counter.finished(2)
        assert len(alice.from_bot) == 1


async def test_an_edit_whose_answer_was_deleted_is_answered_again() -> None:
    async with running(knows()) as world:
        alice = world.server.user("Alice")
        asked = alice.says(UNKNOWN)
        alice.deletes(await alice.next_message())
        alice.edits(asked, CLAIM)
        assert UMBRELLAS.text in (await alice.next_message()).text


async def test_an_edit_of_a_message_that_nobody_can_edit_any_more_is_ignored() -> None:
    async with running(knows()) as world:
        alice = world.server.user("Alice")
        asked = alice.says("/help")
        await alice.next_message()
        asked.date -= 49 * 3600
        alice.edits(asked, CLAIM)
        await world.counter.finished(2)
        assert world.lookup.asked == []


def test_answers_are_remembered_for_48_hours_as_numbers_only() -> None:
    now = datetime(2026, 11, 22, tzinfo=UTC)
    with StateDb(None, MIGRATIONS) as db:
        answered = Answered(db, lambda: now)
        answered.remember(5, 1, 2, user_id=7)
        now += timedelta(hours=47)
        assert answered.reply_to(5, 1) == 2
        assert answered.reply_to(6, 1) is None
        now += timedelta(hours=1)
        assert answered.reply_to(5, 1) is None
        answered.remember(5, 3, 4, user_id=None)
        assert [tuple(row)[:4] for row in db.rows("select * from answered")] == [(5, 3, 4, None)]


def test_a_person_can_be_forgotten() -> None:
    with StateDb(None, MIGRATIONS) as db:
        answered = Answered(db)
        answered.remember(5, 1, 2, user_id=7)
        assert answered.forget(7) == 1
        assert answered.reply_to(5, 1) is None


async def test_a_weak_answer_in_a_group_whose_admin_is_the_bot_is_seen_by_the_asker_only() -> None:
    async with running(knows()) as world:
        alice = world.server.user("Alice")
        group = room(world, alice)
        group.promote(world.server.bot)
        alice.says(f"/check {OTHER}", in_=group)
        seen = await group.next_whisper()
        await world.counter.finished(1)
        assert seen.receiver is alice.user
        assert seen.text.startswith("Not the same claim.")
        assert "Denied by the court" in seen.text
        assert group.from_bot == []


async def test_elsewhere_a_weak_answer_is_one_short_reply() -> None:
    async with running(knows()) as world:
        alice = world.server.user("Alice")
        group = room(world, alice)
        asked = alice.says(f"/check {OTHER}", in_=group)
        reply = await group.next_message()
        assert reply.reply_to is asked
        assert reply.text.startswith("Not the same claim.")
        assert "Your question is about Chile; the archived claim is about Brazil." in reply.text
        assert "Denied by" not in reply.text
        alice.taps(reply, "🔎 Show that claim")
        seen = await group.next_whisper()
        assert seen.receiver is alice.user
        assert "Denied by the court" in seen.text
        assert len(group.from_bot) == 1


async def test_nothing_known_in_a_group_is_said_in_two_lines() -> None:
    async with running(knows()) as world:
        alice = world.server.user("Alice")
        group = room(world, alice)
        alice.says(f"@hearsay_bot {UNKNOWN}", in_=group)
        reply = await group.next_message()
    assert reply.text == (
        "Nothing known about this. That proves nothing either way.\n\n"
        "Searched 13,204 claims, archive as of 22 November 2026."
    )


async def test_a_match_in_a_group_is_for_all() -> None:
    async with running(knows()) as world:
        alice = world.server.user("Alice")
        group = room(world, alice)
        group.promote(world.server.bot)
        alice.says(f"/check {CLAIM}", in_=group)
        assert UMBRELLAS.text in (await group.next_message()).text
        assert group.chat.whispers == []


async def test_an_anonymous_admin_cannot_be_whispered_to_and_gets_the_short_reply() -> None:
    async with running(knows()) as world:
        group = room(world, world.server.user("Alice"))
        group.promote(world.server.bot)
        group.says_anonymously(f"/check {OTHER}")
        assert (await group.next_message()).text.startswith("Not the same claim.")


async def test_the_sourcing_in_a_group_is_shown_to_the_one_who_taps() -> None:
    async with running(knows()) as world:
        alice, bob = world.server.user("Alice"), world.server.user("Bob")
        group = room(world, alice, bob)
        alice.says(f"/check {CLAIM}", in_=group)
        card = await group.next_message()
        asked = bob.taps(card, "🔎 Full sourcing")
        seen = await group.next_whisper()
        await asked.answer()
        assert seen.receiver is bob.user
        assert seen.text.startswith("Full sourcing")
        assert len(group.from_bot) == 1


async def test_where_telegram_takes_no_whisper_the_sourcing_is_a_reply() -> None:
    async with running(knows()) as world:
        alice = world.server.user("Alice")
        group = room(world, alice)
        alice.says(f"/check {CLAIM}", in_=group)
        card = await group.next_message()
        world.server.fail(Fault("sendMessage", code=400, description="USER_NOT_PARTICIPANT"))
        alice.taps(card, "🔎 Full sourcing")
        assert (await group.next_message()).text.startswith("Full sourcing")


async def in_topic(world: BotWorld, group: Room, alice: Person) -> Message:
    rumour = alice.says(CLAIM, in_=group)
    topic = {"message_thread_id": 77, "is_topic_message": True}
    message = {
        "message_id": group.chat.next_message_id(),
        "date": world.server.world.now(),
        "chat": group.chat.to_json(),
        "from": alice.user.to_json(),
        "text": "/check",
        "entities": [{"type": "bot_command", "offset": 0, "length": 6}],
        "reply_to_message": rumour.to_json() | topic,
    }
    world.server.world.updates.push("message", message | topic, group.chat_id)
    return await group.next_message()


async def test_in_a_forum_the_answer_and_what_its_buttons_show_stay_in_the_topic() -> None:
    async with running(knows()) as world:
        alice = world.server.user("Alice")
        group = room(world, alice, is_forum=True)
        card = await in_topic(world, group, alice)
        alice.taps(card, "🔎 Full sourcing")
        seen = await group.next_whisper()
    assert card.extra["message_thread_id"] == 77
    assert seen.extra["message_thread_id"] == 77


@pytest.mark.parametrize(
    "words", ["/check", "/check@hearsay_bot", "@hearsay_bot", "@hearsay_bot ?"]
)
async def test_a_reply_of_just_a_command_or_mention_asks_about_that_message(words: str) -> None:
    async with running(knows()) as world:
        alice, bob = world.server.user("Alice"), world.server.user("Bob")
        group = room(world, alice, bob)
        rumour = bob.says(CLAIM, in_=group)
        asked = alice.says(words, in_=group, reply_to=rumour)
        reply = await group.next_message()
        assert world.lookup.asked == [CLAIM]
        assert reply.reply_to is asked


async def test_a_mention_in_a_caption_is_answered() -> None:
    async with running(knows()) as world:
        alice = world.server.user("Alice")
        group = room(world, alice)
        alice.sends_photo(f"@hearsay_bot {CLAIM}", in_=group)
        assert UMBRELLAS.text in (await group.next_message()).text


async def test_without_anybody_who_keeps_things_there_are_no_such_buttons() -> None:
    async with running(knows()) as world:
        alice = world.server.user("Alice")
        alice.says(CLAIM)
        card = await alice.next_message()
        alice.says(UNKNOWN)
        none = await alice.next_message()
    labels = [button.text for message in (card, none) for row in message.buttons for button in row]
    assert labels == [
        "🔎 Full sourcing",
        "📋 Copy for sharing",
        "Other close claims (1)",
        "🖼 As a picture",
        "Show the nearest claim (1)",
    ]


async def test_nothing_known_can_be_passed_on_with_the_text_that_stands_above_it() -> None:
    async with running(knows(), keeps=True, notifies=True) as world:
        alice = world.server.user("Alice")
        asked = alice.says(UNKNOWN)
        none = await alice.next_message()
        assert none.reply_to is asked
        notice = await alice.taps(none, "📨 Pass the question on").answer()
        assert notice["text"].startswith("Passed on to the editors")
        notice = await alice.taps(none, "🔔 Tell me if this gets answered").answer()
        assert notice["text"].startswith("I will tell you here when a claim")
        assert passed_on(world) == [(alice.user_id, alice.chat_id, UNKNOWN, "unanswered", "")]
        assert watched(world, alice) == [("question", UNKNOWN)]


async def test_a_claim_can_be_watched_and_be_called_not_what_was_asked() -> None:
    async with running(knows(), keeps=True, notifies=True) as world:
        alice = world.server.user("Alice")
        alice.says(CLAIM)
        card = await alice.next_message()
        assert (await alice.taps(card, "🔔 Tell me if this changes").answer())["text"]
        assert (await alice.taps(card, "Not what I asked: tell the editors").answer())["text"]
        assert watched(world, alice) == [("claim", "umbrella1")]
        assert passed_on(world) == [(alice.user_id, alice.chat_id, CLAIM, "not_it", "umbrella1")]


async def test_who_has_too_much_on_record_is_told_so() -> None:
    async with running(knows(), keeps=True, notifies=True) as world:
        alice = world.server.user("Alice")
        assert world.deps.watches is not None
        for n in range(MAX_WATCHES):
            world.deps.watches.watch_question(alice.user_id, alice.chat_id, f"question {n}")
        alice.says(CLAIM)
        notice = await alice.taps(await alice.next_message(), "🔔 Tell me if this changes").answer()
    assert notice["text"].startswith("I could not keep this")


async def test_a_question_that_is_gone_cannot_be_passed_on() -> None:
    async with running(knows(), keeps=True, notifies=True) as world:
        alice = world.server.user("Alice")
        asked = alice.says(UNKNOWN)
        none = await alice.next_message()
        alice.deletes(asked)
        none.reply_to = None
        notice = await alice.taps(none, "📨 Pass the question on").answer()
        assert notice["text"] == "I can no longer see the question. Please send it again."
        assert passed_on(world) == []


async def test_is_this_true_replies_to_the_rumour_so_that_its_text_is_at_hand() -> None:
    async with running(knows(), keeps=True, notifies=True) as world:
        alice = world.server.user("Alice")
        rumour = alice.forwards(UNKNOWN)
        await alice.next_message()
        alice.says("is this true?", reply_to=rumour)
        none = await alice.next_message()
        assert none.reply_to is rumour
        await alice.taps(none, "📨 Pass the question on").answer()
        assert passed_on(world)[0][2] == UNKNOWN


async def test_in_a_group_only_the_asker_can_pass_the_question_on() -> None:
    async with running(knows(), keeps=True, notifies=True) as world:
        alice, bob = world.server.user("Alice"), world.server.user("Bob")
        group = room(world, alice, bob)
        alice.says(f"@hearsay_bot {UNKNOWN}", in_=group)
        none = await group.next_message()
        notice = await bob.taps(none, "📨 Pass the question on").answer()
        assert notice["text"].startswith("This button is for the one who asked")
        assert passed_on(world) == []
        await alice.taps(none, "📨 Pass the question on").answer()
        assert passed_on(world) == [(alice.user_id, group.chat_id, UNKNOWN, "unanswered", "")]


async def test_a_question_about_another_message_of_a_group_is_not_at_hand_and_not_offered() -> None:
    async with running(knows(), keeps=True, notifies=True) as world:
        alice = world.server.user("Alice")
        group = room(world, alice)
        alice.says("/check", in_=group, reply_to=alice.says(UNKNOWN, in_=group))
        labels = [b.text for row in (await group.next_message()).buttons for b in row]
    assert labels == ["Show the nearest claim (1)"]


async def test_watching_from_a_group_leads_into_the_private_chat_and_begins_there() -> None:
    async with running(knows(), keeps=True, notifies=True) as world:
        alice = world.server.user("Alice")
        group = room(world, alice)
        alice.says(f"/check {CLAIM}", in_=group)
        answer = await alice.taps(await group.next_message(), "🔔 Tell me if this changes").answer()
        assert answer["url"] == "https://t.me/hearsay_bot?start=w_umbrella1"
        assert watched(world, alice) == []
        alice.says("/start w_umbrella1")
        assert (await alice.next_message()).text.startswith("A claim from the archive")
        assert (await alice.next_message()).text.startswith("I will tell you here")
        assert watched(world, alice) == [("claim", "umbrella1")]


async def test_a_link_to_watch_a_claim_that_is_gone_watches_nothing() -> None:
    async with running(knows(), keeps=True, notifies=True) as world:
        alice = world.server.user("Alice")
        alice.says("/start w_nosuch")
        assert "not in this archive" in (await alice.next_message()).text
        await world.counter.finished(1)
        assert watched(world, alice) == []


async def test_a_button_of_one_chat_is_too_old_in_another() -> None:
    async with running(knows()) as world:
        alice, bob = world.server.user("Alice"), world.server.user("Bob")
        alice.says(CLAIM)
        bob.says(CLAIM)
        taken = (await alice.next_message()).button(0).data
        asked = bob.taps(await bob.next_message(), 0, forged_data=taken)
        assert (await asked.answer())["text"].startswith("This button is too old.")


async def test_several_close_claims_are_a_numbered_choice_with_none_of_these() -> None:
    near = (Candidate("umbrella1", UMBRELLAS.text, 0.6), Candidate("snow2", "Snow fell.", 0.58))
    choice = replace(similar(OTHER), candidates=near)
    async with running(FakeLookup({OTHER: choice}), keeps=True, notifies=True) as world:
        alice = world.server.user("Alice")
        alice.says(OTHER)
        listed = await alice.next_message()
        assert listed.text.startswith(
            "I found several claims, none of which clearly says the same."
        )
        assert [b.text for row in listed.buttons for b in row] == [
            "1",
            "2",
            "None of these: tell the editors",
        ]
        alice.taps(listed, "2")
        assert "Snow fell in Cairo" in (await alice.next_message()).text
        await alice.taps(listed, "None of these: tell the editors").answer()
        assert passed_on(world) == [(alice.user_id, alice.chat_id, OTHER, "not_it", "")]


async def test_none_of_these_is_heard_even_if_nobody_keeps_questions() -> None:
    async with running(knows()) as world:
        alice = world.server.user("Alice")
        alice.says(CLAIM)
        alice.taps(await alice.next_message(), "Other close claims (1)")
        notice = await alice.taps(
            await alice.next_message(), "None of these: tell the editors"
        ).answer()
    assert notice["text"].startswith("Then nothing on record here is what you asked.")


async def test_close_claims_have_pages_that_turn_in_place() -> None:
    many = {f"c{n}": Claim(f"c{n}", f"Claim number {n}.") for n in range(1, 8)}
    found = tuple(Candidate(each.id, each.text, 0.2) for each in many.values())
    answer = replace(nothing(UNKNOWN), candidates=found)
    CLAIMS.update(many)
    async with running(FakeLookup({UNKNOWN: answer}), keeps=True, notifies=True) as world:
        alice = world.server.user("Alice")
        alice.says(UNKNOWN)
        alice.taps(await alice.next_message(), "Show the nearest claims (4)")
        listed = await alice.next_message()
        # The list answers the question, so that another page can be looked up.
        assert listed.reply_to is not None
        alice.taps(listed, "More ▶")
        assert await alice.next_edit() is listed
        assert "5. Claim number 5." in listed.text
        assert "Claim number 4." not in listed.text
        assert [b.text for row in listed.buttons for b in row] == [
            "5", "6", "7", "◀ Closer ones", "None of these: tell the editors",
        ]  # fmt: skip
        alice.taps(listed, "◀ Closer ones")
        await alice.next_edit()
        assert "1. Claim number 1." in listed.text
    for claim_id in many:
        del CLAIMS[claim_id]
