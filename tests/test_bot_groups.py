"""Groups: what their admins choose, what is answered unasked, and how groups come, go and move."""

import logging
from datetime import UTC, datetime

import pytest
from botworld import SNOW, UMBRELLAS, BotWorld, FakeLookup, matched, running, similar

from bot.budgets import Rate, Scope
from bot.loopback import ChatKind, Message, Person, Room
from bot.state.chats import Asking, Chats, GroupSettings

CLAIM = "a court in Brazil banned umbrellas"
NOON = datetime(2026, 11, 26, 12, 0, tzinfo=UTC).timestamp()


def knows(*questions: str) -> FakeLookup:
    return FakeLookup({question: matched(question) for question in questions or (CLAIM,)})


def group_of(world: BotWorld, *people: Person, kind: ChatKind = ChatKind.SUPERGROUP) -> Room:
    return world.server.group("Beach people", [*people, world.server.bot], kind=kind)


def choose(world: BotWorld, group: Room, settings: GroupSettings) -> None:
    now = datetime.fromtimestamp(NOON, UTC)
    Chats(world.state).choose(group.chat_id, "supergroup", settings, now)


def chosen(world: BotWorld, group: Room) -> GroupSettings:
    return Chats(world.state).settings(group.chat_id)


async def opened(group: Room, admin: Person) -> Message:
    admin.says("/settings", in_=group)
    return await group.next_message()


async def test_an_admin_changes_settings_with_buttons_in_one_message() -> None:
    async with running() as world:
        alice = world.server.user("Alice")
        group = group_of(world, alice)
        message = await opened(group, alice)
        assert message.text.startswith("Settings of this group")
        assert "Answers: in full" in message.text
        asked = alice.taps(message, "Answer short")
        assert (await asked.answer())["text"] == "Saved."
        assert "Answers: short" in (await group.next_edit()).text
        alice.taps(message, "Let only admins ask")
        await group.next_edit()
        assert chosen(world, group) == GroupSettings(is_short=True, asking=Asking.ADMINS)
        assert len(group.from_bot) == 1


async def test_auto_answer_is_off_until_an_admin_switches_it_on_and_says_what_it_needs() -> None:
    async with running() as world:
        alice = world.server.user("Alice")
        group = group_of(world, alice)
        message = await opened(group, alice)
        alice.taps(message, "Forwarded rumours")
        text = (await group.next_edit()).text
        assert "make me an admin" in text
        assert "switch off privacy mode" in text
        alice.taps(message, "Answer them unasked")
        assert "At most 5 such answers a day." in (await group.next_edit()).text
        alice.taps(message, "10")
        await group.next_edit()
        alice.taps(message, "Quiet hours")
        await group.next_edit()
        alice.taps(message, "22:00")
        assert "22:00 to 6:00 (UTC)" in (await group.next_edit()).text
        assert chosen(world, group) == GroupSettings(
            auto_answer=True, max_auto_a_day=10, quiet_from=22
        )


async def test_a_language_can_be_chosen_and_given_back_to_each_person_s_app() -> None:
    async with running() as world:
        alice = world.server.user("Alice")
        group = group_of(world, alice)
        message = await opened(group, alice)
        alice.taps(message, "Language")
        await group.next_edit()
        alice.taps(message, "English")
        await group.next_edit()
        assert chosen(world, group).language == "en"
        alice.taps(message, "as in each person's app")
        await group.next_edit()
        assert chosen(world, group).language is None


async def test_only_admins_get_the_settings_and_only_admins_can_tap() -> None:
    async with running() as world:
        alice, bob = world.server.user("Alice"), world.server.user("Bob")
        group = group_of(world, alice, bob)
        message = await opened(group, alice)
        assert (await opened(group, bob)).text.startswith("Only this group's admins")
        asked = bob.taps(message, "Answer short")
        assert (await asked.answer())["text"].startswith("Only this group's admins")
        assert chosen(world, group) == GroupSettings()


