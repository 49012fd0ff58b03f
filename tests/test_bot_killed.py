"""Killed: a bot that is killed again and again loses no update and answers none twice."""

import asyncio
import json
import os
import random
import re
import signal
import sqlite3
import sys
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import Any

import pytest
from botworld import SECRET, TOKEN, free_port, until

from bot.loopback import Fault, FaultKind, LoopbackServer

HERE = Path(__file__).resolve().parent
N_PEOPLE, N_EACH, N_KILLS = 50, 5, 6
# What is sent at once can be under way at a kill, and no more.
MAX_AT_ONCE = 16


class Bots:
    """Starts bots, one after the other, each with the state of the one before."""

    def __init__(self, process: asyncio.subprocess.Process, options: dict[str, Any]) -> None:
        self._process = process
        self._options = options

    async def start(self) -> None:
        assert await self._said({"start": self._options}) == "started"

    async def tell(self, number: int) -> None:
        """Send a signal, and go on."""
        assert await self._said({"tell": number}) == "told"

    async def end(self, number: int) -> int:
        """Send a signal, and wait for the end; returns the exit code, negative for a signal."""
        return int(await self._said({"end": number}))

    @property
    def log(self) -> str:
        path = Path(self._options["log"])
        return path.read_text(encoding="utf-8") if path.exists() else ""

    def handled(self) -> set[int]:
        """Ids of updates that would not be handled again."""
        with closing(sqlite3.connect(self._options["path"])) as db:
            return {
                row[0] for row in db.execute("select update_id from inbox where payload is null")
            }

    def waiting(self) -> int:
        with closing(sqlite3.connect(self._options["path"])) as db:
            row = db.execute("select count(*) from inbox where payload is not null").fetchone()
        return int(row[0])

    async def _said(self, command: dict[str, Any]) -> str:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(command).encode() + b"\n")
        async with asyncio.timeout(60):
            return (await self._process.stdout.readline()).decode().strip()


@asynccontextmanager
async def bots(server: LoopbackServer, folder: Path, *, by_webhook: bool) -> AsyncIterator[Bots]:
    options = {
        "api_url": server.base_url,
        "path": str(folder / "bot.db"),
        "port": free_port() if by_webhook else None,
        "log": str(folder / "log.txt"),
    }
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", "import killable; killable.main()",
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": f"{HERE}{os.pathsep}{HERE.parent}"},
    )  # fmt: skip
    try:
        yield Bots(process, options)
    finally:
        assert process.stdin is not None
        process.stdin.close()
        await process.wait()


class SlowServer(LoopbackServer):
    """Knows how many of the calls that a fault slows down are under way."""

    n_slowed = 0

    async def _fail(self, *args: Any) -> Any:
        self.n_slowed += 1
        try:
            return await super()._fail(*args)
        finally:
            self.n_slowed -= 1


@pytest.fixture
async def server() -> AsyncIterator[SlowServer]:
    async with SlowServer(token=TOKEN, bot_username="hearsay_bot") as opened:
        yield opened


@pytest.mark.parametrize("by_webhook", [False, True], ids=["polling", "webhook"])
async def test_of_250_updates_none_is_lost_and_none_answered_twice(
    server: SlowServer, tmp_path: Path, *, by_webhook: bool
) -> None:
    chance = random.Random(20261126 + by_webhook)
    # As long as a real answer, so that kills meet answers under way.
    server.fail(Fault("sendMessage", FaultKind.SLOW, times=10**6, delay_s=0.02))
    people = [server.user(f"Person {n}") for n in range(N_PEOPLE)]
    numbers: dict[str, int] = {}
    for turn in range(N_EACH):
        for who, person in enumerate(people):
            person.says(f"question {turn} of {who}")
            numbers[f"question {turn} of {who}"] = server.world.updates.pending[-1].update_id
    interrupted: set[int] = set()
    async with bots(server, tmp_path, by_webhook=by_webhook) as started:
        for _ in range(N_KILLS):
            await started.start()
            n_more = len(answers(server)) + chance.randint(1, 40)
            await until(lambda n=n_more: len(answers(server)) >= n)  # type: ignore[misc]
            await asyncio.sleep(chance.random() * 0.02)  # so that the kill meets any moment
            assert await started.end(signal.SIGKILL) == -signal.SIGKILL
            # What had reached the server is answered there, though nobody waits for it any more.
            await until(lambda: server.n_slowed == 0)
            answered = {numbers[question] for question in answers(server)}
            silent = started.handled() - answered - interrupted
            assert len(silent) <= MAX_AT_ONCE
            interrupted |= silent
        await started.start()
        await until(lambda: started.handled() >= set(numbers.values()))
        await until(lambda: server.n_slowed == 0)
        assert await started.end(signal.SIGTERM) == 0
        assert started.waiting() == 0
    counts = Counter(answers(server))
    assert [question for question, n in counts.items() if n > 1] == []
    # An answer that had begun to go out when the bot was killed may not have arrived; it is never
    # sent again. All others are there.
    unanswered = {number for question, number in numbers.items() if question not in counts}
    assert unanswered <= interrupted

    for who, person in enumerate(people):
        turns = [int(q.split()[1]) for m in person.from_bot if (q := question_of(m.text))]
        assert turns == sorted(turns), who
    assert TOKEN not in started.log
    assert SECRET not in started.log


async def test_a_second_signal_ends_the_process_at_once_and_the_update_is_kept(
    server: SlowServer, tmp_path: Path
) -> None:
    alice = server.user("Alice")
    alice.says("for ever and ever")
    async with bots(server, tmp_path, by_webhook=False) as started:
        await started.start()
        await until(lambda: "Running as" in started.log)
        await until(lambda: started.waiting() == 1)
        await started.tell(signal.SIGTERM)
        await until(lambda: "Finishing 1 updates" in started.log)
        assert await started.end(signal.SIGTERM) == -signal.SIGTERM
        assert started.waiting() == 1
    assert alice.from_bot == []


def answers(server: LoopbackServer) -> list[str]:
    """The question of every answer that has arrived."""
    found = (question_of(call.parameters.text("text")) for call in server.calls.to("sendMessage"))
    return [question for question in found if question]


def question_of(text: str) -> str:
    match = re.search(r"question \d+ of \d+", text)
    return match.group() if match else ""
