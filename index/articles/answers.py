"""Answers: the denials, confirmations, retractions and fact-checks that sentences tell of.

Whether an answer is given to the claim of the article is decided in `responses`. A party's denial
is never a fact-check: that takes a known fact-checker, or one that the text calls so.
"""

import re
from dataclasses import dataclass

from index.articles.document import Document, Sentence
from index.articles.lexicon import AnswerPattern, Lexicon
from index.articles.mentions import Mentions
from index.claims import ResponseKind
from index.text import clean

# How far after the party a word can stand that takes the answer back ("declined to").
_NEAR_CHARS = 70
# They answer the claim that was told of before, whatever their own words.
_POINTING = {ResponseKind.RETRACTION, ResponseKind.FACT_CHECK}
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")


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


def rating_in(text: str, words: Lexicon) -> str | None:
    """The fact-checker's rating in a sentence, in its own words."""
    found = list(words.alternations["rating_word"].finditer(text))
    # "found no truth ... false": the longest rating says most, the last one decides.
    return max(found, key=lambda each: (len(each.group()), each.start())).group() if found else None


def is_fact_checker(name: str, words: Lexicon) -> bool:
    """Whether a name is a known fact-checker's, or says that it is one."""
    return (
        words.alternations["fact_checker"].search(name) is not None
        or words.patterns["fact_checker_like"].search(name) is not None
    )


def self_rating(document: Document, words: Lexicon) -> Answer | None:
    """The verdict line of an article that is itself a fact-check, by its site or named checker."""
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
    if not _points_to_claim(pattern, match, by, obj, words):
        return None
    kind, rating = _kind(pattern, match, by, words)
    parties = _parties(kind, by, sentence, words, mentions) if kind is not None else None
    if kind is None or parties is None:
        return None
    content = groups.get("content") or _content(obj, words)
    if pattern.strict and (content is None or not words.patterns["negation"].search(content)):
        return None
    before = [group for group in ("by", "obj") if groups.get(group) and pattern.by_last]
    return Answer(
        sentence=sentence,
        kind=kind,
        by=parties,
        content=None if kind in _POINTING else content,
        strict=pattern.strict,
        rating=rating,
        head=sentence.text[: max(match.end(group) for group in before)]
        if before
        else sentence.text[: match.start() + len(by)],
    )


def _points_to_claim(
    pattern: AnswerPattern, match: re.Match[str], by: str, obj: str, words: Lexicon
) -> bool:
    """Whether the answer is given, and to a claim, and to none of another time."""
    if words.has("not_answer", match.group()[: len(by) + _NEAR_CHARS]):
        return False
    if words.has("other_claim", obj[:60]) or _YEAR.search(by):
        return False
    if pattern.checks_object:
        return words.patterns["deny_object"].search(obj) is not None
    if pattern.labels:
        return words.patterns["claim_ref"].search(match.group()[len(by) :]) is not None
    return True


def _kind(
    pattern: AnswerPattern, match: re.Match[str], by: str, words: Lexicon
) -> tuple[ResponseKind | None, str | None]:
    """The kind of answer, a checker's denial being a fact-check, and its rating."""
    checker = is_fact_checker(by, words)
    if pattern.kind is not ResponseKind.FACT_CHECK:
        if not (pattern.kind is ResponseKind.DENIAL and checker):
            return pattern.kind, None
    elif not checker:
        return None, None
    rating = rating_in(match.string[match.start() + len(by) :], words)
    if rating is None and not words.has("deny_verb", match.group()):
        return None, None
    return ResponseKind.FACT_CHECK, rating


def _parties(
    kind: ResponseKind, by: str, sentence: Sentence, words: Lexicon, mentions: Mentions
) -> tuple[str, ...] | None:
    """Who answers; () for a retraction whose outlet is understood, None where nobody is named."""
    known = words.alternations["fact_checker"].search(by)
    if kind is ResponseKind.FACT_CHECK and known is not None:
        return (known.group(),)
    if not by:
        return () if kind is ResponseKind.RETRACTION else None
    return mentions.parties(by, sentence) or None


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
