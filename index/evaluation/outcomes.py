"""Outcomes: what questions of each kind and language were answered, and how rightly."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from index.answers import Aspect, Outcome
from index.evaluation.asking import Asked
from index.evaluation.bootstrap import Figure, mean, ratio


@dataclass(frozen=True, slots=True)
class Outcomes:
    """What the questions of one kind and language came to.

    Every question is one of the last four. For questions that are about no claim on file every
    MATCH is wrong, and the first two shares are None.

    Attributes:
        kind: The kind of question.
        language: The language; None for all languages of the kind.
        n: How many questions.
        right_first: Share with a right claim as the first candidate, whatever the outcome.
        match_right: Share answered MATCH with a right claim.
        match_wrong: Share answered MATCH with a wrong one.
        similar: Share answered SIMILAR.
        none: Share answered NONE.
    """

    kind: str
    language: str | None
    n: int
    right_first: Figure | None
    match_right: Figure | None
    match_wrong: Figure | None
    similar: Figure | None
    none: Figure | None


@dataclass(frozen=True, slots=True)
class NearMisses:
    """What questions came to that nearly, but not quite, ask about a claim on file.

    Attributes:
        aspect: In what they differ from it; None for all aspects.
        n: How many questions.
        near_first: Share with that claim as the first candidate.
        match: Share answered MATCH, with whatever claim: always wrong.
        n_similar: How many were answered SIMILAR, of those labelled with an aspect.
        named: Share of those whose differences name the aspect; None if there are none.
    """

    aspect: Aspect | None
    n: int
    near_first: Figure | None
    match: Figure | None
    n_similar: int
    named: Figure | None


def by_kind(asked: Iterable[Asked]) -> list[Outcomes]:
    """Outcomes of each kind, and of each of its languages if it has several; hidden ones aside."""
    shown = [each for each in asked if not each.is_gold_hidden]
    found = []
    for kind in dict.fromkeys(each.question.kind for each in shown):
        mine = [each for each in shown if each.question.kind == kind]
        languages = [
            key for key, _ in Counter(each.question.language for each in mine).most_common()
        ]
        if len(languages) == 1:
            found.append(_outcomes(kind, languages[0], mine))
            continue
        found.append(_outcomes(kind, None, mine))
        found += [
            _outcomes(
                kind, language or "?", [each for each in mine if each.question.language == language]
            )
            for language in languages
        ]
    return found


def near_misses(asked: Iterable[Asked]) -> list[NearMisses]:
    """All near misses, then those of each aspect; empty if there are none."""
    mine = [each for each in asked if each.question.is_near_miss and not each.is_gold_hidden]
    if not mine:
        return []
    aspects = [key for key, _ in Counter(each.question.differs for each in mine).most_common()]
    of_aspect = [
        _near_misses(aspect, [each for each in mine if each.question.differs is aspect])
        for aspect in aspects
        if aspect is not None
    ]
    return [_near_misses(None, mine), *of_aspect]


def _outcomes(kind: str, language: str | None, asked: Sequence[Asked]) -> Outcomes:
    def share(holds: Callable[[Asked], bool]) -> Figure | None:
        return mean([holds(each) for each in asked])

    has_gold = any(each.question.gold for each in asked)
    return Outcomes(
        kind=kind,
        language=language,
        n=len(asked),
        right_first=share(lambda each: each.is_right) if has_gold else None,
        match_right=share(lambda each: each.is_match and each.is_right) if has_gold else None,
        match_wrong=share(lambda each: each.is_match and not each.is_right),
        similar=share(lambda each: each.outcome is Outcome.SIMILAR),
        none=share(lambda each: each.outcome is Outcome.NONE),
    )


def _near_misses(aspect: Aspect | None, asked: Sequence[Asked]) -> NearMisses:
    similar = [
        each.outcome is Outcome.SIMILAR and each.question.differs is not None for each in asked
    ]
    named = [
        is_similar and each.question.differs in {found.aspect for found in each.differences}
        for is_similar, each in zip(similar, asked, strict=True)
    ]
    return NearMisses(
        aspect=aspect,
        n=len(asked),
        near_first=mean([not each.question.near.isdisjoint(each.candidates[:1]) for each in asked]),
        match=mean([each.is_match for each in asked]),
        n_similar=sum(similar),
        named=ratio(named, similar),
    )
