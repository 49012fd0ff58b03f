"""Delivery: updates are handled once and in order, whatever ends in between."""

import asyncio
import random
from pathlib import Path

import httpx
import pytest
from botworld import TOKEN, BotWorld, FakeLookup, matched, running, settings, until

from bot.delivery.answering import is_harmless
from bot.delivery.backoff import Backoff
from bot.delivery.parts import PartFailedError, beside
from bot.loopback import Fault, FaultKind, LoopbackServer
from bot.loopback.updates import Update
from bot.operations.health import problems
from bot.operations.running import sources_of
from bot.state import MIGRATIONS, StateDb
from bot.state.inbox import Inbox

LEMONADE = "lakes of lemonade"
UMBRELLAS = "a court in Brazil banned umbrellas"


@pytest.fixture
async def server():
    async with LoopbackServer(token=TOKEN, bot_username="hearsay_bot") as opened:
        yield opened


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "bot.db"


def closed() -> FakeLookup:
    """A lookup that answers nobody until its gate is opened."""
    lookup = FakeLookup({UMBRELLAS: matched(UMBRELLAS)})
    lookup.gate.clear()
    return lookup


def waiting(path: Path) -> int:
    with StateDb(path, MIGRATIONS) as db:
        return Inbox(db).n_waiting()


async def goes_on(server: LoopbackServer, path: Path, n_updates: int = 0) -> BotWorld:
    """Start the bot anew; it ends when it has handled so many updates and one more."""
    async with running(server=server, path=path) as world:
        bob = server.user("Bob")
        bob.says("/help")
        await bob.next_message()
        await world.counter.finished(n_updates + 1)
    return world


# --- Order ---


async def test_within_a_chat_what_comes_later_waits_and_other_chats_do_not() -> None:
    lookup = closed()
    async with running(lookup) as world:
        alice, bob = world.server.user("Alice"), world.server.user("Bob")
        alice.says("first lake")
        alice.says("second lake")
        alice.says("/help")
        bob.says("/help")
        await bob.next_message()
        assert lookup.asked == ["first lake"]
        assert alice.from_bot == []
        lookup.gate.set()
        await world.counter.finished(4)
        assert lookup.asked == ["first lake", "second lake"]
        assert len(alice.from_bot) == 3
        assert alice.from_bot[2].text.startswith("How to ask")


async def test_a_tap_waits_for_what_was_said_before_it_in_its_chat() -> None:
    lookup = FakeLookup({UMBRELLAS: matched(UMBRELLAS)})
    async with running(lookup) as world:
        alice = world.server.user("Alice")
        alice.says(UMBRELLAS)
        card = await alice.next_message()
        lookup.gate.clear()
        alice.says(LEMONADE)
        tapped = alice.taps(card, 0)
        await until(lambda: lookup.asked == [UMBRELLAS, LEMONADE])
        assert not tapped.is_answered
        lookup.gate.set()
        await world.counter.finished(3)
        assert tapped.is_answered


async def test_a_newer_inline_query_does_not_wait_for_an_older_one() -> None:
    lookup = closed()
    async with running(lookup) as world:
        alice = world.server.user("Alice")
        older = alice.inline("first lake")
        await until(lambda: lookup.asked == ["first lake"])
        newer = alice.inline("second lake")
        await until(lambda: lookup.asked == ["first lake", "second lake"])
        lookup.gate.set()
        await newer.answer()
        await older.answer()


async def test_sixteen_are_handled_at_once_and_the_others_wait_on_the_disk() -> None:
    lookup = closed()
    async with running(lookup) as world:
        people = [world.server.user(f"Person {n}") for n in range(20)]
        for person in people:
            person.says(LEMONADE)
        await until(lambda: world.inbox.n_waiting() == 20)
        processor = world.application.update_processor
        await until(lambda: processor.current_concurrent_updates == 16)
        vitals = await sources_of(world.application, settings()).read()
        assert vitals.n_underway == 16
        assert vitals.inbox is not None
        assert vitals.inbox.n_waiting == 20
        lookup.gate.set()
        await world.counter.finished(20)
        assert world.inbox.n_waiting() == 0
        assert all(len(person.from_bot) == 1 for person in people)


# --- Once ---


async def test_an_update_that_comes_twice_is_answered_once() -> None:
    async with running() as world:
        alice = world.server.user("Alice")
        alice.says("/help")
        (update,) = world.server.world.updates.pending
        await alice.next_message()
        await world.counter.finished(1)
        _again(world.server, update)
        alice.says("/about")
        await alice.next_message()
        assert alice.from_bot[0].text.startswith("How to ask")
        assert len(alice.from_bot) == 2


