"""People: what a user of Telegram can do, in the words of a script."""

from typing import Any

from bot.loopback.asked import Asked
from bot.loopback.chats import Standing, User
from bot.loopback.conversation import DEFAULT_TIMEOUT_S, Conversation
from bot.loopback.entities import detect_entities, trim
from bot.loopback.keyboards import read_keyboard
from bot.loopback.messages import Button, Message, Upload
from bot.loopback.parameters import Parameters
from bot.loopback.rooms import Room
from bot.loopback.sending import origin_json
from bot.loopback.texts import read_text
from bot.loopback.world import Query, World


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
            ValueError: The person is not in the group, has blocked the bot, or says nothing.
        """
        if not text.strip():
            raise ValueError(f"{self.user.first_name} cannot send an empty message")
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

    def sends(self, *, in_: Room | None = None, **fields: Any) -> Message:
        """Send something without words, such as `sticker={...}` or `location={...}`.

        Args:
            in_: The group to write in; None: the private chat with the bot.
            fields: The fields of the `Message` object that make it what it is.
        """
        message = self._draft("", in_)
        message.extra = fields
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
        asked = Query(self._world.new_query_id(), self.user, self._world.clock(), data)
        self._world.callbacks[asked.query_id] = asked
        payload = {
            "id": asked.query_id,
            "from": self.user.to_json(),
            "chat_instance": str(message.chat.chat_id),
            "data": data,
        } | _tapped(message)
        self._world.updates.push("callback_query", payload, message.chat.chat_id)
        return Asked(asked)

    def inline(self, text: str, *, offset: str = "") -> Asked:
        """Type `@bot text` in any chat."""
        asked = Query(self._world.new_query_id(), self.user, self._world.clock(), text)
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

    def summons(
        self, text: str, *, in_: Room, reply_to: Message | None = None, quote: str | None = None
    ) -> Asked:
        """Mention the bot in a group that it is no member of: it is asked as a guest.

        Args:
            text: What is written; it has to mention the bot.
            in_: The group.
            reply_to: The message that it answers.
            quote: The quoted part of that message.
        """
        message = self.says(text, in_=in_, reply_to=reply_to, quote=quote)
        asked = Query(self._world.new_query_id(), self.user, self._world.clock(), text)
        self._world.guest_queries[asked.query_id] = (asked, message)
        payload = message.to_json() | {"guest_query_id": asked.query_id}
        self._world.updates.push("guest_message", payload, message.chat.chat_id)
        return Asked(asked)

    def chooses(self, asked: Asked, position: int = 0, *, in_: Room | None = None) -> Message:
        """Send one of the results of an inline query.

        Args:
            asked: The answered query.
            position: Which result, counted from 0.
            in_: The group to send it to; None: the private chat with the bot.

        Raises:
            LookupError: The bot has not answered with so many results.
        """
        result = asked.results[position]
        content = result.get("input_message_content", {})
        message = self._draft("", in_)
        message.text, message.entities = read_text(
            Parameters(content | {"text": content.get("message_text", result.get("title", "?"))}),
            "text",
        )
        message.buttons = read_keyboard(Parameters(result))
        message.extra = {"via_bot": self._bot.to_json()}
        chosen = {"result_id": result["id"], "from": self.user.to_json(), "query": asked.text}
        if message.buttons:
            message.inline_id = f"inline-{asked.query_id}"
            self._world.inline_messages[message.inline_id] = message
            chosen["inline_message_id"] = message.inline_id
        self._world.updates.push("chosen_inline_result", chosen, self.user_id)
        return self._world.post(message)

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
        message = Message(chat.next_message_id(), chat, self.user, self._world.now())
        message.text, _ = trim(text, ())
        message.entities = detect_entities(message.text)
        return message

    def _origin(self, origin: "str | Person | Room") -> dict[str, Any]:
        date = self._world.now()
        if isinstance(origin, Person):
            return {"type": "user", "date": date, "sender_user": origin.user.to_json()}
        if isinstance(origin, Room):
            chat = origin.chat.to_json()
            return {"type": "channel", "date": date, "chat": chat, "message_id": 1}
        return {"type": "hidden_user", "date": date, "sender_user_name": origin}


def _tapped(message: Message) -> dict[str, Any]:
    """Return what a callback query says about the message with the button."""
    if message.inline_id is not None:
        return {"inline_message_id": message.inline_id}
    if message.deleted:
        gone = {"chat": message.chat.to_json(), "message_id": message.message_id, "date": 0}
        return {"message": gone}
    return {"message": message.to_json()}
