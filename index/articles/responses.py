"""Responses: who answers the claim of an article and how; never who answers another claim.

A denial counts only when it points to the claim ("denied the allegations") or says the contrary
of the claim itself. A party's denial is never a fact-check: that takes a known fact-checker, or
one that the text calls so, and its rating in words.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from index.articles.attribution import Frame
from index.articles.dates import Calendar
from index.articles.document import Document, Sentence
from index.articles.lexicon import AnswerPattern, Lexicon
from index.articles.mentions import Mentions
from index.articles.similarity import Similarity
from index.claims import Response, ResponseKind, Verdict
from index.text import clean, shorten

Classify = Callable[[str, str], Verdict]

# An answer with words of its own about the matter must share at least this much with the claim.
_MIN_SIMILARITY = 0.3
# One that nothing else marks as an answer must share more of its words, and its meaning.
_MIN_SHARED = 0.33
_MIN_COSINE = 0.25
_SURE_COSINE = 0.6
_MAX_SUMMARY_CHARS = 400


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer to something, found in one sentence.

    Attributes:
        sentence: Where it stands.
        kind: What kind of answer.
        by: The parties that give it, by their fuller names.
        content: What it says of the matter itself; None where it only points to a claim.
        strict: Nothing but its content shows that it is an answer.
        rating: The fact-checker's words.
        head: The sentence up to what is answered: dates in it are the answer's.
    """

    sentence: Sentence
    kind: ResponseKind
    by: tuple[str, ...]
    content: str | None
    strict: bool
    rating: str | None
    head: str


@dataclass(frozen=True, slots=True)
class FoundResponse:
    """A response with the sentence that it was taken from."""

    response: Response
    sentence: Sentence


def answers_of(sentence: Sentence, words: Lexicon, mentions: Mentions) -> tuple[Answer, ...]:
    """All answers that one sentence gives; ask in the order of the text."""
    found: list[Answer] = []
    for pattern in words.answers:
        if pattern.strict and found:
            continue
        match = pattern.pattern.search(sentence.text)
        if match is not None and (answer := _answer(sentence, pattern, match, words, mentions)):
            found.append(answer)
    return tuple(found)


def responses_to(
    claim: str,
    answers: Iterable[Answer],
    *,
    reported: Sequence[Frame],
    claimants: Sequence[str],
    is_meant: Callable[[Sentence], bool],
    similarity: Similarity,
    calendar: Calendar,
    words: Lexicon,
    classify: Classify,
) -> tuple[FoundResponse, ...]:
    """The answers that are given to this claim, one for each party and kind, in order.

    Args:
        claim: The claim as one sentence.
        answers: In the order of the text, those of the title last.
        reported: The frames that report it.
        claimants: Who makes the claim; they do not deny it.
        is_meant: Whether the claim that stands nearest before a sentence is this one.
        similarity: Compares an answer's own words with the claim.
        calendar: The article's dates.
        words: Its language.
        classify: Gives the verdict of a rating by a publisher.
    """
    makers = {name.casefold() for name in claimants}
    found: dict[tuple[ResponseKind, str], FoundResponse] = {}
    for answer in answers:
        if not _answers(answer, claim, reported, similarity, is_meant, words):
            continue
        day = next((each.day for each in calendar.days(answer.head) if each.day), None)
        if answer.sentence.position < 0 and any(kind is answer.kind for kind, _ in found):
            continue
        for party in answer.by or _maker(answer, claimants):
            if answer.kind is not ResponseKind.RETRACTION and party.casefold() in makers:
                continue
            if answer.kind is ResponseKind.RETRACTION and not _is_maker(party, makers):
                continue
            key = _known_key(found, answer.kind, party, words)
            if key is not None:
                found[key] = _with_day(found[key], day)
                continue
            found[answer.kind, party.casefold()] = FoundResponse(
                _response(answer, party, day, classify), answer.sentence
            )
    return tuple(found.values())


def rating_in(text: str, words: Lexicon) -> str | None:
    """The fact-checker's rating in a sentence, in its own words."""
    found = list(words.alternations["rating_word"].finditer(text))
    # "found no truth ... false": the longest rating says most, the last one decides.
    return max(found, key=lambda each: (len(each.group()), each.start())).group() if found else None


def is_fact_checker(name: str, words: Lexicon) -> bool:
    """Whether a name is a known fact-checker's, or says that it is one."""
    folded = name.casefold()
    return words.patterns["fact_checker_like"].search(name) is not None or any(
        re.search(rf"(?<!\w){re.escape(each)}(?!\w)", folded)
        for each in words.words["fact_checker"]
    )