async def test_an_update_that_comes_twice_is_answered_once_after_a_restart_too(
    server: LoopbackServer, path: Path
) -> None:
    alice = server.user("Alice")
    async with running(server=server, path=path) as world:
        alice.says("/help")
        (update,) = server.world.updates.pending
        await alice.next_message()
        await world.counter.finished(1)
    _again(server, update)
    await goes_on(server, path)
    assert len(alice.from_bot) == 1


async def test_what_had_not_begun_to_send_is_answered_after_a_restart(
    server: LoopbackServer, path: Path
) -> None:
    alice, lookup = server.user("Alice"), closed()
    async with running(lookup, server=server, path=path, drain_s=0.0):
        alice.says(LEMONADE)
        alice.says("/help")
        await until(lambda: lookup.asked == [LEMONADE])
    assert waiting(path) == 2
    assert alice.from_bot == []
    await goes_on(server, path, 2)
    assert len(alice.from_bot) == 2
    assert waiting(path) == 0


async def test_what_had_begun_to_send_is_not_answered_again(
    server: LoopbackServer, path: Path
) -> None:
    server.fail(Fault("sendMessage", FaultKind.SLOW, delay_s=3600))
    alice = server.user("Alice")
    async with running(server=server, path=path, drain_s=0.0):
        alice.says(LEMONADE)
        await until(lambda: _is_on_its_way(server))
    assert waiting(path) == 0
    await goes_on(server, path)
    assert alice.from_bot == []
    assert len(server.calls.to("sendMessage")) == 1  # Bob's


async def test_an_answer_that_may_have_arrived_is_not_sent_again(
    server: LoopbackServer, path: Path
) -> None:
    server.fail(Fault("sendMessage", FaultKind.DROP_AFTER))
    alice = server.user("Alice")
    async with running(server=server, path=path) as world:
        alice.says(LEMONADE)
        await world.counter.finished(1)
    await goes_on(server, path)
    assert len(alice.from_bot) == 1


async def test_what_telegram_refused_for_now_is_answered_after_a_restart(
    server: LoopbackServer, path: Path
) -> None:
    server.fail(Fault("sendMessage", code=429, retry_after_s=25))
    alice = server.user("Alice")
    async with running(server=server, path=path, drain_s=0.0) as world:
        alice.says(LEMONADE)
        await until(lambda: len(server.calls.to("sendMessage")) == 1)
        await until(lambda: world.inbox.n_waiting() == 1)
    assert waiting(path) == 1
    await goes_on(server, path, 1)
    assert len(alice.from_bot) == 1


async def test_after_something_was_sent_a_refusal_does_not_make_it_wait_again(
    server: LoopbackServer, path: Path
) -> None:
    """The card has gone out, its picture is refused: none of it comes again."""
    async with running(server=server, path=path) as world:
        alice = world.server.user("Alice")
        server.fail(Fault("sendMessage", FaultKind.DROP_AFTER))
        server.fail(Fault("sendMessage", code=403, description="bot was blocked by the user"))
        alice.says(LEMONADE)
        await world.counter.finished(1)
        assert world.inbox.n_waiting() == 0


async def test_a_handler_that_fails_is_done_and_says_so_once(
    server: LoopbackServer, path: Path
) -> None:
    alice = server.user("Alice")
    lookup = FakeLookup(error=RuntimeError("boom"))
    async with running(lookup, server=server, path=path) as world:
        alice.says(LEMONADE)
        await alice.next_message()
        await world.counter.finished(1)
    await goes_on(server, path)
    assert len(alice.from_bot) == 1


@pytest.mark.parametrize(
    "method",
    [
        "getMe", "getChatAdministrators", "answerCallbackQuery", "answerInlineQuery",
        "sendChatAction", "editMessageText", "deleteMessage", "setMyCommands", "leaveChat",
    ],
)  # fmt: skip
def test_a_second_time_of_these_goes_unnoticed(method: str) -> None:
    assert is_harmless(method)


@pytest.mark.parametrize(
    "method",
    [
        "sendMessage", "sendPhoto", "sendDocument", "sendRichMessage", "copyMessage",
        "forwardMessage", "answerGuestQuery", "methodOfALaterVersion",
    ],
)  # fmt: skip
def test_a_second_time_of_these_would_be_a_second_answer(method: str) -> None:
    assert not is_harmless(method)


