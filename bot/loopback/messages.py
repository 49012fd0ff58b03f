"""Messages: what stands in a chat, as people see it and as the Bot API reports it."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from bot.loopback.entities import VALUE_FIELDS, Entity, render_html, utf16_length

if TYPE_CHECKING:
    from bot.loopback.chats import Chat, User


@dataclass(frozen=True, slots=True)
class Button:
    """One button below a message.

    Args:
        text: Its label.
        data: What is sent to the bot when it is tapped, or None.
        url: The link that it opens, or None.
        copies: The text that it copies, or None.
        payload: The whole `InlineKeyboardButton` as it was sent.
    """

    text: str
    data: str | None
    url: str | None
    copies: str | None
    payload: dict[str, Any] = field(compare=False, hash=False)


Rows = tuple[tuple[Button, ...], ...]


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it was sent to the bot API.

    Args:
        name: The file name.
        size: Its length in bytes; 0 when only an id or URL was given.
        content_type: The media type that the client named.
        content: What is in it; empty when only an id or URL was given.
    """

    name: str
    size: int
    content_type: str = "application/octet-stream"
    content: bytes = field(default=b"", repr=False)


@dataclass(slots=True, eq=False)
class Message:
    """One message. It stays the same object when it is edited or deleted.

    Args:
        message_id: Unique in its chat.
        chat: Where it stands.
        sender: Who wrote it; None in channels.
        date: Unix time.
        text: The text or the caption, without markup.
        entities: Its spans.
        buttons: The inline keyboard, row by row.
        reply_to: The message that it answers, or None.
        quote: The quoted part of that message, or None.
        origin: The `MessageOrigin` of a forward, or None.
        media: `photo` or `document`, or None.
        upload: The file, when there is one.
        extra: Further fields of the `Message` object, such as those of a service message.
        reply_keyboard: The labels of a keyboard shown in place of the user's own, row by row.
        edited_at: Unix time of the last edit, or None.
        deleted: Whether it is gone.
        reactions: The emoji with which our bot reacted.
        inline_id: The id of a message that was sent through an inline query, if it has buttons.
        link_preview: The `LinkPreviewOptions` that it was sent with, or None.
        receiver: The only person who sees it, if it is an ephemeral message.
        ephemeral_id: The id of an ephemeral message, or None; its `message_id` is 0.
    """

    message_id: int
    chat: "Chat"
    sender: "User | None"
    date: int
    text: str = ""
    entities: tuple[Entity, ...] = ()
    buttons: Rows = ()
    reply_to: "Message | None" = None
    quote: str | None = None
    origin: dict[str, Any] | None = None
    media: str | None = None
    upload: Upload | None = None
    extra: dict[str, Any] = field(default_factory=dict)
    reply_keyboard: tuple[tuple[str, ...], ...] = ()
    edited_at: int | None = None
    deleted: bool = False
    reactions: tuple[str, ...] = ()
    inline_id: str | None = None
    link_preview: dict[str, Any] | None = None
    receiver: "User | None" = None
    ephemeral_id: int | None = None

    @property
    def html(self) -> str:
        """The text with its markup, as Telegram HTML."""
        return render_html(self.text, self.entities)

    @property
    def edited(self) -> bool:
        """Whether people see the word "edited" at the message."""
        return self.edited_at is not None

    @property
    def is_service(self) -> bool:
        """Whether it only reports an event, such as a new member."""
        return bool(self.extra.keys() & SERVICE_FIELDS)

    def button(self, label_or_position: str | int) -> Button:
        """Return one button of this message.

        Args:
            label_or_position: Its label, or its position in reading order, counted from 0.

        Raises:
            LookupError: There is no such button.
        """
        flat = [button for row in self.buttons for button in row]
        if isinstance(label_or_position, int):
            if 0 <= label_or_position < len(flat):
                return flat[label_or_position]
        else:
            for button in flat:
                if button.text == label_or_position:
                    return button
        labels = [button.text for button in flat]
        raise LookupError(f"no button {label_or_position!r}; the message has {labels}")

    def to_json(self, *, with_reply: bool = True) -> dict[str, Any]:
        """Return the `Message` object."""
        payload: dict[str, Any] = {
            "message_id": self.message_id,
            "chat": self.chat.to_json(),
            "date": self.date,
        }
        if self.sender is not None:
            payload["from"] = self.sender.to_json()
        elif self.chat.kind == "channel":
            payload["sender_chat"] = self.chat.to_json()
        payload |= self._content_json() | self.extra
        if self.origin is not None:
            payload["forward_origin"] = self.origin
        if self.reply_to is not None and with_reply:
            payload["reply_to_message"] = self.reply_to.to_json(with_reply=False)
            if self.quote is not None:
                payload["quote"] = {
                    "text": self.quote,
                    "position": utf16_length(self.reply_to.text.partition(self.quote)[0]),
                    "is_manual": True,
                }
        if self.receiver is not None:
            payload["receiver_user"] = self.receiver.to_json()
            payload["ephemeral_message_id"] = self.ephemeral_id
        if self.edited_at is not None:
            payload["edit_date"] = self.edited_at
        if self.buttons:
            payload["reply_markup"] = {
                "inline_keyboard": [[button.payload for button in row] for row in self.buttons]
            }
        if self.link_preview:
            payload["link_preview_options"] = self.link_preview
        return payload

    def _content_json(self) -> dict[str, Any]:
        text_field = "caption" if self.media else "text"
        payload: dict[str, Any] = {}
        if self.text:
            payload[text_field] = self.text
        if self.entities:
            payload[f"{text_field}_entities" if self.media else "entities"] = [
                entity_json(entity, self.chat) for entity in self.entities
            ]
        unique = f"{self.chat.chat_id}-{self.message_id}"
        file = {"file_id": f"file-{unique}", "file_unique_id": unique}
        if self.upload is not None:
            file_size = {"file_size": self.upload.size}
            if self.media == "photo":
                payload["photo"] = [file | file_size | {"width": 320, "height": 240}]
            else:
                payload["document"] = (
                    file
                    | file_size
                    | {"file_name": self.upload.name, "mime_type": self.upload.content_type}
                )
        return payload


SERVICE_FIELDS = frozenset(
    {
        "new_chat_members",
        "left_chat_member",
        "new_chat_title",
        "group_chat_created",
        "supergroup_chat_created",
        "channel_chat_created",
        "migrate_to_chat_id",
        "migrate_from_chat_id",
        "pinned_message",
    }
)


def entity_json(entity: Entity, chat: "Chat") -> dict[str, Any]:
    """Return the `MessageEntity` object of one span of a message in `chat`."""
    payload: dict[str, Any] = {
        "type": entity.kind,
        "offset": entity.offset,
        "length": entity.length,
    }
    if entity.value is None:
        return payload
    if entity.kind == "text_mention":
        user_id = int(entity.value)
        name = chat.title if chat.chat_id == user_id else str(user_id)
        payload["user"] = {"id": user_id, "is_bot": False, "first_name": name}
    elif entity.kind in VALUE_FIELDS:
        is_number = entity.kind == "date_time"
        payload[VALUE_FIELDS[entity.kind]] = int(entity.value) if is_number else entity.value
    return payload
