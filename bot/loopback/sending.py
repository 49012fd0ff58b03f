"""Sending: the methods that put new messages into chats."""

from typing import Any

from bot.loopback.chats import Chat
from bot.loopback.entities import Entity
from bot.loopback.failures import bad_request
from bot.loopback.keyboards import read_keyboard, read_reply_keyboard
from bot.loopback.messages import Message, Upload
from bot.loopback.parameters import Parameters
from bot.loopback.targets import (
    Rights,
    check_may_send,
    find_chat,
    find_message,
    find_receiver,
)
from bot.loopback.texts import read_text
from bot.loopback.world import World

_ACTIONS = frozenset(
    {
        "typing",
        "upload_photo",
        "record_video",
        "upload_video",
        "record_voice",
        "upload_voice",
        "upload_document",
        "choose_sticker",
        "find_location",
        "record_video_note",
        "upload_video_note",
    }
)


def send_message(world: World, call: Parameters) -> dict[str, Any]:
    """Answer sendMessage."""
    return _send(world, call, _Content(*read_text(call, "text"))).to_json()


def send_photo(world: World, call: Parameters) -> dict[str, Any]:
    """Answer sendPhoto."""
    return _send_file(world, call, "photo")


def send_document(world: World, call: Parameters) -> dict[str, Any]:
    """Answer sendDocument."""
    return _send_file(world, call, "document")


def forward_message(world: World, call: Parameters) -> dict[str, Any]:
    """Answer forwardMessage."""
    original = find_message(world, call, Rights.READ, "forward", "from_chat_id")
    content = _Content.of(original)
    content.origin = original.origin or origin_json(original)
    return _send(world, call, content).to_json()


def copy_message(world: World, call: Parameters) -> dict[str, Any]:
    """Answer copyMessage."""
    original = find_message(world, call, Rights.READ, "copy", "from_chat_id")
    content = _Content.of(original)
    if original.media and "caption" in call.values:
        content.text, content.entities = read_text(call, "caption")
    return {"message_id": _send(world, call, content).message_id}


def send_chat_action(world: World, call: Parameters) -> bool:
    """Answer sendChatAction."""
    action = call.text("action")
    if action not in _ACTIONS:
        raise bad_request("wrong parameter action in request")
    chat = find_chat(world, call, Rights.WRITE)
    check_may_send(world, chat)
    chat.actions.append(action)
    chat.changed.fire()
    return True


def origin_json(message: Message) -> dict[str, Any]:
    """Return the `MessageOrigin` of a forward of this message."""
    if message.sender is None:
        return {
            "type": "channel",
            "date": message.date,
            "chat": message.chat.to_json(),
            "message_id": message.message_id,
        }
    return {"type": "user", "date": message.date, "sender_user": message.sender.to_json()}


class _Content:
    """What a new message consists of, before it is known whether it may be sent."""

    def __init__(self, text: str, entities: tuple[Entity, ...]) -> None:
        self.text = text
        self.entities = entities
        self.media: str | None = None
        self.upload: Upload | None = None
        self.origin: dict[str, Any] | None = None

    @classmethod
    def of(cls, message: Message) -> "_Content":
        content = cls(message.text, message.entities)
        content.media, content.upload = message.media, message.upload
        return content


def _send_file(world: World, call: Parameters, media: str) -> dict[str, Any]:
    content = _Content(*read_text(call, "caption"))
    content.media, content.upload = media, call.upload(media)
    if content.upload is None:
        raise bad_request(f"there is no {media} in the request")
    return _send(world, call, content).to_json()


def _send(world: World, call: Parameters, content: _Content) -> Message:
    # As in the real server: the content, then the buttons, then the chat, then the reply.
    buttons, keys = read_keyboard(call), read_reply_keyboard(call)
    chat = find_chat(world, call, Rights.WRITE)
    reply_to, quote = _reply_target(world, call, chat)
    check_may_send(world, chat)
    receiver = find_receiver(world, call, chat)
    message = Message(
        0 if receiver is not None else chat.next_message_id(),
        chat,
        world.bot,
        world.now(),
        text=content.text,
        entities=content.entities,
        buttons=buttons,
        reply_to=reply_to,
        quote=quote,
        origin=content.origin,
        media=content.media,
        upload=content.upload,
        reply_keyboard=keys,
        link_preview=call.mapping("link_preview_options") or None,
    )
    if thread_id := call.integer("message_thread_id"):
        message.extra = {"message_thread_id": thread_id, "is_topic_message": True}
    return world.post(message) if receiver is None else world.whisper(message, receiver)


def _reply_target(world: World, call: Parameters, chat: Chat) -> tuple[Message | None, str | None]:
    reply = Parameters(call.mapping("reply_parameters"))
    message_id = reply.integer("message_id") or call.integer("reply_to_message_id")
    if not message_id:
        return None, None
    where = find_chat(world, reply, Rights.READ) if reply.has("chat_id") else chat
    target = where.messages.get(message_id)
    if target is None:
        if any(source.flag("allow_sending_without_reply") for source in (reply, call)):
            return None, None
        raise bad_request("message to be replied not found")
    quote = reply.text("quote") or None
    if quote is not None and quote not in target.text:
        raise bad_request("QUOTE_TEXT_INVALID")
    return target, quote