async def test_typing_does_not_count_as_an_answer(server: LoopbackServer, path: Path) -> None:
    alice, lookup = server.user("Alice"), closed()
    async with running(lookup, server=server, path=path, drain_s=0.0, typing_after_s=0.0):
        alice.says(LEMONADE)
        await until(lambda: len(server.calls.to("sendChatAction")) == 1)
    assert waiting(path) == 1
    await goes_on(server, path, 1)
    assert len(alice.from_bot) == 1


# --- Privacy ---


async def test_what_still_waits_is_told_and_forgotten_but_not_what_asks_for_it() -> None:
    lookup = closed()
    async with running(lookup) as world:
        alice = world.server.user("Alice")
        room = world.server.group("Beach", [alice, world.server.bot])
        alice.says(f"/check {LEMONADE}", in_=room)
        await until(lambda: lookup.asked == [LEMONADE])
        alice.says("/my_data")
        told = await alice.next_message()
        assert told.upload is not None
        assert LEMONADE.encode() in told.upload.content
        assert b"/my_data" not in told.upload.content
        alice.says("/forget_me")
        asked = await alice.next_message()
        alice.taps(asked, 0)
        await alice.next_edit()
        assert world.inbox.n_waiting() == 0
        lookup.gate.set()
        await world.counter.finished(4)
        rows = world.state.rows("select * from inbox")
        assert [(row["user_id"], row["chat_id"], row["payload"]) for row in rows] == [
            (None, None, None)
        ] * 4


async def test_nothing_of_what_was_asked_is_left_once_it_is_answered(path: Path) -> None:
    async with running(path=path) as world:
        alice = world.server.user("Alice")
        alice.says(LEMONADE)
        await alice.next_message()
        await world.counter.finished(1)
    assert b"lemonade" not in path.read_bytes()  # noqa: ASYNC240


# --- The disk ---


def _break(world: BotWorld, event: str) -> None:
    world.state.execute(
        f"create trigger broken before {event} on inbox begin select raise(abort, 'disk full'); end"
    )


