"""Notifying, over HTTP: at least once, never twice with the same id, and not at night."""

from dataclasses import replace
from datetime import UTC, date, datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from botworld import SNOW, TOKEN
from watchworld import ChangingLookup, Clock, WatchWorld, watching_world

from bot.loopback import ChatKind, Fault, FaultKind, LoopbackServer
from bot.notifying import LEASE_S
from bot.quiet import QuietHours
from bot.state import MIGRATIONS, StateDb
from bot.state.outbox import MAX_ATTEMPTS, Notification, Outbox
from bot.state.watches import Watches
from index import Response, ResponseKind

DENIED = replace(
    SNOW, responses=(Response(ResponseKind.DENIAL, "the court", None, date(2026, 11, 25)),)
)


def n_sent(world: WatchWorld) -> int:
    return len([call for call in world.server.calls.to("sendMessage") if call.status == 200])


async def test_a_crash_between_sending_and_marking_sends_once_more_after_the_lease(
    tmp_path: Path,
) -> None:
    lookup, clock, path = ChangingLookup(), Clock(), tmp_path / "bot.db"
    async with LoopbackServer(token=TOKEN) as server:
        async with watching_world(lookup, clock=clock, path=path, server=server) as world:
            alice = world.somebody()
            await world.watches_claim(alice, SNOW.id)
        lookup.publishes(DENIED)
        # As a process leaves it that dies after Telegram has taken the message: leased.
        with StateDb(path, MIGRATIONS) as state:
            (watch,) = Watches(state).of(alice.user_id)
            key = f"watch:{watch.watch_id}:0:{lookup.snapshot.id}"
            outbox = Outbox(state)
            news = Notification(
                key, "watch", str(watch.watch_id), alice.user_id, alice.user_id, clock.now
            )
            outbox.add([news], clock.now)
            assert outbox.take(clock.now, LEASE_S) is not None
        async with watching_world(lookup, clock=clock, path=path, server=server) as world:
            await world.settled()
            assert alice.from_bot == []  # the lease holds
            clock.passes(seconds=LEASE_S)
            await world.settled()
            assert len(alice.from_bot) == 1
            clock.passes(days=1)
            await world.settled()
            assert len(alice.from_bot) == 1


async def test_an_id_that_was_sent_is_never_taken_in_again() -> None:
    with StateDb(None, MIGRATIONS) as state:
        outbox, clock = Outbox(state), Clock()
        news = Notification("watch:1:0:a", "watch", "1", 7, 7, clock.now)
        assert outbox.add([news], clock.now) == 1
        assert outbox.take(clock.now, LEASE_S) == news
        outbox.sent(news.notification_id, clock.now)
        assert outbox.add([news], clock.now) == 0
        assert outbox.take(clock.now, LEASE_S) is None


async def test_two_changes_that_wait_together_are_one_message() -> None:
    clock = Clock(datetime(2026, 11, 26, 23, 0, tzinfo=UTC))
    async with watching_world(clock=clock) as world:
        alice = world.somebody()
        await world.watches_claim(alice, SNOW.id)
        confirmation = Response(ResponseKind.CONFIRMATION, "a baker")
        world.lookup.publishes(DENIED)
        await world.settled()
        world.lookup.publishes(replace(DENIED, responses=(*DENIED.responses, confirmation)))
        await world.settled()
        clock.passes(hours=9)
        await world.settled()
        (message,) = alice.from_bot
    assert "It was unanswered; now it is contested." in message.text
    assert "denied by the court" in message.text
    assert "confirmed by a baker" in message.text


async def test_a_change_that_was_taken_back_while_it_waited_is_not_told() -> None:
    clock = Clock(datetime(2026, 11, 26, 23, 0, tzinfo=UTC))
    async with watching_world(clock=clock) as world:
        alice = world.somebody()
        await world.watches_claim(alice, SNOW.id)
        for claim in (DENIED, SNOW):
            world.lookup.publishes(claim)
            await world.settled()
        clock.passes(hours=9)
        await world.settled()
        assert alice.from_bot == []
        assert world.outbox.n_waiting() == 0


