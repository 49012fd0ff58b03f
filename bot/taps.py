"""Taps: a button that was tapped, opened and ready to be dealt with."""

import logging
from dataclasses import dataclass

from telegram import CallbackQuery, Update
from telegram.error import BadRequest, NetworkError, RetryAfter

from bot.callbacks import Tap
from bot.context import Context
from bot.messages import Catalogue
from bot.seals import INLINE, Seals

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Tapped:
    """A tap on one of our buttons, where it was shown.

    Attributes:
        update: The update.
        context: Its context.
        query: The tap as Telegram tells it.
        tap: What the button does.
        words: The language of the one who tapped.
    """

    update: Update
    context: Context
    query: CallbackQuery
    tap: Tap
    words: Catalogue

    @property
    def user_id(self) -> int:
        """Who tapped."""
        return self.query.from_user.id

    @property
    def username(self) -> str:
        """The bot's, for links."""
        return self.context.bot.username

    async def answer(self, key: str | None = None, *, stays: bool = False) -> None:
        """Answer the tap, with a notice on the screen if a key of the words is given.

        Args:
            key: Of the notice.
            stays: Whether the notice stays until it is closed.
        """
        notice = None if key is None else self.words.label(key)
        await notify(self.query, notice, stays=stays)


def opened(query: CallbackQuery) -> str | None:
    """What a button carries; None where it is not ours, or not for this place or person."""
    place: int | str = INLINE if query.message is None else query.message.chat.id
    return Seals(query.get_bot().token).opened(query.data, place, query.from_user.id)


async def notify(
    query: CallbackQuery, notice: str | None = None, url: str | None = None, *, stays: bool = False
) -> None:
    """Answer a tap, with a notice on the user's screen or an address that opens, if there is one.

    A tap that is too old to be answered needs no answer. Where Telegram cannot be reached, only the
    notice is lost: what the tap asked for goes on.
    """
    try:
        await query.answer(notice, url=url, show_alert=stays or None)
    except BadRequest as error:
        if "query is too old" not in error.message.lower():
            raise
    except (NetworkError, RetryAfter) as error:
        _LOG.warning("A tap was not answered: %s", type(error).__name__)