async def test_what_cannot_be_kept_stays_at_telegram_until_it_can(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with running() as world:
        alice = world.server.user("Alice")
        _break(world, "insert")
        alice.says("/help")
        await until(lambda: "disk full" in caplog.text)
        assert len(world.server.world.updates.pending) == 1
        assert alice.from_bot == []
        world.state.execute("drop trigger broken")
        await alice.next_message()
        await world.counter.finished(1)
        assert len(alice.from_bot) == 1
    assert "Updates stay at Telegram" in caplog.text


async def test_a_disk_that_does_not_take_the_end_costs_no_answer_and_none_comes_twice(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with running() as world:
        alice, bob = world.server.user("Alice"), world.server.user("Bob")
        _break(world, "update")
        alice.inline("/")  # nothing that is noted before it goes out
        alice.says("/help")
        await alice.next_message()
        await until(lambda: "is handled, but" in caplog.text)
        world.state.execute("drop trigger broken")
        bob.says("/help")
        await bob.next_message()
        await until(lambda: world.inbox.n_waiting() == 0)
        assert len(alice.from_bot) == 1


async def test_what_is_no_update_is_let_be_and_the_next_one_is_answered(
    caplog: pytest.LogCaptureFixture, bot_api_violations: list[str]
) -> None:
    async with running() as world:
        updates = world.server.world.updates
        updates.allowed = None
        updates.push("message", {"text": LEMONADE}, 1)  # without what every message has
        alice = world.server.user("Alice")
        alice.says("/help")
        await alice.next_message()
        await world.counter.finished(2)
        assert world.inbox.n_waiting() == 0
    bot_api_violations.clear()  # that message is none
    assert "cannot be handled" in ours(caplog)
    assert "lemonade" not in ours(caplog)


# --- Polling ---


async def test_while_the_inbox_is_full_updates_stay_at_telegram() -> None:
    lookup = closed()
    async with running(lookup, max_waiting=100) as world:
        alice, bob = world.server.user("Alice"), world.server.user("Bob")
        alice.says(LEMONADE)
        await until(lambda: lookup.asked == [LEMONADE])
        await until(lambda: not world.server.world.updates.is_polled)
        bob.says("/help")
        assert [update.kind for update in world.server.world.updates.pending][-1:] == ["message"]
        assert bob.from_bot == []
        lookup.gate.set()
        await bob.next_message()


async def test_a_second_poller_is_reported_loudly_and_health_turns_red_until_it_is_gone(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with running() as world, httpx.AsyncClient(trust_env=False) as other:
        sources = sources_of(world.application, settings())
        address = f"{world.server.base_url}{TOKEN}/getUpdates"
        await until(lambda: world.server.world.updates.is_polled)
        rival = asyncio.create_task(other.get(address, params={"timeout": 30}))
        await until(lambda: "ANOTHER INSTANCE" in caplog.text)
        (problem,) = problems(await sources.read())
        assert problem.part == "instance"
        assert (await rival).status_code == 409  # the bot has tried again, and taken over
        alice = world.server.user("Alice")
        alice.says("/help")
        await alice.next_message()
        assert problems(await sources.read()) == ()


async def test_a_webhook_that_is_set_is_removed_when_polling_begins(
    server: LoopbackServer, path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with httpx.AsyncClient(trust_env=False) as client:
        url = "http://127.0.0.1:9/secret-path"
        await client.post(f"{server.base_url}{TOKEN}/setWebhook", data={"url": url})
    alice = server.user("Alice")
    alice.says("/help")
    async with running(server=server, path=path):
        await alice.next_message()
    assert not server.webhook.is_set
    assert "A webhook at 127.0.0.1 was set" in caplog.text
    assert "secret-path" not in ours(caplog)


async def test_without_a_webhook_none_is_removed() -> None:
    async with running() as world:
        alice = world.server.user("Alice")
        alice.says("/help")
        await alice.next_message()
        assert world.server.calls.to("deleteWebhook") == []


@pytest.mark.parametrize(
    "fault",
    [
        Fault("getUpdates", FaultKind.DROP_BEFORE),
        Fault("getUpdates", FaultKind.BAD_GATEWAY),
        Fault("getUpdates", code=500),
        Fault("getUpdates", code=429, retry_after_s=1),
        Fault("getWebhookInfo", code=502),
    ],
    ids=lambda fault: f"{fault.method} {fault.kind} {fault.code}",
)
async def test_polling_goes_on_after_a_failure(fault: Fault, server: LoopbackServer) -> None:
    server.fail(fault)
    alice = server.user("Alice")
    alice.says("/help")
    async with running(server=server):
        assert (await alice.next_message()).text.startswith("How to ask")
    assert fault.times == 0


def test_pauses_grow_to_a_limit_and_differ_and_begin_anew_after_a_success() -> None:
    backoff = Backoff(random.Random(7))
    pauses = [backoff.pause_s() for _ in range(8)]
    for pause, longest in zip(pauses, (1, 2, 4, 8, 16, 30, 30, 30), strict=True):
        assert 0.7 * longest <= pause <= longest
    assert len(set(pauses)) == 8
    assert backoff.pause_s(at_least_s=45) == 45
    backoff.reset()
    assert backoff.pause_s() <= 1


# --- The end ---


async def test_a_stop_waits_for_what_has_begun_and_begins_nothing_more(
    server: LoopbackServer, path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    lookup = closed()
    alice = server.user("Alice")

    async def opens() -> None:
        await until(lambda: "Finishing 1 updates" in ours(caplog))
        lookup.gate.set()

    async with running(lookup, server=server, path=path) as world:
        alice.says(LEMONADE)
        alice.says("/help")
        await until(lambda: lookup.asked == [LEMONADE])
        opener = asyncio.create_task(opens())
    await opener
    assert world.counter.n_done == 1
    assert len(alice.from_bot) == 1
    assert waiting(path) == 1
    await goes_on(server, path, 1)
    assert len(alice.from_bot) == 2


async def test_where_a_part_fails_the_bot_ends_and_says_which() -> None:
    async def fails() -> None:
        await begun.wait()
        raise KeyError("lemonade")

    async def bot() -> None:
        async with beside(fails(), "Polling"):
            begun.set()
            await asyncio.Event().wait()

    begun = asyncio.Event()
    with pytest.raises(PartFailedError, match=r"Polling has failed \(KeyError") as failed:
        await bot()
    assert "lemonade" not in str(failed.value)
    await asyncio.sleep(0)  # nothing is left of the cancelling


async def test_what_is_cancelled_from_outside_stays_cancelled() -> None:
    async def bot() -> None:
        async with beside(asyncio.Event().wait(), "Polling"):  # type: ignore[arg-type]
            begun.set()
            await asyncio.Event().wait()

    begun = asyncio.Event()
    task = asyncio.create_task(bot())
    await begun.wait()
    task.cancel()
    await asyncio.wait([task])
    assert task.cancelled()


def ours(caplog: pytest.LogCaptureFixture) -> str:
    """What the bot itself has logged."""
    return "\n".join(
        record.getMessage() for record in caplog.records if record.name.startswith("bot.")
    )


def _is_on_its_way(server: LoopbackServer) -> bool:
    return any(fault.times == 0 for fault in server._faults)


def _again(server: LoopbackServer, update: Update) -> None:
    server.world.updates._updates.append(update)
    server.world.updates._wake()
