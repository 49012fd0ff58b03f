"""Offers: the buttons under an answer or a claim, and which of them can be kept."""

from collections.abc import Iterable
from dataclasses import dataclass

from bot.callbacks import Action, Tap, deep_link, others_tap
from bot.citations import citation
from bot.messages import Catalogue
from bot.reply import Button
from index import Answer, Claim, SnapshotInfo

Rows = tuple[tuple[Button, ...], ...]


@dataclass(frozen=True, slots=True)
class Offers:
    """What can be offered where an answer is shown.

    Attributes:
        username: The bot's, for links to a claim; "" without any.
        can_watch: Whether somebody keeps watches.
        can_pass_on: Whether somebody keeps questions.
        has_question: Whether the message that is answered holds the question, so that a tap can
            find it there.
        in_private: Whether it is a private chat, the only one in which people are told of changes.
    """

    username: str = ""
    can_watch: bool = False
    can_pass_on: bool = False
    has_question: bool = False
    in_private: bool = False


NO_OFFERS = Offers()


def match_rows(
    claim: Claim, answer: Answer, words: Catalogue, offers: Offers, *, sourcing: str
) -> Rows:
    """Buttons under an answer that shows a claim.

    Args:
        claim: The claim.
        answer: The answer.
        words: The reader's language.
        offers: What can be offered.
        sourcing: Key of the label of the button for its sourcing.
    """
    first = (
        Button(words.raw(sourcing), Tap(Action.SOURCING, (claim.id,))),
        *share(claim, answer.snapshot, words, offers),
    )
    mistaken: tuple[Button, ...] = ()
    if offers.can_pass_on and offers.has_question:
        mistaken = (Button(words.raw("offer.not_it"), Tap(Action.NOT_IT, (claim.id,))),)
    return _rows(
        first,
        (*others(answer, "button.others", words), picture(claim, words)),
        (*mistaken, *watch(claim, words, offers)),
    )


def none_rows(answer: Answer, words: Catalogue, offers: Offers) -> Rows:
    """Buttons under an answer that knows nothing."""
    return _rows(
        others(answer, "button.nearest", words), pass_on(words, offers), tell_later(words, offers)
    )


def claim_rows(claim: Claim, snapshot: SnapshotInfo, words: Catalogue, offers: Offers) -> Rows:
    """Buttons under a claim that nobody asked a question for."""
    button = Button(words.raw("button.sourcing"), Tap(Action.SOURCING, (claim.id,)))
    first = (button, *share(claim, snapshot, words, offers))
    return _rows(first, (picture(claim, words), *watch(claim, words, offers)))


def inline_rows(claim: Claim, snapshot: SnapshotInfo, words: Catalogue, offers: Offers) -> Rows:
    """Buttons under a message that stands where the bot may not be: links, and what needs none."""
    if not offers.username:
        return ()
    link = Button(words.raw("button.sourcing"), url=deep_link(offers.username, claim.id))
    return _rows((link, *share(claim, snapshot, words, offers)), watch(claim, words, offers))


def others(answer: Answer, key: str, words: Catalogue) -> tuple[Button, ...]:
    """The button for the other close claims, if there are any."""
    shown = answer.match.claim.id if answer.match else None
    tap = others_tap(found.id for found in answer.candidates if found.id != shown)
    return () if tap is None else (Button(words.label(key, n=len(tap.claim_ids)), tap),)


def picture(claim: Claim, words: Catalogue) -> Button:
    """The button that sends a claim's card as a picture."""
    return Button(words.raw("picture.button"), Tap(Action.PICTURE, (claim.id,)))


def share(
    claim: Claim, snapshot: SnapshotInfo, words: Catalogue, offers: Offers
) -> tuple[Button, ...]:
    """The button that copies a citation."""
    if not offers.username:
        return ()
    copied = citation(claim, snapshot.as_of.date(), words, offers.username)
    return (Button(words.raw("offer.share"), copies=copied),)


def watch(claim: Claim, words: Catalogue, offers: Offers) -> tuple[Button, ...]:
    """The button that watches a claim; outside private chats it leads into one."""
    if not offers.can_watch:
        return ()
    return (Button(words.raw("offer.watch"), Tap(Action.WATCH, (claim.id,))),)


def pass_on(words: Catalogue, offers: Offers) -> tuple[Button, ...]:
    """The button that passes the question on to the editors."""
    if not (offers.can_pass_on and offers.has_question):
        return ()
    return (Button(words.raw("offer.pass_on"), Tap(Action.PASS_ON)),)


def tell_later(words: Catalogue, offers: Offers) -> tuple[Button, ...]:
    """The button that watches the question; only in private chats, where its text stays."""
    if not (offers.can_watch and offers.has_question and offers.in_private):
        return ()
    return (Button(words.raw("offer.watch_question"), Tap(Action.WATCH_QUESTION)),)


def _rows(*rows: Iterable[Button]) -> Rows:
    return tuple(row for row in map(tuple, rows) if row)
