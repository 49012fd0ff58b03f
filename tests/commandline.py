"""The command `hearsay` in this process, with a tiny encoder: a plugin with its fixtures."""

import io
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from tiny import TinyEncoder
from tinyarchive import VOCABULARY

from index.cli import main

FEED = [
    {
        "id": "moon",
        "text": "The moon is hollow.",
        "claimants": ["A club"],
        "appearances": [
            {
                "outlet": "Herald",
                "url": "https://herald.example/moon",
                "published_on": "2020-01-02",
                "language": "en",
                "based_on": "a geologist",
            }
        ],
        "responses": [
            {
                "kind": "fact-check",
                "by": "A checker",
                "url": "https://check.example/1",
                "rating": "False",
                "verdict": "false",
                "summary": "Seismometers say otherwise.",
            }
        ],
    },
    {"id": "luna", "text": "Our moon is a hollow sphere."},
    {"id": "bank", "text": "A bank closed in Oslo.", "state": "draft"},
]
CLAIM_KEYS = {
    "id", "text", "state", "status", "title", "summary", "body", "language", "alternatives",
    "claimants", "appearances", "responses", "topics", "places", "event_dates",
}  # fmt: skip


@dataclass(frozen=True)
class Done:
    """What a command came to."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


Hearsay = Callable[..., Done]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty home, and encoders that need no model."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HEARSAY_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("HEARSAY_ENCODERS", "tiny")
    for module in ("home", "cli.curate", "cli.evaluate", "cli.calibrate"):
        monkeypatch.setattr(f"index.{module}.load_encoder", lambda *_: TinyEncoder(VOCABULARY))
    return tmp_path / "home"


@pytest.fixture
def hearsay(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Hearsay:
    """Runs a command as the script does, in this process."""

    def run(*arguments: str | Path, answer: str = "") -> Done:
        monkeypatch.setattr("sys.argv", ["hearsay", *map(str, arguments)])
        monkeypatch.setattr("sys.stdin", io.StringIO(answer))
        with pytest.raises(SystemExit) as end:
            main()
        code = end.value.code
        printed = capsys.readouterr()
        return Done(code if isinstance(code, int) else int(bool(code)), printed.out, printed.err)

    return run


@pytest.fixture
def feed(tmp_path: Path) -> Path:
    path = tmp_path / "feed.jsonl"
    path.write_text("".join(json.dumps(each) + "\n" for each in FEED), "utf-8")
    return path


@pytest.fixture
def filled(hearsay: Hearsay, feed: Path) -> Hearsay:
    """With the feed imported."""
    assert hearsay("import", feed).code == 0
    return hearsay
