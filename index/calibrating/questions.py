"""Questions to calibrate with: labelled ones, and those that any archive gives by itself."""

import hashlib
import random
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from index.calibrating.examples import LabelledQuestion

_LEADS = ("Is it true that ", "I heard ", "so apparently ", "Breaking: ", "they say that ")
_SMALL = frozenset(
    ("a", "an", "and", "by", "for", "has", "have", "in", "is", "of", "on", "that", "the", "to")
)
_SUFFIX = ", claim removed"


def written_questions(
    rows: Iterable[Mapping[str, Any]], claim_id: Callable[[str], str] = str
) -> Iterator[LabelledQuestion]:
    """Questions of a question file, each with a claim also asked with its claim left out.

    Without the latter, a long question or one in another language would count as evidence for a
    match.

    Args:
        rows: Rows with "text", "kind", "gold", "near" and, if known, "lang"; "split" is "train" if
            the pair model was trained on it.
        claim_id: Gives the archive's id of an id in the file.
    """
    for row in rows:
        kind = str(row.get("kind") or "question")
        is_foreign_near_miss = kind == "near_miss" and row.get("lang") not in {None, "en"}
        if is_foreign_near_miss:
            kind = "near_miss, foreign"
        gold = frozenset(claim_id(str(each)) for each in row.get("gold") or ())
        about = sorted(map(str, row.get("gold") or row.get("near") or [row["text"]]))
        asked = LabelledQuestion(
            kind, str(row["text"]), gold, group=about[0], is_fresh=row.get("split") != "train"
        )
        yield asked
        if gold:
            yield replace(asked, kind=kind + _SUFFIX, gold=frozenset(), hidden=gold)


def linked_questions(
    queries: Mapping[str, str],
    qrels: Mapping[str, Iterable[str]],
    kind: str,
    claim_id: Callable[[str], str] = str,
) -> Iterator[LabelledQuestion]:
    """Questions that people linked to claims, with and without the claim in the archive."""
    for qid, text in queries.items():
        gold = frozenset(map(claim_id, qrels[qid]))
        asked = LabelledQuestion(kind, text, gold, group=qid, is_fresh=not is_for_training(qid))
        yield asked
        yield replace(asked, kind=kind + _SUFFIX, gold=frozenset(), hidden=gold)


def repeated_claims(
    claims: Sequence[tuple[str, str]], rng: random.Random
) -> Iterator[LabelledQuestion]:
    """Lightly edited repeats of archived claims, and searches by a few of their words.

    Args:
        claims: Ids and texts.
        rng: Chooses the edits.
    """
    for claim, text in claims:
        gold = frozenset([claim])
        if len(text.split()) < 4:
            continue
        yield LabelledQuestion("repeat", edited(text, rng), gold, group=claim)
        if found := keywords(text, rng):
            asked = LabelledQuestion("keywords", found, gold, group=claim)
            yield asked
            yield replace(asked, kind="keywords" + _SUFFIX, gold=frozenset(), hidden=gold)


def is_for_training(row_id: str) -> bool:
    """Whether a labelled question teaches the pair model, and not the decision: two in three."""
    return hashlib.sha256(row_id.encode()).digest()[0] % 3 != 0


def edited(text: str, rng: random.Random) -> str:
    """A text as somebody repeats it: a small word dropped, in lower case, with a lead-in."""
    words = text.split()
    small = [n for n, word in enumerate(words) if word.lower() in _SMALL]
    if small and rng.random() < 0.5:
        del words[rng.choice(small)]
    said = " ".join(words)
    if rng.random() < 0.5:
        said = said.lower().rstrip(".")
    return rng.choice(_LEADS) + said if rng.random() < 0.4 else said


def keywords(text: str, rng: random.Random) -> str | None:
    """A search as people type it: some of a text's longer words, in its order."""
    words = [word.strip(".,;:!?\"'()\u201c\u201d") for word in text.split()]
    long = [n for n, word in enumerate(words) if len(word) > 3 or word.isupper()]
    if len(long) < 4:
        return None
    return " ".join(words[n] for n in sorted(rng.sample(long, min(len(long), rng.randint(3, 5)))))
