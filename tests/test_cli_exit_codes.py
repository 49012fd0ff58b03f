"""Exit codes of `hearsay`, as docs/commands.md promises them: one sentence, never a traceback."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


def hearsay(
    home: Path, *arguments: str | Path, **environment: str
) -> subprocess.CompletedProcess[str]:
    code = "from index.cli import main; main()"
    return subprocess.run(
        [sys.executable, "-c", code, *map(str, arguments)],
        cwd=home,
        env={"PYTHONPATH": str(ROOT), "HEARSAY_HOME": str(home), **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_done_is_0(tmp_path: Path) -> None:
    done = hearsay(tmp_path, "status")
    assert done.returncode == 0
    assert str(tmp_path) in done.stdout


def test_failed_is_1_with_one_line(tmp_path: Path) -> None:
    done = hearsay(tmp_path, "rollback")
    assert done.returncode == 1
    assert done.stderr.startswith("hearsay: There is no earlier snapshot")
    assert done.stdout == ""


def test_a_missing_file_is_1(tmp_path: Path) -> None:
    done = hearsay(tmp_path, "import", "nothing.csv")
    assert done.returncode == 1
    assert "nothing.csv" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ["frobnicate"],
        ["status", "--frobnicate"],
        ["list", "--state", "lost"],
        ["show"],
        ["import", "--publish", "--draft", "x.csv"],
    ],
)
def test_wrong_usage_is_2_without_a_traceback(tmp_path: Path, arguments: list[str]) -> None:
    done = hearsay(tmp_path, *arguments)
    assert done.returncode == 2
    assert "Usage:" in done.stderr
    assert "Traceback" not in done.stderr


def test_an_unusable_setting_is_2_and_named(tmp_path: Path) -> None:
    done = hearsay(tmp_path, "status", HEARSAY_THREADS="many")
    assert done.returncode == 2
    assert "HEARSAY_THREADS" in done.stderr
    assert "Traceback" not in done.stderr


def test_rejected_records_are_3(tmp_path: Path) -> None:
    feed = tmp_path / "feed.csv"
    feed.write_text("claim,outlet\nA ferry sank in Port Example,Herald\n,Herald\n", "utf-8")
    done = hearsay(tmp_path, "import", feed, "--format", "csv")
    assert done.returncode == 3
    assert "1 new, 1 rejected" in done.stdout
    assert "line 3, text" in done.stderr


def test_interrupted_is_130_and_says_what_was_kept(tmp_path: Path) -> None:
    code = (
        "import os, signal\n"
        "from index.cli import app\n"
        f"app.feeds.Archive = lambda *_: os.kill(os.getpid(), {signal.SIGINT.value})\n"
        "app.main()"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, "import", "feed.csv"],
        cwd=tmp_path,
        env={"PYTHONPATH": str(ROOT), "HEARSAY_HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 130
    assert done.stderr.startswith("hearsay: Interrupted.")
