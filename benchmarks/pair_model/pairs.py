"""Pairs: what the pair model is trained on: a question, a claim, and whether they are the same.

Where a pair is a near miss, what was exchanged is known: its aspect and the words on both sides.
"""

import gzip
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import cycle
from pathlib import Path
from typing import Any

from benchmarks.labelled import Asked
from index.query import prepare


@dataclass(frozen=True, slots=True)
class Pair:
    """One training pair.

    Attributes:
        asked: The question's text, prepared as the lookup prepares it.
        archived: A wording of the claim.
        is_same: Whether they are the same claim.
        aspect: For a near miss, in what they differ; None if unknown.
        asked_change: The question's words that differ; "" if unknown or none.
        archived_change: The claim's.
        kind: Where the pair comes from; kinds are weighed against each other.
    """

    asked: str
    archived: str
    is_same: bool
    aspect: str | None = None
    asked_change: str = ""
    archived_change: str = ""
    kind: str = ""


def read_corpus(path: Path) -> dict[str, dict[str, Any]]:
    """A BEIR corpus by id."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        return {row["_id"]: row for row in map(json.loads, file)}


def wordings(row: Mapping[str, Any]) -> list[str]:
    """The short texts of a claim: its text, then its title."""
    return [each for each in (row.get("text"), row.get("title")) if each]


def written_pairs(
    rows: Iterable[Mapping[str, Any]], corpora: Mapping[str, Mapping[str, Mapping[str, Any]]]
) -> Iterator[Pair]:
    """Pairs of the hand-written English questions: with the claim, and with each other."""
    honest: dict[tuple[str, str], list[str]] = defaultdict(list)
    missed: dict[tuple[str, str], list[Pair]] = defaultdict(list)
    for row in rows:
        if row["lang"] != "en" or row["kind"] == "unrelated":
            continue
        claim_id = (row["gold"] or row["near"])[0]
        texts = wordings(corpora[row["archive"]][claim_id])
        asked = asked_texts(row["text"])
        if row["kind"] == "topical":
            yield from (Pair(asked[0], text, False, kind="topical") for text in texts)
            continue
        key = (row["archive"], claim_id)
        if row["gold"]:
            yield from (
                Pair(each, text, True, kind=row["kind"]) for text in texts for each in asked[:1]
            )
            # Of a long message the lookup may also judge the sentence that is nearest.
            yield from (Pair(each, texts[0], True, kind="sentence") for each in asked[1:])
            if row["kind"] == "question":
                honest[key].append(asked[0])
            continue
        near = Pair(
            asked[0], texts[0], False, row["differs"], row["asked"], row["archived"], "near_miss"
        )
        missed[key].append(near)
        yield near
        yield from (
            replace(near, archived=text)
            for text in texts[1:]
            if row["archived"] and row["archived"].casefold() in text.casefold()
        )
    for key, texts in honest.items():
        if len(texts) > 1:
            yield Pair(texts[0], texts[1], True, kind="paraphrase")
            yield Pair(texts[1], texts[0], True, kind="paraphrase")
        for near, text in zip(missed[key], cycle(texts), strict=False):
            if near.asked_change.casefold() not in text.casefold():
                yield replace(near, archived=text, archived_change="", kind="near_paraphrase")


def asked_texts(text: str) -> list[str]:
    """What the lookup would judge: the whole message, and of a long one its telling sentences."""
    segments = prepare(text).segments
    if len(segments) < 3:
        return list(segments[:1])
    longest = max(segments[1:], key=len)
    return [segments[0], longest]


def linked_pairs(
    asked: Asked, corpora: Mapping[str, Mapping[str, Mapping[str, Any]]]
) -> Iterator[Pair]:
    """A question with the claims that people linked it to."""
    for claim in asked.claims:
        for text in wordings(corpora[asked.corpus][claim]):
            yield Pair(asked.text, text, True, kind=asked.kind)
