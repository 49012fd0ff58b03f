"""Citations: a claim with its status and links in plain text, for pasting anywhere."""

from datetime import date

from bot.callbacks import deep_link
from bot.markup import bare, host, web_address
from bot.messages import Catalogue
from bot.statuses import grounding, response_phrase, status_word
from index import Claim, Response, clean, shorten

# https://core.telegram.org/bots/api#copytextbutton
MAX_CHARS = 256
_MAX_LINK_CHARS = 90
_MIN_CLAIM_CHARS = 30


def citation(claim: Claim, as_of: date, words: Catalogue, username: str) -> str:
    """The claim, its status with the answer that weighs most, and links; at most 256 characters.

    The claim is shortened first; then the address of the answer goes; our own link always stays.

    Args:
        claim: What is cited.
        as_of: The archive's date.
        words: The reader's language.
        username: The bot's, for the link to the claim.
    """
    own = deep_link(username, claim.id)
    status = status_word(claim, as_of, words)
    best = grounding(claim)
    tails = [f"{status}. {own}"]
    if best is not None:
        phrase = bare(response_phrase(best, words))
        tails.insert(0, f"{status}: {phrase}. {own}")
        if address := _short_address(best):
            tails.insert(0, f"{status}: {phrase}. {address} {own}")
    text = clean(claim.text)
    for tail in tails:
        room = MAX_CHARS - _units(tail) - 3
        if room >= min(_MIN_CLAIM_CHARS, _units(text)):
            return f"“{_fitting(text, room)}” {tail}"
    return own


def _short_address(response: Response) -> str | None:
    address = web_address(response.url) if response.url and host(response.url) else None
    return address if address is not None and len(address) <= _MAX_LINK_CHARS else None


def _fitting(text: str, room: int) -> str:
    shown = shorten(text, room)
    n_chars = room
    while _units(shown) > room:
        n_chars -= 1
        shown = shorten(text, n_chars)
    return shown


def _units(text: str) -> int:
    """Length in UTF-16 code units, the stricter of the ways in which apps count."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
