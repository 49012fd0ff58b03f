"""What `hearsay` prints: data as it is on file, and tables that other programs can read."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from index.cli.app import app
from index.duplicates import DuplicatePair

ODD = "A [sic] sign :tada: says [/b] that ferries are [bold]banned[/bold]"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HEARSAY_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*arguments: str) -> str:
    done = CliRunner().invoke(app, arguments, catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.stdout


def filed(home: Path, *texts: str, name: str = "feed.jsonl") -> None:
    records = [{"id": f"{name[0]}{n}", "text": text} for n, text in enumerate(texts)]
    (home / name).write_text("".join(json.dumps(each) + "\n" for each in records), "utf-8")


def test_brackets_and_colons_of_a_claim_are_no_markup(home: Path) -> None:
    filed(home, ODD)
    run("import", "feed.jsonl")
    assert ODD in run("list")
    assert ODD in run("show", "f0")


def test_a_piped_table_has_one_line_a_claim(home: Path) -> None:
    long = "The harbour of Example is closed " + "for ever and ever " * 20 + "at night"
    filed(home, long, "A ferry sank off Port Example")
    run("import", "feed.jsonl")
    assert run("list").splitlines() == [
        "id\tstate\tstatus\tclaim",
        f"f0\tpublished\tunanswered\t{long}",
        "f1\tpublished\tunanswered\tA ferry sank off Port Example",
    ]


@pytest.fixture
def pairs(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    filed(home, "A ferry sank", "A ferry has sunk", "A boat sank", name="published.jsonl")
    filed(home, "Some ferry sank", name="draft.jsonl")
    run("import", "published.jsonl")
    run("import", "--draft", "draft.jsonl")
    found = [
        DuplicatePair(("p0", "p1"), 0.9, "they are near", ("A ferry sank", "A ferry has sunk")),
        DuplicatePair(("p0", "p2"), 0.8, "they are near", ("A ferry sank", "A boat sank")),
        DuplicatePair(("p0", "d0"), 0.4, "they are near", ("A ferry sank", "Some ferry sank")),
    ]
    monkeypatch.setattr("index.cli.curate.find_duplicates", lambda *_, **__: found)
    monkeypatch.setattr("index.cli.curate.load_encoder", lambda *_: None)


@pytest.mark.usefixtures("pairs")
def test_pairs_with_a_draft_are_printed_first() -> None:
    merges = [line.split("merge ")[1] for line in run("duplicates").splitlines() if "%" in line]
    assert merges == ["p0 d0", "p0 p1", "p0 p2"]


@pytest.mark.usefixtures("pairs")
def test_json_pairs_are_strictly_best_first() -> None:
    assert [pair["probability"] for pair in json.loads(run("duplicates", "--json"))] == [
        0.9,
        0.8,
        0.4,
    ]


@pytest.mark.usefixtures("pairs")
def test_pairs_of_one_claim() -> None:
    found = json.loads(run("duplicates", "p1", "--json"))
    assert [pair["claims"] for pair in found] == [["p0", "p1"]]
