"""`hearsay-bot check`: each failure is told with what to do next, and nothing is disturbed."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from botworld import SNAPSHOT, TOKEN, FakeLookup, settings
from pydantic import SecretStr
from telegram import User, WebhookInfo
from typer.testing import CliRunner

from bot.__main__ import app
from bot.checking.answers import answer_findings
from bot.checking.connection import clock_finding, connection_findings, switches, webhook
from bot.checking.findings import Finding, Level, exit_code, fail, ok, to_json, warn
from bot.checking.intake import intake_findings
from bot.checking.machine import machine_findings
from bot.loopback import Fault, FaultKind, LoopbackServer
from bot.settings import Listen, SocketFile
from bot.state import StateDb
from bot.state.database import StateError
from bot.state.probe import probe
from index import HearsayError, SnapshotError

PLENTY = 50_000_000_000


def levels(findings: Iterator[Finding] | tuple[Finding, ...]) -> dict[str, str]:
    return {finding.part: finding.level.value for finding in findings}


def bot_user(**switched: bool) -> User:
    on = {
        "can_join_groups": True,
        "can_read_all_group_messages": False,
        "supports_inline_queries": True,
        "supports_guest_queries": True,
    }
    return User(42, "Hearsay", is_bot=True, username="hearsay_bot", **(on | switched))


# --- The report ---


def test_a_failure_ends_with_1_a_wrong_setting_with_2_a_warning_with_0() -> None:
    fine, odd = ok("disk", "x"), warn("inline", "x", "y")
    broken, wrong = fail("disk", "x", "y"), fail("token", "x", "y", is_setting=True)
    assert exit_code([fine, odd]) == 0
    assert exit_code([fine, broken]) == 1
    assert exit_code([broken, wrong]) == 2


def test_a_finding_is_two_lines_with_the_next_step_below() -> None:
    assert list(warn("clock", "It is late.", "Set it.").lines()) == [
        "warn  clock      It is late.",
        "                 Set it.",
    ]


def test_the_report_as_json() -> None:
    assert to_json([fail("disk", "Full.", "Free some.")]) == {
        "ok": False,
        "findings": [
            {
                "part": "disk",
                "level": Level.FAIL,
                "message": "Full.",
                "next_step": "Free some.",
                "is_setting": False,
            }
        ],
    }


# --- The machine ---


def test_a_machine_with_room_is_fine(tmp_path: Path) -> None:
    found = levels(machine_findings(tmp_path / "home", free=lambda _: PLENTY))
    assert found == {"home": "ok", "disk": "ok", "bot.db": "ok"}


@pytest.mark.parametrize(
    ("n_free", "level"), [(1_000_000_000, "ok"), (999_999_999, "warn"), (99_999_999, "fail")]
)
def test_a_full_disk_is_told(tmp_path: Path, n_free: int, level: str) -> None:
    assert levels(machine_findings(tmp_path, free=lambda _: n_free))["disk"] == level


def test_a_home_that_is_a_file_is_a_wrong_setting(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("not a folder")
    (found,) = machine_findings(tmp_path / "home", free=lambda _: PLENTY)
    assert (found.part, found.level, found.is_setting) == ("home", Level.FAIL, True)
    assert "HEARSAY_HOME" in found.next_step


def test_a_bot_db_that_is_none_is_told(tmp_path: Path) -> None:
    (tmp_path / "bot.db").write_bytes(b"no database at all, but long enough" * 50)
    found = {each.part: each for each in machine_findings(tmp_path, free=lambda _: PLENTY)}
    assert found["bot.db"].level is Level.FAIL
    assert "not a database" in found["bot.db"].message


def test_a_sound_bot_db_passes_and_is_not_changed(tmp_path: Path) -> None:
    path = tmp_path / "bot.db"
    StateDb(path, ()).close()
    probe(path)
    with sqlite3.connect(path) as connection:
        assert connection.execute("select count(*) from sqlite_master").fetchone() == (0,)
    connection.close()


def test_a_locked_bot_db_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.state.probe._BUSY_S", 0.0)
    connection = sqlite3.connect(tmp_path / "bot.db", isolation_level=None)
    connection.execute("begin exclusive")
    with pytest.raises(StateError, match="locked"):
        probe(tmp_path / "bot.db")
    connection.close()


# --- Telegram ---


async def test_a_good_connection() -> None:
    async with LoopbackServer(token=TOKEN) as server:
        found = await connection_findings(settings(api_url=server.base_url))
    assert levels(found) == {
        "telegram": "ok", "token": "ok", "privacy": "ok", "groups": "ok", "inline": "ok",
        "guest": "ok", "webhook": "ok", "clock": "ok",
    }  # fmt: skip


async def test_a_check_takes_no_update_and_sets_nothing() -> None:
    async with LoopbackServer(token=TOKEN) as server:
        await connection_findings(settings(api_url=server.base_url))
        asked = {call.method for call in server.calls if call.method}
    assert asked <= {"getMe", "getWebhookInfo", ""}


async def test_a_token_that_telegram_refuses_is_a_wrong_setting_and_not_shown() -> None:
    wrong = SecretStr("987654321:WRONGWRONGWRONGWRONGWRONGWRONGWRONG")
    async with LoopbackServer(token=TOKEN) as server:
        found = await connection_findings(settings(api_url=server.base_url, token=wrong))
    (finding,) = found
    assert (finding.part, finding.level, finding.is_setting) == ("token", Level.FAIL, True)
    assert "WRONG" not in "".join(finding.lines())


async def test_no_token_is_a_wrong_setting() -> None:
    (finding,) = await connection_findings(settings(token=None))
    assert (finding.level, finding.is_setting) == (Level.FAIL, True)
    assert "TELEGRAM_BOT_TOKEN" in finding.next_step


async def test_a_telegram_that_cannot_be_reached_is_told() -> None:
    async with LoopbackServer(token=TOKEN) as server:
        server.fail(Fault("getMe", FaultKind.DROP_BEFORE, times=9))
        (finding,) = await connection_findings(settings(api_url=server.base_url))
    assert (finding.part, finding.level, finding.is_setting) == ("telegram", Level.FAIL, False)
    assert "cannot be reached" in finding.message
    assert TOKEN not in "".join(finding.lines())


async def test_a_clock_that_is_wrong_is_told() -> None:
    async with LoopbackServer(token=TOKEN) as server:
        found = await connection_findings(
            settings(api_url=server.base_url), now=lambda: time.time() + 3600
        )
    assert levels(found)["clock"] == "warn"


@pytest.mark.parametrize(
    ("skew_s", "message"),
    [(30, "It agrees with Telegram's."), (31, "It is 31 s ahead of Telegram's."),
     (-300, "It is 300 s behind Telegram's.")],
)  # fmt: skip
def test_a_skew_in_words(skew_s: float, message: str) -> None:
    assert clock_finding(skew_s).message == message


@pytest.mark.parametrize(
    ("switch", "value", "part", "command"),
    [
        ("can_read_all_group_messages", True, "privacy", "/setprivacy"),
        ("can_join_groups", False, "groups", "/setjoingroups"),
        ("supports_inline_queries", False, "inline", "/setinline"),
        ("supports_guest_queries", False, "guest", "Guest Mode"),
    ],
)
def test_a_switch_that_is_wrong_says_what_to_tell_botfather(
    switch: str, value: bool, part: str, command: str
) -> None:
    (finding,) = (each for each in switches(bot_user(**{switch: value})) if each.level != "ok")
    assert (finding.part, finding.level) == (part, Level.WARN)
    assert command in finding.next_step


def test_a_webhook_that_is_in_the_way_is_told_by_its_host_only() -> None:
    info = WebhookInfo("https://other.example/SECRET", False, 0)
    (finding,) = webhook(info, None)
    assert finding.level is Level.WARN
    assert "other.example" in finding.message
    assert "SECRET" not in "".join(finding.lines())


def test_a_webhook_as_it_is_to_be_passes() -> None:
    url = "https://bot.example/hook"
    assert [each.level for each in webhook(WebhookInfo(url, False, 0), url)] == [Level.OK]


def test_a_webhook_that_leads_elsewhere_or_is_not_set_is_told() -> None:
    for told in ("https://other.example/x", ""):
        (finding,) = webhook(WebhookInfo(told, False, 0), "https://bot.example/hook")
        assert finding.level is Level.WARN


def test_the_last_error_of_a_webhook_is_told() -> None:
    url = "https://bot.example/hook"
    info = WebhookInfo(
        url, False, 0, datetime(2026, 11, 26, 9, 5, tzinfo=UTC), "Connection timed out"
    )
    assert webhook(info, url)[1].message == "At 2026-11-26 09:05 UTC: Connection timed out."


def test_many_updates_that_wait_are_told() -> None:
    assert [each.part for each in webhook(WebhookInfo("", False, 500), None)] == [
        "webhook",
        "updates",
    ]


# --- Archive and models ---


@contextmanager
def opened(lookup: FakeLookup) -> Iterator[FakeLookup]:
    yield lookup


@contextmanager
def refused(error: HearsayError) -> Iterator[FakeLookup]:
    raise error
    yield FakeLookup()


def test_a_snapshot_models_and_a_trial_question() -> None:
    ticks = iter((0.0, 0.25))
    found = tuple(answer_findings(lambda: opened(FakeLookup()), clock=lambda: next(ticks)))
    assert levels(found) == {"snapshot": "ok", "models": "ok", "lookup": "ok"}
    assert found[0].message == ("20261122-a: 13,204 claims, built 2026-11-22 09:30 UTC, verified.")
    assert found[2].message == "A trial question took 0.25 s."


def test_a_missing_snapshot_is_told() -> None:
    error = SnapshotError("No snapshot is published yet.")
    (finding,) = answer_findings(lambda: refused(error))
    assert (finding.part, finding.level) == ("snapshot", Level.FAIL)
    assert "hearsay reindex" in finding.next_step


def test_models_that_do_not_load_are_told() -> None:
    (finding,) = answer_findings(lambda: refused(HearsayError("The model is missing.")))
    assert (finding.part, finding.level) == ("models", Level.FAIL)


def test_the_sample_archive_is_a_warning() -> None:
    from dataclasses import replace

    lookup = FakeLookup(snapshot=replace(SNAPSHOT, is_sample=True))
    assert levels(answer_findings(lambda: opened(lookup)))["snapshot"] == "warn"


def test_a_slow_lookup_is_a_warning() -> None:
    ticks = iter((0.0, 2.5))
    found = answer_findings(lambda: opened(FakeLookup()), clock=lambda: next(ticks))
    assert levels(found)["lookup"] == "warn"


# --- The command ---


@pytest.fixture
def environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HEARSAY_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("HEARSAY_ENCODERS", "/no/such/model")
    monkeypatch.delenv("TELEGRAM_BOT_TOKEN", raising=False)


@pytest.mark.usefixtures("environment")
def test_the_command_tells_a_missing_model_and_ends_with_1(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("bot.logs.set_up_logging", lambda *_, **__: None)
    done = CliRunner().invoke(app, ["check", "--offline"])
    assert done.exit_code == 1
    assert "ok    settings" in done.stdout
    assert "fail  models" in done.stdout
    assert "telegram" not in done.stdout


@pytest.mark.usefixtures("environment")
def test_the_command_tells_unusable_settings_and_ends_with_2(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HEARSAY_LOOKUP_WORKERS", "many")
    done = CliRunner().invoke(app, ["check", "--json"])
    assert done.exit_code == 2
    assert "HEARSAY_LOOKUP_WORKERS" in done.stdout
    assert '"ok": false' in done.stdout


# --- Where a webhook listens ---


def test_a_bot_that_polls_listens_nowhere() -> None:
    assert list(intake_findings(settings())) == []


def test_a_secret_without_an_address_is_pointed_out() -> None:
    (found,) = intake_findings(settings(webhook_secret=SecretStr("x" * 20)))
    assert found.level is Level.WARN


@pytest.mark.parametrize(
    ("listen", "level"),
    [
        (Listen("127.0.0.1", 9322), Level.OK),
        (Listen("0.0.0.0", 9322), Level.WARN),
        (SocketFile(Path("/no/such/folder/hook.sock")), Level.FAIL),
    ],
)
def test_where_the_webhook_listens_is_looked_at(listen: Listen | SocketFile, level: Level) -> None:
    chosen = settings(webhook_url="https://bot.example.org/", webhook_listen=listen)
    (found,) = intake_findings(chosen)
    assert found.level is level


def test_a_socket_in_a_folder_of_ours_is_fine(tmp_path: Path) -> None:
    listen = SocketFile(tmp_path / "hook.sock")
    (found,) = intake_findings(
        settings(webhook_url="https://bot.example.org/", webhook_listen=listen)
    )
    assert found.level is Level.OK


async def test_a_webhook_that_is_not_set_yet_is_pointed_out() -> None:
    async with LoopbackServer(token=TOKEN) as server:
        found = await connection_findings(
            settings(api_url=server.base_url, webhook_url="https://bot.example.org/")
        )
    (webhook_finding,) = [each for each in found if each.part == "webhook"]
    assert webhook_finding.level is Level.WARN
    assert "The start sets it" in webhook_finding.next_step
