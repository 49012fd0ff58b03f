"""Labelling: what a key does, what is saved when, and what a damaged file meets."""

import io
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from tinyarchive import World, names, record

from index.answers import Aspect
from index.claims import Appearance, Claim
from index.cli import main
from index.decision import Uncalibrated
from index.errors import FeedError, SettingsError
from index.evaluation import read_questions
from index.evaluation.questions import Question
from index.labelling import Labels, Page, Session, read_unlabelled
from index.lookup import Lookup

NOW = datetime(2030, 1, 2, 3, 4, 5, 600_000, tzinfo=UTC)
MOON = "The moon is hollow."
LUNA = "The hollow moon closed."
BANK = "A bank [sic] closed."


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    (tmp_path / "world").mkdir()
    made = World(tmp_path / "world")
    herald = Appearance("Herald", published_on=NOW.date())
    made.publish(
        record("moon", MOON, appearances=(herald,)), record("luna", LUNA), record("bank", BANK)
    )
    yield made
    made.archive.close()


@pytest.fixture
def lookup(world: World) -> Iterator[Lookup]:
    with Lookup(
        [world.store], names(), lambda _: world.encoder, calibrate=lambda *_: Uncalibrated()
    ) as made:
        yield made


class Desk:
    """An operator who presses these keys, one a character, and then has gone."""

    def __init__(self, keys: str) -> None:
        self.keys = iter(keys)
        self.shown: list[Page | Claim | str] = []

    def show(self, what: Page | Claim | str) -> None:
        self.shown.append(what)

    def key(self) -> str:
        for key in self.keys:
            return key
        raise EOFError

    @property
    def pages(self) -> list[Page]:
        return [each for each in self.shown if isinstance(each, Page)]

    @property
    def asked(self) -> list[str]:
        return [page.question.qid for page in self.pages]

    def choices(self, n: int = -1) -> list[str]:
        return [choice.claim.id for choice in self.pages[n].choices]


@dataclass
class Room:
    """Questions a, b and c about the moon, with a file of labels."""

    path: Path
    lookup: Lookup
    limit: int = 2

    def label(self, keys: str, *questions: Question) -> Desk:
        self.desk = Desk(keys)
        self.session = Session(
            questions or [asked("a"), asked("b"), asked("c")],
            Labels(self.path),
            self.lookup,
            self.desk,
            limit=self.limit,
            now=lambda: NOW,
        )
        self.session.run()
        return self.desk

    @property
    def rows(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.path.read_text("utf-8").splitlines()]

    def labels(self) -> list[tuple[str, str, list[str], list[str], str | None]]:
        return [
            (each["qid"], each["kind"], each["gold"], each["near"], each["differs"])
            for each in self.rows
        ]


def asked(qid: str, text: str = "hollow moon?", kind: str = "question") -> Question:
    return Question(qid, text, frozenset(), kind, "en")


@pytest.fixture
def room(tmp_path: Path, lookup: Lookup) -> Room:
    return Room(tmp_path / "labelled.jsonl", lookup)


# Keys.


def test_a_number_says_which_claim_it_is_about(room: Room, lookup: Lookup) -> None:
    desk = room.label("1")
    assert desk.choices(0) == ["moon", "luna"]
    assert room.rows == [
        {
            "qid": "a",
            "text": "hollow moon?",
            "lang": "en",
            "kind": "question",
            "gold": ["moon"],
            "near": [],
            "differs": None,
            "snapshot": lookup.snapshot.id,
            "labelled_at": "2030-01-02T03:04:05+00:00",
        }
    ]


@pytest.mark.parametrize("key", "0-")
def test_none_of_them(room: Room, key: str) -> None:
    room.label(key)
    assert room.labels() == [("a", "unrelated", [], [], None)]


@pytest.mark.parametrize(("key", "differs"), [*zip("1234567", Aspect, strict=True), ("0", None)])
def test_a_near_miss_says_of_what_and_in_what(room: Room, key: str, differs: Aspect | None) -> None:
    room.label(f"n2{key}")
    assert room.labels() == [("a", "near_miss", [], ["luna"], differs)]


def test_a_question_may_be_about_several(room: Room) -> None:
    room.label("+12+2m1+20")
    assert room.labels() == [
        ("a", "question", ["luna", "moon"], [], None),
        ("b", "question", ["bank", "luna"], [], None),
        ("c", "question", ["luna"], [], None),
    ]


