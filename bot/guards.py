"""Guards: what happens before any handler: chats come, go and move, and old messages are let be."""

from telegram import ChatMember, Message, Update
from telegram.constants import ChatMemberStatus, ChatType
from telegram.ext import ApplicationHandlerStop

from bot.context import Context
from bot.state.chats import Chats
from bot.state.tables import move_chat

_OUT = {ChatMemberStatus.LEFT, ChatMemberStatus.BANNED}
_GROUPS = {ChatType.GROUP, ChatType.SUPERGROUP}


async def on_membership(update: Update, context: Context) -> None:
    """Note that the bot was added, removed, blocked or unblocked."""
    if (change := update.my_chat_member) is None:
        return
    chats, chat, now = Chats(context.deps.state), change.chat, context.deps.now()
    if _is_inside(change.new_chat_member):
        chats.can_write(chat.id, chat.type, now)
    else:
        chats.cannot_write(chat.id, chat.type, now)


async def on_migration(update: Update, context: Context) -> None:
    """Give a group that became a supergroup its new id; the old and the new group both say so."""
    if (message := update.message) is None:
        return
    if message.migrate_to_chat_id is not None:
        move_chat(context.deps.state, message.chat_id, message.migrate_to_chat_id)
    elif message.migrate_from_chat_id is not None:
        move_chat(context.deps.state, message.migrate_from_chat_id, message.chat_id)


async def on_any_message(update: Update, context: Context) -> None:
    """Pass a message on to the handlers, or not.

    Whoever writes to the bot takes messages again. After an outage, what was asked long ago in a
    group is let be: the talk has moved on.

    Raises:
        ApplicationHandlerStop: No handler shall see it.
    """
    if (message := update.message) is None:
        return
    if is_late(message, context) and message.chat.type in _GROUPS:
        raise ApplicationHandlerStop
    chats = Chats(context.deps.state)
    if not chats.is_active(message.chat_id):
        chats.can_write(message.chat_id, message.chat.type, context.deps.now())


def is_late(message: Message, context: Context) -> bool:
    """Whether a message has waited so long for the bot that it needs a word."""
    late_s = context.deps.late_s
    return 0 < late_s < context.deps.clock() - message.date.timestamp()


def _is_inside(member: ChatMember) -> bool:
    return member.status not in _OUT
