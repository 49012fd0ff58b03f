"""BEIR: folders of a corpus, questions, and which claims of the corpus a question is about."""

import csv
import gzip
import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from index.errors import FeedError
from index.records import ImportedClaim


@dataclass(frozen=True, slots=True)
class LabelledSet:
    """Labelled questions over a corpus.

    Attributes:
        corpus: Where the claims stand: `corpus.jsonl`, plain or gzipped.
        queries: Question by id.
        qrels: For each question, the ids of its claims with their relevance.
    """

    corpus: Path
    queries: Mapping[str, str]
    qrels: Mapping[str, Mapping[str, int]]


def read_beir(folder: Path, split: str) -> LabelledSet:
    """Read a folder in the BEIR layout.

    Raises:
        FeedError: A file is missing or malformed; the message says which.
    """
    qrels_path = folder / "qrels" / f"{split}.tsv"
    corpus = find_corpus(folder)
    queries_path = folder / "queries.jsonl"
    if missing := [path.name for path in (qrels_path, queries_path) if not path.exists()]:
        raise _no_folder(folder, ", ".join(missing))
    qrels: dict[str, dict[str, int]] = {}
    with qrels_path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            try:
                qrels.setdefault(row["query-id"], {})[row["corpus-id"]] = int(row["score"])
            except (KeyError, TypeError, ValueError) as error:
                raise FeedError(
                    f"{qrels_path.name}: expected the columns query-id, corpus-id and score."
                ) from error
    if not qrels:
        raise FeedError(f"{qrels_path.name} labels no question. Expected a row for each.")
    texts = {each["_id"]: each.get("text") for each in read_rows(queries_path)}
    queries = {qid: text for qid in qrels if isinstance(text := texts.get(qid), str)}
    if lost := [qid for qid in qrels if qid not in queries]:
        raise FeedError(
            f"{qrels_path.name} names questions that queries.jsonl lacks, or has without a text: "
            f"{lost[0]}."
        )
    return LabelledSet(corpus, queries, qrels)


def find_corpus(folder: Path) -> Path:
    """The corpus of a folder in the BEIR layout, plain or gzipped.

    Raises:
        FeedError: There is none.
    """
    for name in ("corpus.jsonl.gz", "corpus.jsonl"):
        if (path := folder / name).exists():
            return path
    raise _no_folder(folder, "corpus.jsonl")


def _no_folder(folder: Path, missing: str) -> FeedError:
    return FeedError(
        f"{folder.name} is no BEIR folder: {missing} is missing. "
        "Expected corpus.jsonl(.gz), queries.jsonl and qrels/SPLIT.tsv."
    )


def read_claims(corpus: Path) -> Iterator[ImportedClaim]:
    """The claims of a corpus as they are filed."""
    for line, each in enumerate(read_rows(corpus), start=1):
        metadata = each.get("metadata") or {}
        text, title = each.get("text") or "", each.get("title") or ""
        yield ImportedClaim(
            record_id=str(each["_id"]),
            line=line,
            text=text or title,
            feed="beir",
            id=corpus_claim_id(each["_id"]),
            title=title if text else None,
            summary=metadata.get("subtitle") or None,
            language=metadata.get("lang"),
        )


def corpus_claim_id(corpus_id: object) -> str:
    """The id that a claim of an evaluated corpus has in its archive."""
    return hashlib.sha256(str(corpus_id).encode()).hexdigest()[:16]


def read_rows(path: Path) -> Iterator[dict[str, Any]]:
    """The rows of a BEIR file, plain or gzipped, each with an `_id`.

    Raises:
        FeedError: A line is no such row; the message says which.
    """
    open_file = gzip.open if path.suffix == ".gz" else open
    with open_file(path, "rb") as file:
        for number, line in enumerate(file, start=1):
            if not line.strip():
                continue
            try:
                row = json.loads(line)
                row["_id"]
            except (ValueError, KeyError, TypeError) as error:
                raise FeedError(
                    f"{path.name}, line {number}: expected a JSON object with an _id, in UTF-8."
                ) from error
            yield row
