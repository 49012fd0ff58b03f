"""Replies: an answer of the lookup as a message, one honest wording for each outcome. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial

from bot.callbacks import Action, Tap, others_tap
from bot.markup import Html, Page, Rest, join, text
from bot.messages import Catalogue
from bot.phrases import folded, is_greeting, n_words
from bot.sourcing import claimant_lines, source_lines
from bot.statuses import status_block
from index import Answer, Claim, Difference, Match, Outcome, Route, SnapshotInfo

MAX_SOURCES = 4
_MAX_CLAIM_CHARS = 700
_MAX_OTHER_CLAIM_CHARS = 420
_MAX_PART_CHARS = 240
_MAX_DIFFERENCES = 4
_MAX_WORDS_CHARS = 60
_FEW_WORDS = 2
_PART_SHARE = 0.6
_SENTENCE_ENDS = (".", "!", "?", ":", "\u2026")
_CLOSING = " \t\"'\u201d\u2019\u00bb)"


@dataclass(frozen=True, slots=True)
class Button:
    """A button under a message.

    Attributes:
        label: What it says.
        tap: What it does.
    """

    label: str
    tap: Tap


@dataclass(frozen=True, slots=True)
class Reply:
    """A message to send.

    Attributes:
        html: Telegram HTML, at most 4096 characters.
        rows: Rows of buttons under it.
    """

    html: Html
    rows: tuple[tuple[Button, ...], ...] = ()


def answer_reply(answer: Answer, words: Catalogue) -> Reply:
    """Render the answer to a question."""
    if answer.match is not None and answer.outcome is Outcome.MATCH:
        return _match(answer, answer.match, words)
    if is_greeting(answer.question, words):
        return Reply(words("chat.hint"))
    if answer.match is not None and answer.outcome is Outcome.SIMILAR:
        return _similar(answer, answer.match, words)
    return _none(answer, words)


def searched(snapshot: SnapshotInfo, words: Catalogue) -> Html:
    """What was searched, and as of when."""
    key = "searched.sample" if snapshot.is_sample else "searched.claims"
    return words(key, n=snapshot.n_claims, date=words.long_date(snapshot.as_of.date()))


def claim_block(claim: Claim, words: Catalogue, max_chars: int = _MAX_CLAIM_CHARS) -> Html:
    """The claim, quoted."""
    return words("card.claim", claim=text(claim.text, max_chars))


def add_sources(page: Page, claim: Claim, words: Catalogue, *, max_lines: int) -> None:
    """Add who said it: a few lines, and how many more there are."""
    lines = source_lines(claim, words, full=False)
    heading = join((words("card.sourcing"), *claimant_lines(claim, words)))
    if not lines:
        page.add(heading if claimant_lines(claim, words) else words("card.no_sourcing"))
        return
    rest = Rest(lambda n: words("source.more", n=n), n_before=len(lines[max_lines:]))
    page.add_list(heading, lines[:max_lines], rest)


def _match(answer: Answer, match: Match, words: Catalogue) -> Reply:
    page = Page(footer=searched(answer.snapshot, words))
    page.add(join((words("card.match"), claim_block(match.claim, words))))
    page.add(status_block(match.claim, answer.snapshot.as_of.date(), words))
    page.add(join(_why(answer.question, match, words)))
    add_sources(page, match.claim, words, max_lines=MAX_SOURCES)
    label = words.raw("button.sourcing")
    rows = (_sourcing_row(match.claim.id, label), *_others_row(answer, "button.others", words))
    return Reply(page.html(), rows)


def _similar(answer: Answer, match: Match, words: Catalogue) -> Reply:
    # The warning is in the footer, which no long record can push out of the message.
    warning = words("similar.warning")
    page = Page(footer=join((warning, searched(answer.snapshot, words)), "\n\n"))
    differences = _differences(answer.differences, words)
    heading = words(_similar_heading(match, named=bool(differences)))
    page.add(join((heading, claim_block(match.claim, words, _MAX_OTHER_CLAIM_CHARS))))
    if differences or match.route is not Route.URL:
        page.add(differences or words("similar.unnamed"))
    status = status_block(match.claim, answer.snapshot.as_of.date(), words)
    is_other = bool(differences) or match.route is Route.URL
    page.add(join((words("similar.archived" if is_other else "similar.archived_unnamed"), status)))
    add_sources(page, match.claim, words, max_lines=2)
    label = words.raw("button.sourcing_similar")
    rows = (_sourcing_row(match.claim.id, label), *_others_row(answer, "button.others", words))
    return Reply(page.html(), rows)


def _similar_heading(match: Match, *, named: bool) -> str:
    if match.route is Route.URL:
        return "similar.heading_page"
    return "similar.heading" if named else "similar.heading_unnamed"


def _none(answer: Answer, words: Catalogue) -> Reply:
    page = Page(footer=searched(answer.snapshot, words))
    page.add(join((words("none.heading"), words("none.proves_nothing"))))
    few = n_words(answer.question) <= _FEW_WORDS
    page.add(words("chat.hint" if few else "none.rephrase"))
    return Reply(page.html(), () if few else _others_row(answer, "button.nearest", words))


def _differences(differences: Sequence[Difference], words: Catalogue) -> Html:
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


def _sourcing_row(claim_id: str, label: str) -> tuple[Button, ...]:
    return (Button(label, Tap(Action.SOURCING, (claim_id,))),)


def _others_row(answer: Answer, key: str, words: Catalogue) -> tuple[tuple[Button, ...], ...]:
    shown = answer.match.claim.id if answer.match else None
    tap = others_tap(found.id for found in answer.candidates if found.id != shown)
    if tap is None:
        return ()
    return ((Button(words.label(key, n=len(tap.claim_ids)), tap),),)
