"""Pages: the queue and the statistics as messages to an editor. Pure."""

from collections.abc import Callable, Mapping, Sequence

from bot.cards import as_of
from bot.editors.groups import Group
from bot.editors.taps import DeskAction, DeskTap
from bot.markup import Html, Page, Rest, join, text
from bot.messages import Catalogue
from bot.replies import claim_block, searched
from bot.reply import Button, Reply
from bot.state.questions import PassedOn, Reason
from bot.state.statistics import OTHER, Count, Stats
from bot.statuses import status_block
from index import Answer, Claim, SnapshotInfo

_MAX_WORDINGS = 5
_MAX_WORDING_CHARS = 300
_MAX_CANDIDATE_CHARS = 240
_MAX_LISTED = 6
# The periods that /stats offers, in days.
PERIODS = (7, 30, 365)


def group_reply(
    group: Group, answer: Answer, words: Catalogue, *, place: int, n_groups: int
) -> Reply:
    """A group of the queue with the claims that are closest to it.

    Args:
        group: The group.
        answer: What the lookup says to its first question.
        words: The editor's language.
        place: Its place in the queue, from 0.
        n_groups: How many groups there are.
    """
    page = Page(footer=searched(answer.snapshot, words))
    heading = words("editors.heading", n=place + 1, total=n_groups)
    page.add(join((heading, _demand(group, words))))
    candidates = [
        words("editors.candidate", n=number, claim=text(each.text, _MAX_CANDIDATE_CHARS))
        for number, each in enumerate(answer.candidates, start=1)
    ]
    how = words("editors.choose" if candidates else "editors.no_candidates")
    _add_wordings(page, group.wordings, words)
    page.add(join((words("editors.closest"), *candidates)) if candidates else Html(""))
    page.add(how)
    numbers = tuple(
        Button(
            words.label("button.number", n=number),
            _tap(DeskAction.ASK, group, place, each.id),
        )
        for number, each in enumerate(answer.candidates, start=1)
    )
    dismiss = Button(words.raw("editors.dismiss"), _tap(DeskAction.DISMISS, group, place))
    following = Button(words.raw("editors.next"), DeskTap(DeskAction.SHOW, (place + 1) % n_groups))
    last = (dismiss, following) if n_groups > 1 else (dismiss,)
    return Reply(page.html(), (numbers, last) if numbers else (last,))


def confirm_reply(
    group: Group, claim: Claim, snapshot: SnapshotInfo, words: Catalogue, *, place: int
) -> Reply:
    """The question whether to answer a group with a claim."""
    page = Page(footer=as_of(snapshot, words))
    page.add(words("editors.confirm", n=group.n_people))
    page.add(claim_block(claim, words))
    page.add(status_block(claim, snapshot.as_of.date(), words))
    _add_wordings(page, group.wordings, words)
    yes = Button(words.label("editors.yes"), _tap(DeskAction.ANSWER, group, place, claim.id))
    back = Button(words.raw("editors.back"), _tap(DeskAction.BACK, group, place))
    return Reply(page.html(), ((yes, back),))


def answered_reply(claim: Claim, n_people: int, words: Catalogue, *, place: int) -> Reply:
    """What was done: a group is answered."""
    said = words("card.claim", claim=text(claim.text, _MAX_CANDIDATE_CHARS))
    return Reply(join((words("editors.answered", n=n_people), said)), _on_from(place, words))


def dismissed_reply(group: Group, words: Catalogue, *, place: int) -> Reply:
    """What was done: a group is dismissed."""
    said = words("editors.wording", question=text(group.questions[0].text, _MAX_WORDING_CHARS))
    html = join((words("editors.dismissed", n=len(group.questions)), said))
    return Reply(html, _on_from(place, words))


def empty_reply(words: Catalogue) -> Reply:
    """Nothing waits."""
    return Reply(words("editors.empty"))


