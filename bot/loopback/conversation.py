"""Conversation: one chat as a person watches it, with waits that need no sleeping."""

from bot.loopback.chats import Chat, User
from bot.loopback.messages import Message

# A machine that is busy with something else takes its time; who waits in vain can wait that long.
DEFAULT_TIMEOUT_S = 60.0


class Conversation:
    """A chat and the reader's places in it.

    Args:
        chat: The chat.
        bot: The bot whose messages are waited for.
    """

    def __init__(self, chat: Chat, bot: User) -> None:
        self._bot = bot
        self._watch(chat)

    @property
    def chat_id(self) -> int:
        """The id of the chat."""
        return self.chat.chat_id

    @property
    def transcript(self) -> list[Message]:
        """All messages that stand in the chat now, in order."""
        return sorted(self.chat.messages.values(), key=lambda message: message.message_id)

    @property
    def from_bot(self) -> list[Message]:
        """The bot's messages that stand in the chat now, in order."""
        return [message for message in self.transcript if message.sender is self._bot]

    async def next_message(self, timeout_s: float = DEFAULT_TIMEOUT_S) -> Message:
        """Return the next message of the bot that this method has not returned before.

        Args:
            timeout_s: How long to wait for it, in seconds.

        Raises:
            TimeoutError: None came in time; the text shows the chat.
        """
        return await self._next("new", timeout_s)

    async def next_edit(self, timeout_s: float = DEFAULT_TIMEOUT_S) -> Message:
        """Return the bot's message that was edited next; otherwise as `next_message`."""
        return await self._next("edit", timeout_s)

    async def next_deletion(self, timeout_s: float = DEFAULT_TIMEOUT_S) -> Message:
        """Return the bot's message that was deleted next; otherwise as `next_message`."""
        return await self._next("delete", timeout_s)

    async def next_whisper(self, timeout_s: float = DEFAULT_TIMEOUT_S) -> Message:
        """Return the next message that only its `receiver` sees; otherwise as `next_message`."""
        return await self._next("whisper", timeout_s)

    def _watch(self, chat: Chat) -> None:
        self.chat = chat
        self._n_read = dict.fromkeys(("new", "edit", "delete", "whisper"), 0)

    async def _next(self, event: str, timeout_s: float) -> Message:
        found: list[Message] = []

        def arrived() -> bool:
            events = self.chat.events
            while not found and self._n_read[event] < len(events):
                kind, message = events[self._n_read[event]]
                self._n_read[event] += 1
                if kind == event and message.sender is self._bot:
                    found.append(message)
            return bool(found)

        if not await self.chat.changed.until(arrived, timeout_s):
            raise TimeoutError(
                f"waited {timeout_s:g} s for the bot ({event}) in {self.chat.title!r}, "
                f"which holds:\n{self._overview()}"
            )
        return found[0]

    def _overview(self) -> str:
        lines = [
            f"  {message.sender.first_name if message.sender else 'channel'}: {message.text}"
            for message in self.transcript
        ]
        return "\n".join(lines) or "  (nothing)"
