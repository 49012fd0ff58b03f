"""Refusals: what Telegram's refusals tell about a chat, noted whoever made the request.

A chat that has blocked or removed the bot gets nothing more, and a group that has become a
supergroup goes on under its new id. Every request passes here, so no sender has to think of it.
"""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from telegram.request import BaseRequest, RequestData

from bot.state import StateDb
from bot.state.chats import Chats
from bot.state.tables import move_chat

_FORBIDDEN, _BAD_REQUEST = 403, 400
# Other refusals with 403 are about one message and not about the chat.
_GONE = ("blocked", "kicked", "not a member", "deactivated", "can't initiate conversation")
_KINDS = ("supergroup", "channel")
Odv = Any  # the library's "a number, None, or not given", which it does not export


class NotedRefusals(BaseRequest):
    """An HTTP client that hands on to another one and notes what is refused.

    Args:
        inner: Makes the requests.
        note: Takes the chat id, the description and the new chat id of a refusal, the last None
            where the chat has not moved.
    """

    def __init__(self, inner: BaseRequest, note: Callable[[int, str, int | None], None]) -> None:
        self._inner = inner
        self._note = note

    @property
    def read_timeout(self) -> float | None:
        """The inner client's, in seconds."""
        return self._inner.read_timeout

    async def initialize(self) -> None:
        """Open the inner client."""
        await self._inner.initialize()

    async def shutdown(self) -> None:
        """Close the inner client."""
        await self._inner.shutdown()

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: Odv = BaseRequest.DEFAULT_NONE,
        write_timeout: Odv = BaseRequest.DEFAULT_NONE,
        connect_timeout: Odv = BaseRequest.DEFAULT_NONE,
        pool_timeout: Odv = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        """Make a request; note it where it was refused for good."""
        code, payload = await self._inner.do_request(
            url,
            method,
            request_data,
            read_timeout,
            write_timeout,
            connect_timeout,
            pool_timeout,
        )
        if code in {_FORBIDDEN, _BAD_REQUEST} and request_data is not None:
            chat_id = request_data.parameters.get("chat_id")
            if isinstance(chat_id, int):
                self._read(chat_id, payload)
        return code, payload

    def _read(self, chat_id: int, payload: bytes) -> None:
        try:
            body = json.loads(payload)
            new_id = body.get("parameters", {}).get("migrate_to_chat_id")
            self._note(chat_id, str(body.get("description", "")), new_id)
        except (ValueError, AttributeError):
            return  # no answer of a Bot API: the library says so


def noting(state: StateDb) -> Callable[[int, str, int | None], None]:
    """Note refusals in the bot's database."""

    def note(chat_id: int, description: str, new_id: int | None) -> None:
        reason = description.lower()
        if new_id is not None:
            move_chat(state, chat_id, new_id)
        elif reason.startswith("forbidden") and any(words in reason for words in _GONE):
            kind = next((kind for kind in _KINDS if kind in reason), "group")
            kind = "private" if chat_id > 0 else kind
            Chats(state).cannot_write(chat_id, kind, datetime.now(UTC))

    return note
