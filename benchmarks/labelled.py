"""Labelled questions to train on: hand-written ones, and those that people linked to claims."""

import gzip
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from index.calibrating.questions import is_for_training
from index.evaluation import read_beir
from index.query import prepare

QUESTIONS = Path(__file__).parent / "questions"
FOLDERS = {
    "snopes": "snopes-tweets",
    "euvsdisinfo": "euvsdisinfo",
    "politifact": "politifact-debates",
}
# Corpora with questions that people linked to claims, and what those are.
LINKED = {"snopes": "tweet", "politifact": "debate"}


@dataclass(frozen=True, slots=True)
class Asked:
    """A question in English: about claims, nearly about one, or about none.

    Attributes:
        corpus: Key of the corpus.
        text: As the lookup reads it, without its further sentences.
        claims: Ids of the claims; none if it is about none.
        kind: What it is: "question", "forward", "spoken", "near_miss", "unrelated", "tweet",
            "debate", "unlinked"; made out of a claim: "keywords", "claim".
        is_for_training: Whether models learn from it; the others check them.
    """

    corpus: str
    text: str
    claims: Sequence[str]
    kind: str
    is_for_training: bool


def read_written() -> list[dict[str, Any]]:
    """The hand-written questions as they are on file."""
    return [
        json.loads(line)
        for path in sorted(QUESTIONS.glob("*.jsonl"))
        for line in path.read_text(encoding="utf-8").splitlines()
    ]


def asked_by_hand(rows: Sequence[Mapping[str, Any]]) -> Iterator[Asked]:
    """The English ones among hand-written questions, but for those that are merely on a topic."""
    for row in rows:
        segments = prepare(row["text"]).segments
        if row["lang"] == "en" and row["kind"] != "topical" and segments:
            yield Asked(
                row["archive"],
                segments[0],
                row["gold"] or row["near"],
                row["kind"],
                row["split"] == "train",
            )


def asked_in_public(datasets: Path) -> Iterator[Asked]:
    """Tweets and debate sentences of the training parts."""
    for key, kind in LINKED.items():
        labelled = read_beir(datasets / FOLDERS[key], "train")
        for qid, claims in gold(labelled.qrels).items():
            text = prepare(labelled.queries[qid]).segments[0]
            yield Asked(key, text, claims, kind, is_for_training(qid))


def unlinked(datasets: Path) -> Iterator[Asked]:
    """Debate sentences that nobody linked to a claim."""
    path = datasets / FOLDERS["politifact"] / "unmatched.jsonl.gz"
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for row in map(json.loads, file):
            if segments := prepare(row["text"]).segments:
                yield Asked("politifact", segments[0], [], "unlinked", is_for_training(row["id"]))


def gold(qrels: Mapping[str, Mapping[str, int]]) -> dict[str, list[str]]:
    """By question, the claims that it is about; questions about none are left out."""
    found = {qid: [claim for claim, grade in each.items() if grade] for qid, each in qrels.items()}
    return {qid: claims for qid, claims in found.items() if claims}


def claims_of_dev(datasets: Path) -> dict[str, set[str]]:
    """By corpus, the claims that `dev` questions are about: no pairs are made out of their texts.

    A few tweets and debate sentences of the training parts are about one of them.
    """
    kept: dict[str, set[str]] = {key: set() for key in FOLDERS}
    for key in LINKED:
        labelled = gold(read_beir(datasets / FOLDERS[key], "dev").qrels)
        kept[key] |= {claim for claims in labelled.values() for claim in claims}
    dev = datasets / "questions" / "dev.jsonl"
    for row in map(json.loads, dev.read_text(encoding="utf-8").splitlines()):
        kept[row["archive"]] |= {*row["gold"], *row["near"]}
    return kept
