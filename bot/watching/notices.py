"""Notices: what a watch tells its owner, and the list of somebody's watches, in words. Pure."""

from collections.abc import Sequence
from dataclasses import replace

from bot.callbacks import Action, Tap
from bot.cards import as_of
from bot.markup import Html, Page, Rest, join, text
from bot.messages import Catalogue
from bot.replies import claim_block, status_lines
from bot.reply import Button, Reply
from bot.sourcing import source_lines
from bot.state.watches import UNREAD, Watch, WatchKind
from bot.statuses import response_phrase
from bot.watching.changes import Change, Known
from index import Appearance, Claim, Response, SnapshotInfo

PAGE_SIZE = 8
_MAX_LINES = 4
_MAX_CLAIM_CHARS = 500
_MAX_LISTED_CHARS = 200


def change_reply(
    found: Change, claim: Claim, snapshot: SnapshotInfo, words: Catalogue, *, watch_id: int
) -> Reply:
    """A watched claim has changed: what changed first, then the claim as it is now."""
    page = Page(footer=as_of(snapshot, words))
    page.add(join((words("watch.changed"), *_change_lines(found, claim, words))))
    page.add(claim_block(claim, words, _MAX_CLAIM_CHARS))
    page.add(status_lines(claim, snapshot, words))
    return Reply(page.html(), _rows(claim, watch_id, words))


def gone_reply(watch: Watch, snapshot: SnapshotInfo, words: Catalogue) -> Reply:
    """A watched claim is no longer in the archive."""
    page = Page(footer=as_of(snapshot, words))
    page.add(words("watch.gone"))
    page.add(words("card.claim", claim=text(watch.text, _MAX_CLAIM_CHARS)))
    page.add(words("watch.gone_next"))
    return Reply(page.html(), ((_stop(watch.watch_id, words),),))


def found_reply(
    watch: Watch, claim: Claim, snapshot: SnapshotInfo, words: Catalogue, *, watch_id: int
) -> Reply:
    """A watched question has found its claim.

    Args:
        watch: The question's.
        claim: The claim.
        snapshot: Where it was read.
        words: The owner's language.
        watch_id: The watch of the claim from now on.
    """
    page = Page(footer=join((words("watch.question_forgotten"), as_of(snapshot, words))))
    question = text(watch.text, _MAX_LISTED_CHARS)
    page.add(join((words("watch.found"), words("watch.asked", question=question))))
    page.add(claim_block(claim, words, _MAX_CLAIM_CHARS))
    page.add(status_lines(claim, snapshot, words))
    return Reply(page.html(), _rows(claim, watch_id, words))


def list_reply(watches: Sequence[Watch], page_number: int, words: Catalogue) -> Reply:
    """Somebody's watches, a page of them, with a button to end each.

    Args:
        watches: All of them.
        page_number: From 0; the last page where there is none so far.
        words: The owner's language.
    """
    if not watches:
        return Reply(words("watch.list_empty"))
    last = (len(watches) - 1) // PAGE_SIZE
    number = min(max(page_number, 0), last)
    first = number * PAGE_SIZE
    shown = list(enumerate(watches[first : first + PAGE_SIZE], start=first + 1))
    page = Page(footer=words("watch.list_hint"))
    page.add(words("watch.list_heading", n=len(watches)))
    page.add(join((_item(place, watch, words) for place, watch in shown), "\n\n"))
    drops = [
        Button(
            words.label("watch.drop", n=place), Tap(Action.DROP, (str(watch.watch_id), str(number)))
        )
        for place, watch in shown
    ]
    half = (len(drops) + 1) // 2 if len(drops) > PAGE_SIZE // 2 else len(drops)
    rows = [tuple(drops[:half]), tuple(drops[half:])]
    turns = [
        Button(words.label(key), Tap(Action.WATCHES, (str(other),)))
        for key, other in (("watch.back", number - 1), ("watch.next", number + 1))
        if 0 <= other <= last
    ]
    rows.append(tuple(turns))
    return Reply(page.html(), tuple(row for row in rows if row))


def _item(place: int, watch: Watch, words: Catalogue) -> Html:
    shown = text(watch.text, _MAX_LISTED_CHARS)
    if watch.kind is WatchKind.QUESTION:
        until = words.long_date(watch.expires_at.date()) if watch.expires_at else ""
        return words("watch.item_question", n=place, question=shown, date=until)
    if watch.known == UNREAD:
        return words("watch.item_new", n=place)
    status = Known.parse(watch.known).status
    state = words(f"watch.status.{status or 'gone'}")
    return words("watch.item_claim", n=place, claim=shown, status=state)


def _rows(claim: Claim, watch_id: int, words: Catalogue) -> tuple[tuple[Button, ...], ...]:
    sourcing = Button(words.raw("button.sourcing"), Tap(Action.SOURCING, (claim.id,)))
    return (sourcing,), (_stop(watch_id, words),)


def _stop(watch_id: int, words: Catalogue) -> Button:
    return Button(words.raw("watch.stop"), Tap(Action.UNWATCH, (str(watch_id),)))


def _change_lines(found: Change, claim: Claim, words: Catalogue) -> list[Html]:
    lines: list[Html] = []
    after = words(f"watch.status.{found.after}")
    if found.before is None:
        lines.append(words("watch.returned", after=after))
    elif found.before is not found.after:
        before = words(f"watch.status.{found.before}")
        lines.append(words("watch.was_now", before=before, after=after))
    lines += _responses("watch.new_response", found.new_responses, words)
    lines += _responses("watch.changed_response", found.changed_responses, words)
    if found.n_responses_gone:
        lines.append(words("watch.responses_gone", n=found.n_responses_gone))
    lines += _sources("watch.new_sources", claim, found.new_appearances, words)
    lines += _sources("watch.changed_sources", claim, found.changed_appearances, words)
    if found.n_appearances_gone:
        lines.append(words("watch.sources_gone", n=found.n_appearances_gone))
    return lines


def _responses(key: str, responses: Sequence[Response], words: Catalogue) -> list[Html]:
    lines = [words(key, response=response_phrase(each, words)) for each in responses[:_MAX_LINES]]
    return [*lines, *_rest(words)(len(responses) - len(lines))]


def _sources(
    key: str, claim: Claim, appearances: tuple[Appearance, ...], words: Catalogue
) -> list[Html]:
    if not appearances:
        return []
    lines = source_lines(replace(claim, appearances=appearances), words, full=False)
    shown = lines[:_MAX_LINES]
    return [words(key), *shown, *_rest(words)(len(lines) - len(shown))]


def _rest(words: Catalogue) -> Rest:
    return Rest(lambda n: words("source.more", n=n))
