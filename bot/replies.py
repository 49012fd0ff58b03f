"""Replies: an answer of the lookup as a message, one honest wording for each outcome. Pure."""

from collections.abc import Iterable, Sequence
from functools import partial

from bot.callbacks import Action, Tap
from bot.choices import choice_reply
from bot.history import history_line
from bot.markup import Html, Page, Rest, foldable, join, text
from bot.messages import Catalogue
from bot.offers import NO_OFFERS, Offers, match_rows, none_rows
from bot.phrases import folded, is_greeting, n_words
from bot.reply import Button, Reply
from bot.sourcing import claimant_lines, source_lines
from bot.statuses import status_block
from index import Answer, Claim, Difference, Match, Outcome, Route, SnapshotInfo

__all__ = [
    "MAX_SOURCES",
    "Button",
    "Reply",
    "add_sources",
    "answer_reply",
    "claim_block",
    "difference_lines",
    "is_weak",
    "searched",
    "short_reply",
    "status_lines",
    "with_notes",
]

MAX_SOURCES = 4
_MAX_CLAIM_CHARS = 700
_MAX_OTHER_CLAIM_CHARS = 420
_MAX_OPEN_CHARS = 280
_MAX_SHORT_CHARS = 240
_MAX_PART_CHARS = 240
_MAX_DIFFERENCES = 4
_MAX_WORDS_CHARS = 60
_FEW_WORDS = 2
_PART_SHARE = 0.6
_SENTENCE_ENDS = (".", "!", "?", ":", "\u2026")
_CLOSING = " \t\"'\u201d\u2019\u00bb)"


def answer_reply(
    answer: Answer, words: Catalogue, offers: Offers = NO_OFFERS, *, may_choose: bool = True
) -> Reply:
    """Render the answer to a question.

    Args:
        answer: The lookup's answer.
        words: The reader's language.
        offers: What can be offered under it.
        may_choose: Whether the reader can be asked which of several claims is meant.
    """
    if answer.match is not None and answer.outcome is Outcome.MATCH:
        return _match(answer, answer.match, words, offers)
    if is_greeting(answer.question, words):
        return Reply(words("chat.hint"))
    if may_choose and answer.is_choice:
        return choice_reply(answer, words, searched(answer.snapshot, words))
    if answer.match is not None and answer.outcome is Outcome.SIMILAR:
        return _similar(answer, answer.match, words, offers)
    return _none(answer, words, offers)


def is_weak(answer: Answer, words: Catalogue) -> bool:
    """Whether an answer is of interest only to the one who asked."""
    return answer.outcome is not Outcome.MATCH and not is_greeting(answer.question, words)


def searched(snapshot: SnapshotInfo, words: Catalogue) -> Html:
    """What was searched, and as of when."""
    key = "searched.sample" if snapshot.is_sample else "searched.claims"
    return words(key, n=snapshot.n_claims, date=words.long_date(snapshot.as_of.date()))


def claim_block(claim: Claim, words: Catalogue, max_chars: int = _MAX_CLAIM_CHARS) -> Html:
    """The claim, quoted; a long one folded up."""
    shown = text(claim.text, max_chars)
    return words("card.claim", claim=shown) if len(shown) <= _MAX_OPEN_CHARS else foldable(shown)


def status_lines(claim: Claim, snapshot: SnapshotInfo, words: Catalogue) -> Html:
    """The status, who it rests on, and how it came about."""
    history = history_line(claim, words)
    status = status_block(claim, snapshot.as_of.date(), words)
    return join((status, history)) if history else status


def add_sources(page: Page, claim: Claim, words: Catalogue, *, max_lines: int) -> None:
    """Add who said it: a few lines, and how many more there are."""
    lines = source_lines(claim, words, full=False)
    heading = join((words("card.sourcing"), *claimant_lines(claim, words)))
    if not lines:
        page.add(heading if claimant_lines(claim, words) else words("card.no_sourcing"))
        return
    rest = Rest(lambda n: words("source.more", n=n), n_before=len(lines[max_lines:]))
    page.add_list(heading, lines[:max_lines], rest)


def with_notes(reply: Reply, notes: Sequence[Html]) -> Reply:
    """The reply with notes before it, as far as they fit."""
    page = Page(footer=reply.html)
    for note in notes:
        page.add(note)
    return Reply(page.html(), reply.rows)


def _match(answer: Answer, match: Match, words: Catalogue, offers: Offers) -> Reply:
    page = Page(footer=searched(answer.snapshot, words))
    page.add(join((words("card.match"), claim_block(match.claim, words))))
    page.add(status_lines(match.claim, answer.snapshot, words))
    page.add(join(_why(answer.question, match, words)))
    add_sources(page, match.claim, words, max_lines=MAX_SOURCES)
    rows = match_rows(match.claim, answer, words, offers, sourcing="button.sourcing")
    return Reply(page.html(), rows)


