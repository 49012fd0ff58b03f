"""People: what a user of Telegram can do, in the words of a script."""

from typing import Any

from bot.loopback.chats import Chat, ChatKind, Standing, User
from bot.loopback.conversation import DEFAULT_TIMEOUT_S, Conversation
from bot.loopback.entities import detect_entities
from bot.loopback.messages import Button, Message, Upload
from bot.loopback.sending import origin_json
from bot.loopback.world import Query, World


class Asked:
    """A tap or an inline query, and what the bot answers to it.

    Args:
        query: The query in the world.
    """

    def __init__(self, query: Query) -> None:
        self._query = query

    @property
    def query_id(self) -> str:
        """The id that the bot answers to."""
        return self._query.query_id

    @property
    def is_answered(self) -> bool:
        """Whether the bot has answered."""
        return self._query.answer is not None

    async def answer(self, timeout_s: float = DEFAULT_TIMEOUT_S) -> dict[str, Any]:
        """Wait for the bot's answer.

        Args:
            timeout_s: How long to wait, in seconds.

        Returns:
            For a tap `text`, `show_alert` and `url`; for an inline query `results`, `cache_time`,
            `is_personal`, `next_offset` and `button`.

        Raises:
            TimeoutError: No answer came in time.
        """
        await self._query.changed.until(lambda: self._query.answer is not None, timeout_s)
        if self._query.answer is None:
            raise TimeoutError(f"the bot left query {self.query_id} unanswered for {timeout_s:g} s")
        return self._query.answer


class Room(Conversation):
    """A group, supergroup or channel.

    Args:
        world: Where it is.
        chat: Its state.
    """

    def __init__(self, world: World, chat: Chat) -> None:
        super().__init__(chat, world.bot)
        self._world = world

    @property
    def owner(self) -> User:
        """Who created it."""
        owners = (uid for uid, s in self.chat.members.items() if s is Standing.CREATOR)
        return self._world.users[next(owners)]

    def add(self, who: "Person | User") -> None:
        """Let the owner add somebody, for example the bot; people see a service message."""
        user = _user(who)
        self._world.set_standing(self.chat, user, Standing.MEMBER, by=self.owner)
        if self.chat.is_group:
            self._world.service(self.chat, self.owner, new_chat_members=[user.to_json()])

    def remove(self, who: "Person | User") -> None:
        """Let the owner throw somebody out, for example the bot."""
        user = _user(who)
        if self.chat.is_group:
            self._world.service(self.chat, self.owner, left_chat_member=user.to_json())
        self._world.set_standing(self.chat, user, Standing.KICKED, by=self.owner)

    def promote(self, who: "Person | User") -> None:
        """Make somebody an administrator."""
        self._world.set_standing(self.chat, _user(who), Standing.ADMINISTRATOR, by=self.owner)

    def restrict(self, who: "Person | User") -> None:
        """Take the right to write from somebody."""
        self._world.set_standing(self.chat, _user(who), Standing.RESTRICTED, by=self.owner)

    def posts(self, text: str) -> Message:
        """Let a channel publish a post."""
        world, chat = self._world, self.chat
        message = Message(chat.next_message_id(), chat, None, world.now(), text)
        message.entities = detect_entities(text)
        return world.post(message)

    def migrate(self) -> None:
        """Upgrade a group to a supergroup; this object then stands for the new chat."""
        old = self.chat
        members = [self._world.users[user_id] for user_id in old.members]
        new = self._world.add_chat(ChatKind.SUPERGROUP, old.title, members)
        new.members = dict(old.members)
        self._world.service(old, self.owner, migrate_to_chat_id=new.chat_id)
        old.migrated_to = new.chat_id
        self._watch(new)
        self._world.service(new, self.owner, migrate_from_chat_id=old.chat_id)