async def test_who_is_no_admin_any_more_cannot_tap_after_a_minute() -> None:
    now = [NOON]
    async with running(clock=lambda: now[0]) as world:
        alice, bob = world.server.user("Alice"), world.server.user("Bob")
        group = group_of(world, alice, bob)
        group.promote(bob)
        message = await opened(group, bob)
        group.demote(bob)
        await bob.taps(message, "Answer short").answer()
        assert chosen(world, group).is_short
        assert len(world.server.calls.to("getChatMember")) == 1
        now[0] += 61
        asked = bob.taps(message, "Answer in full")
        assert (await asked.answer())["text"].startswith("Only this group's admins")
        assert chosen(world, group).is_short


async def test_an_anonymous_admin_is_an_admin_and_a_channel_is_not() -> None:
    async with running() as world:
        group = group_of(world, world.server.user("Alice"))
        group.says_anonymously("/settings@hearsay_bot")
        assert (await group.next_message()).text.startswith("Settings of this group")
        channel = world.server.channel("News")
        group.says_as_channel(channel, "/settings@hearsay_bot")
        await world.counter.finished(2)
        assert group.from_bot[-1].text.startswith("Only this group's admins")


@pytest.mark.parametrize(
    "data", ["g:cap.999", "g:language.xx", "g:quiet.24", "g:asking.nobody", "g:auto.maybe", "g:x"]
)
async def test_a_forged_choice_changes_nothing(data: str) -> None:
    async with running() as world:
        alice = world.server.user("Alice")
        group = group_of(world, alice)
        message = await opened(group, alice)
        await alice.taps(message, 0, forged_data=data).answer()
        assert chosen(world, group) == GroupSettings()


async def test_in_private_settings_say_where_they_are() -> None:
    async with running() as world:
        alice = world.server.user("Alice")
        alice.says("/settings")
        assert (await alice.next_message()).text.startswith("Settings are for groups")


async def test_done_takes_the_buttons_away() -> None:
    async with running() as world:
        alice = world.server.user("Alice")
        group = group_of(world, alice)
        message = await opened(group, alice)
        alice.taps(message, "Done")
        assert (await group.next_edit()).buttons == ()


async def test_leaving_asks_first_says_goodbye_and_keeps_the_settings_for_a_while() -> None:
    async with running() as world:
        alice = world.server.user("Alice")
        group = group_of(world, alice)
        message = await opened(group, alice)
        alice.taps(message, "Leave this group")
        assert "Shall I leave" in (await group.next_edit()).text
        alice.taps(message, "Yes, leave")
        assert "Goodbye" in (await group.next_edit()).text
        await world.counter.finished(4)  # the last one is the bot's own leaving
        assert len(world.server.calls.to("leaveChat")) == 1
        assert not Chats(world.state).is_active(group.chat_id)


async def test_where_only_admins_may_ask_others_are_told_once_and_admins_are_answered() -> None:
    rates = {Scope.NOTICE: [Rate(1, 3600.0)]}
    async with running(knows(), rates=rates) as world:
        alice, bob = world.server.user("Alice"), world.server.user("Bob")
        group = group_of(world, alice, bob)
        choose(world, group, GroupSettings(asking=Asking.ADMINS))
        bob.says(f"/check {CLAIM}", in_=group)
        assert (await group.next_message()).text.startswith("In this group only admins may ask")
        bob.says(f"/check {CLAIM}", in_=group)
        await world.counter.finished(2)
        assert len(group.from_bot) == 1
        assert world.lookup.asked == []
        alice.says(f"/check {CLAIM}", in_=group)
        assert UMBRELLAS.text in (await group.next_message()).text


async def test_a_short_answer_has_at_most_five_lines() -> None:
    other = "a court in Chile banned umbrellas"
    lookup = FakeLookup({CLAIM: matched(CLAIM), other: similar(other)})
    async with running(lookup) as world:
        alice = world.server.user("Alice")
        group = group_of(world, alice)
        choose(world, group, GroupSettings(is_short=True))
        texts = []
        for question in (CLAIM, other, "a lake turned into lemonade"):
            alice.says(f"/check {question}", in_=group)
            texts.append((await group.next_message()).text)
    assert all(3 <= len(text.splitlines()) <= 5 for text in texts)
    assert "Refuted" in texts[0]
    assert "fact-checked as Made up by Check Brazil" in texts[0]
    assert texts[1].startswith("Not the same claim.")
    assert "not about your question" in texts[1]
    assert "proves nothing either way" in texts[2]


