"""`hearsay evaluate` and `hearsay calibrate`: JSON shapes, exit codes, what bad input is told."""

import json
from pathlib import Path

import pytest
from commandline import Hearsay

# Evaluating.


def test_evaluate_as_json(hearsay: Hearsay, tmp_path: Path) -> None:
    folder = tmp_path / "beir"
    (folder / "qrels").mkdir(parents=True)
    (folder / "corpus.jsonl").write_text('{"_id": "d1", "title": "", "text": "Hollow moon"}\n')
    (folder / "queries.jsonl").write_text('{"_id": "q1", "text": "moon?"}\n')
    (folder / "qrels" / "dev.tsv").write_text("query-id\tcorpus-id\tscore\nq1\td1\t1\n")
    content = hearsay("evaluate", folder, "--split", "dev", "--json").json
    assert set(content["metrics"]) == {
        "MAP@1",
        "MAP@5",
        "MRR",
        "hit@1",
        "hit@5",
        "hit@20",
        "hit@50",
    }
    assert (content["n_questions"], content["metrics"]["MRR"]) == (1, 1.0)
    assert content["ms_median"] > 0
    assert "MAP@5   1.0000" in hearsay("evaluate", folder, "--split", "dev").out
    assert hearsay("evaluate", folder, "--split", "test").code == 1


@pytest.mark.parametrize(
    ("command", "option"),
    [
        ("evaluate --questions q.jsonl --rows ./q.jsonl", "--rows"),
        ("evaluate --questions q.jsonl --plot link.jsonl", "--plot"),
        ("evaluate --questions q.jsonl --rows new --plot new", "--plot"),
        ("evaluate beir --split dev --rows beir/queries.jsonl", "--rows"),
        ("calibrate q.jsonl --out q.jsonl", "--out"),
        ("calibrate q.jsonl --corpus x=beir --out beir/corpus.jsonl", "--out"),
    ],
)
def test_what_is_read_is_not_written_over(
    hearsay: Hearsay, tmp_path: Path, command: str, option: str
) -> None:
    (tmp_path / "beir").mkdir()
    paths = [tmp_path / name for name in ("q.jsonl", "beir/queries.jsonl", "beir/corpus.jsonl")]
    for path in paths:
        path.write_text("labels", "utf-8")
    (tmp_path / "link.jsonl").symlink_to("q.jsonl")
    done = hearsay(*command.split())
    assert (done.code, f"{option} " in done.err, "would overwrite" in done.err) == (2, True, True)
    assert {path.read_text("utf-8") for path in paths} == {"labels"}


@pytest.mark.parametrize("out", ["folder", "nowhere/calibration.json"])
def test_what_cannot_be_written_is_told_before_the_work(
    hearsay: Hearsay, tmp_path: Path, out: str
) -> None:
    (tmp_path / "folder").mkdir()
    for command in ("evaluate --questions q.jsonl --rows", "calibrate q.jsonl --out"):
        done = hearsay(*command.split(), out)
        assert (done.code, f"{out} cannot be written" in done.err) == (2, True)
    assert [*tmp_path.glob("*.partial")] == []


# Calibrating.


def test_calibrate_on_questions_about_the_archive(filled: Hearsay, home: Path) -> None:
    filled("reindex")
    path = home.parent / "labelled.jsonl"
    asked = [
        {"text": text, "gold": gold, "kind": "question" if gold else "unrelated"}
        for n in range(6)
        for text, gold in (
            (f"is the moon hollow, {n}?", ["moon"]),
            (f"hollow sphere {n}", ["luna"]),
            (f"a bank in Oslo {n}", []),
            (f"money {n}", []),
        )
    ]
    # As `label` and `evaluate` take it: a byte-order mark, half the fields, a line separator.
    asked += [{"text": "moon\u2028hollow?", "gold": ["gone"]}, {"text": "a\x85fish", "gold": []}]
    rows = "".join(json.dumps(each, ensure_ascii=False) + "\n" for each in asked)
    path.write_text(rows, "utf-8-sig")
    done = filled("calibrate", path, "--from-scratch", "--json")
    assert done.code == 0
    assert "1 of 26 questions are left out" in done.err
    assert done.json["cross_validated"]["unrelated"]["n"] == 13
    assert done.json["cross_validated"]["unrelated"]["right_first"] is None
    assert done.json["n_questions"] >= len(asked)
    assert (home / "calibration.json").exists()
    assert filled("ask", "is the moon hollow?", "--json").json["outcome"] in {"MATCH", "SIMILAR"}
    printed = filled("calibrate", path)  # from the one in use on
    assert printed.code == 0
    (unrelated,) = (line.split() for line in printed.out.splitlines() if " unrelated " in line)
    assert unrelated[:4] == ["unrelated", "13", "-", "-"]


