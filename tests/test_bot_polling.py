"""Polling: a bad token, an unreachable Telegram, a second instance, and stopping in order."""

import asyncio
import json
import logging
import os
import signal

import pytest
from botworld import ENGLISH_ONLY, TOKEN, FakeLookup, matched, running, settings
from pydantic import SecretStr
from telegram.error import Conflict, NetworkError

from bot.app import build_application
from bot.context import Deps
from bot.errors import on_polling_error
from bot.loopback import Fault, FaultKind, LoopbackServer
from bot.serving import check_token, connect, serve
from bot.serving import running as running_bot
from bot.state import MIGRATIONS, StateDb
from bot.workers import Workers
from index import SettingsError


async def test_a_token_that_telegram_does_not_know_is_refused_without_showing_it() -> None:
    wrong = settings(token=SecretStr("987654321:WRONGWRONGWRONGWRONGWRONGWRONGWRONG"))
    async with LoopbackServer(token=TOKEN) as server:
        with pytest.raises(SettingsError, match="does not accept this token") as refused:
            await check_token(wrong.model_copy(update={"api_url": server.base_url}))
    assert "WRONG" not in str(refused.value)


async def test_a_good_token_passes() -> None:
    async with LoopbackServer(token=TOKEN) as server:
        await check_token(settings(api_url=server.base_url))
        assert len(server.calls.to("getMe")) == 1


async def test_an_unreachable_telegram_is_waited_for_with_growing_pauses(
    caplog: pytest.LogCaptureFixture,
) -> None:
    pauses: list[float] = []

    async def sleep(seconds: float) -> None:
        pauses.append(seconds)

    async with LoopbackServer(token=TOKEN) as server:
        server.fail(Fault("getMe", FaultKind.DROP_BEFORE, times=7))
        with Workers(1, 0, 5.0) as workers, StateDb(None, MIGRATIONS) as state:
            deps = Deps(FakeLookup(), workers, ENGLISH_ONLY, state)
            application = build_application(settings(api_url=server.base_url), deps)
            await connect(application.bot, sleep=sleep)
            assert application.bot.username == "hearsay_bot"
            await application.bot.shutdown()
    assert pauses == [1, 2, 4, 8, 16, 30, 30]
    assert "Telegram cannot be reached" in caplog.text
    assert TOKEN not in caplog.text


async def test_a_menu_that_cannot_be_set_does_not_stop_the_bot(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with LoopbackServer(token=TOKEN) as server:
        server.fail(Fault("getMyCommands", code=500))
        with Workers(1, 0, 5.0) as workers, StateDb(None, MIGRATIONS) as state:
            deps = Deps(FakeLookup(), workers, ENGLISH_ONLY, state)
            async with running_bot(build_application(settings(api_url=server.base_url), deps)):
                alice = server.user("Alice")
                alice.says("/help")
                await alice.next_message()
    assert "Could not set the command menu" in caplog.text


async def test_a_menu_that_is_already_right_is_not_set_again() -> None:
    async with LoopbackServer(token=TOKEN) as server:
        for _ in range(2):
            with Workers(1, 0, 5.0) as workers, StateDb(None, MIGRATIONS) as state:
                deps = Deps(FakeLookup(), workers, ENGLISH_ONLY, state)
                async with running_bot(build_application(settings(api_url=server.base_url), deps)):
                    pass
        assert len(server.calls.to("setMyCommands")) == 3
        assert len(server.calls.to("setMyDescription")) == 1


def test_a_second_instance_is_reported_loudly(caplog: pytest.LogCaptureFixture) -> None:
    on_polling_error(Conflict("terminated by other getUpdates request"))
    assert caplog.records[0].levelno == logging.CRITICAL
    assert "ANOTHER INSTANCE" in caplog.text


def test_a_lost_connection_is_a_warning(caplog: pytest.LogCaptureFixture) -> None:
    on_polling_error(NetworkError("gone"))
    assert [record.levelname for record in caplog.records] == ["WARNING"]


async def test_only_updates_that_are_handled_are_asked_for() -> None:
    async with running() as world:
        alice = world.server.user("Alice")
        alice.says("/help")
        await alice.next_message()
        asked = world.server.calls.to("getUpdates")[0]
    allowed = asked.parameters.text("allowed_updates")
    assert allowed is not None
    assert json.loads(allowed) == [
        "message", "edited_message", "callback_query", "inline_query", "guest_message",
        "my_chat_member",
    ]  # fmt: skip


async def test_a_signal_lets_the_answers_that_have_begun_go_out() -> None:
    lookup = FakeLookup({"lakes of lemonade": matched("lakes of lemonade")})
    lookup.gate.clear()
    async with LoopbackServer(token=TOKEN) as server:
        with Workers(1, 4, 20.0) as workers, StateDb(None, MIGRATIONS) as state:
            deps = Deps(lookup, workers, ENGLISH_ONLY, state)
            application = build_application(settings(api_url=server.base_url), deps)
            task = asyncio.create_task(serve(application))
            alice = server.user("Alice")
            alice.says("/help")
            await alice.next_message()
            alice.says("lakes of lemonade")
            bob = server.user("Bob")
            bob.says("/help")
            await bob.next_message()  # so the question before it is in the lookup by now
            os.kill(os.getpid(), signal.SIGTERM)
            await asyncio.get_running_loop().run_in_executor(None, lookup.gate.set)
            async with asyncio.timeout(20):
                await task
        assert any("known claim" in message.text for message in alice.from_bot)
