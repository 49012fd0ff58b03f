"""Editing: the methods that change messages and take them away."""

from typing import Any

from bot.loopback.chats import ChatKind, Standing
from bot.loopback.failures import NOT_MODIFIED, bad_request
from bot.loopback.keyboards import read_keyboard
from bot.loopback.messages import Message
from bot.loopback.parameters import Parameters
from bot.loopback.targets import Rights, check_may_send, find_message
from bot.loopback.texts import read_text
from bot.loopback.world import World


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
    if not call.has("chat_id"):
        raise bad_request("chat identifier is not specified")
    if not call.integer("message_id"):
        raise bad_request("message identifier is not specified")
    message = find_message(world, call, Rights.WRITE, "delete")
    chat = message.chat
    is_admin = chat.standing(world.bot.user_id) is Standing.ADMINISTRATOR
    if message.sender is not world.bot and chat.kind is not ChatKind.PRIVATE and not is_admin:
        raise bad_request("message can't be deleted")
    world.delete(message)
    return True


def set_message_reaction(world: World, call: Parameters) -> bool:
    """Answer setMessageReaction."""
    reactions = call.structure("reaction") or []
    if not isinstance(reactions, list) or not all(isinstance(item, dict) for item in reactions):
        raise bad_request("can't parse reaction types JSON object")
    message = find_message(world, call, Rights.READ, "react")
    message.reactions = tuple(str(item.get("emoji", "")) for item in reactions)
    message.chat.changed.fire()
    return True


def _edit(world: World, call: Parameters, what: str | None) -> dict[str, Any] | bool:
    content = None if what is None else read_text(call, what)
    buttons = read_keyboard(call)
    message, is_inline = _edited_message(world, call)
    if what is not None and (what == "caption") != bool(message.media):
        raise bad_request(f"there is no {what} in the message to edit")
    text, entities = content or (message.text, message.entities)
    if (text, entities, buttons) == (message.text, message.entities, message.buttons):
        raise bad_request(NOT_MODIFIED)
    if (text, entities) != (message.text, message.entities):
        message.edited_at = world.now()
    message.text, message.entities, message.buttons = text, entities, buttons
    world.edited(message)
    return True if is_inline else message.to_json()


def _edited_message(world: World, call: Parameters) -> tuple[Message, bool]:
    if not call.has("chat_id") and not call.has("message_id"):
        inline_id = call.text("inline_message_id")
        if not inline_id:
            raise bad_request("message identifier is not specified")
        message = world.inline_messages.get(inline_id)
        if message is None or message.deleted:
            raise bad_request("MESSAGE_ID_INVALID")
        return message, True
    message = find_message(world, call, Rights.EDIT, "edit")
    if message.sender is not world.bot:
        raise bad_request("message can't be edited")
    check_may_send(world, message.chat)
    return message, False
