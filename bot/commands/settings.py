"""/settings: lets a group's admins choose how the bot behaves there."""

from telegram import Update
from telegram.constants import ChatType

from bot.answering import say
from bot.commands import Command
from bot.context import Context
from bot.group_settings import View, settings_reply
from bot.sender import send
from bot.state.chats import Chats


async def settings(update: Update, context: Context) -> None:
    """Show the group's settings to its admins."""
    if (message := update.message) is None:
        return
    deps = context.deps
    if message.chat.type == ChatType.PRIVATE:
        await say(update, context, message, "settings.in_groups")
    elif await deps.admins.wrote(message):
        current = Chats(deps.state).settings(message.chat_id)
        words = context.words_for(update)
        view = View(current, deps.catalogues.languages, deps.now(), words)
        await send(message, settings_reply(view))
    else:
        await say(update, context, message, "settings.not_admin")


COMMAND = Command("settings", settings, rank=35, for_admins=True)