def outcome_reply(
    question: PassedOn, claim: Claim, snapshot: SnapshotInfo, words: Catalogue
) -> Reply:
    """To the one who asked: an editor has found a claim for the question."""
    page = Page(footer=as_of(snapshot, words))
    asked = text(question.text, _MAX_WORDING_CHARS)
    page.add(join((words("editors.found"), words("editors.wording", question=asked))))
    page.add(claim_block(claim, words))
    page.add(status_block(claim, snapshot.as_of.date(), words))
    return Reply(page.html())


def stats_reply(
    stats: Stats, texts: Mapping[str, str], n_open: int, n_askers: int, words: Catalogue
) -> Reply:
    """What was answered over some days, and what waits.

    Args:
        stats: The counts.
        texts: Texts of the claims that are on record still, by id.
        n_open: Open questions in the queue.
        n_askers: From how many people.
        words: The editor's language.
    """
    n_days = len(stats.days)
    waiting = words("stats.waiting", n=n_open, people=n_askers)
    page = Page(footer=waiting)
    page.add(join((words("stats.heading", n=n_days), words("stats.answers", n=stats.n))))
    if stats.n:
        lines = [
            _counts("stats.outcomes", stats.outcomes, words, lambda name: _named(name, words)),
            _counts("stats.languages", stats.languages, words, lambda name: _speech(name, words)),
            _counts("stats.chats", stats.chat_kinds, words, lambda name: _named(name, words)),
        ]
        page.add(join(lines))
    if stats.claims:
        claims = [
            words(
                "stats.claim",
                n=each.n,
                place=place,
                claim=text(texts.get(each.name) or each.name, _MAX_CANDIDATE_CHARS),
            )
            for place, each in enumerate(stats.claims, start=1)
        ]
        page.add(join((words("stats.claims"), *claims)))
    row = tuple(
        Button(words.label("stats.days", n=days), DeskTap(DeskAction.STATS, days))
        for days in PERIODS
        if days != n_days
    )
    chart = Button(words.raw("editors.chart"), DeskTap(DeskAction.CHART, n_days))
    return Reply(page.html(), (row, (chart,)))


def _tap(action: DeskAction, group: Group, place: int, claim_id: str = "") -> DeskTap:
    return DeskTap(action, place, group.id, group.last_id, claim_id)


def _demand(group: Group, words: Catalogue) -> Html:
    last = words.long_date(group.last_asked_at.date())
    return words("editors.demand", n=group.n_people, date=last)


def _add_wordings(page: Page, questions: Sequence[PassedOn], words: Catalogue) -> None:
    rest = Rest(lambda n: words("editors.more", n=n), len(questions[_MAX_WORDINGS:]))
    lines = [_wording(each, words) for each in questions[:_MAX_WORDINGS]]
    page.add_list(words("editors.asked"), lines, rest, share=0.6)


def _wording(question: PassedOn, words: Catalogue) -> Html:
    line = words("editors.wording", question=text(question.text, _MAX_WORDING_CHARS))
    if question.reason is Reason.UNANSWERED:
        return line
    shown = question.shown_claim_id
    note = words("editors.not_it", id=shown) if shown else words("editors.none_of_them")
    return join((line, note), " ")


def _on_from(place: int, words: Catalogue) -> tuple[tuple[Button, ...], ...]:
    # The group that was there is gone, so the next one is at its place now.
    return ((Button(words.raw("editors.next"), DeskTap(DeskAction.SHOW, place)),),)


def _counts(
    key: str, counts: Sequence[Count], words: Catalogue, name: Callable[[str], Html]
) -> Html:
    shown = [words("stats.count", name=name(each.name), n=each.n) for each in counts[:_MAX_LISTED]]
    rest = sum(each.n for each in counts[_MAX_LISTED:])
    if rest:
        shown.append(words("stats.count", name=words("stats.names.other"), n=rest))
    return words(key, counts=join(shown, " · "))


def _named(name: str, words: Catalogue) -> Html:
    key = f"stats.names.{name.lower()}"
    return words(key) if key in words.keys() else text(name, 40)  # noqa: SIM118 - no mapping


def _speech(code: str, words: Catalogue) -> Html:
    return words("stats.names.other") if code == OTHER else words.language_name(code)