def test_about_one_and_nearly_about_another(room: Room) -> None:
    room.label("+1n24")
    assert room.labels() == [("a", "question", ["moon"], ["luna"], "date")]


def test_a_files_own_kind_is_kept_where_it_is_about_a_claim(room: Room) -> None:
    room.label("10", asked("a", kind="forward"), asked("b", kind="forward"))
    assert [kind for _, kind, *_ in room.labels()] == ["forward", "unrelated"]


def test_more_shows_others_and_after_the_last_the_first(room: Room) -> None:
    desk = room.label("mm1")
    assert [desk.choices(n) for n in range(3)] == [["moon", "luna"], ["bank"], ["moon", "luna"]]
    assert desk.asked[:3] == ["a", "a", "a"]
    assert room.labels()[0][2] == ["moon"]


def test_a_number_counts_on_the_page_that_is_shown(room: Room) -> None:
    desk = room.label("m2n2+21")
    assert room.labels() == [("a", "question", ["bank"], [], None)]
    assert "no such candidate here" in str(desk.shown)


def test_open_shows_the_whole_claim(room: Room) -> None:
    desk = room.label("o1")
    claim = next(each for each in desk.shown if isinstance(each, Claim))
    assert (claim.id, claim.appearances[0].outlet) == ("moon", "Herald")


def test_help_explains_every_key(room: Room) -> None:
    desk = room.label("?")
    told = str(desk.shown[-1])
    assert [line.split()[0] for line in told.splitlines()] == [
        "1-9", "n", "0", "+", "m", "o", "s", "u", "q",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "keys", ["x", "é", "3", "9", "nx", "n1x", "n18", "ox", "+x", "n+", "\x1b[A"]
)
def test_a_key_that_means_nothing_is_one_calm_line(room: Room, keys: str) -> None:
    desk = room.label(keys)
    assert str(desk.shown[-1]).startswith("Nothing was done")
    assert desk.asked == ["a"]
    assert not room.path.exists()


def test_after_a_wrong_key_the_question_goes_on(room: Room) -> None:
    room.label("xn1x1")
    assert room.labels() == [("a", "question", ["moon"], [], None)]


def test_without_candidates_it_can_only_be_about_none(room: Room) -> None:
    desk = room.label("1n10", asked("a", "\U0001f602"))
    assert desk.choices() == []
    assert room.labels() == [("a", "unrelated", [], [], None)]


# Skipping, undoing, quitting, going on.


def test_skip_asks_again_next_time(room: Room) -> None:
    assert room.label("s1").asked == ["a", "b", "c"]
    assert room.session.n_left == 2
    assert room.label("").asked == ["a"]
    assert room.label("11").asked == ["a", "c"]
    assert [row["qid"] for row in room.rows] == ["b", "a", "c"]


def test_undo_takes_the_last_back_and_asks_it_again(room: Room) -> None:
    desk = room.label("1u0")
    assert desk.asked == ["a", "b", "a", "b"]
    assert room.labels() == [("a", "unrelated", [], [], None)]


def test_undo_goes_on_where_it_was_and_leaves_skipped_ones(room: Room) -> None:
    desk = room.label("1su2")
    assert desk.asked == ["a", "b", "c", "a", "c"]
    assert room.labels() == [("a", "question", ["luna"], [], None)]


def test_undo_reaches_judgements_of_an_earlier_session(room: Room) -> None:
    room.label("12")
    assert room.label("uu").asked == ["c", "b", "a"]
    assert room.rows == []


def test_undo_leaves_rows_about_other_questions(room: Room) -> None:
    room.label("1", asked("other"))
    assert "nothing to take back" in str(room.label("u").shown[-1])
    assert [row["qid"] for row in room.rows] == ["other"]


def test_the_last_judgement_can_be_taken_back_too(room: Room) -> None:
    desk = room.label("111u2x")
    assert desk.asked == ["a", "b", "c", "c"]
    assert [row["gold"] for row in room.rows] == [["moon"], ["moon"], ["luna"]]


