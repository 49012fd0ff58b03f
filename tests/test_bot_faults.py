"""Faults at each send, over HTTP: at most one answer, and nobody else waits."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import pytest
from botworld import SNOW, UMBRELLAS, WORDS, BotWorld, FakeLookup, matched, running
from standstill import Standstill
from telegram.error import TimedOut
from watchworld import Clock, watching_world

from bot.loopback import Call, ChatKind, Fault, FaultKind, LoopbackServer, Message, Person
from bot.outgoing.client import BotApiClient
from bot.state.answered import Answered
from index import Response, ResponseKind

CLAIM = "a court in Brazil banned umbrellas"
AGAIN = "did a court in Brazil ban umbrellas?"
PICTURE = WORDS.raw("picture.button")

# What goes wrong, and whether the message arrives all the same.
SENT_NOT, SENT = False, True
FAULTS = {
    "500": (Fault("", code=500), SENT_NOT),
    "bad gateway": (Fault("", FaultKind.BAD_GATEWAY), SENT_NOT),
    "dropped before": (Fault("", FaultKind.DROP_BEFORE), SENT_NOT),
    "timeout before": (Fault("", FaultKind.HANG_BEFORE), SENT_NOT),
    "dropped after": (Fault("", FaultKind.DROP_AFTER), SENT),
    "timeout after": (Fault("", FaultKind.HANG_AFTER), SENT),
    "bad json": (Fault("", FaultKind.BAD_JSON), SENT),
}
each_fault = pytest.mark.parametrize("name", FAULTS)
Act = Callable[["Scene", Person], Awaitable[None]]


@dataclass
class Scene:
    """A running bot and what its people have got from it so far."""

    world: BotWorld
    cards: dict[int, Message]
    questions: dict[int, Message]
    n_updates: int = 0

    @property
    def server(self) -> LoopbackServer:
        return self.world.server

    def plants(self, fault: Fault, method: str, chat_id: int | None = None) -> Fault:
        if fault.kind in {FaultKind.HANG_BEFORE, FaultKind.HANG_AFTER}:
            hurry(self.world, method)
        return self.server.fail(replace(fault, method=method, chat_id=chat_id))

    async def done(self) -> None:
        """Wait until the bot has finished all that was asked of it."""
        await self.world.counter.finished(self.n_updates)

    def called(self, method: str) -> asyncio.Event:
        """Set as soon as the bot has called a method and its call has been noted."""
        return called(self.server, method)


def called(server: LoopbackServer, method: str) -> asyncio.Event:
    seen, record = asyncio.Event(), server.calls.record

    def watch(call: Call) -> None:
        record(call)
        if call.method == method:
            seen.set()

    server.calls.record = watch  # type: ignore[method-assign]
    return seen


def hurry(world: BotWorld, method: str) -> None:
    """Let the client give the next call of a method up as soon as the server has it.

    The clock of the real timeout (tests/test_bot_outgoing.py) knows nothing of what has arrived.
    """
    client = world.application.bot.request
    assert isinstance(client, BotApiClient)
    do_request, hangs = client.do_request, called(world.server, method)

    async def hurried(url: str, **more: Any) -> tuple[int, bytes]:
        if hangs.is_set() or not url.endswith(f"/{method}"):
            return await do_request(url, **more)
        request = asyncio.create_task(do_request(url, **more))
        await hangs.wait()
        request.cancel()
        raise TimedOut

    client.do_request = hurried  # type: ignore[method-assign, assignment]


@asynccontextmanager
async def scene(time: Standstill | None = None) -> AsyncIterator[Scene]:
    lookup = FakeLookup({CLAIM: matched(CLAIM), AGAIN: matched(AGAIN, SNOW)})
    async with running(lookup, limiter=time.limiter() if time else None) as world:
        yield Scene(world, {}, {})
        world.server.let_go()


async def asks(now: Scene, person: Person, text: str = CLAIM) -> None:
    now.n_updates += 1
    now.questions[person.user_id] = person.says(text)


async def edits(now: Scene, person: Person) -> None:
    now.n_updates += 1
    person.edits(now.questions[person.user_id], AGAIN)


async def taps(now: Scene, person: Person) -> None:
    now.n_updates += 1
    person.taps(now.cards[person.user_id], "🔎 Full sourcing")


async def wants_picture(now: Scene, person: Person) -> None:
    now.n_updates += 1
    person.taps(now.cards[person.user_id], PICTURE)


async def types(now: Scene, person: Person) -> None:
    now.n_updates += 1
    person.inline(CLAIM)


async def has_card(now: Scene, *people: Person) -> None:
    """Let people ask and get their cards."""
    for person in people:
        await asks(now, person)
        now.cards[person.user_id] = await person.next_message()
    await now.done()


# --- One answer at most, and the bot goes on ---


@each_fault
async def test_an_answer_is_sent_once_or_not_at_all(name: str) -> None:
    fault, arrives = FAULTS[name]
    async with scene() as now:
        alice = now.server.user("Alice")
        now.plants(fault, "sendMessage")
        await asks(now, alice)
        await now.done()
        assert len(alice.from_bot) == arrives
        assert len(now.server.calls.to("sendMessage")) == 1
        # What is not known to have arrived is not on file as an answer either.
        kept = Answered(now.world.state, now.world.deps.now)
        assert kept.reply_to(alice.chat_id, now.questions[alice.user_id].message_id) is None
        await asks(now, alice)
        await now.done()
        assert UMBRELLAS.text in alice.from_bot[-1].text
        assert len(alice.from_bot) == arrives + 1


@each_fault
async def test_an_edit_changes_the_one_answer_or_nothing(name: str) -> None:
    fault, arrives = FAULTS[name]
    async with scene() as now:
        alice = now.server.user("Alice")
        await has_card(now, alice)
        now.plants(fault, "editMessageText")
        await edits(now, alice)
        await now.done()
        (answer,) = alice.from_bot
        assert (SNOW.text if arrives else UMBRELLAS.text) in answer.text
        assert len(now.server.calls.to("editMessageText")) == 1
        await edits(now, alice)
        await now.done()
        (answer,) = alice.from_bot
        assert SNOW.text in answer.text


@each_fault
async def test_a_picture_is_sent_once_or_not_at_all(name: str) -> None:
    fault, arrives = FAULTS[name]
    async with scene() as now:
        alice = now.server.user("Alice")
        await has_card(now, alice)
        now.plants(fault, "sendPhoto")
        await wants_picture(now, alice)
        await now.done()
        assert len(alice.from_bot) == 1 + arrives
        assert len(now.server.calls.to("sendPhoto")) == 1
        await wants_picture(now, alice)
        await now.done()
        assert len(alice.from_bot) == 2 + arrives


@each_fault
async def test_a_tap_that_cannot_be_answered_still_shows_what_it_asked_for(name: str) -> None:
    fault, _ = FAULTS[name]
    async with scene() as now:
        alice = now.server.user("Alice")
        await has_card(now, alice)
        now.plants(fault, "answerCallbackQuery")
        await taps(now, alice)
        await now.done()
        assert len(now.server.calls.to("answerCallbackQuery")) == 1
        assert [m.text.startswith("Full sourcing") for m in alice.from_bot] == [False, True]


@each_fault
async def test_an_inline_query_is_answered_once_or_not_at_all(name: str) -> None:
    fault, arrives = FAULTS[name]
    async with scene() as now:
        alice = now.server.user("Alice")
        now.plants(fault, "answerInlineQuery")
        now.n_updates += 1
        asked = alice.inline(CLAIM)
        await now.done()
        assert asked.is_answered == arrives
        assert len(now.server.calls.to("answerInlineQuery")) == 1
        now.n_updates += 1
        assert (await alice.inline(CLAIM).answer())["results"]


@pytest.mark.parametrize(
    ("act", "method"), [(asks, "sendMessage"), (wants_picture, "sendPhoto"), (edits, None)]
)
async def test_whoever_blocks_the_bot_meanwhile_gets_nothing_and_is_noted(
    act: Act, method: str | None
) -> None:
    async with scene() as now:
        alice, bob = now.server.user("Alice"), now.server.user("Bob")
        await has_card(now, alice, bob)
        blocked = Fault("", code=403, description="bot was blocked by the user", times=2)
        for each in (method,) if method else ("editMessageText", "sendMessage"):
            now.plants(blocked, each, alice.chat_id)
        await act(now, alice)
        await act(now, bob)
        await now.done()
        assert len(alice.from_bot) == 1
        blocked_chats = now.world.state.rows("select chat_id from chats where not is_active")
        assert [row["chat_id"] for row in blocked_chats] == [alice.chat_id]


@pytest.mark.parametrize("act", [wants_picture, taps])
async def test_what_was_asked_in_a_group_that_moved_comes_once_in_the_new_one(act: Act) -> None:
    async with scene() as now:
        alice = now.server.user("Alice")
        group = now.server.group("Old", [alice, now.server.bot], kind=ChatKind.GROUP)
        now.n_updates += 1
        now.questions[alice.user_id] = alice.says(f"@hearsay_bot {CLAIM}", in_=group)
        now.cards[alice.user_id] = await group.next_message()
        await now.done()
        group.migrate()
        await act(now, alice)
        # What a tap shows is for the one who tapped.
        await (group.next_whisper() if act is taps else group.next_message())
        now.n_updates += 2  # the group's own messages about its move
        await now.done()
        assert len(group.from_bot) == (0 if act is taps else 1)


# --- Nobody else waits ---


@pytest.mark.parametrize(
    ("act", "method"),
    [(asks, "sendMessage"), (edits, "editMessageText"), (wants_picture, "sendPhoto")],
)
async def test_a_chat_that_is_told_to_wait_waits_alone_and_gets_its_answer_once(
    act: Act, method: str
) -> None:
    time = Standstill()
    async with scene(time) as now:
        alice, bob = now.server.user("Alice"), now.server.user("Bob")
        await has_card(now, alice, bob)
        before = len(now.server.calls.to(method))
        now.plants(Fault("", code=429, retry_after_s=20), method, alice.chat_id)
        await act(now, alice)
        await time.sleeping()
        await act(now, bob)
        await now.world.counter.finished(now.n_updates - 1)
        assert [call.chat_id for call in now.server.calls.to(method)[before:]] == [
            alice.chat_id,
            bob.chat_id,
        ]
        time.passes(20.0)
        await now.done()
        calls = now.server.calls.to(method)[before:]
        assert [(call.chat_id, call.status) for call in calls] == [
            (alice.chat_id, 429),
            (bob.chat_id, 200),
            (alice.chat_id, 200),
        ]


@pytest.mark.parametrize("method", ["answerCallbackQuery", "answerInlineQuery"])
async def test_the_answer_to_a_query_never_waits(method: str) -> None:
    time = Standstill()
    async with scene(time) as now:
        alice = now.server.user("Alice")
        await has_card(now, alice)
        now.plants(Fault("", code=429, retry_after_s=20), method)
        for _ in range(2):
            await (taps if method == "answerCallbackQuery" else types)(now, alice)
            await now.done()
        assert [call.status for call in now.server.calls.to(method)] == [429, 200]


@pytest.mark.parametrize(
    ("act", "method"),
    [
        (asks, "sendMessage"),
        (edits, "editMessageText"),
        (wants_picture, "sendPhoto"),
        (taps, "answerCallbackQuery"),
        (types, "answerInlineQuery"),
    ],
)
@pytest.mark.parametrize("kind", [FaultKind.HANG_BEFORE, FaultKind.HANG_AFTER])
async def test_a_request_that_hangs_delays_no_other_chat(
    act: Act, method: str, kind: FaultKind
) -> None:
    async with scene() as now:
        alice, bob = now.server.user("Alice"), now.server.user("Bob")
        await has_card(now, alice, bob)
        now.server.fail(Fault(method, kind))
        hanging = now.called(method)
        await act(now, alice)
        await hanging.wait()
        await act(now, bob)
        await now.world.counter.finished(now.n_updates - 1)  # all but Alice's
        now.server.let_go()
        await now.done()
        assert [call.status for call in now.server.calls.to(method)][-2:] == [0, 200]


# --- Notifications: at least once ---

DENIED = replace(
    SNOW, responses=(Response(ResponseKind.DENIAL, "the court", None, date(2026, 11, 25)),)
)


@pytest.mark.parametrize("name", ["500", "bad json"])
async def test_a_notification_that_may_be_lost_is_sent_again_later(name: str) -> None:
    fault, arrives = FAULTS[name]
    clock = Clock()
    async with watching_world(clock=clock) as world:
        alice = world.somebody()
        await world.watches_claim(alice, SNOW.id)
        world.server.fail(replace(fault, method="sendMessage"))
        world.lookup.publishes(DENIED)
        await world.settled()
        assert len(alice.from_bot) == arrives
        clock.passes(seconds=30)
        await world.settled()
        assert len(alice.from_bot) == arrives + 1
        clock.passes(days=1)
        await world.settled()
        assert len(alice.from_bot) == arrives + 1


@pytest.mark.parametrize("kind", [FaultKind.HANG_BEFORE, FaultKind.HANG_AFTER])
async def test_a_notification_that_hangs_delays_no_other(kind: FaultKind) -> None:
    clock = Clock()
    async with watching_world(clock=clock) as world:
        alice, bob = world.somebody(), world.somebody("Bob")
        for person in (alice, bob):
            await world.watches_claim(person, SNOW.id)
        world.server.fail(Fault("sendMessage", kind, chat_id=alice.chat_id))
        hanging = called(world.server, "sendMessage")
        world.lookup.publishes(DENIED)
        world.watching.look()
        await hanging.wait()
        await bob.next_message()
        world.server.let_go()
        await world.settled()
        clock.passes(seconds=30)
        await world.settled()
        assert len(alice.from_bot) == (2 if kind is FaultKind.HANG_AFTER else 1)
        assert len(bob.from_bot) == 1


async def test_a_notification_and_an_answer_share_the_pause_of_their_chat() -> None:
    clock, time = Clock(), Standstill()
    async with watching_world(clock=clock, limiter=time.limiter()) as world:
        alice = world.somebody()
        await world.watches_claim(alice, SNOW.id)
        world.server.fail(Fault("sendMessage", code=429, retry_after_s=20, chat_id=alice.chat_id))
        world.lookup.publishes(DENIED)
        await world.settled()
        alice.says("/help")
        await time.sleeping()
        assert [call.status for call in world.server.calls.to("sendMessage")] == [429]
        time.passes(20.0)
        assert (await alice.next_message()).text.startswith("How to ask")
        clock.passes(seconds=20)
        await world.settled()
        assert len(alice.from_bot) == 2