async def test_nobody_is_told_at_night() -> None:
    clock = Clock(datetime(2026, 11, 26, 22, 0, tzinfo=UTC))
    async with watching_world(clock=clock) as world:
        alice = world.somebody()
        await world.watches_claim(alice, SNOW.id)
        world.lookup.publishes(DENIED)
        await world.settled()
        clock.now = datetime(2026, 11, 27, 7, 59, tzinfo=UTC)
        await world.settled()
        assert alice.from_bot == []
        clock.now = datetime(2026, 11, 27, 8, 0, tzinfo=UTC)
        await world.settled()
        assert len(alice.from_bot) == 1


async def test_somebody_who_blocked_the_bot_is_told_nothing_and_nothing_of_them_waits() -> None:
    async with watching_world() as world:
        alice, bob = world.somebody(), world.somebody("Bob")
        for person in (alice, bob):
            await world.watches_claim(person, SNOW.id)
        alice.blocks()
        world.lookup.publishes(DENIED)
        await world.settled()
        assert len(bob.from_bot) == 1
        assert world.watches.of(alice.user_id) == ()
        assert world.outbox.n_waiting() == 0


async def test_somebody_who_never_started_the_bot_is_let_go_as_well() -> None:
    async with watching_world() as world:
        stranger = world.server.user("Stranger")
        await world.watches_claim(stranger, SNOW.id)
        world.lookup.publishes(DENIED)
        await world.settled()
        assert world.watches.of(stranger.user_id) == ()


async def test_a_chat_that_is_told_to_wait_delays_no_other() -> None:
    clock = Clock()
    async with watching_world(clock=clock) as world:
        alice, bob = world.somebody(), world.somebody("Bob")
        for person in (alice, bob):
            await world.watches_claim(person, SNOW.id)
        world.server.fail(Fault("sendMessage", code=429, retry_after_s=30, chat_id=alice.chat_id))
        world.lookup.publishes(DENIED)
        await world.settled()
        assert (len(alice.from_bot), len(bob.from_bot)) == (0, 1)
        clock.passes(seconds=29)
        await world.settled()
        assert alice.from_bot == []
        clock.passes(seconds=1)
        await world.settled()
        assert len(alice.from_bot) == 1


async def test_five_chats_told_to_wait_in_a_row_make_all_wait() -> None:
    clock = Clock()
    async with watching_world(clock=clock) as world:
        people = [world.somebody(f"Person {number}") for number in range(20)]
        for person in people:
            assert world.watching.watch_claim(person.user_id, person.chat_id, SNOW.id)
        await world.settled()
        flood = world.server.fail(Fault("sendMessage", code=429, retry_after_s=30, times=1000))
        world.lookup.publishes(DENIED)
        await world.settled()
        assert len(world.server.calls.to("sendMessage")) < 5 + 8  # those in flight go on
        flood.times = 0
        clock.passes(seconds=31)
        await world.settled()
        assert n_sent(world) == 20


@pytest.mark.parametrize("kind", [FaultKind.DROP_BEFORE, FaultKind.BAD_GATEWAY])
async def test_a_broken_connection_is_tried_again_later(kind: FaultKind) -> None:
    clock = Clock()
    async with watching_world(clock=clock) as world:
        alice = world.somebody()
        await world.watches_claim(alice, SNOW.id)
        world.server.fail(Fault("sendMessage", kind))
        world.lookup.publishes(DENIED)
        await world.settled()
        assert alice.from_bot == []
        clock.passes(seconds=30)
        await world.settled()
        assert len(alice.from_bot) == 1


