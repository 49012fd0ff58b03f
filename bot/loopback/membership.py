"""Membership: the methods that ask about chats and who is in them."""

from typing import Any

from bot.loopback.chats import Chat, ChatKind, Standing, member_json
from bot.loopback.failures import bad_request, forbidden
from bot.loopback.parameters import Parameters
from bot.loopback.sending import known_chat
from bot.loopback.world import World


def get_chat(world: World, call: Parameters) -> dict[str, Any]:
    """Answer getChat."""
    return _inside(world, call).full_json()


def get_chat_member(world: World, call: Parameters) -> dict[str, Any]:
    """Answer getChatMember."""
    chat = _inside(world, call)
    user = world.users.get(call.integer("user_id"))
    if user is None:
        raise bad_request("invalid user_id specified")
    if chat.kind is ChatKind.PRIVATE and user.user_id not in chat.members:
        raise bad_request("member not found")
    return member_json(user, chat.standing(user.user_id))


def get_chat_member_count(world: World, call: Parameters) -> int:
    """Answer getChatMemberCount."""
    return sum(standing.is_inside for standing in _inside(world, call).members.values())


def get_chat_administrators(world: World, call: Parameters) -> list[dict[str, Any]]:
    """Answer getChatAdministrators."""
    chat = _inside(world, call)
    if chat.kind is ChatKind.PRIVATE:
        raise bad_request("there are no administrators in the private chat")
    admins = {Standing.CREATOR, Standing.ADMINISTRATOR}
    return [
        member_json(world.users[user_id], standing)
        for user_id, standing in chat.members.items()
        if standing in admins and (not world.users[user_id].is_bot or user_id == world.bot.user_id)
    ]


def leave_chat(world: World, call: Parameters) -> bool:
    """Answer leaveChat."""
    chat = _inside(world, call)
    if chat.kind is ChatKind.PRIVATE:
        raise bad_request("private chats can't be left")
    world.set_standing(chat, world.bot, Standing.LEFT, by=world.bot)
    return True


def _inside(world: World, call: Parameters) -> Chat:
    chat = known_chat(world, call)
    standing = chat.standing(world.bot.user_id)
    if chat.kind is not ChatKind.PRIVATE and not standing.is_inside:
        was = "was kicked from" if standing is Standing.KICKED else "is not a member of"
        raise forbidden(f"bot {was} the {chat.kind.value} chat")
    return chat