@pytest.mark.parametrize("keys", ["1q1", "1", "1n", "1n1", "1+", "1+1", "1o", "1nq", "1n1q"])
def test_quit_and_the_end_of_input_keep_what_was_saved(room: Room, keys: str) -> None:
    room.label(keys)
    assert room.labels() == [("a", "question", ["moon"], [], None)]
    assert room.label("").asked == ["b"]


def test_what_is_labelled_is_not_asked_again(room: Room) -> None:
    room.label("111")
    assert room.label("").asked == []
    assert room.session.n_left == 0


def test_where_all_is_labelled_the_last_can_still_be_taken_back(room: Room) -> None:
    room.label("111")
    assert room.label("u2u2x1").asked == ["c", "c"]
    assert [row["gold"] for row in room.rows] == [["moon"], ["moon"], ["luna"]]


def test_what_this_session_judged_is_counted(room: Room) -> None:
    room.label("11")
    room.label("u")
    assert room.session.n_judged == 0
    room.label("11u")
    assert room.session.n_judged == 1


# The file of labels.


def test_a_judgement_is_saved_before_the_next_question_is_shown(room: Room) -> None:
    class Watching(Desk):
        def show(self, what: Page | Claim | str) -> None:
            super().show(what)
            if isinstance(what, Page):
                saved.append(len(room.rows) if room.path.exists() else 0)

    saved: list[int] = []
    questions = [asked("a"), asked("b"), asked("c")]
    desk = Watching("10")
    Session(questions, Labels(room.path), room.lookup, desk, limit=2, now=lambda: NOW).run()
    assert saved == [0, 1, 2]


def test_the_file_is_what_evaluate_reads(room: Room) -> None:
    room.label("1n230")
    assert read_questions(room.path) == [
        Question("a", asked("a").text, frozenset(["moon"]), "question", "en"),
        Question(
            "b", asked("b").text, frozenset(), "near_miss", "en", frozenset(["luna"]), Aspect.NUMBER
        ),
        Question("c", asked("c").text, frozenset(), "unrelated", "en"),
    ]


def test_rows_of_others_are_kept_as_they_are(room: Room) -> None:
    theirs = {"text": "Ж?", "gold": [], "note": {"by": "Anna"}}
    room.path.write_text(json.dumps(theirs), "utf-8")  # escaped, and no line end
    room.label("1")
    assert room.rows[0] == theirs
    assert room.rows[1]["qid"] == "a"