async def test_where_it_is_unknown_whether_it_arrived_it_is_sent_again() -> None:
    clock = Clock()
    async with watching_world(clock=clock) as world:
        alice = world.somebody()
        await world.watches_claim(alice, SNOW.id)
        world.server.fail(Fault("sendMessage", FaultKind.DROP_AFTER))
        world.lookup.publishes(DENIED)
        await world.settled()
        clock.passes(seconds=30)
        await world.settled()
        assert len(alice.from_bot) == 2
        clock.passes(days=1)
        await world.settled()
        assert len(alice.from_bot) == 2


async def test_what_is_always_refused_is_given_up_and_the_next_snapshot_tells_it() -> None:
    clock = Clock()
    async with watching_world(clock=clock, quiet=QuietHours(time(), time(), ZoneInfo("UTC"))) as w:
        alice = w.somebody()
        await w.watches_claim(alice, SNOW.id)
        fault = w.server.fail(
            Fault("sendMessage", code=400, description="Bad Request: no", times=1000)
        )
        w.lookup.publishes(DENIED)
        for _ in range(MAX_ATTEMPTS + 3):
            await w.settled()
            clock.passes(hours=2)
        assert len(w.server.calls.to("sendMessage")) == MAX_ATTEMPTS
        assert w.outbox.n_waiting() == 0
        fault.times = 0
        w.lookup.publishes(DENIED)
        await w.settled()
        assert len(alice.from_bot) == 1


async def test_two_messages_to_one_chat_are_a_second_apart() -> None:
    clock = Clock()
    async with watching_world(clock=clock) as world:
        alice = world.somebody()
        await world.watches_claim(alice, SNOW.id)
        await world.watches_claim(alice, "umbrella1")
        world.lookup.publishes(DENIED, without="umbrella1")
        await world.settled()
        assert len(alice.from_bot) == 1
        clock.passes(seconds=1)
        await world.settled()
        assert len(alice.from_bot) == 2


async def test_what_waits_for_a_group_follows_it_to_its_new_id() -> None:
    clock = Clock()
    async with watching_world(clock=clock) as world:
        alice = world.somebody()
        await world.watches_claim(alice, SNOW.id)
        (watch,) = world.watches.of(alice.user_id)
        group = world.server.group("Small", members=[alice, world.server.bot], kind=ChatKind.GROUP)
        old_id = group.chat_id
        group.migrate()
        news = Notification("x", "watch", str(watch.watch_id), alice.user_id, old_id, clock.now)
        world.outbox.add([news], clock.now)
        world.lookup.publishes(DENIED)
        await world.settled()
        await world.settled()
        assert len(group.from_bot) == 1


async def test_forgetting_somebody_leaves_nothing_of_them_and_all_of_others() -> None:
    clock = Clock(datetime(2026, 11, 26, 23, 0, tzinfo=UTC))
    async with watching_world(clock=clock) as world:
        alice, bob = world.somebody(), world.somebody("Bob")
        for person in (alice, bob):
            await world.watches_claim(person, SNOW.id)
            await world.watches_question(person, "what fell in Cairo?")
        world.lookup.publishes(DENIED)
        await world.settled()
        texts = [row["text"] for row in world.watches.export(alice.user_id)]
        assert texts == [SNOW.text, "what fell in Cairo?"]
        (waiting,) = world.outbox.export(alice.user_id)
        assert waiting["state"] == "waiting"
        assert (world.watches.forget(alice.user_id), world.outbox.forget(alice.user_id)) == (2, 1)
        assert world.watches.export(alice.user_id) == []
        assert world.outbox.export(alice.user_id) == []
        clock.passes(hours=9)
        await world.settled()
        assert (alice.from_bot, len(bob.from_bot)) == ([], 1)


def test_what_was_sent_is_forgotten_after_a_month() -> None:
    with StateDb(None, MIGRATIONS) as state:
        outbox, clock = Outbox(state), Clock()
        outbox.add([Notification("a", "watch", "1", 7, 7, clock.now)], clock.now)
        outbox.sent("a", clock.now)
        clock.passes(days=29)
        assert outbox.purge(clock.now) == 0
        clock.passes(days=1)
        assert outbox.purge(clock.now) == 1
