"""BEIR: folders of a corpus, questions, and which claims of the corpus a question is about."""

import csv
import gzip
import hashlib
import json
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from index.errors import FeedError
from index.records import ImportedClaim
from index.text import text_key


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
    qrels = _read_qrels(qrels_path)
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


def beir_files(folder: Path) -> list[Path]:
    """The files of a folder in the BEIR layout, as far as they are there."""
    patterns = ("corpus.jsonl*", "queries.jsonl", "qrels/*.tsv")
    return [path for pattern in patterns for path in folder.glob(pattern)]


def read_claims(corpus: Path) -> Iterator[ImportedClaim]:
    """The claims of a corpus as they are filed.

    Raises:
        FeedError: A row is no claim; the message says which.
    """
    for line, row in _numbered_rows(corpus):
        metadata = row.get("metadata") or {}
        if not (isinstance(metadata, dict) and _has_strings(metadata, "subtitle", "lang")):
            raise FeedError(
                f"{corpus.name}, line {line}: expected metadata to be a JSON object with "
                "subtitle and lang as strings. Mend the line, or leave its metadata out."
            )
        text, title = row.get("text") or "", row.get("title") or ""
        has_text = bool(text_key(text))
        if not (has_text or text_key(title)):
            raise FeedError(
                f"{corpus.name}, line {line}: neither text nor title has a word. Expected a claim: "
                "leave the row out, or give it one."
            )
        yield ImportedClaim(
            record_id=row["_id"],
            line=line,
            text=text if has_text else title,
            feed="beir",
            id=corpus_claim_id(row["_id"]),
            title=title if has_text else None,
            summary=metadata.get("subtitle") or None,
            language=metadata.get("lang"),
        )


def corpus_claim_id(corpus_id: str) -> str:
    """The id that a claim of an evaluated corpus has in its archive."""
    return hashlib.sha256(corpus_id.encode()).hexdigest()[:16]


def read_rows(path: Path) -> Iterator[dict[str, Any]]:
    """The rows of a BEIR file, plain or gzipped, each with an `_id`, which is made a string.

    Raises:
        FeedError: A line is no such row; the message says which.
    """
    return (row for _, row in _numbered_rows(path))


def _numbered_rows(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    for number, line in enumerate(_lines(path), start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except ValueError:
            row = None
        if not (
            isinstance(row, dict)
            and isinstance(row.get("_id"), str | int)
            and _has_strings(row, "text", "title")
        ):
            raise FeedError(
                f"{path.name}, line {number}: expected a JSON object with an _id, a string or a "
                "number, and with text and title as strings. Mend the line or leave it out."
            )
        yield number, row | {"_id": str(row["_id"])}


def _has_strings(row: Mapping[str, Any], *names: str) -> bool:
    """Whether these values are strings as far as they are there."""
    return all(isinstance(row.get(name) or "", str) for name in names)


def _read_qrels(path: Path) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    reader = csv.DictReader(_lines(path), delimiter="\t")
    try:
        for row in reader:
            found.setdefault(row["query-id"], {})[row["corpus-id"]] = int(row["score"])
    except (csv.Error, KeyError, TypeError, ValueError) as error:
        raise FeedError(
            f"{path.name}, line {reader.line_num}: expected the columns query-id, corpus-id and "
            "score, named in the first line and parted by tabs; a score is a whole number."
        ) from error
    return found


def _lines(path: Path) -> Iterator[str]:
    """The lines of a file, plain or gzipped."""
    number = 0
    try:
        with (gzip.open if path.suffix == ".gz" else open)(path, "rb") as file:
            for number, line in enumerate(file, start=1):
                yield line.decode("utf-8-sig" if number == 1 else "utf-8")
    except UnicodeDecodeError as error:
        raise FeedError(
            f"{path.name}, line {number}: expected text in UTF-8. Save the file as that."
        ) from error
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise FeedError(
            f"{path.name} breaks off after line {number}: expected a whole gzip file. "
            "Copy or pack it again."
        ) from error
