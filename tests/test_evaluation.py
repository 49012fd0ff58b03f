"""Evaluation: BEIR folders, and metrics worked out by hand."""

import gzip
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from tiny import TinyEncoder
from tinyarchive import names, tick

from index.errors import FeedError
from index.evaluation import (
    Asked,
    Corpus,
    Evaluation,
    Question,
    ask_all,
    evaluate,
    find_corpus,
    linked_questions,
    measure,
    merged,
    open_corpus,
    read_beir,
    read_questions,
)
from index.evaluation.plotting import _draw_precision
from index.lookup import Lookup
from index.snapshots.build import NamedEncoder

WORDS = "moon hollow vaccine chip bank closed"
CORPUS = [
    {"_id": "d1", "title": "", "text": "The moon is hollow."},
    {"_id": "d2", "title": "Chips!", "text": "The vaccine holds a chip.", "metadata": {}},
    {"_id": 3, "title": "A bank closed", "text": "", "metadata": {"lang": "en"}},
]
QUERIES = [
    {"_id": "q1", "text": "moon, hollow moon?"},
    {"_id": "q2", "text": "a hollow moon moon moon closed"},
    {"_id": "q3", "text": "nobody asks this in the split"},
]
QRELS = [("q1", "d1", 1), ("q2", "3", 1)]


def lines(rows: Sequence[dict[str, Any]]) -> str:
    return "".join(json.dumps(row) + "\n" for row in rows)


def qrels(
    rows: Sequence[tuple[str, str, object]], header: str = "query-id\tcorpus-id\tscore"
) -> str:
    return "\n".join([header, *("\t".join(map(str, row)) for row in rows), ""])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "beir"
    (made / "qrels").mkdir(parents=True)
    (made / "corpus.jsonl").write_text(lines(CORPUS), "utf-8")
    (made / "queries.jsonl").write_text(lines(QUERIES), "utf-8")
    (made / "qrels" / "dev.tsv").write_text(qrels(QRELS), "utf-8")
    return made


def opened(folder: Path, encoder: TinyEncoder | None = None) -> tuple[Lookup, dict[str, str]]:
    encoders = [NamedEncoder("tiny", encoder or TinyEncoder(WORDS))]
    return open_corpus(find_corpus(folder), folder.parent / "cache", encoders, names(), now=tick)


def run(folder: Path, encoder: TinyEncoder | None = None) -> Evaluation:
    lookup, ids = opened(folder, encoder)
    with lookup:
        return evaluate(lookup, read_beir(folder, "dev"), ids)


def test_a_folder_is_read_with_the_questions_of_its_split(folder: Path) -> None:
    labelled = read_beir(folder, "dev")
    assert labelled.queries == {"q1": QUERIES[0]["text"], "q2": QUERIES[1]["text"]}
    assert labelled.qrels == {"q1": {"d1": 1}, "q2": {"3": 1}}
    assert labelled.corpus.name == "corpus.jsonl"


def test_a_gzipped_corpus_is_read(folder: Path) -> None:
    plain = folder / "corpus.jsonl"
    (folder / "corpus.jsonl.gz").write_bytes(gzip.compress(plain.read_bytes()))
    plain.unlink()
    assert run(folder).n_claims == 3


@pytest.mark.parametrize("name", ["corpus.jsonl", "queries.jsonl", "qrels/dev.tsv"])
def test_a_missing_file_is_named(folder: Path, name: str) -> None:
    (folder / name).unlink()
    with pytest.raises(FeedError, match=Path(name).name):
        read_beir(folder, "dev")


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("queries.jsonl", lines(QUERIES[:1]), "dev.tsv names questions.*q2"),
        ("queries.jsonl", '{"_id": "q1"\n', "queries.jsonl, line 1"),
        ("queries.jsonl", '{"_id": "q1"}\n{"_id": "q2"}\n', "without a text: q1"),
        ("queries.jsonl", "[]\n", "queries.jsonl, line 1"),
        ("queries.jsonl", '{"_id": "q1", "text": ["moon"]}\n', "queries.jsonl, line 1: .*strings"),
        ("queries.jsonl", '\n{"_id": ["q1"], "text": "moon"}\n', "queries.jsonl, line 2: .*_id"),
        ("qrels/dev.tsv", qrels([("q1", "d1", "high")]), "dev.tsv, line 2: expected the columns"),
        ("qrels/dev.tsv", qrels(QRELS, "a\tb\tc"), "dev.tsv, line 2: expected the columns"),
        ("qrels/dev.tsv", qrels([]), "dev.tsv.*no question"),
    ],
)
def test_a_malformed_file_is_named(folder: Path, name: str, content: str, said: str) -> None:
    (folder / name).write_text(content, "utf-8")
    with pytest.raises(FeedError, match=said):
        read_beir(folder, "dev")


