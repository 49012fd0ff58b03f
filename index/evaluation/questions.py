"""Questions: labelled with the claims that they are about; what is asked in an evaluation."""

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from index.answers import Aspect
from index.errors import FeedError
from index.evaluation.beir import LabelledSet

_SHAPE = (
    'a JSON object with "text" and "gold" (ids of the claims that it is about; empty if it is '
    'about none) and, if known, "qid", "kind", "lang", "near" and "differs"'
)


@dataclass(frozen=True, slots=True)
class Question:
    """A question with the claims that it is about.

    Attributes:
        qid: Its id.
        text: What was written.
        gold: Ids of the claims that it is about, as its file calls them; empty if none is on file.
        kind: Of what kind it is, in the words of its file: "question", "forward", "near_miss",
            "topical", …
        language: Two letters; None if not known.
        near: Ids of claims that it is nearly about, but differs from.
        differs: In what it differs from those; None if that is not known, or nothing.
        archive: The archive that it is about; None if its file names none.
        is_fresh: Whether no model was trained on it: those of the split "train" in English were.
    """

    qid: str
    text: str
    gold: frozenset[str]
    kind: str = "question"
    language: str | None = None
    near: frozenset[str] = frozenset()
    differs: Aspect | None = None
    archive: str | None = None
    is_fresh: bool = True

    @property
    def is_near_miss(self) -> bool:
        """Whether it is about no claim on file, but differs from one; not if only on its topic."""
        return bool(self.near) and not self.gold and self.kind != "topical"


def kind_of(gold: Collection[str], near: Collection[str]) -> str:
    """The kind of a question whose labels are all that is known of it."""
    if gold:
        return "question"
    return "near_miss" if near else "unrelated"


def linked_questions(labelled: LabelledSet) -> list[Question]:
    """The questions of a BEIR folder; a relevance of 0 is no link."""
    found = []
    for qid, text in labelled.queries.items():
        gold = frozenset(claim for claim, grade in labelled.qrels[qid].items() if grade > 0)
        found.append(Question(qid, text, gold, kind_of(gold, ())))
    return found


def read_questions(path: Path, archive: str | None = None) -> list[Question]:
    """Read a file of labelled questions, JSON lines.

    Args:
        path: The file.
        archive: Only questions whose "archive" is this; None for all.

    Raises:
        FeedError: A line is no labelled question, an id occurs twice, or no question is left; the
            message says which.
    """
    found: dict[str, Question] = {}
    archives: set[str] = set()
    for number, row in json_rows(path):
        if archive is not None and row.get("archive") != archive:
            archives.add(str(row.get("archive")))
            continue
        question = _question(path.name, number, row)
        if question.qid in found:
            raise FeedError(
                f"{path.name}, line {number}: another question above has the qid {question.qid}. "
                "Expected each once."
            )
        found[question.qid] = question
    if not found:
        others = f"; it is about {', '.join(sorted(archives))}" if archives else ""
        about = "" if archive is None else f" about {archive}"
        raise FeedError(f"{path.name} holds no question{about}{others}. Expected {_SHAPE}, a line.")
    return list(found.values())


def id_of(row: Mapping[str, Any]) -> str | None:
    """The id that a row gives its question; None if it gives none."""
    qid = row.get("qid")
    return None if qid is None or qid == "" else str(qid)


def json_rows(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    """The JSON objects of a file, each with its line; blank lines are skipped.

    Raises:
        FeedError: The file is no text, or a line is no JSON object with a text.
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").split("\n")
    except UnicodeDecodeError as error:
        raise FeedError(f"{path.name} cannot be read: expected JSON lines in UTF-8.") from error
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            has_text = bool(row["text"].strip())
        except (ValueError, KeyError, TypeError, AttributeError):
            has_text = False
        if not has_text:
            raise FeedError(f'{path.name}, line {number}: expected a JSON object with a "text".')
        yield number, row


def _question(name: str, number: int, row: dict[str, Any]) -> Question:
    try:
        gold, near = _ids(row["gold"]), _ids(row.get("near") or [])
        differs = row.get("differs")
        return Question(
            qid=id_of(row) or str(number),
            text=row["text"],
            gold=gold,
            kind=str(row.get("kind") or kind_of(gold, near)),
            language=str(row["lang"]) if row.get("lang") else None,
            near=near,
            differs=Aspect(differs) if differs else None,
            archive=str(row["archive"]) if row.get("archive") else None,
            is_fresh=row.get("split") != "train" or row.get("lang") not in {None, "en"},
        )
    except KeyError as error:
        raise FeedError(f"{name}, line {number}: expected {_SHAPE}.") from error
    except (TypeError, ValueError) as error:
        raise FeedError(f"{name}, line {number}: {error}; expected {_SHAPE}.") from error


def _ids(value: object) -> frozenset[str]:
    if not isinstance(value, list):
        raise TypeError(f"{value!r} is no list of ids")
    return frozenset(map(str, value))
