"""The command: what it does without a token, and its exit codes."""

import os
import subprocess
import sys
from pathlib import Path
from typing import IO

import pytest

from bot.loopback import LoopbackServer

ROOT = Path(__file__).resolve().parent.parent


def run(
    *arguments: str,
    env: dict[str, str] | None = None,
    cwd: Path,
    stdin: int | IO[str] = subprocess.DEVNULL,
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
        stdin=stdin,
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
def test_without_token_and_anybody_to_talk_to_it_says_what_to_do(
    tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    done = run(*arguments, cwd=tmp_path)
    assert done.returncode == 2
    assert "TELEGRAM_BOT_TOKEN" in done.stderr
    assert "hearsay-bot chat" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.fixture
def no_models(tmp_path: Path) -> dict[str, str]:
    """Settings with which a chat ends before it loads anything."""
    return {"HEARSAY_HOME": str(tmp_path / "home"), "HEARSAY_ENCODERS": "/no/such/model"}


def test_without_token_what_is_piped_in_is_a_chat(
    tmp_path: Path, no_models: dict[str, str]
) -> None:
    readable, writable = os.pipe()
    os.write(writable, b"hello\n")
    os.close(writable)
    with os.fdopen(readable) as pipe:
        done = run(env=no_models, cwd=tmp_path, stdin=pipe)
    assert "opening a chat" in done.stderr
    assert "/no/such/model" in done.stderr


def test_without_token_a_file_of_questions_is_a_chat(
    tmp_path: Path, no_models: dict[str, str]
) -> None:
    (tmp_path / "questions.txt").write_text("hello\n", encoding="utf-8")
    with (tmp_path / "questions.txt").open(encoding="utf-8") as questions:
        done = run(env=no_models, cwd=tmp_path, stdin=questions)
    assert "opening a chat" in done.stderr


def test_what_is_piped_in_does_not_turn_run_into_a_chat(tmp_path: Path) -> None:
    (tmp_path / "questions.txt").write_text("hello\n", encoding="utf-8")
    with (tmp_path / "questions.txt").open(encoding="utf-8") as questions:
        done = run("run", cwd=tmp_path, stdin=questions)
    assert done.returncode == 2
    assert "TELEGRAM_BOT_TOKEN" in done.stderr


def test_without_any_stdin_it_says_what_to_do(tmp_path: Path) -> None:
    done = subprocess.run(
        ["sh", "-c", 'exec "$0" -m bot <&-', sys.executable],
        env={**os.environ, "PYTHONPATH": str(ROOT), "TELEGRAM_BOT_TOKEN": ""},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 2
    assert "hearsay-bot chat" in done.stderr


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
