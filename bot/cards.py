"""Cards: views of a claim that were asked for by a button or a deep link, not by a question."""

from collections.abc import Sequence

from bot.callbacks import MAX_OTHERS, MAX_PAGES, Action, Tap, deep_link
from bot.choices import numbers
from bot.markup import Html, Page, Rest, join, link, text
from bot.messages import Catalogue
from bot.offers import NO_OFFERS, Offers, claim_rows
from bot.replies import MAX_SOURCES, Reply, add_sources, claim_block, status_lines
from bot.reply import Button
from bot.sourcing import claimant_lines, names_line, source_lines
from bot.statuses import response_lines, status_block
from index import Claim, SnapshotInfo

_MAX_LISTED_CHARS = 300
_MAX_SUBJECTS = 8
_MAX_WORDINGS = 2
_MAX_WORDING_CHARS = 200


def claim_reply(
    claim: Claim, snapshot: SnapshotInfo, words: Catalogue, offers: Offers = NO_OFFERS
) -> Reply:
    """A claim's card, worded as something looked at and not as an answer."""
    page = Page(footer=as_of(snapshot, words))
    page.add(join((words("card.shown"), claim_block(claim, words))))
    page.add(status_lines(claim, snapshot, words))
    add_sources(page, claim, words, max_lines=MAX_SOURCES)
    return Reply(page.html(), claim_rows(claim, snapshot, words, offers))


def sourcing_reply(
    claim: Claim, snapshot: SnapshotInfo, words: Catalogue, *, username: str
) -> Reply:
    """Everything on record about a claim, as far as it fits into one message.

    Args:
        claim: The claim.
        snapshot: Where it was read.
        words: The reader's language.
        username: The bot's, for the link to this claim.
    """
    address = deep_link(username, claim.id)
    permalink = words("sourcing.permalink", link=link(text(address), address))
    page = Page(footer=join((permalink, as_of(snapshot, words))))
    page.add(join((words("sourcing.heading"), claim_block(claim, words))))
    page.add(status_block(claim, snapshot.as_of.date(), words))
    rest = Rest(lambda n: words("source.more", n=n))
    responses = response_lines(claim, words)
    sources = source_lines(claim, words, full=True)
    heading = join((words("sourcing.appearances"), *claimant_lines(claim, words)))
    if sources:
        page.add_list(heading, sources, rest, share=0.5 if responses else 1.0)
    else:
        page.add(join((words("sourcing.no_appearances"), *claimant_lines(claim, words))))
    page.add_list(words("sourcing.responses"), responses, rest)
    if claim.alternatives:
        wordings = [
            words("card.claim", claim=text(wording, _MAX_WORDING_CHARS))
            for wording in claim.alternatives[:_MAX_WORDINGS]
        ]
        page.add(join((words("sourcing.also"), *wordings)))
    if subjects := (*claim.places, *claim.topics)[:_MAX_SUBJECTS]:
        page.add(words("sourcing.about", subjects=names_line(dict.fromkeys(subjects))))
    return Reply(page.html())


def others_reply(
    claims: Sequence[Claim],
    snapshot: SnapshotInfo,
    words: Catalogue,
    *,
    page_number: int = 1,
    can_turn: bool = False,
) -> Reply:
    """Several claims, numbered, with a button for each and one for none of them.

    Args:
        claims: The claims of this page, at most `MAX_OTHERS`.
        snapshot: Where they were read.
        words: The reader's language.
        page_number: Which page of the close claims this is, from 1.
        can_turn: Whether the question is at hand, so that another page can be looked up.
    """
    first = (page_number - 1) * MAX_OTHERS + 1
    texts = [claim.text for claim in claims]
    items = [
        words("others.item", n=number, claim=text(wording, _MAX_LISTED_CHARS))
        for number, wording in enumerate(texts, start=first)
    ]
    page = Page(footer=as_of(snapshot, words))
    page.add(words("others.heading"))
    page.add(join(items, "\n\n"))
    turn: list[Button] = []
    if can_turn and page_number > 1:
        turn.append(Button(words.raw("choice.back"), Tap(Action.MORE, page=page_number - 1)))
    if can_turn and len(claims) == MAX_OTHERS and page_number < MAX_PAGES:
        turn.append(Button(words.raw("choice.more"), Tap(Action.MORE, page=page_number + 1)))
    none = (Button(words.raw("choice.none"), Tap(Action.NOT_IT)),)
    rows = (numbers([claim.id for claim in claims], words, first), tuple(turn), none)
    return Reply(page.html(), tuple(row for row in rows if row))


def about_reply(snapshot: SnapshotInfo, version: str, words: Catalogue) -> Reply:
    """What is searched, and as of when."""
    date = words.long_date(snapshot.as_of.date())
    lines = [words("about.title", version=version)]
    lines.append(words("about.archive", n=snapshot.n_claims, date=date))
    if snapshot.is_sample:
        lines.append(words("about.sample"))
    if snapshot.models:
        lines.append(words("about.models", models=names_line(snapshot.models)))
    lines.append(words("about.snapshot", id=text(snapshot.id, 80)))
    return Reply(join((join(lines), words("about.promise")), "\n\n"))


def as_of(snapshot: SnapshotInfo, words: Catalogue) -> Html:
    """The archive's date, where nothing was searched for."""
    key = "searched.sample_as_of" if snapshot.is_sample else "searched.as_of"
    return words(key, date=words.long_date(snapshot.as_of.date()))