@pytest.mark.parametrize("name", ["queries.jsonl", "qrels/dev.tsv"])
def test_a_file_that_is_no_text_is_named(folder: Path, name: str) -> None:
    path = folder / name
    path.write_bytes(path.read_bytes() + b"\xe9\t\xff\n")
    n_lines = path.read_bytes().count(b"\n")
    with pytest.raises(FeedError, match=f"{path.name}, line {n_lines}: expected text in UTF-8"):
        read_beir(folder, "dev")


def test_a_byte_order_mark_and_numbers_as_ids_are_read(folder: Path) -> None:
    (folder / "queries.jsonl").write_text('{"_id": 7, "text": "moon?"}\n', "utf-8-sig")
    (folder / "qrels" / "dev.tsv").write_text(qrels([("7", "d1", 1)]), "utf-8-sig")
    labelled = read_beir(folder, "dev")
    assert labelled.queries == {"7": "moon?"}
    assert labelled.qrels == {"7": {"d1": 1}}


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("{", "a JSON object"),
        ('{"_id": ["d4"], "text": "moon"}', "_id"),
        ('{"_id": "d4", "text": ["moon"]}', "text and title as strings"),
        ('{"_id": "d4", "text": "moon", "metadata": "en"}', "metadata"),
        ('{"_id": "d4", "text": "moon", "metadata": {"lang": ["en"]}}', "lang as strings"),
        ('{"_id": "d4", "text": " ", "title": "?!"}', "has a word"),
    ],
)
def test_a_broken_corpus_names_the_line(folder: Path, row: str, said: str) -> None:
    (folder / "corpus.jsonl").write_text(f"{lines(CORPUS)}\n{row}\n", "utf-8")
    with pytest.raises(FeedError, match=rf"corpus\.jsonl, line 5: .*{said}"):
        run(folder)


def test_a_corpus_that_breaks_off_is_told(folder: Path) -> None:
    packed = gzip.compress((folder / "corpus.jsonl").read_bytes())
    path = folder / "corpus.jsonl.gz"
    for content in (packed[:-10], packed[:20] + b"junk" * 9, b"no gzip"):
        path.write_bytes(content)
        with pytest.raises(FeedError, match=r"corpus\.jsonl\.gz breaks off after line \d"):
            run(folder)


def test_metrics_by_hand(folder: Path) -> None:
    # q1 finds its claim first. For q2 the moon comes first (cosine (3 + 1) / sqrt(2 * 11)), the
    # bank second (1 / sqrt(2 * 11)) and the vaccine last.
    found = run(folder)
    assert (found.n_questions, found.n_claims) == (2, 3)
    assert found.metrics == {
        "MAP@1": 0.5,
        "MAP@5": 0.75,
        "MRR": 0.75,
        "hit@1": 0.5,
        "hit@5": 1.0,
        "hit@20": 1.0,
        "hit@50": 1.0,
    }
    assert sum(found.outcomes.values()) == 2
    assert 0 < found.ms_median <= found.ms_p95


def test_a_question_with_two_claims_is_averaged_over_both(folder: Path) -> None:
    rows = [("q2", "d1", 1), ("q2", "d2", 1)]
    (folder / "qrels" / "dev.tsv").write_text(qrels(rows), "utf-8")
    # Found at 1 and at 3: (1/1 + 2/3) / 2; of the first alone, 1/2.
    metrics = run(folder).metrics
    assert metrics["MAP@5"] == pytest.approx(5 / 6)
    assert metrics["MAP@1"] == 0.5


