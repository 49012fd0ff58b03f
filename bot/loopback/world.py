"""World: all users, chats and messages around one bot, and what the bot gets to know of them."""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from bot.loopback.chats import Chat, ChatKind, Standing, User, member_json
from bot.loopback.entities import utf16_slice
from bot.loopback.messages import Message
from bot.loopback.signals import Signal
from bot.loopback.updates import UpdateQueue

_FIRST_USER_ID = 700_000_001
_FIRST_GROUP_ID = -500_000_001
_FIRST_SUPERGROUP_ID = -1_001_500_000_001


@dataclass(slots=True, eq=False)
class Query:
    """A tap on a button or an inline query that waits for the bot's answer.

    Args:
        query_id: What the bot answers to.
        user: Who asked.
        asked_at: Unix time.
        text: What was typed, or the data of the button.
        answer: The arguments of the bot's answer, None until it came.
        changed: Fires when the answer comes.
    """

    query_id: str
    user: User
    asked_at: float
    text: str
    answer: dict[str, Any] | None = None
    changed: Signal = field(default_factory=Signal)


@dataclass(slots=True)
class Profile:
    """What people see about the bot, by language (empty: everyone else).

    Args:
        names: The bot's name.
        descriptions: The text of the empty chat.
        short_descriptions: The text of the profile page.
        commands: The menu, by (scope as canonical JSON, language).
    """

    names: dict[str, str] = field(default_factory=dict)
    descriptions: dict[str, str] = field(default_factory=dict)
    short_descriptions: dict[str, str] = field(default_factory=dict)
    commands: dict[tuple[str, str], list[dict[str, str]]] = field(default_factory=dict)