class Person(Conversation):
    """Somebody with a Telegram account; as a `Conversation`, their private chat with the bot.

    Args:
        world: Where they live.
        user: The account.
    """

    def __init__(self, world: World, user: User) -> None:
        super().__init__(world.private_chats[user.user_id], world.bot)
        self._world = world
        self.user = user
        self._last_spoken: Conversation = self

    @property
    def user_id(self) -> int:
        """The id of the account."""
        return self.user.user_id

    def says(
        self,
        text: str,
        *,
        in_: Room | None = None,
        reply_to: Message | None = None,
        quote: str | None = None,
    ) -> Message:
        """Write a message.

        Args:
            text: What is written; commands, mentions and links become entities.
            in_: The group to write in; None: the private chat with the bot.
            reply_to: The message that it answers.
            quote: The quoted part of that message.

        Raises:
            ValueError: The person is not in the group or has blocked the bot.
        """
        message = self._draft(text, in_)
        message.reply_to, message.quote = reply_to, quote
        return self._world.post(message)

    def forwards(
        self,
        what: str | Message,
        origin: "str | Person | Room" = "Somebody",
        *,
        in_: Room | None = None,
    ) -> Message:
        """Forward a message that was written elsewhere.

        Args:
            what: The message, or the text of one that is not in this world.
            origin: Who wrote that text: a person, a channel, or a name that hides its account.
            in_: The group to write in; None: the private chat with the bot.
        """
        if isinstance(what, Message):
            message = self._draft(what.text, in_)
            message.entities, message.media, message.upload = what.entities, what.media, what.upload
            message.origin = what.origin or origin_json(what)
        else:
            message = self._draft(what, in_)
            message.origin = self._origin(origin)
        return self._world.post(message)

    def sends_photo(
        self, caption: str = "", *, in_: Room | None = None, reply_to: Message | None = None
    ) -> Message:
        """Send a photo."""
        message = self._draft(caption, in_)
        message.media, message.upload, message.reply_to = "photo", Upload("photo", 1024), reply_to
        return self._world.post(message)

    def edits(self, message: Message, text: str) -> None:
        """Change the text of an own message.

        Raises:
            ValueError: It is somebody else's.
        """
        if message.sender is not self.user:
            raise ValueError(f"{self.user.first_name} can edit own messages only")
        message.text, message.entities = text, detect_entities(text)
        self._world.edited(message)

    def deletes(self, message: Message) -> None:
        """Delete a message; the bot is not told."""
        self._world.delete(message)

    def taps(
        self, message: Message, button: str | int | Button, *, forged_data: str | None = None
    ) -> Asked:
        """Tap a button below a message of the bot.

        Args:
            message: The message.
            button: The label, the position in reading order counted from 0, or the button.
            forged_data: Sent in place of the button's own data, as a tampered app could.

        Raises:
            LookupError: There is no such button.
            ValueError: The button opens or copies something; the bot hears nothing of it.
        """
        tapped = button if isinstance(button, Button) else message.button(button)
        data = tapped.data if forged_data is None else forged_data
        if data is None:
            raise ValueError(f"button {tapped.text!r} sends nothing to the bot")
        asked = Query(self._world.new_query_id(), self.user, self._world.clock())
        self._world.callbacks[asked.query_id] = asked
        chat = message.chat
        shown = message.to_json()
        if message.deleted:
            shown = {"chat": chat.to_json(), "message_id": message.message_id, "date": 0}
        payload = {
            "id": asked.query_id,
            "from": self.user.to_json(),
            "message": shown,
            "chat_instance": str(chat.chat_id),
            "data": data,
        }
        self._world.updates.push("callback_query", payload, chat.chat_id)
        return Asked(asked)

    def inline(self, text: str, *, offset: str = "") -> Asked:
        """Type `@bot text` in any chat."""
        asked = Query(self._world.new_query_id(), self.user, self._world.clock())
        self._world.inline_queries[asked.query_id] = asked
        payload = {
            "id": asked.query_id,
            "from": self.user.to_json(),
            "query": text,
            "offset": offset,
            "chat_type": "sender",
        }
        self._world.updates.push("inline_query", payload, self.user_id)
        return Asked(asked)

    def blocks(self) -> None:
        """Block the bot."""
        self._world.set_standing(self.chat, self._bot, Standing.KICKED, by=self.user)

    def unblocks(self) -> None:
        """Unblock the bot."""
        self._world.set_standing(self.chat, self._bot, Standing.MEMBER, by=self.user)

    def deletes_account(self) -> None:
        """Leave Telegram for good."""
        self.user.is_deactivated = True

    async def reply(self, timeout_s: float = DEFAULT_TIMEOUT_S) -> Message:
        """Return the bot's next message in the chat where this person spoke last.

        Raises:
            TimeoutError: None came in time.
        """
        return await self._last_spoken.next_message(timeout_s)

    def _draft(self, text: str, room: Room | None) -> Message:
        if room is None:
            if self.chat.standing(self._bot.user_id) is Standing.KICKED:
                raise ValueError(f"{self.user.first_name} has blocked the bot")
            chat = self._world.open_private_chat(self.user)
        else:
            chat = room.chat
            if not chat.standing(self.user_id).is_inside:
                raise ValueError(f"{self.user.first_name} is not in {chat.title!r}")
        self._last_spoken = room or self
        message = Message(chat.next_message_id(), chat, self.user, self._world.now(), text)
        message.entities = detect_entities(text)
        return message

    def _origin(self, origin: "str | Person | Room") -> dict[str, Any]:
        date = self._world.now()
        if isinstance(origin, Person):
            return {"type": "user", "date": date, "sender_user": origin.user.to_json()}
        if isinstance(origin, Room):
            chat = origin.chat.to_json()
            return {"type": "channel", "date": date, "chat": chat, "message_id": 1}
        return {"type": "hidden_user", "date": date, "sender_user_name": origin}


def _user(who: Person | User) -> User:
    return who.user if isinstance(who, Person) else who
