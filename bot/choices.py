"""Choices: several claims of which the reader picks one, or none."""

from collections.abc import Sequence

from bot.callbacks import MAX_OTHERS, Action, Tap, others_tap
from bot.markup import Html, Page, join, text
from bot.messages import Catalogue
from bot.reply import Button, Reply
from index import Answer, Outcome, Route

_MAX_LISTED_CHARS = 300
# Differences of probability (in [0, 1]) within the error of the calibration say nothing.
_NEAR_PROBABILITY = 0.05
# A claim below this is hardly the one that is meant.
_LIKELY = 0.1


def is_ambiguous(answer: Answer) -> bool:
    """Whether no claim stands out, so that only the one who asked can say which is meant.

    That is so where the closest claim is not the same but no difference can be named, or another
    one may as well be meant. A match always stands out: the lookup would not call it one otherwise.
    Where a difference can be named and no other claim is likely, that difference is the answer.
    """
    if answer.outcome is not Outcome.SIMILAR or answer.match is None:
        return False
    if answer.match.route is Route.URL or len(answer.candidates) < 2:
        return False
    first, second = answer.candidates[:2]
    is_tie = first.probability - second.probability <= _NEAR_PROBABILITY
    return not answer.differences or (is_tie and second.probability >= _LIKELY)


def choice_reply(answer: Answer, words: Catalogue, footer: Html) -> Reply:
    """The closest claims, numbered, with a button for each and one for none of them."""
    tap = others_tap(found.id for found in answer.candidates)
    chosen = answer.candidates[: len(tap.claim_ids) if tap else MAX_OTHERS]
    items = [
        words("others.item", n=number, claim=text(found.text, _MAX_LISTED_CHARS))
        for number, found in enumerate(chosen, start=1)
    ]
    page = Page(footer=footer)
    page.add(words("choice.heading"))
    page.add(join(items, "\n\n"))
    none = (Button(words.raw("choice.none"), Tap(Action.NOT_IT)),)
    return Reply(page.html(), (numbers([found.id for found in chosen], words), none))


def numbers(claim_ids: Sequence[str], words: Catalogue, first: int = 1) -> tuple[Button, ...]:
    """One button a claim, with its number."""
    return tuple(
        Button(words.label("button.number", n=number), Tap(Action.CARD, (claim_id,)))
        for number, claim_id in enumerate(claim_ids, start=first)
    )
