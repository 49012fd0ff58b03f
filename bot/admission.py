"""Admission: whether a question is looked up at all, by who asks, where and how often.

The one place before every lookup. Whoever is refused is told so once in a while, in one calm line,
and otherwise met with silence.
"""

from telegram import CallbackQuery, InlineQuery, Message
from telegram.constants import ChatType

from bot.budgets import Admission, Scope
from bot.context import Context
from bot.messages import Catalogue
from bot.reply import Reply
from bot.sender import send
from bot.state.chats import Asking, Chats

_GROUPS = {ChatType.GROUP, ChatType.SUPERGROUP}


async def is_admitted(message: Message, context: Context, words: Catalogue) -> bool:
    """Whether a message may be looked up; tells the asker why not, where that is due.

    Raises:
        TelegramError: Telegram could not be asked for the admins, or the refusal not be sent.
    """
    in_group = message.chat.type in _GROUPS
    budgets, chat_id = context.deps.budgets, message.chat_id
    if in_group and not await _may_ask(message, context):
        if budgets.take((Scope.NOTICE, chat_id)) is Admission.TAKEN:
            await send(message, Reply(words("budget.admins_only")))
        return False
    admission = take(message, context)
    if admission is Admission.REFUSED:
        await send(message, Reply(words("budget.group" if in_group else "budget.person")))
    return admission is Admission.TAKEN


def take(message: Message, context: Context) -> Admission:
    """Spend what one question costs: of the person's budget, and in a group also of the group's."""
    whose = [(Scope.PERSON, asker_id(message))]
    if message.chat.type in _GROUPS:
        whose.append((Scope.GROUP, message.chat_id))
    return context.deps.budgets.take(*whose)


def may_tap(query: CallbackQuery, context: Context) -> Admission:
    """Spend what one tap costs."""
    return context.deps.budgets.take((Scope.TAPS, query.from_user.id))


def may_type(query: InlineQuery, context: Context) -> Admission:
    """Spend what one inline query costs."""
    return context.deps.budgets.take((Scope.INLINE, query.from_user.id))


def asker_id(message: Message) -> int:
    """Who asks: a person, or the channel or group in whose name they write.

    The account that Telegram shows for those is the same for all of them.
    """
    if message.sender_chat is not None:
        return message.sender_chat.id
    return message.from_user.id if message.from_user is not None else message.chat_id


async def _may_ask(message: Message, context: Context) -> bool:
    settings = Chats(context.deps.state).settings(message.chat_id)
    if settings.asking is Asking.EVERYBODY:
        return True
    return await context.deps.admins.wrote(message)
