"""`hearsay-bot questions`: list, show, answer, dismiss and export, beside a running bot."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from botworld import SNOW, FakeLookup
from typer.testing import CliRunner, Result

from bot.__main__ import app
from bot.editors.notices import OutboxNotifier
from bot.state import MIGRATIONS, StateDb
from bot.state.outbox import Outbox
from bot.state.questions import PassedOnQuestions
from bot.state.stamps import utc_now
from index.labelling import read_unlabelled


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[StateDb]:
    """The database, held open as by a running bot, and a lookup without models."""

    @contextmanager
    def lookup() -> Iterator[FakeLookup]:
        yield FakeLookup()

    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HEARSAY_HOME", str(tmp_path / "home"))
    monkeypatch.setattr("bot.cli_questions._lookup", lookup)
    with StateDb(tmp_path / "home" / "bot.db", MIGRATIONS) as opened:
        yield opened


@pytest.fixture
def questions(state: StateDb) -> PassedOnQuestions:
    kept = PassedOnQuestions(state, OutboxNotifier(state, utc_now), utc_now)
    kept.pass_on(501, 501, "bridge in Peru fell", "es-PE", "unanswered")
    kept.pass_on(502, 502, "snow one [sic]", "en", "not_it:umbrella1")
    kept.pass_on(503, 503, "snow two", "", "unanswered")
    return kept


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["questions", *arguments])


@pytest.mark.usefixtures("questions")
def test_list_shows_groups_most_people_first() -> None:
    done = run("list")
    assert done.exit_code == 0, done.output
    rows = [line.split() for line in done.stdout.splitlines()]
    assert [row[0] for row in rows] == ["ID", "2", "1"]
    assert "snow one [sic]" in done.stdout


@pytest.mark.usefixtures("questions")
def test_list_as_json_names_nobody() -> None:
    found = json.loads(run("list", "--json").stdout)
    assert [(each["id"], each["n_people"]) for each in found] == [(2, 2), (1, 1)]
    assert found[0]["questions"][0]["shown_claim_id"] == "umbrella1"
    assert not any("user" in key or "chat" in key for key in found[0]["questions"][0])


def test_an_empty_queue_says_so_beside_the_data() -> None:
    done = run("list")
    assert done.stdout == ""
    assert "No question waits" in done.stderr


@pytest.mark.usefixtures("questions")
def test_show_tells_what_asks_the_same_and_what_is_close() -> None:
    done = run("show", "3")
    assert "Question 3: open" in done.stdout
    assert "snow one [sic]  (not what was meant: umbrella1)" in done.stdout
    assert SNOW.text in done.stdout


def test_answer_closes_the_whole_group_and_tells_who_asked(
    questions: PassedOnQuestions, state: StateDb
) -> None:
    done = run("answer", "3", "snow2")
    assert done.exit_code == 0, done.output
    assert [each.id for each in questions.open()] == [1]
    assert Outbox(state).n_waiting() == 2


def test_answer_only_closes_just_that_one(questions: PassedOnQuestions) -> None:
    run("answer", "3", "snow2", "--only")
    assert [each.id for each in questions.open()] == [1, 2]


def test_a_claim_that_is_not_published_answers_nothing(questions: PassedOnQuestions) -> None:
    done = run("answer", "3", "nosuch")
    assert done.exit_code == 1
    assert "Error: No claim nosuch." in done.stderr
    assert len(questions.open()) == 3


@pytest.mark.usefixtures("questions")
@pytest.mark.parametrize("arguments", [("show", "7"), ("answer", "7", "snow2"), ("dismiss", "7")])
def test_an_unknown_number_is_told_with_what_to_do(arguments: tuple[str, ...]) -> None:
    done = run(*arguments)
    assert done.exit_code == 1
    assert "There is no question 7." in done.stderr
    assert "questions list" in done.stderr


def test_dismiss_keeps_the_reason_and_tells_nobody(
    questions: PassedOnQuestions, state: StateDb
) -> None:
    assert run("dismiss", "1", "--reason", "no claim").exit_code == 0
    assert questions.question(1).why == "no claim"
    assert Outbox(state).n_waiting() == 0
    done = run("dismiss", "1")
    assert done.exit_code == 1
    assert "Question 1 is closed already: dismissed" in done.stderr


@pytest.mark.usefixtures("questions")
def test_what_is_exported_is_what_label_reads(tmp_path: Path) -> None:
    assert run("export", "out.jsonl").exit_code == 0
    read = read_unlabelled(tmp_path / "out.jsonl")
    assert [(each.qid, each.text, each.language, each.kind) for each in read] == [
        ("passed-on-1", "bridge in Peru fell", "es", "unanswered"),
        ("passed-on-2", "snow one [sic]", "en", "not_it"),
        ("passed-on-3", "snow two", "en", "unanswered"),
    ]


def test_answered_questions_are_exported_with_their_claim(
    questions: PassedOnQuestions, tmp_path: Path
) -> None:
    questions.answer([2], "snow2")
    run("export", "out.jsonl", "--answered")
    (row,) = map(json.loads, (tmp_path / "out.jsonl").read_text("utf-8").splitlines())
    assert (row["qid"], row["gold"]) == ("passed-on-2", ["snow2"])


@pytest.mark.usefixtures("questions")
def test_a_file_that_exists_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "out.jsonl").write_text("mine")
    done = run("export", "out.jsonl")
    assert done.exit_code == 2
    assert "out.jsonl exists" in done.stderr
    assert (tmp_path / "out.jsonl").read_text() == "mine"
