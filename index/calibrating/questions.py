"""Questions to calibrate with: labelled ones, and those that any archive gives by itself."""

import hashlib
import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

from index.calibrating.examples import LabelledQuestion
from index.evaluation import Question

_LEADS = ("Is it true that ", "I heard ", "so apparently ", "Breaking: ", "they say that ")
_SMALL = frozenset(
    ("a", "an", "and", "by", "for", "has", "have", "in", "is", "of", "on", "that", "the", "to")
)
_SUFFIX = ", claim removed"


def written_questions(
    questions: Iterable[Question], claim_id: Callable[[str], str] = str
) -> Iterator[LabelledQuestion]:
    """Labelled questions, each with a claim also asked with its claim left out.

    Without the latter, a long question or one in another language would count as evidence for a
    match.

    Args:
        questions: About claims that are in the archive, see `index.evaluation.merged`.
        claim_id: Gives the archive's id of an id in the questions.
    """
    for each in questions:
        is_foreign_near_miss = each.kind == "near_miss" and each.language not in {None, "en"}
        gold = frozenset(map(claim_id, each.gold))
        asked = LabelledQuestion(
            "near_miss, foreign" if is_foreign_near_miss else each.kind,
            each.text,
            gold,
            group=min(map(claim_id, each.gold or each.near), default=each.text),
            is_fresh=each.is_fresh,
        )
        yield asked
        if gold:
            yield replace(asked, kind=asked.kind + _SUFFIX, gold=frozenset(), hidden=gold)


def as_linked(questions: Iterable[Question], kind: str) -> Iterator[Question]:
    """Questions that people linked to claims: of a kind of their own, and two in three not fresh.

    Args:
        questions: Those of a BEIR folder.
        kind: What to call them if they are about a claim.
    """
    for each in questions:
        yield replace(
            each, kind=kind if each.gold else each.kind, is_fresh=not is_for_training(each.qid)
        )


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
    """Whether a labelled question teaches the models, and not the fit: two in three."""
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