class World:
    """Everything that Telegram would know.

    Args:
        bot: The bot that the server serves.
        clock: Returns Unix time in seconds.
    """

    def __init__(self, bot: User, clock: Callable[[], float] = time.time) -> None:
        self.bot = bot
        self.clock = clock
        self.updates = UpdateQueue(clock)
        self.users: dict[int, User] = {bot.user_id: bot}
        self.chats: dict[int, Chat] = {}
        self.private_chats: dict[int, Chat] = {}
        self.inline_messages: dict[str, Message] = {}
        self.callbacks: dict[str, Query] = {}
        self.inline_queries: dict[str, Query] = {}
        self.guest_queries: dict[str, tuple[Query, Message]] = {}
        self.profile = Profile(names={"": bot.first_name})
        self.reads_all_group_messages = False
        self._n_queries = 0

    def now(self) -> int:
        """Return the time that goes into messages, in whole seconds."""
        return int(self.clock())

    def add_user(self, name: str, username: str | None, language: str, *, is_bot: bool) -> User:
        """Create an account."""
        user_id = _FIRST_USER_ID + len(self.users)
        user = User(user_id, name, username, language, is_bot)
        self.users[user_id] = user
        chat = Chat(user_id, ChatKind.PRIVATE, name, username)
        chat.members = {user_id: Standing.MEMBER, self.bot.user_id: Standing.MEMBER}
        self.private_chats[user_id] = chat
        return user

    def add_chat(self, kind: ChatKind, title: str, members: Iterable[User]) -> Chat:
        """Create a group, supergroup or channel; its first member owns it."""
        first = _FIRST_GROUP_ID if kind is ChatKind.GROUP else _FIRST_SUPERGROUP_ID
        chat = Chat(first - len(self.chats), kind, title)
        for user in members:
            standing = Standing.MEMBER if chat.members else Standing.CREATOR
            chat.members[user.user_id] = standing
        self.chats[chat.chat_id] = chat
        return chat

    def open_private_chat(self, user: User) -> Chat:
        """Return the chat between the bot and a user; the first call is the user's first word."""
        chat = self.private_chats[user.user_id]
        self.chats[chat.chat_id] = chat
        user.is_known = True
        return chat

    def new_query_id(self) -> str:
        """Issue an id for a callback or inline query."""
        self._n_queries += 1
        return str(4_000_000_000 + self._n_queries)

    def post(self, message: Message) -> Message:
        """Put a new message into its chat and let the bot know, if it may see it."""
        chat = message.chat
        chat.messages[message.message_id] = message
        if message.sender is not None and message.sender.is_bot:
            chat.last_bot_id = message.sender.user_id
        if self.bot_sees(message):
            kind = "channel_post" if chat.kind is ChatKind.CHANNEL else "message"
            self._notify(kind, message)
        chat.record("new", message)
        return message

    def whisper(self, message: Message, receiver: User) -> Message:
        """Show an ephemeral message to the one person whom it is for."""
        chat = message.chat
        message.receiver, message.ephemeral_id = receiver, len(chat.whispers) + 1
        chat.whispers.append(message)
        chat.record("whisper", message)
        return message

    def edited(self, message: Message) -> None:
        """Mark a message as changed and let the bot know, if it may see it."""
        if message.sender is not self.bot:
            message.edited_at = self.now()
        if self.bot_sees(message):
            channel = message.chat.kind is ChatKind.CHANNEL
            self._notify("edited_channel_post" if channel else "edited_message", message)
        message.chat.record("edit", message)

    def delete(self, message: Message) -> None:
        """Take a message out of its chat. The bot is not told, as in Telegram."""
        message.deleted = True
        message.chat.messages.pop(message.message_id, None)
        message.chat.record("delete", message)

    def service(self, chat: Chat, sender: User | None, **fields: Any) -> Message:
        """Post a service message, such as `new_chat_members`."""
        message_id = chat.next_message_id()
        return self.post(Message(message_id, chat, sender, self.now(), extra=fields))

    def set_standing(self, chat: Chat, user: User, standing: Standing, by: User) -> None:
        """Change what a user is in a chat; the bot hears of it as Telegram would tell it."""
        before = chat.standing(user.user_id)
        if before is standing:
            return
        was_inside = chat.standing(self.bot.user_id).is_inside
        chat.members[user.user_id] = standing
        kind = "my_chat_member" if user is self.bot else "chat_member"
        is_admin = chat.standing(self.bot.user_id) is Standing.ADMINISTRATOR
        if user is self.bot or (was_inside and is_admin):
            change = {
                "chat": chat.to_json(),
                "from": by.to_json(),
                "date": self.now(),
                "old_chat_member": member_json(user, before),
                "new_chat_member": member_json(user, standing),
            }
            self.updates.push(kind, change, chat.chat_id)

    def bot_sees(self, message: Message) -> bool:
        """Whether Telegram hands a message to our bot: members only, and by privacy mode."""
        chat, sender = message.chat, message.sender
        if sender is self.bot or not chat.standing(self.bot.user_id).is_inside:
            return False
        if message.is_service or not chat.is_group:
            return True
        if sender is not None and sender.is_bot and "sender_chat" not in message.extra:
            return False
        is_admin = chat.standing(self.bot.user_id) is Standing.ADMINISTRATOR
        return self.reads_all_group_messages or is_admin or self._addresses_bot(message)

    def _addresses_bot(self, message: Message) -> bool:
        replied = message.reply_to
        if "via_bot" in message.extra or (replied is not None and replied.sender is self.bot):
            return True
        handle = f"@{self.bot.username}".lower()
        for entity in message.entities:
            words = utf16_slice(message.text, entity.offset, entity.length).lower()
            if entity.kind == "mention" and words == handle:
                return True
            if entity.kind == "text_mention" and entity.value == str(self.bot.user_id):
                return True
            if entity.kind == "bot_command" and self._is_ours(words, handle, message):
                return True
        return False

    def _is_ours(self, command: str, handle: str, message: Message) -> bool:
        if "@" in command:
            return command.endswith(handle)
        if not message.text.startswith("/"):
            return False
        # A bare command goes to the bot that spoke last; before any spoke, to all of them.
        return message.chat.last_bot_id in {None, self.bot.user_id}

    def _notify(self, kind: str, message: Message) -> None:
        if message.sender is not None:
            message.sender.is_known = True
        self.updates.push(kind, message.to_json(), message.chat.chat_id)
