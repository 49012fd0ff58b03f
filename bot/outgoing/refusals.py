"""Refusals: what Telegram's refusals tell about a chat, noted whoever made the request.

A chat that has blocked or removed the bot gets nothing more, and a group that has become a
supergroup goes on under its new id. Every request passes here, so no sender has to think of it.
"""

from datetime import UTC, datetime

from bot.outgoing.requests import Outcome, Request
from bot.state import StateDb
from bot.state.chats import Chats
from bot.state.tables import move_chat

# Other refusals with 403 are about one message and not about the chat.
_GONE = ("blocked", "kicked", "not a member", "deactivated", "can't initiate conversation")
_KINDS = ("supergroup", "channel")


class RefusalNotes:
    """Notes in the bot's database which chats have refused for good.

    Args:
        state: The database.
    """

    def __init__(self, state: StateDb) -> None:
        self._state = state

    def before(self, request: Request) -> None:
        """Nothing to note yet."""

    def after(self, request: Request, outcome: Outcome) -> None:
        """Note what the refusal, if it is one, says about the chat."""
        if request.chat_id is None or outcome.result not in {"forbidden", "bad_request"}:
            return
        parameters = outcome.refusal.get("parameters")
        new_id = parameters.get("migrate_to_chat_id") if isinstance(parameters, dict) else None
        reason = str(outcome.refusal.get("description", "")).lower()
        if isinstance(new_id, int):
            move_chat(self._state, request.chat_id, new_id)
        elif reason.startswith("forbidden") and any(words in reason for words in _GONE):
            kind = next((kind for kind in _KINDS if kind in reason), "group")
            kind = "private" if request.chat_id > 0 else kind
            Chats(self._state).cannot_write(request.chat_id, kind, datetime.now(UTC))
