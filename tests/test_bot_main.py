"""The command: what it does without a token, and its exit codes."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from bot.loopback import LoopbackServer

ROOT = Path(__file__).resolve().parent.parent


def run(
    *arguments: str, env: dict[str, str] | None = None, cwd: Path
) -> subprocess.CompletedProcess[str]:
    clean = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("TELEGRAM_", "HEARSAY_"))
    }
    return subprocess.run(
        [sys.executable, "-m", "bot", *arguments],
        env={**clean, "PYTHONPATH": str(ROOT), **(env or {})},
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_help_lists_the_commands_and_loads_nothing_heavy(tmp_path: Path) -> None:
    probe = (
        "import sys, bot.__main__; "
        "heavy = {'telegram', 'index', 'torch', 'aiohttp', 'pydantic'} & set(sys.modules); "
        "assert not heavy, heavy; bot.__main__.main()"
    )
    done = subprocess.run(
        [sys.executable, "-c", probe, "--help"],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "chat" in done.stdout
    assert "run" in done.stdout


@pytest.mark.parametrize("arguments", [(), ("run",)])
def test_without_token_and_terminal_it_says_what_to_do(
    tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    done = run(*arguments, cwd=tmp_path)
    assert done.returncode == 2
    assert "TELEGRAM_BOT_TOKEN" in done.stderr
    assert "hearsay-bot chat" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_bad_setting_is_named(tmp_path: Path) -> None:
    done = run("chat", env={"HEARSAY_LOOKUP_WORKERS": "many"}, cwd=tmp_path)
    assert done.returncode == 2
    assert "HEARSAY_LOOKUP_WORKERS" in done.stderr


def test_an_unknown_command_is_a_usage_error(tmp_path: Path) -> None:
    assert run("dance", cwd=tmp_path).returncode == 2


async def test_a_token_that_telegram_refuses_ends_with_a_sentence(tmp_path: Path) -> None:
    import asyncio

    token = "987654321:WRONGWRONGWRONGWRONGWRONGWRONGWRONG"
    async with LoopbackServer(token="42:OTHER") as server:
        env = {"TELEGRAM_BOT_TOKEN": token, "TELEGRAM_API_URL": server.base_url}
        done = await asyncio.to_thread(run, env=env, cwd=tmp_path)
    assert done.returncode == 2
    assert "does not accept this token" in done.stderr
    assert "WRONG" not in done.stdout + done.stderr
