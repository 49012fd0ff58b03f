"""Killable: a process that starts bots and ends them on command, as a service manager would.

It has loaded everything once, so that a bot starts at once by a fork. It reads a JSON object a line
and answers each with a line: {"start": {...}} with "started", {"end": signal} with how it ended.
"""

import asyncio
import json
import os
import signal
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

from botworld import ENGLISH_ONLY, SECRET, UMBRELLAS, FakeLookup, matched, settings

from bot.app import build_application
from bot.context import Deps
from bot.delivery.intake import Webhook
from bot.logs import set_up_logging
from bot.outgoing.limiter import UNLIMITED, Limiter
from bot.serving import serve
from bot.settings import Listen
from bot.state import MIGRATIONS, StateDb
from bot.workers import Workers
from index import Answer

_LOOKUP_S = 0.004


class Knowing(FakeLookup):
    """Knows every claim, after a moment; some questions take for ever."""

    def ask(self, question: str, *, limit: int = 5) -> Answer:
        while question.startswith("for ever"):
            time.sleep(0.05)
        time.sleep(_LOOKUP_S)
        claim = replace(UMBRELLAS, text=f"Claim <{question}> of the archive.", responses=())
        return matched(question, claim)


async def _serve(api_url: str, path: str, port: int | None) -> None:
    webhook = None
    if port is not None:
        url = f"http://127.0.0.1:{port}/hearsay"
        webhook = Webhook(url, Listen("127.0.0.1", port), SECRET)
    with Workers(2, 32, 20.0) as workers, StateDb(Path(path), MIGRATIONS) as state:
        deps = Deps(Knowing(), workers, ENGLISH_ONLY, state)
        await serve(
            build_application(settings(api_url=api_url), deps, limiter=Limiter(UNLIMITED)), webhook
        )


def _start(options: dict[str, Any]) -> int:
    if pid := os.fork():
        return pid
    log = os.open(options["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(log, 2)
    os.dup2(log, 1)
    set_up_logging("DEBUG")
    code = 1
    try:
        asyncio.run(_serve(options["api_url"], options["path"], options["port"]))
        code = 0
    finally:
        os._exit(code)


def _end(pid: int, number: int) -> str:
    os.kill(pid, number)
    _, status = os.waitpid(pid, 0)
    return json.dumps(os.waitstatus_to_exitcode(status))


def main() -> None:
    pid = 0
    for line in sys.stdin:
        command = json.loads(line)
        if "start" in command:
            pid = _start(command["start"])
            answer = "started"
        elif "tell" in command:
            os.kill(pid, command["tell"])
            answer = "told"
        else:
            answer = _end(pid, command["end"])
        sys.stdout.write(f"{answer}\n")
        sys.stdout.flush()
    if pid:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            return


if __name__ == "__main__":
    main()
