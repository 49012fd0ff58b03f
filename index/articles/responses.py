"""Responses: who answers the claim of an article and how; never who answers another claim.

A denial counts only when it points to the claim ("denied the allegations") or says the contrary
of the claim itself.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from index.articles.answers import Answer
from index.articles.attribution import Frame
from index.articles.dates import Calendar
from index.articles.document import Sentence
from index.articles.lexicon import Lexicon
from index.articles.similarity import Similarity
from index.claims import Response, ResponseKind
from index.ratings import classify
from index.text import clean, shorten

# An answer with words of its own about the matter must share at least this much with the claim.
_MIN_SIMILARITY = 0.3
# One that nothing else marks as an answer must share more of its words, and its meaning.
_MIN_SHARED = 0.33
_MIN_COSINE = 0.1
_ALIKE_COSINE = 0.4
_SURE_COSINE = 0.6
_MAX_SUMMARY_CHARS = 400


@dataclass(frozen=True, slots=True)
class FoundResponse:
    """A response with the sentence that it was taken from."""

    response: Response
    sentence: Sentence


@dataclass(frozen=True, slots=True)
class Asked:
    """The claim that answers are sought to.

    Attributes:
        text: The claim as one sentence.
        reported: The frames that report it.
        claimants: Who makes the claim; they do not deny it, and only they retract it.
        is_meant: Whether the claim that stands nearest before a sentence is this one.
    """

    text: str
    reported: Sequence[Frame]
    claimants: Sequence[str]
    is_meant: Callable[[Sentence], bool]


def responses_to(
    claim: Asked,
    answers: Iterable[Answer],
    *,
    similarity: Similarity,
    calendar: Calendar,
    words: Lexicon,
) -> tuple[FoundResponse, ...]:
    """The answers that are given to this claim, one for each party and kind, in order.

    Args:
        claim: The claim.
        answers: In the order of the text, those of the title last.
        similarity: Compares an answer's own words with the claim.
        calendar: The article's dates.
        words: Its language.
    """
    makers = {name.casefold() for name in claim.claimants}
    found: dict[tuple[ResponseKind, str], FoundResponse] = {}
    for answer in answers:
        if not _is_to(answer, claim, similarity, words):
            continue
        day = next((each.day for each in calendar.days(answer.head) if each.day), None)
        if answer.sentence.position < 0 and any(kind is answer.kind for kind, _ in found):
            continue
        for party in answer.by or _maker(answer, claim.claimants):
            retracts = answer.kind is ResponseKind.RETRACTION
            if (_is_maker(party, makers) if retracts else party.casefold() in makers) != retracts:
                continue
            key = _known_key(found, answer.kind, party, words)
            if key is not None:
                found[key] = _with_day(found[key], day)
                continue
            found[answer.kind, party.casefold()] = FoundResponse(
                _response(answer, party, day), answer.sentence
            )
    return tuple(found.values())


def _is_to(answer: Answer, claim: Asked, similarity: Similarity, words: Lexicon) -> bool:
    """Whether an answer is given to this claim."""
    content = answer.content
    if answer.strict:
        own = any(answer.sentence == frame.sentence for frame in claim.reported if not frame.denied)
        if content is None or own or words.patterns["negation"].search(claim.text):
            return False
        whole = " ".join((claim.text, *(frame.content for frame in claim.reported)))
        shared = similarity.covered(content, whole)
        cosine = similarity.cosine(content, claim.text)
        if cosine is None:
            return shared >= _MIN_SHARED
        return (shared >= _MIN_SHARED and cosine >= _MIN_COSINE) or cosine >= _SURE_COSINE
    if content is not None and len(similarity.stems(content)) >= 2:
        texts = [claim.text, *(frame.content for frame in claim.reported)]
        near = max(
            similarity(text, other) for text in texts for other in (content, answer.sentence.text)
        )
        cosine = similarity.cosine(content, claim.text)
        return near >= _MIN_SIMILARITY or (cosine is not None and cosine >= _ALIKE_COSINE)
    return claim.is_meant(answer.sentence)


def _maker(answer: Answer, claimants: Iterable[str]) -> tuple[str, ...]:
    return tuple(claimants)[:1] if answer.kind is ResponseKind.RETRACTION else ()


def _is_maker(party: str, makers: set[str]) -> bool:
    folded = party.casefold()
    return any(folded in maker or maker in folded for maker in makers)


def _known_key(
    found: dict[tuple[ResponseKind, str], FoundResponse],
    kind: ResponseKind,
    party: str,
    words: Lexicon,
) -> tuple[ResponseKind, str] | None:
    """The key of a response by the same party under another name, or by one who speaks for it."""
    own = _name_words(party, words)
    for known in found:
        other = _name_words(known[1], words)
        speaks = words.has("person_noun", party) and len(own & other) >= 2
        if known[0] is kind and (own <= other or other <= own or speaks):
            return known
    return None


def _name_words(name: str, words: Lexicon) -> set[str]:
    return set(re.findall(r"\w+", name.casefold())) - words.words["stopwords"]


def _with_day(found: FoundResponse, day: date | None) -> FoundResponse:
    if day is None or found.response.published_on is not None:
        return found
    return replace(found, response=replace(found.response, published_on=day))


def _response(answer: Answer, party: str, day: date | None) -> Response:
    checked = answer.kind is ResponseKind.FACT_CHECK
    return Response(
        kind=answer.kind,
        by=party,
        published_on=day,
        rating=answer.rating if checked else None,
        verdict=classify(answer.rating or "", party) if checked else None,
        summary=shorten(clean(answer.sentence.text), _MAX_SUMMARY_CHARS),
    )