def test_nothing_partial_is_left_and_a_link_stays_a_link(room: Room, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    target = tmp_path / "elsewhere" / "real.jsonl"
    room.path.symlink_to(target)
    room.label("11")
    assert room.path.is_symlink()
    assert [*target.parent.iterdir()] == [target]
    assert len(room.rows) == 2


def test_who_may_read_the_file_stays_so(room: Room) -> None:
    room.label("1")
    room.path.chmod(0o600)
    room.label("1")
    assert room.path.stat().st_mode & 0o777 == 0o600


DAMAGED = {
    "torn": (b'{"qid": "a", "text": "x", "gold": []}\n{"qid": "b", "te', "line 2"),
    "no label": (b'{"qid": "a", "text": "x"}\n', "line 1"),
    "plain text": (b"is the moon hollow?\n", "line 1"),
    "twice": (b'{"qid": "a", "text": "x", "gold": []}\n' * 2, "line 2"),
    "bytes": (b"\xff\xfe\x00", "UTF-8"),
}


@pytest.mark.parametrize(("content", "said"), DAMAGED.values(), ids=DAMAGED)
def test_a_damaged_file_is_told_and_left_as_it_is(
    tmp_path: Path, content: bytes, said: str
) -> None:
    path = tmp_path / "labelled.jsonl"
    path.write_bytes(content)
    with pytest.raises(FeedError, match=rf"labelled\.jsonl.*{said}.*left as it is"):
        Labels(path)
    assert path.read_bytes() == content


@pytest.mark.parametrize("content", [b"", b"\n \n"])
def test_an_empty_file_is_filled(room: Room, content: bytes) -> None:
    room.path.write_bytes(content)
    room.label("1")
    assert len(room.rows) == 1


def test_what_another_program_wrote_is_not_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "labelled.jsonl"
    first, second = Labels(path), Labels(path)
    first.add(asked("a"), "snapshot", NOW)
    before = path.read_bytes()
    with pytest.raises(FeedError, match="changed by another program"):
        second.add(asked("b"), "snapshot", NOW)
    with pytest.raises(FeedError, match="changed by another program"):
        second.take_back()
    assert path.read_bytes() == before


def test_a_file_that_cannot_be_written_keeps_the_old_one(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    room.label("1")
    before = room.path.read_bytes()

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        room.label("1")
    assert room.path.read_bytes() == before


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="folder"):
        Labels(tmp_path / "nowhere" / "labelled.jsonl")


# Questions.


def written(path: Path, *rows: dict[str, object]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    return path


def test_plain_text_is_a_question_a_line(tmp_path: Path) -> None:
    path = tmp_path / "questions.txt"
    path.write_text("\ufeffis the moon hollow?\r\n\n \u200b\n  did a bank close?  \n", "utf-8")
    found = read_unlabelled(path)
    assert [each.text for each in found] == ["is the moon hollow?", "did a bank close?"]
    # printf 'is the moon hollow?' | sha256sum
    assert found[0].qid == "80558dac96ca"
    assert {(each.kind, each.language) for each in found} == {("question", "en")}


def test_a_plain_question_twice_is_asked_once(tmp_path: Path) -> None:
    path = tmp_path / "questions.txt"
    path.write_text("hollow?\nbank?\nhollow?\n", "utf-8")
    assert [each.text for each in read_unlabelled(path)] == ["hollow?", "bank?"]


def test_json_lines_keep_what_they_know(tmp_path: Path) -> None:
    path = written(
        tmp_path / "questions.jsonl",
        {"text": "Ist der Mond hohl?", "qid": "q1", "lang": "de", "kind": "forward", "chat": 1},
        {"text": "Правда ли, что луна полая?"},
        {"text": "is it?", "qid": 7, "kind": "near_miss"},
        {"text": "is it not?", "qid": 0},
    )
    first, second, third, fourth = read_unlabelled(path)
    assert first == Question("q1", "Ist der Mond hohl?", frozenset(), "forward", "de")
    assert (second.language, len(second.qid)) == (None, 12)
    assert (third.qid, third.kind, fourth.qid) == ("7", "question", "0")


def test_half_a_character_can_be_saved(tmp_path: Path) -> None:
    path = tmp_path / "questions.jsonl"
    path.write_text('{"text": "moon \\ud83c hollow"}\n', "utf-8")
    (question,) = read_unlabelled(path)
    assert question.text == "moon ? hollow"


BAD_QUESTIONS = {
    "empty": (b"\n\n", "holds no question"),
    "bytes": (b"\xff\xfe", "UTF-8"),
    "no text": (b'{"text": "a"}\n{"txt": "b"}\n', "line 2"),
    "one qid": (b'{"text": "a", "qid": 1}\n{"text": "b", "qid": "1"}\n', "line 2.*qid 1"),
}


@pytest.mark.parametrize(("content", "said"), BAD_QUESTIONS.values(), ids=BAD_QUESTIONS)
def test_bad_questions_are_told(tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "questions.txt"
    path.write_bytes(content)
    with pytest.raises(FeedError, match=rf"questions\.txt.*{said}"):
        read_unlabelled(path)


# The command.

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(
    tmp_path: Path,
    lookup: Lookup,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Run:
    """Runs `hearsay label` in this process, with keys from a pipe."""

    @contextmanager
    def fake_lookup(*_: object, **__: object) -> Iterator[Lookup]:
        yield lookup

    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HEARSAY_HOME", str(tmp_path / "home"))
    monkeypatch.setattr("index.cli.label.open_lookup", fake_lookup)
    (tmp_path / "questions.txt").write_text("hollow moon?\nbank closed?\nbridge?\n", "utf-8")

    def run(*arguments: str, keys: str | io.StringIO = "") -> tuple[int, str, str]:
        stdin = io.StringIO(keys) if isinstance(keys, str) else keys
        monkeypatch.setattr("sys.argv", ["hearsay", "label", *arguments])
        monkeypatch.setattr("sys.stdin", stdin)
        with pytest.raises(SystemExit) as end:
            main()
        printed = capsys.readouterr()
        return int(end.value.code or 0), printed.out, printed.err

    return run


USUAL: Sequence[str] = ("questions.txt", "--out", "labelled.jsonl")


def gold(path: Path) -> list[list[str]]:
    return [json.loads(line)["gold"] for line in path.read_text("utf-8").splitlines()]


def test_a_conversation_over_two_runs(run: Run, tmp_path: Path) -> None:
    code, out, _ = run(*USUAL, keys="1\n q")
    assert code == 0
    assert "Question 1 of 3" in out
    assert "hollow moon?" in out
    assert "Herald · 2030-01-02" in out
    assert "Saved: about 1." in out
    assert out.endswith(
        "1 labelled now, 1 in labelled.jsonl, 2 left. "
        "From 20 on: `hearsay calibrate labelled.jsonl`.\n"
    )
    code, out, _ = run(*USUAL, keys="10")
    assert "hollow moon?" not in out
    assert "2 labelled now, 3 in labelled.jsonl, none left." in out
    code, out, _ = run(*USUAL, keys="1")
    assert (code, "Question" in out) == (0, False)
    assert "0 labelled now, 3 in labelled.jsonl, none left." in out


def test_capitals_are_keys_too(run: Run, tmp_path: Path) -> None:
    run(*USUAL, keys="S1Q")
    assert len(gold(tmp_path / "labelled.jsonl")) == 1


def test_nothing_is_wider_than_80_columns(run: Run, tmp_path: Path) -> None:
    (tmp_path / "questions.txt").write_text("is the moon hollow, " * 30, "utf-8")
    _, out, _ = run(*USUAL, keys="?xn1m+1o1")
    assert max(map(len, out.splitlines()[:-1])) <= 80


def test_a_question_cannot_steer_the_terminal(run: Run, tmp_path: Path) -> None:
    (tmp_path / "questions.txt").write_text("hollow \x1b]0;title\x07 [bold]moon[/bold]?", "utf-8")
    _, out, _ = run(*USUAL, keys="\x1bn\x1bm")
    assert "\x1b" not in out
    assert "[bold]moon[/bold]?" in out
    assert BANK in out


def test_the_limit_is_how_many_are_shown(run: Run) -> None:
    _, out, _ = run(*USUAL, "--limit", "1")
    assert "1 this claim" in out
    assert "1-1" not in out
    assert run(*USUAL, "--limit", "10")[0] == 2


def test_ctrl_c_keeps_what_was_saved(run: Run, tmp_path: Path) -> None:
    class Interrupted(io.StringIO):
        def read(self, size: int | None = -1) -> str:
            if key := super().read(size):
                return key
            raise KeyboardInterrupt

    code, out, err = run(*USUAL, keys=Interrupted("1"))
    assert code == 130
    assert "1 labelled now, 1 in labelled.jsonl, 2 left." in out
    assert err == "hearsay: Interrupted. What was under way was not kept; all stored before is.\n"
    assert gold(tmp_path / "labelled.jsonl") == [["moon"]]


def test_a_terminal_gives_a_key_without_enter(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    keys = iter(["\r", "\x1b[A", "1", "12"])

    def getchar() -> str:
        for key in keys:
            return key
        raise EOFError

    monkeypatch.setattr("click.getchar", getchar)
    code, out, _ = run(*USUAL, keys=Terminal("2"))
    assert code == 0
    assert out.count("Nothing was done.") == 2
    assert gold(tmp_path / "labelled.jsonl") == [["moon"]]


def test_the_questions_are_not_written_over(run: Run, tmp_path: Path) -> None:
    before = (tmp_path / "questions.txt").read_bytes()
    (tmp_path / "same.txt").hardlink_to(tmp_path / "questions.txt")
    for same in ("questions.txt", "./questions.txt", "same.txt"):
        code, _, err = run("questions.txt", "--out", same, keys="1")
        assert (code, "would overwrite" in err) == (2, True)
    assert (tmp_path / "questions.txt").read_bytes() == before


def test_a_missing_or_damaged_file_is_one_sentence(run: Run, tmp_path: Path) -> None:
    code, _, err = run("nothing.txt", "--out", "labelled.jsonl")
    assert (code, "nothing.txt" in err, "Traceback" in err) == (1, True, False)
    (tmp_path / "labelled.jsonl").write_text("{", "utf-8")
    code, out, err = run(*USUAL, keys="1")
    assert (code, out, err.count("\n")) == (1, "", 1)
    assert "labelled.jsonl, line 1" in err
    assert (tmp_path / "labelled.jsonl").read_text("utf-8") == "{"