def test_calibrate_replaces_one_of_other_models(filled: Hearsay, home: Path) -> None:
    filled("reindex")
    path = home.parent / "labelled.jsonl"
    rows = [{"text": f"is the moon hollow, {n}?", "gold": ["moon"]} for n in range(20)]
    path.write_text("".join(json.dumps(each) + "\n" for each in rows), "utf-8")
    assert filled("calibrate", path, "--from-scratch").code == 0
    own = home / "calibration.json"
    own.write_text(
        own.read_text("utf-8").replace('"pair_model": "', '"pair_model": "old '), "utf-8"
    )
    refused = filled("ask", "moon?")
    assert (refused.code, "Run `hearsay calibrate` again" in refused.err) == (2, True)
    done = filled("calibrate", path)
    assert "does not fit what is installed" in done.err
    assert "--from-scratch" in done.err  # none is shipped for the tiny encoder
    assert filled("calibrate", path, "--from-scratch").code == 0
    assert filled("ask", "moon?").code == 0


def test_calibrate_needs_enough_questions(filled: Hearsay, tmp_path: Path) -> None:
    path = tmp_path / "few.jsonl"
    path.write_text('{"text": "moon?", "gold": ["moon"]}\n', "utf-8")
    done = filled("calibrate", path, "--from-scratch")
    assert done.code == 1
    assert "hearsay label" in done.err


@pytest.mark.parametrize("value", ['"gold": "moon"', '"gold": 5', '"gold": [], "text": null'])
def test_calibrate_names_the_line_that_is_no_labelled_question(
    hearsay: Hearsay, tmp_path: Path, value: str
) -> None:
    path = tmp_path / "bad.jsonl"
    path.write_text(f'{{"text": "a", "gold": []}}\n{{"text": "moon?", {value}}}\n', "utf-8")
    done = hearsay("calibrate", path)
    assert (done.code, "bad.jsonl, line 2" in done.err) == (1, True)


def test_calibrate_counts_only_questions_that_the_archive_can_answer(
    filled: Hearsay, tmp_path: Path
) -> None:
    filled("reindex")
    path = tmp_path / "old.jsonl"
    rows = [{"text": "moon?", "gold": ["gone" if n < 5 else "moon"]} for n in range(20)]
    path.write_text("".join(json.dumps(each) + "\n" for each in rows), "utf-8")
    done = filled("calibrate", path, "--from-scratch")
    assert done.code == 1
    assert "5 of 20 questions are left out" in done.err
    assert "15 labelled questions are too few" in done.err


def test_calibrate_on_a_corpus(hearsay: Hearsay, tmp_path: Path) -> None:
    folder = tmp_path / "beir"
    (folder / "qrels").mkdir(parents=True)
    texts = ("The moon is hollow", "A vaccine holds a chip", "A bank closed", "A bridge fell down")
    claims = [{"_id": n, "text": text} for n, text in enumerate(texts)]
    (folder / "corpus.jsonl").write_text("".join(json.dumps(each) + "\n" for each in claims))
    (folder / "queries.jsonl").write_text('{"_id": 0, "text": "a fallen bridge?"}\n')
    (folder / "qrels" / "train.tsv").write_text("query-id\tcorpus-id\tscore\n0\t3\t1\n")
    path = tmp_path / "q.jsonl"
    rows = [
        {"text": text, "gold": gold, "archive": "x"}
        for n in range(5)
        for text, gold in (
            (f"hollow moon {n}?", ["0"]),
            (f"chip in a vaccine {n}?", ["1"]),
            (f"bank {n}?", ["2"]),
            (f"fish {n}?", []),
        )
    ]
    path.write_text("".join(json.dumps(each) + "\n" for each in rows), "utf-8")
    run = ("calibrate", path, "--from-scratch", "--out", tmp_path / "fitted.json", "--json")
    done = hearsay(*run, "--corpus", f"x={folder}")
    assert done.code == 0
    assert done.json["cross_validated"]["unrelated"]["n"] >= 5
    # No written question is about y, and its one linked question is too few.
    done = hearsay(*run, "--corpus", f"y={folder}")
    assert (done.code, "questions about x" in done.err) == (1, True)
    assert "1 labelled questions are too few" in done.err
