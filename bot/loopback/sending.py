"""Sending: the methods that put messages into chats, change them and take them away."""

from typing import Any

from bot.loopback.chats import Chat, ChatKind, Standing, User
from bot.loopback.entities import Entity, detect_entities, entity_from_json, trim
from bot.loopback.failures import NOT_MODIFIED, ApiError, bad_request, forbidden
from bot.loopback.keyboards import read_keyboard, read_reply_keyboard
from bot.loopback.markup import MarkupError, parse_html
from bot.loopback.messages import Message
from bot.loopback.parameters import Parameters
from bot.loopback.world import World

MAX_TEXT = 4096
MAX_CAPTION = 1024


def send_message(world: World, call: Parameters) -> dict[str, Any]:
    """Answer sendMessage."""
    chat = writable_chat(world, call)
    text, entities = read_text(call, "text")
    return _send(world, call, Message(0, chat, world.bot, world.now(), text, entities))


def send_photo(world: World, call: Parameters) -> dict[str, Any]:
    """Answer sendPhoto."""
    return _send_file(world, call, "photo")


def send_document(world: World, call: Parameters) -> dict[str, Any]:
    """Answer sendDocument."""
    return _send_file(world, call, "document")


def forward_message(world: World, call: Parameters) -> dict[str, Any]:
    """Answer forwardMessage."""
    chat = writable_chat(world, call)
    original = _source(world, call, "forward")
    origin = original.origin or origin_json(original)
    copy = Message(0, chat, world.bot, world.now(), original.text, original.entities)
    copy.media, copy.upload, copy.origin = original.media, original.upload, origin
    return _send(world, call, copy)


def copy_message(world: World, call: Parameters) -> dict[str, Any]:
    """Answer copyMessage."""
    chat = writable_chat(world, call)
    original = _source(world, call, "copy")
    copy = Message(0, chat, world.bot, world.now(), original.text, original.entities)
    copy.media, copy.upload = original.media, original.upload
    if original.media and "caption" in call.values:
        copy.text, copy.entities = read_text(call, "caption")
    return {"message_id": _send(world, call, copy)["message_id"]}


def send_chat_action(world: World, call: Parameters) -> bool:
    """Answer sendChatAction."""
    chat = writable_chat(world, call)
    action = call.text("action")
    if action not in _ACTIONS:
        raise bad_request("wrong parameter action in request")
    chat.actions.append(action)
    chat.changed.fire()
    return True


def edit_message_text(world: World, call: Parameters) -> dict[str, Any] | bool:
    """Answer editMessageText."""
    return _edit(world, call, "text")


def edit_message_caption(world: World, call: Parameters) -> dict[str, Any] | bool:
    """Answer editMessageCaption."""
    return _edit(world, call, "caption")


def edit_message_reply_markup(world: World, call: Parameters) -> dict[str, Any] | bool:
    """Answer editMessageReplyMarkup."""
    return _edit(world, call, None)


def delete_message(world: World, call: Parameters) -> bool:
    """Answer deleteMessage."""
    message = _message(world, call, "delete")
    chat = message.chat
    is_admin = chat.standing(world.bot.user_id) is Standing.ADMINISTRATOR
    if message.sender is not world.bot and chat.kind is not ChatKind.PRIVATE and not is_admin:
        raise bad_request("message can't be deleted")
    world.delete(message)
    return True


def set_message_reaction(world: World, call: Parameters) -> bool:
    """Answer setMessageReaction."""
    message = _message(world, call, "react")
    reactions = call.structure("reaction") or []
    message.reactions = tuple(str(reaction.get("emoji", "")) for reaction in reactions)
    message.chat.changed.fire()
    return True


def writable_chat(world: World, call: Parameters) -> Chat:
    """Return the chat that a call names, if the bot may write there.

    Raises:
        ApiError: With the real server's words for why not.
    """
    chat = known_chat(world, call)
    if chat.kind is ChatKind.PRIVATE:
        user = world.users[chat.chat_id]
        _check_user(world, chat, user)
        return chat
    standing = chat.standing(world.bot.user_id)
    if standing is Standing.KICKED:
        raise forbidden(f"bot was kicked from the {chat.kind.value} chat")
    if not standing.is_inside:
        raise forbidden(f"bot is not a member of the {chat.kind.value} chat")
    is_muted_channel = chat.kind is ChatKind.CHANNEL and standing is not Standing.ADMINISTRATOR
    if standing is Standing.RESTRICTED or is_muted_channel:
        raise bad_request("not enough rights to send text messages to the chat")
    return chat


def known_chat(world: World, call: Parameters, name: str = "chat_id") -> Chat:
    """Return the chat that a call names.

    Raises:
        ApiError: The bot cannot know such a chat, or it became a supergroup.
    """
    value = call.text(name)
    if not value:
        raise bad_request(f"{name} is empty")
    chat = None
    if value.startswith("@"):
        named = (c for c in world.chats.values() if c.username and c.kind is not ChatKind.PRIVATE)
        chat = next((c for c in named if f"@{c.username}".lower() == value.lower()), None)
    elif value.lstrip("-").isdigit():
        chat = world.chats.get(int(value))
        user = world.users.get(int(value))
        if chat is None and user is not None and user.is_bot:
            raise forbidden("bots can't send messages to bots")
        if chat is None and user is not None and user.is_known:
            raise forbidden("bot can't initiate conversation with a user")
    if chat is None:
        raise bad_request("chat not found")
    if chat.migrated_to is not None:
        raise ApiError(
            400,
            "group chat was upgraded to a supergroup chat",
            {"migrate_to_chat_id": chat.migrated_to},
        )
    return chat


