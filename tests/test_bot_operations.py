"""Operations: what is counted, when health turns red, and what systemd is told."""

import json
import socket
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import aiohttp
import pytest
from botworld import SNAPSHOT, TOKEN, FakeLookup, matched, running, settings, similar
from prometheus_client.parser import text_string_to_metric_families
from telegram.error import RetryAfter

from bot.context import deps_of
from bot.loopback import Fault, FaultKind
from bot.operations.health import problems
from bot.operations.lookups import CountedLookup
from bot.operations.metrics import Metrics
from bot.operations.pulse import Pulse, Underway
from bot.operations.running import observed, sources_of
from bot.operations.server import serving
from bot.operations.supervision import Supervisor, supervised
from bot.operations.vitals import Backlog, Sources, Vitals, exposed
from bot.outgoing.answers import read_answer, result_of
from bot.settings import Listen
from bot.workers import BusyError, Workers
from index import SnapshotError

ANY_PORT = Listen("127.0.0.1", 0)
WELL = Vitals(poll_age_s=5.0, snapshot=SNAPSHOT, n_workers=2)


class Clock:
    """A clock that stands until it is set."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


async def read_vitals() -> Vitals:
    return WELL


def sample(metrics: Metrics, name: str, **labels: str) -> float | None:
    return metrics.registry.get_sample_value(name, labels)


@dataclass(frozen=True)
class Page:
    status_code: int
    headers: Mapping[str, str]
    text: str

    def json(self) -> object:
        return json.loads(self.text)


async def got(port: int | None, path: str) -> Page:
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"http://127.0.0.1:{port}{path}") as answer,
    ):
        return Page(answer.status, answer.headers, await answer.text())


def families(text: str) -> Mapping[str, object]:
    return {family.name: family for family in text_string_to_metric_families(text)}


# --- What is counted ---


async def test_an_update_is_counted_by_kind_and_timed() -> None:
    async with running() as world:
        alice = world.server.user("Alice")
        alice.says("/help")
        await alice.next_message()
        await world.counter.finished(1)
        metrics = deps_of(world.application).metrics
        labels = {"kind": "message", "chat": "private"}
        assert sample(metrics, "hearsay_updates_total", **labels) == 1
        assert sample(metrics, "hearsay_update_seconds_count", kind="message") == 1
        assert sample(metrics, "hearsay_update_age_seconds_count") == 1


@pytest.mark.parametrize(
    ("answer", "outcome"), [(matched("q"), "match"), (similar("q"), "similar"), (None, "none")]
)
async def test_a_lookup_is_counted_by_its_outcome(answer: object, outcome: str) -> None:
    metrics = Metrics()
    lookup = FakeLookup({"q": answer} if answer else {})  # type: ignore[dict-item]
    CountedLookup(lookup, metrics).ask("q")
    assert sample(metrics, "hearsay_lookups_total", outcome=outcome) == 1
    assert sample(metrics, "hearsay_lookup_seconds_count") == 1


def test_a_lookup_that_fails_is_counted_and_no_longer_under_way() -> None:
    metrics = Metrics()
    with pytest.raises(SnapshotError):
        CountedLookup(FakeLookup(error=SnapshotError("gone")), metrics).ask("q")
    assert sample(metrics, "hearsay_lookups_total", outcome="failed") == 1
    assert metrics.lookups.n() == 0


async def test_requests_are_counted_by_method_and_result() -> None:
    async with running() as world:
        alice = world.server.user("Alice")
        world.server.fail(Fault("sendMessage", code=403, description="bot was blocked by the user"))
        alice.says("/help")
        alice.says("/help")
        await alice.next_message()
        await world.counter.finished(2)
        metrics = deps_of(world.application).metrics
    name = "hearsay_telegram_requests_total"
    assert sample(metrics, name, method="sendMessage", result="forbidden") == 1
    assert sample(metrics, name, method="sendMessage", result="ok") == 1
    assert sample(metrics, name, method="getMe", result="ok") == 1


async def test_the_seconds_that_telegram_asks_for_are_added_up() -> None:
    async with running() as world:
        bot = world.application.bot
        for wait_s in (7, 5):
            world.server.fail(Fault("getChat", code=429, retry_after_s=wait_s))
            with pytest.raises(RetryAfter):
                await bot.get_chat(1)
        metrics = deps_of(world.application).metrics
    assert sample(metrics, "hearsay_retry_after_seconds_total") == 12


async def test_a_request_without_an_answer_is_counted_as_network() -> None:
    async with running() as world:
        world.server.fail(Fault("sendMessage", FaultKind.DROP_BEFORE, times=9))
        alice = world.server.user("Alice")
        alice.says("/help")
        await world.counter.finished(1)
        metrics = deps_of(world.application).metrics
    name = "hearsay_telegram_requests_total"
    assert sample(metrics, name, method="sendMessage", result="network") == 1


async def test_an_update_that_fails_is_counted_by_the_type_of_its_error() -> None:
    async with running(FakeLookup(error=RuntimeError("boom"))) as world:
        alice = world.server.user("Alice")
        alice.says("lakes of lemonade")
        await alice.next_message()
        await world.counter.finished(1)
        metrics = deps_of(world.application).metrics
    assert sample(metrics, "hearsay_errors_total", error="RuntimeError") == 1


@pytest.mark.parametrize(
    ("code", "result"),
    [(200, "ok"), (400, "bad_request"), (403, "forbidden"), (409, "conflict"),
     (502, "server_error"), (302, "other"), (418, "other")],
)  # fmt: skip
def test_a_status_has_one_class(code: int, result: str) -> None:
    assert result_of(code) == result


async def test_a_damaged_answer_is_an_error_that_repeats_no_text(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with running() as world:
        alice = world.server.user("Alice")
        alice.says("/help")
        await alice.next_message()
        world.server.fail(Fault("getUpdates", FaultKind.BAD_JSON))
        for _ in range(2):  # the poll that waits already is none of those that fail
            alice.says("lakes of lemonade")
            await alice.next_message()
    assert "Invalid server response" in caplog.text
    assert "lemonade" not in caplog.text


async def test_lookups_that_are_turned_away_are_counted() -> None:
    opened = threading.Event()
    with Workers(1, 0, 5.0) as workers:
        import asyncio

        first = asyncio.create_task(workers.run(opened.wait))
        await asyncio.sleep(0)
        with pytest.raises(BusyError):
            await workers.run(lambda: None)
        assert (workers.n_taken, workers.n_refused) == (1, 1)
        opened.set()
        await first


# --- What is served ---


async def test_metrics_can_be_read_by_prometheus() -> None:
    async with running() as world:
        alice = world.server.user("Alice")
        alice.says("lakes of lemonade")
        await alice.next_message()
        sources = sources_of(world.application, settings())
        async with serving(ANY_PORT, sources.metrics, sources.read) as port:
            answer = await got(port, "/metrics")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain")
    assert set(families(answer.text)) >= {
        "hearsay_info", "hearsay_updates", "hearsay_update_seconds", "hearsay_update_age_seconds",
        "hearsay_updates_underway", "hearsay_errors", "hearsay_lookups", "hearsay_lookup_seconds",
        "hearsay_lookups_taken", "hearsay_lookups_refused", "hearsay_lookups_stuck",
        "hearsay_telegram_requests", "hearsay_telegram_request_seconds",
        "hearsay_retry_after_seconds", "hearsay_poll_age_seconds", "hearsay_snapshot_loaded",
        "hearsay_snapshot_info", "hearsay_snapshot_claims",
        "hearsay_snapshot_built_timestamp_seconds", "process_resident_memory_bytes",
    }  # fmt: skip
    assert "lemonade" not in answer.text
    assert "Alice" not in answer.text
    assert TOKEN not in answer.text


def test_what_is_unknown_is_left_out() -> None:
    registry = exposed(Vitals(poll_age_s=None, snapshot=None))
    names = {family.name for family in registry.collect()}
    assert names == {
        "hearsay_lookups_taken", "hearsay_lookups_stuck", "hearsay_lookups_refused",
        "hearsay_snapshot_loaded", "hearsay_contested",
    }  # fmt: skip
    assert registry.get_sample_value("hearsay_snapshot_loaded") == 0


def test_backlogs_and_snapshot_are_shown() -> None:
    registry = exposed(replace(WELL, inbox=Backlog(2, 1.5), outbox=Backlog(7, 60.0)))
    assert registry.get_sample_value("hearsay_inbox_waiting") == 2
    assert registry.get_sample_value("hearsay_outbox_waiting") == 7
    assert registry.get_sample_value("hearsay_outbox_oldest_seconds") == 60
    assert registry.get_sample_value("hearsay_snapshot_claims") == 13204
    labels = {"id": "20261122-a", "sample": "no"}
    assert registry.get_sample_value("hearsay_snapshot_info", labels) == 1


async def test_a_bot_that_is_well_is_green() -> None:
    async with serving(ANY_PORT, Metrics(), read_vitals) as port:
        answer = await got(port, "/healthz")
    assert answer.status_code == 200
    assert answer.json() == {"ok": True, "problems": []}


async def test_health_turns_red_when_polls_stop_and_green_when_they_go_on() -> None:
    clock = Clock()
    metrics = Metrics(clock=clock)
    with Workers(2, 0, 5.0) as workers:
        sources = Sources(metrics, FakeLookup(), workers, n_workers=2, stuck_after_s=60.0)
        async with serving(ANY_PORT, metrics, sources.read) as port:
            clock.now += 90
            assert (await got(port, "/healthz")).status_code == 200
            clock.now += 1
            red = await got(port, "/healthz")
            metrics.requested("getUpdates", "network", 10.0)
            still_red = await got(port, "/healthz")
            metrics.requested("getUpdates", "ok", 10.0)
            green = await got(port, "/healthz")
    assert (red.status_code, still_red.status_code, green.status_code) == (503, 503, 200)
    (problem,) = red.json()["problems"]
    assert problem["part"] == "poll"
    assert "91 s ago" in problem["reason"]


async def test_health_turns_red_when_every_thread_hangs() -> None:
    clock = Clock()
    metrics = Metrics(clock=clock)
    with Workers(1, 0, 5.0) as workers:
        sources = Sources(metrics, FakeLookup(), workers, n_workers=1, stuck_after_s=60.0)
        with metrics.lookups.one():
            clock.now += 59
            metrics.polls.beat()
            assert problems(await sources.read()) == ()
            clock.now += 1
            assert [problem.part for problem in problems(await sources.read())] == ["workers"]
        assert problems(await sources.read()) == ()


class _Gone(FakeLookup):
    @property
    def snapshot(self):  # type: ignore[override]
        raise SnapshotError("No snapshot is published yet.")

    @snapshot.setter
    def snapshot(self, value: object) -> None: ...


async def test_health_is_red_without_a_snapshot() -> None:
    with Workers(1, 0, 5.0) as workers:
        sources = Sources(Metrics(), _Gone(), workers, n_workers=1, stuck_after_s=60.0)
        async with serving(ANY_PORT, sources.metrics, sources.read) as port:
            answer = await got(port, "/healthz")
            metrics = await got(port, "/metrics")
    assert [problem["part"] for problem in answer.json()["problems"]] == ["snapshot"]
    assert "hearsay_snapshot_loaded 0.0" in metrics.text


@pytest.mark.parametrize(
    ("ill", "part"),
    [
        (replace(WELL, is_contested=True), "instance"),
        (replace(WELL, poll_age_s=90.5), "poll"),
        (replace(WELL, snapshot=None), "snapshot"),
        (replace(WELL, n_stuck=2), "workers"),
        (replace(WELL, inbox=Backlog(3, 301.0)), "inbox"),
        (replace(WELL, outbox=Backlog(3, 901.0)), "outbox"),
    ],
)
def test_each_part_can_be_ill(ill: Vitals, part: str) -> None:
    assert [problem.part for problem in problems(ill)] == [part]


@pytest.mark.parametrize(
    "well",
    [
        replace(WELL, poll_age_s=None),
        replace(WELL, n_stuck=1),
        replace(WELL, inbox=Backlog(500, 300.0)),
        replace(WELL, outbox=Backlog(500, 900.0)),
    ],
)
def test_what_is_no_illness(well: Vitals) -> None:
    assert problems(well) == ()


async def test_an_address_in_use_is_said_and_does_not_stop_the_bot(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        listen = Listen("127.0.0.1", taken.getsockname()[1])
        async with serving(listen, Metrics(), read_vitals) as port:
            assert port is None
    assert f"cannot be served at {listen}" in caplog.text
    assert "HEARSAY_METRICS_LISTEN" in caplog.text


async def test_an_address_that_others_may_reach_is_pointed_out(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with serving(Listen("0.0.0.0", 0), Metrics(), read_vitals):
        pass
    assert "which others may reach" in caplog.text


# --- What systemd is told ---


@pytest.fixture
def systemd(tmp_path: Path) -> Callable[[], list[str]]:
    channel = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    channel.bind(str(tmp_path / "notify"))
    channel.setblocking(False)

    def received() -> list[str]:
        messages = []
        while True:
            try:
                messages.append(channel.recv(1000).decode())
            except BlockingIOError:
                return messages

    yield received
    channel.close()


async def test_systemd_hears_of_start_life_and_stop(systemd, tmp_path: Path) -> None:
    import asyncio

    beats: asyncio.Queue[float] = asyncio.Queue()
    go_on: asyncio.Queue[None] = asyncio.Queue()
    alive = True

    async def sleep(seconds: float) -> None:
        await beats.put(seconds)
        await go_on.get()

    async with supervised(Supervisor(str(tmp_path / "notify")), lambda: alive, sleep=sleep):
        assert await beats.get() == 20
        assert systemd() == ["READY=1", "WATCHDOG=1"]
        alive = False
        await go_on.put(None)
        await beats.get()
        assert systemd() == []
    assert systemd() == ["STOPPING=1"]


def test_without_systemd_nothing_happens() -> None:
    Supervisor(None).tell("READY=1")


def test_a_systemd_that_has_gone_is_no_error(tmp_path: Path) -> None:
    Supervisor(str(tmp_path / "nobody")).tell("READY=1")


async def test_a_running_bot_reports_to_systemd_and_serves(
    systemd, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
    with socket.create_server(("127.0.0.1", 0)) as free:
        listen = Listen("127.0.0.1", free.getsockname()[1])
    async with running() as world, observed(world.application, settings(metrics_listen=listen)):
        assert (await got(listen.port, "/healthz")).json() == {"ok": True, "problems": []}
    assert systemd()[0] == "READY=1"


def test_a_pulse_knows_its_age() -> None:
    clock = Clock()
    pulse = Pulse(clock)
    clock.now += 4
    assert pulse.age_s == 4
    pulse.beat()
    assert pulse.age_s == 0


def test_what_is_under_way_is_known_by_how_long() -> None:
    clock = Clock()
    underway = Underway(clock)
    with underway.one():
        clock.now += 10
        with underway.one():
            assert (underway.n(), underway.n(longer_than_s=10)) == (2, 1)
    assert underway.n() == 0


def test_half_a_surrogate_pair_is_replaced_and_a_whole_one_is_not() -> None:
    payload = rb'{"result": {"text": "a\ud83d\ude00b\udc00", "e": [{"\ud800": 1}]}}'
    assert read_answer(payload)["result"] == {
        "text": "a\N{GRINNING FACE}b\ufffd",
        "e": [{"\ufffd": 1}],
    }
