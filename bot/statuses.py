"""Statuses: a rebuttal status in words, with who answered and in which words of their own.

A rating is always shown as the fact-checker wrote it; our reading of it only chooses the heading.
A denial is never worded as a fact-check.
"""

from collections.abc import Sequence
from datetime import date

from bot.markup import Html, bare, host, join, link, text
from bot.messages import Catalogue
from bot.phrases import n_words
from index import Claim, RebuttalStatus, Response, ResponseKind, Verdict

MAX_RESPONSES = 3
_MAX_NAME_CHARS = 80
_MAX_RATING_CHARS = 90
# A longer rating is a sentence and no label, and reads badly after "as".
_MAX_LABEL_WORDS = 4
_MAX_SUMMARY_CHARS = 240
_KEYS = {
    ResponseKind.FACT_CHECK: "response.fact_check",
    ResponseKind.DENIAL: "response.denial",
    ResponseKind.CONFIRMATION: "response.confirmation",
    ResponseKind.RETRACTION: "response.retraction",
}


def status_block(claim: Claim, as_of: date, words: Catalogue) -> Html:
    """The status and who it rests on, in two lines.

    Args:
        claim: Whose responses.
        as_of: The archive's date: for "no response known as of".
        words: The reader's language.
    """
    status = words(f"status.{claim.status}", date=words.long_date(as_of))
    if claim.status is RebuttalStatus.UNANSWERED:
        return status
    shown = telling(claim.responses)
    phrases = [response_phrase(response, words) for response in shown]
    if len(claim.responses) > len(shown):
        phrases.append(words("status.more", n=len(claim.responses) - len(shown)))
    return words("status.line", status=status, responses=_sentence(join(phrases, "; ")))


def status_word(claim: Claim, as_of: date, words: Catalogue) -> str:
    """The status alone, without markup: "❌ Refuted"."""
    return bare(words(f"status.{claim.status}", date=words.long_date(as_of))).rstrip(".")


def response_lines(claim: Claim, words: Catalogue) -> tuple[Html, ...]:
    """One entry for each response, with its site and summary: the long view."""
    lines: list[Html] = []
    for response in claim.responses:
        phrase = _sentence(response_phrase(response, words))
        if site := host(response.url):
            phrase = words("source.details", outlet=phrase, details=text(site, _MAX_NAME_CHARS))
        line = words("sourcing.response", response=phrase)
        if response.summary:
            summary = text(response.summary, _MAX_SUMMARY_CHARS)
            line = join((line, words("sourcing.summary", summary=summary)))
        lines.append(line)
    return tuple(lines)


def response_phrase(response: Response, words: Catalogue) -> Html:
    """One response as part of a sentence: "denied by the coalition, 12 September 2017"."""
    by = link(text(response.by, _MAX_NAME_CHARS) or words("source.unknown"), response.url)
    key = _KEYS[response.kind]
    rating = text((response.rating or "").rstrip(" ."), _MAX_RATING_CHARS)
    if response.kind is ResponseKind.FACT_CHECK and not rating:
        key = "response.fact_check_unrated"
    elif n_words(rating) > _MAX_LABEL_WORDS:
        key = "response.fact_check_sentence"
    phrase = words(key, by=by, rating=rating)
    if response.published_on is None:
        return phrase
    return words("response.dated", response=phrase, date=words.long_date(response.published_on))


def telling(responses: Sequence[Response]) -> tuple[Response, ...]:
    """A few responses that say most, in order of record, none in the words of another.

    One of each kind and verdict goes before a second one of the same.
    """
    firsts: dict[tuple[ResponseKind, Verdict | None], int] = {}
    distinct: dict[tuple[ResponseKind, str, str | None], int] = {}
    for number, response in enumerate(responses):
        firsts.setdefault((response.kind, response.verdict), number)
        distinct.setdefault((response.kind, response.by.casefold(), response.rating), number)
    first = set(firsts.values())
    ranked = sorted(
        first | set(distinct.values()),
        key=lambda number: (number not in first, _WEIGHT.index(responses[number].kind), number),
    )
    return tuple(responses[number] for number in sorted(ranked[:MAX_RESPONSES]))


_WEIGHT = (
    ResponseKind.RETRACTION,
    ResponseKind.FACT_CHECK,
    ResponseKind.DENIAL,
    ResponseKind.CONFIRMATION,
)


_GROUNDS = {
    RebuttalStatus.REFUTED: {Verdict.FALSE, Verdict.MOSTLY_FALSE},
    RebuttalStatus.MISLEADING: {Verdict.MISLEADING, Verdict.SATIRE},
    RebuttalStatus.CONFIRMED: {Verdict.TRUE, Verdict.MOSTLY_TRUE},
}


def grounding(claim: Claim) -> Response | None:
    """The one response to show where there is room for one: what the status rests on comes first.

    Then what weighs most, the earliest of several; None without a response.
    """
    grounds = _GROUNDS.get(claim.status, set())
    return min(
        claim.responses,
        key=lambda each: (each.verdict not in grounds, _WEIGHT.index(each.kind)),
        default=None,
    )


def _sentence(phrase: Html) -> Html:
    return Html(phrase[:1].upper() + phrase[1:])
