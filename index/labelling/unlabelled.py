"""Unlabelled: the questions of a file that an operator is to judge."""

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from index.errors import FeedError
from index.evaluation.questions import Question, id_of, json_rows
from index.text import clean
from index.words import is_english

# Kinds that say what a question is about. That is for the operator to say.
_JUDGEMENTS = {"near_miss", "unrelated"}


def read_unlabelled(path: Path) -> list[Question]:
    """Read JSON lines with "text" and, if known, "qid", "lang" and "kind"; or a question a line.

    A question without a qid gets one from its text, so that it is known again. The same question
    twice is one.

    Args:
        path: The file; JSON lines if it starts with "{".

    Returns:
        The questions in their order, about no claim yet. Their language is the file's, "en" where
        the text may be English, else None.

    Raises:
        FeedError: The file is no text, a line is no question, two questions have one qid, or there
            is none; the message says which.
    """
    found: dict[str, Question] = {}
    for number, row in _rows(path):
        question = _question(row)
        if found.setdefault(question.qid, question).text != question.text:
            raise FeedError(
                f"{path.name}, line {number}: another question above has the qid {question.qid}. "
                "Expected each once."
            )
    if not found:
        raise FeedError(
            f"{path.name} holds no question. Expected a question a line, or JSON lines with "
            '"text" and, if known, "qid", "lang" and "kind".'
        )
    return list(found.values())


def _rows(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    try:
        content = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise FeedError(f"{path.name} cannot be read: expected text in UTF-8.") from error
    if content.lstrip().startswith("{"):
        yield from json_rows(path)
        return
    for number, line in enumerate(content.split("\n"), start=1):
        if clean(line):
            yield number, {"text": line}


def _question(row: dict[str, Any]) -> Question:
    # JSON can hold lone surrogates, which no file takes.
    text = row["text"].strip().encode(errors="replace").decode()
    kind = str(row.get("kind") or "question")
    return Question(
        qid=id_of(row) or hashlib.sha256(text.encode()).hexdigest()[:12],
        text=text,
        gold=frozenset(),
        kind="question" if kind in _JUDGEMENTS else kind,
        language=str(row.get("lang") or "") or ("en" if is_english(text) else None),
    )