def self_rating(document: Document, words: Lexicon) -> Answer | None:
    """The verdict line of an article that is itself a fact-check, by the site or checker it names."""
    by = document.site if document.site and is_fact_checker(document.site, words) else None
    for sentence in document.sentences:
        if (found := words.patterns["self_rating"].search(sentence.text)) is None:
            continue
        named = words.alternations["fact_checker"].search(document.body)
        by = by or (named.group() if named else None)
        if by is not None:
            rating = clean(found.group("rating")).strip(" .\"'\u201c\u201d")
            return Answer(sentence, ResponseKind.FACT_CHECK, (by,), None, False, rating, "")
    return None


def _answer(
    sentence: Sentence,
    pattern: AnswerPattern,
    match: re.Match[str],
    words: Lexicon,
    mentions: Mentions,
) -> Answer | None:
    groups = match.groupdict()
    by = groups.get("by") or groups.get("by2") or ""
    obj = groups.get("object") or groups.get("obj") or ""
    if words.has("not_answer", match.group()[: len(by) + 70]):
        return None
    if pattern.checks_object and not words.patterns["deny_object"].search(obj):
        return None
    if words.has("other_claim", obj[:60]) or re.search(r"\b(?:19|20)\d\d\b", by):
        return None
    if pattern.name == "labels" and not words.patterns["claim_ref"].search(
        match.group()[len(by) :]
    ):
        return None
    checkers = words.alternations["fact_checker"].search(by) or words.patterns[
        "fact_checker_like"
    ].search(by)
    kind = pattern.kind
    rating: str | None = None
    if kind is ResponseKind.FACT_CHECK or (kind is ResponseKind.DENIAL and checkers):
        rating = rating_in(sentence.text[match.start() + len(by) :], words)
        if not checkers or (rating is None and not words.has("deny_verb", match.group())):
            return None
        kind = ResponseKind.FACT_CHECK
    known = words.alternations["fact_checker"].search(by)
    if kind is ResponseKind.FACT_CHECK and known is not None:
        parties: tuple[str, ...] = (known.group(),)
    else:
        parties = mentions.parties(by, sentence) if by else ()
    if not parties and (by or kind is not ResponseKind.RETRACTION):
        return None
    content = groups.get("content") or _content(obj, words)
    if pattern.strict and (content is None or not words.patterns["negation"].search(content)):
        return None
    return Answer(
        sentence=sentence,
        kind=kind,
        by=parties,
        content=content if kind is not ResponseKind.RETRACTION else None,
        strict=pattern.strict,
        rating=rating,
        head=sentence.text[: max(match.end("by"), match.end("obj") if "obj" in groups else 0)]
        if "by" in groups and groups["by"] is not None and match.start("by") > match.start()
        else sentence.text[: match.start() + len(by)],
    )


def _content(obj: str, words: Lexicon) -> str | None:
    """What a denial says of the matter: "that it had sold the port", "selling the port"."""
    text = obj.strip(" ,.")
    if doing := re.match(r"(?:ever\s+)?(?:having\s+)?[a-z]+ing\s+(?P<what>\S+\s+\S+)", text):
        if words.patterns["claim_ref"].search(doing.group("what")):
            return None
        return re.split(r"\s+(?:after|when|as|in\s+response)\s", text)[0]
    if found := re.search(r"\bthat\s+(.{12,})", text):
        adds = re.search(
            r"\b(?:saying|adding|insisting|stating|said|added)\b", text[: found.start()]
        )
        points = re.match(r"(?:any|no|such)\b.*\bsuch\b|such\b|(?:any|no)\s+such\b", found.group(1))
        return found.group(1) if adds is None and points is None else None
    return None


def _answers(
    answer: Answer,
    claim: str,
    reported: Sequence[Frame],
    similarity: Similarity,
    is_meant: Callable[[Sentence], bool],
    words: Lexicon,
) -> bool:
    content = answer.content
    if answer.strict:
        own = any(answer.sentence == frame.sentence for frame in reported if not frame.denied)
        if content is None or own or words.patterns["negation"].search(claim):
            return False
        whole = " ".join((claim, *(frame.content for frame in reported)))
        shared = similarity.covered(content, whole)
        cosine = similarity.cosine(content, claim)
        if cosine is None:
            return shared >= _MIN_SHARED
        return (shared >= _MIN_SHARED and cosine >= _MIN_COSINE) or cosine >= _SURE_COSINE
    if content is not None and len(similarity.stems(content)) >= 2:
        texts = [claim, *(frame.content for frame in reported)]
        near = max(
            similarity(text, other) for text in texts for other in (content, answer.sentence.text)
        )
        return near >= _MIN_SIMILARITY
    return is_meant(answer.sentence)


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


def _response(answer: Answer, party: str, day: date | None, classify: Classify) -> Response:
    checked = answer.kind is ResponseKind.FACT_CHECK
    return Response(
        kind=answer.kind,
        by=party,
        published_on=day,
        rating=answer.rating if checked else None,
        verdict=classify(answer.rating or "", party) if checked else None,
        summary=shorten(clean(answer.sentence.text), _MAX_SUMMARY_CHARS),
    )