AUTO = GroupSettings(auto_answer=True, max_auto_a_day=2)


async def test_a_forward_of_a_refuted_claim_is_answered_where_that_is_on() -> None:
    async with running(knows()) as world:
        world.server.world.reads_all_group_messages = True
        alice = world.server.user("Alice")
        group = group_of(world, alice)
        choose(world, group, AUTO)
        forwarded = alice.forwards(CLAIM, "A channel", in_=group)
        reply = await group.next_message()
    assert UMBRELLAS.text in reply.text
    assert len(reply.text.splitlines()) <= 5
    assert reply.reply_to is forwarded


async def test_what_was_not_asked_and_is_not_answered_leaves_no_trace(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    near, unanswered = "a court in Chile banned umbrellas", "it snowed in Cairo in umbrellas"
    lookup = FakeLookup({near: similar(near), unanswered: matched(unanswered, SNOW)})
    async with running(lookup) as world:
        world.server.world.reads_all_group_messages = True
        alice = world.server.user("Alice")
        group = group_of(world, alice)
        choose(world, group, AUTO)
        before = [tuple(row) for row in world.state.rows("select * from chats")]
        alice.forwards(near, in_=group)
        alice.forwards(unanswered, in_=group)
        alice.forwards("umbrellas of which nothing is known", in_=group)
        alice.says(f"{CLAIM} and no forward", in_=group)
        await world.counter.finished(4)
        assert group.from_bot == []
        assert f"{CLAIM} and no forward" not in lookup.asked
        assert [tuple(row) for row in world.state.rows("select * from chats")] == before
    assert not any("umbrellas" in record.getMessage() for record in caplog.records
                   if record.name.startswith("bot"))  # fmt: skip


async def test_a_forward_is_not_even_looked_up_where_auto_answer_is_off() -> None:
    async with running(knows()) as world:
        world.server.world.reads_all_group_messages = True
        alice = world.server.user("Alice")
        group = group_of(world, alice)
        alice.forwards(CLAIM, in_=group)
        await world.counter.finished(1)
        assert world.lookup.asked == []
        assert world.state.rows("select * from chats") == []


async def test_the_daily_cap_holds() -> None:
    async with running(knows(), clock=lambda: NOON) as world:
        world.server.world.reads_all_group_messages = True
        alice = world.server.user("Alice")
        group = group_of(world, alice)
        choose(world, group, AUTO)
        for n in range(3):
            alice.forwards(CLAIM, in_=group)
            await world.counter.finished(n + 1)
        assert len(group.from_bot) == 2


@pytest.mark.parametrize(("quiet_from", "n_answers"), [(12, 0), (5, 0), (4, 1), (13, 1)])
async def test_quiet_hours_hold_for_eight_hours(quiet_from: int, n_answers: int) -> None:
    async with running(knows(), clock=lambda: NOON) as world:
        world.server.world.reads_all_group_messages = True
        alice = world.server.user("Alice")
        group = group_of(world, alice)
        choose(world, group, GroupSettings(auto_answer=True, quiet_from=quiet_from))
        alice.forwards(CLAIM, in_=group)
        await world.counter.finished(1)
        assert len(group.from_bot) == n_answers


async def test_a_failure_while_answering_unasked_says_nothing_in_the_group() -> None:
    async with running(FakeLookup(error=RuntimeError("broken"))) as world:
        world.server.world.reads_all_group_messages = True
        alice = world.server.user("Alice")
        group = group_of(world, alice)
        choose(world, group, AUTO)
        alice.forwards(CLAIM, in_=group)
        await world.counter.finished(1)
        assert group.from_bot == []


async def test_groups_that_the_bot_is_in_are_remembered_until_it_is_removed() -> None:
    async with running() as world:
        alice = world.server.user("Alice")
        group = world.server.group("Beach people", [alice])
        group.add(world.server.bot)
        await world.counter.finished(2)
        assert Chats(world.state).n_groups() == 1
        group.remove(world.server.bot)
        await world.counter.finished(4)
        assert Chats(world.state).n_groups() == 0


async def test_a_group_takes_its_settings_along_when_it_becomes_a_supergroup() -> None:
    async with running(knows()) as world:
        alice = world.server.user("Alice")
        group = group_of(world, alice, kind=ChatKind.GROUP)
        choose(world, group, GroupSettings(is_short=True))
        old_id = group.chat_id
        group.migrate()
        await world.counter.finished(2)
        assert group.chat_id != old_id
        assert chosen(world, group).is_short
        assert Chats(world.state).settings(old_id) == GroupSettings()


async def test_a_group_that_moved_unnoticed_takes_its_settings_along_at_the_next_answer() -> None:
    lookup = knows()
    lookup.gate.clear()
    async with running(lookup) as world:
        alice = world.server.user("Alice")
        group = group_of(world, alice, kind=ChatKind.GROUP)
        choose(world, group, GroupSettings(is_short=True))
        alice.says(f"/check {CLAIM}", in_=group)
        world.server.world.updates.push = lambda *_: None  # type: ignore[method-assign]
        group.migrate()
        lookup.gate.set()
        await group.next_message()
        assert chosen(world, group).is_short


async def test_who_blocks_the_bot_is_inactive_until_they_unblock_it() -> None:
    async with running() as world:
        alice = world.server.user("Alice")
        alice.says("/help")
        await alice.next_message()
        alice.blocks()
        await world.counter.finished(2)
        assert not Chats(world.state).is_active(alice.chat_id)
        alice.unblocks()
        await world.counter.finished(3)
        assert Chats(world.state).is_active(alice.chat_id)
        assert world.state.rows("select * from chats") == []


async def test_a_refusal_marks_a_chat_inactive_even_if_telegram_never_told() -> None:
    lookup = knows()
    lookup.gate.clear()
    async with running(lookup) as world:
        alice = world.server.user("Alice")
        alice.says(CLAIM)
        push = world.server.world.updates.push
        world.server.world.updates.push = lambda *_: None  # type: ignore[method-assign]
        alice.blocks()
        lookup.gate.set()
        await world.counter.finished(1)
        assert not Chats(world.state).is_active(alice.chat_id)
        alice.unblocks()
        world.server.world.updates.push = push  # type: ignore[method-assign]
        alice.says("/help")
        await alice.next_message()
        assert Chats(world.state).is_active(alice.chat_id)


def late(world: BotWorld, where: Room | Person, who: Person, age_s: int) -> None:
    """Let the bot get a message that waited."""
    message = {
        "message_id": where.chat.next_message_id(),
        "date": world.server.world.now() - age_s,
        "chat": where.chat.to_json(),
        "from": who.user.to_json(),
        "text": f"/check {CLAIM}",
        "entities": [{"type": "bot_command", "offset": 0, "length": len("/check")}],
    }
    world.server.world.updates.push("message", message, where.chat_id)


async def test_after_an_outage_old_questions_in_groups_are_let_be() -> None:
    async with running(knows()) as world:
        alice = world.server.user("Alice")
        group = group_of(world, alice)
        late(world, group, alice, 3700)
        await world.counter.finished(1)
        assert world.lookup.asked == []
        late(world, group, alice, 3000)
        assert UMBRELLAS.text in (await group.next_message()).text
        assert len(group.from_bot) == 1


async def test_after_an_outage_old_questions_in_private_are_answered_with_a_word() -> None:
    async with running(knows()) as world:
        alice = world.server.user("Alice")
        alice.says("/help")
        await alice.next_message()
        late(world, alice, alice, 3700)
        text = (await alice.next_message()).text
    assert text.startswith("I was away for a while and can answer only now.")
    assert UMBRELLAS.text in text
