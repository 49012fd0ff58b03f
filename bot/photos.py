"""Photos: a claim's card as a picture with a caption, read and drawn in the pool of threads."""

from bot.answering import read
from bot.callbacks import deep_link
from bot.context import Context
from bot.markup import Html, join, link, text
from bot.messages import Catalogue
from bot.sender import Photo
from index import Claim, SnapshotInfo

_MAX_CLAIM_CHARS = 400


def drawn(context: Context, claim_id: str, words: Catalogue, username: str) -> Photo | None:
    """Read a claim and draw its card; None where no font has the script of the claim.

    It takes up to a second: run it in the pool.

    Args:
        context: Where the lookup is.
        claim_id: Which claim.
        words: The reader's language.
        username: The bot's, for the link to the claim.

    Raises:
        UnknownClaimError: There is no such claim.
    """
    # Imported here, so that the bot starts without the libraries that draw.
    from bot.pictures.card import claim_png, is_showable  # noqa: PLC0415

    claim, snapshot = read(context, claim_id)
    if not is_showable(claim, words):
        return None
    address = deep_link(username, claim.id)
    png = claim_png(claim, snapshot, words, link=address)
    return Photo(png, caption(claim, snapshot, words, address))


def caption(claim: Claim, snapshot: SnapshotInfo, words: Catalogue, address: str) -> Html:
    """What a picture shows, in words: for those who cannot see it, and for searching a chat."""
    date = words.long_date(snapshot.as_of.date())
    shown = words(
        "picture.caption",
        claim=text(claim.text, _MAX_CLAIM_CHARS),
        status=words(f"status.{claim.status}", date=date),
    )
    permalink = words("picture.link", link=link(text(address), address))
    return join((shown, permalink))
