"""Choices: several claims of which the reader picks one, or none."""

from collections.abc import Sequence

from bot.callbacks import MAX_OTHERS, Action, Tap, others_tap
from bot.markup import Html, Page, join, text
from bot.messages import Catalogue
from bot.reply import Button, Reply
from index import Answer

_MAX_LISTED_CHARS = 300


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