def _similar(answer: Answer, match: Match, words: Catalogue, offers: Offers) -> Reply:
    # The warning is in the footer, which no long record can push out of the message.
    warning = words("similar.warning")
    page = Page(footer=join((warning, searched(answer.snapshot, words)), "\n\n"))
    differences = difference_lines(answer.differences, words)
    heading = words(_similar_heading(match, named=bool(differences)))
    page.add(join((heading, claim_block(match.claim, words, _MAX_OTHER_CLAIM_CHARS))))
    if differences or match.route is not Route.URL:
        page.add(differences or words("similar.unnamed"))
    status = status_lines(match.claim, answer.snapshot, words)
    is_other = bool(differences) or match.route is Route.URL
    page.add(join((words("similar.archived" if is_other else "similar.archived_unnamed"), status)))
    add_sources(page, match.claim, words, max_lines=2)
    rows = match_rows(match.claim, answer, words, offers, sourcing="button.sourcing_similar")
    return Reply(page.html(), rows)


def short_reply(answer: Answer, words: Catalogue, offers: Offers = NO_OFFERS) -> Reply:
    """An answer in three to five lines: for groups that want it so, and where others read along."""
    match = answer.match
    footer = searched(answer.snapshot, words)
    if match is None or answer.outcome is Outcome.NONE:
        if is_greeting(answer.question, words):
            return Reply(words("chat.hint"))
        html = join((words("short.none"), footer), "\n\n")
        return Reply(html, none_rows(answer, words, offers))
    block = words("card.claim", claim=text(match.claim.text, _MAX_SHORT_CHARS))
    as_of = answer.snapshot.as_of.date()
    if answer.outcome is Outcome.MATCH:
        html = join((block, status_block(match.claim, as_of, words), footer))
        rows = match_rows(match.claim, answer, words, offers, sourcing="button.sourcing")
        return Reply(html, rows)
    differences = difference_lines(answer.differences[:1], words)
    status = words(f"status.{match.claim.status}", date=words.long_date(as_of))
    lines = (
        words(_similar_heading(match, named=bool(differences))),
        block,
        differences or words("short.unnamed"),
        words("short.status", status=status),
        words("similar.warning"),
    )
    show = Button(words.raw("short.show"), Tap(Action.CARD, (match.claim.id,)))
    return Reply(join(lines), ((show,), *none_rows(answer, words, offers)))


def _similar_heading(match: Match, *, named: bool) -> str:
    if match.route is Route.URL:
        return "similar.heading_page"
    return "similar.heading" if named else "similar.heading_unnamed"


def _none(answer: Answer, words: Catalogue, offers: Offers) -> Reply:
    page = Page(footer=searched(answer.snapshot, words))
    page.add(join((words("none.heading"), words("none.proves_nothing"))))
    few = n_words(answer.question) <= _FEW_WORDS
    page.add(words("chat.hint" if few else "none.rephrase"))
    return Reply(page.html(), () if few else none_rows(answer, words, offers))


def difference_lines(differences: Sequence[Difference], words: Catalogue) -> Html:
    """In what a question and an archived claim differ, a line each."""
    lines = [_difference(difference, words) for difference in differences[:_MAX_DIFFERENCES]]
    return join(line for line in lines if line)


def _difference(difference: Difference, words: Catalogue) -> Html:
    show = partial(text, max_chars=_MAX_WORDS_CHARS)
    asked, archived = show(difference.asked), show(difference.archived)
    if not asked and not archived:
        return Html("")
    side = "" if asked and archived else "_asked" if asked else "_archived"
    wording = words(
        f"difference.{difference.aspect}{side}",
        asked=words("difference.word", words=asked),
        archived=words("difference.word", words=archived),
    )
    return words("difference.line", difference=wording)


def _why(question: str, match: Match, words: Catalogue) -> Iterable[Html]:
    if match.route is Route.URL:
        yield words("card.page")
    elif _is_part(match.asked_text, question):
        yield words("card.part", part=text(match.asked_text, _MAX_PART_CHARS))
    known = {folded(match.claim.text), folded(question), ""}
    if folded(match.matched_text) not in known:
        yield words("card.wording", wording=text(match.matched_text, _MAX_PART_CHARS))


def _is_part(asked: str, question: str) -> bool:
    """Whether it is one sentence of several, and not the question less "is it true that"."""
    if folded(asked) in {folded(question), ""}:
        return False
    before, found, after = question.partition(asked.strip())
    if not found:  # spelled or joined differently
        return n_words(asked) <= _PART_SHARE * n_words(question)
    is_begun = before.rstrip(_CLOSING).endswith(_SENTENCE_ENDS) or "\n" in before
    return is_begun or bool(folded(after))
