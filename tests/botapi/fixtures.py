"""Fixtures: every call to every local Bot API in every test is checked against the real one."""

from collections.abc import AsyncIterator, Iterator

import pytest

from bot.loopback import LoopbackServer
from bot.loopback.recorder import Call, Recorder

TOKEN = "42:TEST-token-of-no-bot"


@pytest.fixture(autouse=True)
def bot_api_violations(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Fail the test when a request or an answer breaks the Bot API's specification.

    A test that breaks it on purpose takes this list, looks at it and clears it.
    """
    violations: list[str] = []
    record = Recorder.record

    def checked(recorder: Recorder, call: Call) -> None:
        # aiogram takes seconds to import, so only tests that talk to a bot pay for it.
        from botapi.validator import answer_problems, request_problems

        violations.extend(request_problems(call.method, call.values))
        if call.body is not None and call.body["ok"]:
            violations.extend(answer_problems(call.method, call.body))
        record(recorder, call)

    monkeypatch.setattr(Recorder, "record", checked)
    yield violations
    assert not violations, "calls that the Bot API's specification refuses"


@pytest.fixture
async def loopback() -> AsyncIterator[LoopbackServer]:
    """A local Bot API with a bot named `hearsay_bot`."""
    async with LoopbackServer(token=TOKEN, bot_username="hearsay_bot") as server:
        yield server
