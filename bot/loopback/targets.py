"""Targets: the chat and the message that a call is about, and whether the bot may touch them.

The order of the checks is that of `check_chat_access` in telegram-bot-api/Client.cpp.
"""

from enum import IntEnum

from bot.loopback.chats import Chat, ChatKind, Standing, User
from bot.loopback.failures import ApiError, bad_request, forbidden
from bot.loopback.messages import Message
from bot.loopback.parameters import Parameters, whole_number
from bot.loopback.world import World

# https://core.telegram.org/bots/api#ephemeral-messages-and-commands
_EPHEMERAL_S = 15


class Rights(IntEnum):
    """What a call needs to do in a chat."""

    READ = 0
    READ_MEMBERS = 1
    EDIT = 2
    WRITE = 3


def find_chat(world: World, call: Parameters, rights: Rights, name: str = "chat_id") -> Chat:
    """Return the chat that a call names.

    Raises:
        ApiError: There is no such chat, or the bot has not the rights in it.
    """
    chat = _named_chat(world, call.text(name), name)
    match chat.kind:
        case ChatKind.PRIVATE:
            _check_private(world, chat, rights)
        case ChatKind.GROUP:
            _check_group(world, chat, rights)
        case ChatKind.SUPERGROUP | ChatKind.CHANNEL:
            _check_supergroup(world, chat, rights)
    return chat


def check_may_send(world: World, chat: Chat) -> None:
    """Check what Telegram finds out only when it delivers a message.

    Raises:
        ApiError: The bot is blocked or muted, or the user never spoke to it.
    """
    standing = chat.standing(world.bot.user_id)
    if chat.kind is ChatKind.PRIVATE:
        if world.users[chat.chat_id].is_bot:
            raise forbidden("bots can't send messages to bots")
        if chat.chat_id not in world.chats:
            raise forbidden("bot can't initiate conversation with a user")
        if standing is Standing.KICKED:
            raise forbidden("bot was blocked by the user")
    is_reader = chat.kind is ChatKind.CHANNEL and standing is not Standing.ADMINISTRATOR
    if standing is Standing.RESTRICTED or is_reader:
        raise bad_request("not enough rights to send text messages to the chat")


def find_receiver(world: World, call: Parameters, chat: Chat) -> User | None:
    """Return the only person who shall see a message, None where everybody shall.

    The conditions are those of the documentation; which words Telegram refuses with is not known.

    Raises:
        ApiError: Nobody can be sent an ephemeral message there, or this bot cannot do it now.
    """
    wanted = Parameters(call.mapping("ephemeral_message_parameters"))
    if not wanted.values:
        return None
    user = world.users.get(wanted.integer("receiver_user_id"))
    if not chat.is_group or user is None:
        raise bad_request("PEER_ID_INVALID")
    if user.is_bot or not chat.standing(user.user_id).is_inside:
        raise bad_request("USER_NOT_PARTICIPANT")
    tap = world.callbacks.get(wanted.text("callback_query_id"))
    is_fresh = tap is not None and world.clock() - tap.asked_at <= _EPHEMERAL_S
    is_theirs = tap is not None and tap.user is user
    is_admin = chat.standing(world.bot.user_id) is Standing.ADMINISTRATOR
    if not is_admin and not (is_fresh and is_theirs):
        raise bad_request("CHAT_ADMIN_REQUIRED")
    return user


def find_message(
    world: World, call: Parameters, rights: Rights, verb: str, chat_name: str = "chat_id"
) -> Message:
    """Return the message that a call names.

    Args:
        world: Where it is looked for.
        call: Its arguments.
        rights: What the call needs in the chat.
        verb: What is done to the message, for the error.
        chat_name: The argument with the chat.

    Raises:
        ApiError: The chat or the message is out of the bot's reach.
    """
    chat = find_chat(world, call, rights, chat_name)
    message = chat.messages.get(call.integer("message_id"))
    if message is None:
        raise bad_request(f"message to {verb} not found")
    return message


def _named_chat(world: World, value: str, name: str) -> Chat:
    if not value:
        raise bad_request(f"{name} is empty")
    chat = None
    if value.startswith("@"):
        named = (c for c in world.chats.values() if c.username and c.kind is not ChatKind.PRIVATE)
        chat = next((c for c in named if f"@{c.username}".lower() == value.lower()), None)
    elif (chat_id := whole_number(value)) is not None:
        chat = world.chats.get(chat_id)
        if chat is None and chat_id in world.users and world.users[chat_id].is_known:
            chat = world.private_chats.get(chat_id)
    if chat is None:
        raise bad_request("chat not found")
    return chat


def _check_private(world: World, chat: Chat, rights: Rights) -> None:
    if world.users[chat.chat_id].is_deactivated and rights >= Rights.EDIT:
        raise forbidden("user is deactivated")


def _check_group(world: World, chat: Chat, rights: Rights) -> None:
    # The members of a group that became a supergroup cannot be listed either.
    needed = Rights.WRITE if rights is Rights.READ_MEMBERS else rights
    if chat.migrated_to is not None:
        if needed is Rights.WRITE:
            raise ApiError(
                400,
                "group chat was upgraded to a supergroup chat",
                {"migrate_to_chat_id": chat.migrated_to},
            )
        return
    _check_inside(world, chat, is_needed=needed >= Rights.EDIT)


def _check_supergroup(world: World, chat: Chat, rights: Rights) -> None:
    is_public = chat.username is not None
    is_banned = chat.standing(world.bot.user_id) is Standing.KICKED
    _check_inside(world, chat, is_needed=is_banned or not is_public or rights >= Rights.EDIT)


def _check_inside(world: World, chat: Chat, *, is_needed: bool) -> None:
    standing = chat.standing(world.bot.user_id)
    if not is_needed or standing.is_inside:
        return
    was = "was kicked from" if standing is Standing.KICKED else "is not a member of"
    raise forbidden(f"bot {was} the {chat.kind.value} chat")