def read_text(call: Parameters, name: str) -> tuple[str, tuple[Entity, ...]]:
    """Return a text argument without its markup, and its entities.

    Raises:
        ApiError: The markup is broken, or the text is empty or too long.
    """
    source = call.text(name)
    mode = call.text("parse_mode").lower()
    listed = call.structure("entities" if name == "text" else f"{name}_entities") or ()
    if name == "text" and not source:
        raise bad_request("message text is empty")
    text, entities = _clean(source), tuple(entity_from_json(item) for item in listed)
    if mode == "html":
        try:
            text, entities = parse_html(text)
        except MarkupError as error:
            raise bad_request(f"can't parse entities: {error}") from error
    elif mode:
        words = "this local server reads HTML only" if "markdown" in mode else "not known"
        raise bad_request(f"unsupported parse_mode ({words})")
    text, entities = trim(text, entities)
    if name == "text" and not text:
        raise bad_request("text must be non-empty")
    if len(text) > (MAX_TEXT if name == "text" else MAX_CAPTION):
        raise bad_request(
            "message is too long" if name == "text" else "message caption is too long"
        )
    return text, detect_entities(text, entities)


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
# tdlib's `clean_input_string` drops these: line separators, direction marks, vertical lines.
_DROPPED = {
    ord("\r"): None,
    **dict.fromkeys(range(0x2028, 0x202F)),
    **dict.fromkeys((0x333, 0x33F, 0x30A)),
}
_CONTROLS = {code: " " for code in range(32) if code not in {10, 13}}


def _clean(text: str) -> str:
    return text.translate(_DROPPED | _CONTROLS)


def _check_user(world: World, chat: Chat, user: User) -> None:
    if user.is_deactivated:
        raise forbidden("user is deactivated")
    if chat.standing(world.bot.user_id) is Standing.KICKED:
        raise forbidden("bot was blocked by the user")


def _send_file(world: World, call: Parameters, media: str) -> dict[str, Any]:
    chat = writable_chat(world, call)
    upload = call.upload(media)
    if upload is None:
        raise bad_request(f"there is no {media} in the request")
    text, entities = read_text(call, "caption")
    message = Message(0, chat, world.bot, world.now(), text, entities)
    message.media, message.upload = media, upload
    return _send(world, call, message)


def _send(world: World, call: Parameters, message: Message) -> dict[str, Any]:
    message.reply_to, message.quote = _reply_target(world, call, message.chat)
    message.buttons = read_keyboard(call)
    message.reply_keyboard = read_reply_keyboard(call)
    message.link_preview = call.mapping("link_preview_options") or None
    if thread_id := call.integer("message_thread_id"):
        message.extra["message_thread_id"] = thread_id
        message.extra["is_topic_message"] = True
    message.message_id = message.chat.next_message_id()
    return world.post(message).to_json()


def _reply_target(world: World, call: Parameters, chat: Chat) -> tuple[Message | None, str | None]:
    reply = call.mapping("reply_parameters")
    message_id = int(reply.get("message_id", 0)) or call.integer("reply_to_message_id")
    if not message_id:
        return None, None
    lenient = reply.get("allow_sending_without_reply") or call.flag("allow_sending_without_reply")
    other = reply.get("chat_id")
    where = chat if other is None else world.chats.get(int(other), chat)
    target = where.messages.get(message_id)
    if target is None:
        if lenient:
            return None, None
        raise bad_request("message to be replied not found")
    quote = reply.get("quote")
    if quote and quote not in target.text:
        raise bad_request("QUOTE_TEXT_INVALID")
    return target, quote


def _edit(world: World, call: Parameters, what: str | None) -> dict[str, Any] | bool:
    if call.has("inline_message_id"):
        return True
    message = _message(world, call, "edit")
    if message.sender is not world.bot:
        raise bad_request("message can't be edited")
    text, entities = message.text, message.entities
    if what is not None:
        if (what == "caption") != bool(message.media):
            raise bad_request(f"there is no {what} in the message to edit")
        text, entities = read_text(call, what)
    buttons = read_keyboard(call)
    if (text, entities, buttons) == (message.text, message.entities, message.buttons):
        raise bad_request(NOT_MODIFIED)
    if (text, entities) != (message.text, message.entities):
        message.edited_at = world.now()
    message.text, message.entities, message.buttons = text, entities, buttons
    world.edited(message)
    return message.to_json()


def _message(world: World, call: Parameters, verb: str) -> Message:
    chat = writable_chat(world, call)
    if not call.has("message_id"):
        raise bad_request("message identifier is not specified")
    message = chat.messages.get(call.integer("message_id"))
    if message is None:
        raise bad_request(f"message to {verb} not found")
    return message


def _source(world: World, call: Parameters, verb: str) -> Message:
    chat = known_chat(world, call, "from_chat_id")
    message = chat.messages.get(call.integer("message_id"))
    if message is None:
        raise bad_request(f"message to {verb} not found")
    return message
