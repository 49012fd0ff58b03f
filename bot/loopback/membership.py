"""Membership: the methods that ask about chats and who is in them."""

from typing import Any

from bot.loopback.chats import ChatKind, Standing, member_json
from bot.loopback.failures import bad_request
from bot.loopback.parameters import Parameters
from bot.loopback.targets import Rights, find_chat
from bot.loopback.world import World


def get_chat(world: World, call: Parameters) -> dict[str, Any]:
    """Answer getChat."""
    return find_chat(world, call, Rights.READ).full_json()


def get_chat_member(world: World, call: Parameters) -> dict[str, Any]:
    """Answer getChatMember."""
    chat = find_chat(world, call, Rights.READ_MEMBERS)
    user = world.users.get(call.integer("user_id"))
    if user is None:
        raise bad_request("invalid user_id specified")
    if chat.kind is ChatKind.PRIVATE and user.user_id not in chat.members:
        raise bad_request("member not found")
    return member_json(user, chat.standing(user.user_id))


def get_chat_member_count(world: World, call: Parameters) -> int:
    """Answer getChatMemberCount."""
    chat = find_chat(world, call, Rights.READ_MEMBERS)
    return sum(standing.is_inside for standing in chat.members.values())


def get_chat_administrators(world: World, call: Parameters) -> list[dict[str, Any]]:
    """Answer getChatAdministrators."""
    chat = find_chat(world, call, Rights.READ_MEMBERS)
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
    chat = find_chat(world, call, Rights.READ)
    if chat.kind is ChatKind.PRIVATE:
        raise bad_request("private chats can't be left")
    world.set_standing(chat, world.bot, Standing.LEFT, by=world.bot)
    return True
