"""Conversation: messages that are no command, in private chats and in groups."""

from telegram import Message, MessageEntity, Update
from telegram.ext.filters import MessageFilter

from bot.answering import answer, is_too_old, say
from bot.context import Context
from bot.questions import Question, mention_question, mentions_bot, private_question


class MentionsBot(MessageFilter):
    """Passes messages that mention the bot by name, wherever in the text or caption."""

    def filter(self, message: Message) -> bool:
        """Whether the message mentions the bot that received it."""
        return mentions_bot(message)


class CaptionCommand(MessageFilter):
    """Passes pictures and files whose caption begins with a command; the library reads texts only.

    Args:
        command: Without the slash.
    """

    def __init__(self, command: str) -> None:
        super().__init__()
        self._command = command

    def filter(self, message: Message) -> bool:
        """Whether the caption begins with the command, and it is not meant for another bot."""
        for entity, word in message.parse_caption_entities([MessageEntity.BOT_COMMAND]).items():
            command, _, username = word[1:].casefold().partition("@")
            ours = message.get_bot().username.casefold()
            return not entity.offset and command == self._command and username in {"", ours}
        return False


class FromPerson(MessageFilter):
    """Passes what a person wrote: no other bot, no automatic copy of a channel's post."""

    def filter(self, message: Message) -> bool:
        """Whether a person, perhaps an anonymous admin, wrote the message."""
        if message.is_automatic_forward or message.via_bot is not None:
            return False
        user = message.from_user
        return user is not None and (not user.is_bot or message.sender_chat is not None)


async def on_private_text(update: Update, context: Context) -> None:
    """Answer a private message, new or edited: its text, or its caption, forwarded or not."""
    if (message := update.message or update.edited_message) and not is_too_old(update, context):
        question = private_question(message, context.words_for(update))
        await respond(update, context, message, question, usage="chat.hint")


async def on_mention(update: Update, context: Context) -> None:
    """Answer a mention in a group, in a message that is new or was edited."""
    if (message := update.message or update.edited_message) and not is_too_old(update, context):
        question = mention_question(message, context.words_for(update))
        await respond(update, context, message, question, usage="chat.mention_usage")


async def on_private_other(update: Update, context: Context) -> None:
    """Say what the bot can read, to a private message without text."""
    if message := update.message:
        await say(update, context, message, "chat.nothing_to_read")


async def on_unknown_command(update: Update, context: Context) -> None:
    """Say where to find the commands."""
    if message := update.message:
        await say(update, context, message, "chat.unknown_command")


async def respond(
    update: Update, context: Context, message: Message, question: Question, *, usage: str
) -> None:
    """Answer a question, or say what is missing.

    Args:
        update: The update.
        context: Its context.
        message: The message to reply to.
        question: What it asks.
        usage: Key of the words for a message that asks nothing.
    """
    if question.text:
        await answer(update, context, message, question.text)
    elif question.points_at_message:
        await say(update, context, message, "check.no_text")
    else:
        await say(update, context, message, usage)