def test_documents_of_the_same_text_stay_apart(folder: Path) -> None:
    twin = {"_id": "d9", "title": "", "text": "The moon is hollow!"}
    (folder / "corpus.jsonl").write_text(lines([*CORPUS, twin]), "utf-8")
    (folder / "qrels" / "dev.tsv").write_text(qrels([("q1", "d9", 1)]), "utf-8")
    found = run(folder)
    assert found.n_claims == 4
    assert found.metrics["MRR"] == 0.5


def test_a_corpus_is_embedded_once(folder: Path) -> None:
    run(folder)
    again = TinyEncoder(WORDS)
    run(folder, again)
    assert "The moon is hollow." not in again.encoded


def test_corpora_do_not_mix(folder: Path) -> None:
    run(folder)
    (folder / "corpus.jsonl").write_text(lines(CORPUS[:2]), "utf-8")
    (folder / "qrels" / "dev.tsv").write_text(qrels(QRELS[:1]), "utf-8")
    assert run(folder).n_claims == 2


def test_a_relevance_of_0_is_no_link(folder: Path) -> None:
    (folder / "qrels" / "dev.tsv").write_text(qrels([("q1", "d1", 1), ("q2", "d2", 0)]), "utf-8")
    linked, other = linked_questions(read_beir(folder, "dev"))
    assert (linked.kind, linked.gold) == ("question", {"d1"})
    assert (other.kind, other.gold) == ("unrelated", frozenset())


@pytest.mark.parametrize(("kind", "expected"), [("near_miss", True), ("topical", False)])
def test_what_is_only_on_the_topic_of_a_claim_is_no_near_miss(kind: str, expected: bool) -> None:
    asked = Question("q", "moon?", frozenset(), kind, near=frozenset({"d1"}))
    assert asked.is_near_miss is expected


def test_a_qid_of_0_is_one(tmp_path: Path) -> None:
    path = tmp_path / "questions.jsonl"
    rows = [{"qid": qid, "text": "moon?", "gold": []} for qid in (0, "", None)]
    path.write_text(lines(rows), "utf-8")
    assert [each.qid for each in read_questions(path)] == ["0", "2", "3"]


def test_only_english_ones_of_the_training_split_have_taught_a_model(tmp_path: Path) -> None:
    path = tmp_path / "questions.jsonl"
    rows = [{"split": "train"}, {"split": "train", "lang": "en"}, {"split": "train", "lang": "de"}]
    rows += [{"split": "fit", "lang": "en"}, {}]
    path.write_text("\n".join(json.dumps({"text": "?", "gold": []} | row) for row in rows))
    assert [each.is_fresh for each in read_questions(path)] == [False, False, True, True, True]


# Claims removed.


def asked_twice(folder: Path) -> list[Asked]:
    """One question about a claim on file, one about a claim that is not, one about none."""
    lookup, ids = opened(folder)
    questions = [
        Question("on file", "hollow moon?", frozenset({"d1", "gone"})),
        Question("gone", "hollow moon?", frozenset({"gone"})),
        Question("none", "a bank", frozenset()),
    ]
    with lookup:
        return ask_all(Corpus(lookup, ids), questions, remove_gold=True)


def test_a_question_is_asked_again_only_if_a_claim_of_it_is_on_file(folder: Path) -> None:
    asked = asked_twice(folder)
    assert [(each.question.qid, each.is_gold_hidden) for each in asked] == [
        ("on file", False),
        ("on file", True),
        ("gone", False),
        ("none", False),
    ]
    assert "d1" not in asked[1].candidates
    found = measure(asked, 3).no_match
    assert found is not None
    assert found.n == 1


def test_the_plot_compares_only_what_was_asked_twice(folder: Path) -> None:
    from matplotlib.figure import Figure

    axes = Figure().subplots()
    _draw_precision(axes, asked_twice(folder))
    curve = next(each for each in axes.lines if each.get_label() == "claim on file, not hidden")
    # At the lowest threshold: the one positive of two answers.
    assert curve.get_ydata()[-1] == 0.5


def test_a_question_is_about_what_its_claims_were_merged_into() -> None:
    class Merged:
        def claim_id(self, claim: str) -> str | None:
            return {"old": "new", "new": "new"}.get(claim)

        def name(self, claim_id: str) -> str:
            return claim_id

    question = Question("q", "moon?", frozenset({"old", "gone"}), near=frozenset({"new"}))
    found = merged(Merged(), question)
    assert (found.gold, found.near) == ({"new", "gone"}, {"new"})
