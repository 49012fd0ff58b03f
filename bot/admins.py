"""Admins: whether somebody is an admin of a group, as Telegram says, remembered for a minute."""

import time
from collections import OrderedDict
from collections.abc import Callable

from telegram import Bot, Message
from telegram.constants import ChatMemberStatus
from telegram.error import BadRequest, Forbidden

_REMEMBERED_S = 60.0
_MAX_REMEMBERED = 10_000
_ADMINS = {ChatMemberStatus.OWNER, ChatMemberStatus.ADMINISTRATOR}


class Admins:
    """Asks Telegram who is an admin.

    Args:
        clock: Returns seconds that never run backwards.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._known: OrderedDict[tuple[int, int], tuple[bool, float]] = OrderedDict()

    async def is_admin(self, bot: Bot, chat_id: int, user_id: int) -> bool:
        """Whether a user is an admin of a group; False where Telegram does not tell.

        Raises:
            TelegramError: Telegram could not be asked.
        """
        key = (chat_id, user_id)
        known = self._known.get(key)
        if known and self._clock() < known[1]:
            return known[0]
        try:
            member = await bot.get_chat_member(chat_id, user_id)
            found = member.status in _ADMINS
        except (BadRequest, Forbidden):
            found = False
        self._known[key] = (found, self._clock() + _REMEMBERED_S)
        self._known.move_to_end(key)
        while len(self._known) > _MAX_REMEMBERED:
            self._known.popitem(last=False)
        return found

    async def wrote(self, message: Message) -> bool:
        """Whether an admin of the group wrote a message there, by name or as the group itself.

        A channel that writes in the group is none.

        Raises:
            TelegramError: Telegram could not be asked.
        """
        if message.sender_chat is not None:
            return message.sender_chat.id == message.chat_id
        author = message.from_user
        return author is not None and await self.is_admin(
            message.get_bot(), message.chat_id, author.id
        )
