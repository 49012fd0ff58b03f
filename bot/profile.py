"""Profile: the command menus and descriptions that Telegram shows, set where they differ."""

import logging

from telegram import BotCommand, BotCommandScopeAllGroupChats, BotCommandScopeAllPrivateChats
from telegram.error import TelegramError
from telegram.ext import ExtBot

from bot.commands import all_commands
from bot.messages import DEFAULT_LANGUAGE, Catalogue, Catalogues

_LOG = logging.getLogger(__name__)


async def publish_profile(bot: ExtBot[None], catalogues: Catalogues) -> None:
    """Set menus and descriptions in every language, each only if it has changed.

    They are a convenience: where Telegram refuses them, the log says so and the bot goes on.
    """
    try:
        for language in catalogues.languages:
            await _publish(bot, catalogues.of(language))
    except TelegramError as error:
        _LOG.warning("Could not set the command menu: %s", error)


async def _publish(bot: ExtBot[None], words: Catalogue) -> None:
    # Telegram's default menu, without a language, is what users of all other languages see.
    code = None if words.language == DEFAULT_LANGUAGE else words.language
    scopes = (
        (BotCommandScopeAllPrivateChats(), menu(words, in_groups=False)),
        (BotCommandScopeAllGroupChats(), menu(words, in_groups=True)),
    )
    for scope, commands in scopes:
        if await bot.get_my_commands(scope, code) != commands:
            await bot.set_my_commands(commands, scope, code)
    description = words.label("profile.description")
    if (await bot.get_my_description(code)).description != description:
        await bot.set_my_description(description, code)
    short = words.label("profile.short_description")
    if (await bot.get_my_short_description(code)).short_description != short:
        await bot.set_my_short_description(short, code)


def menu(words: Catalogue, *, in_groups: bool) -> tuple[BotCommand, ...]:
    """The command menu of private chats or of groups."""
    return tuple(
        BotCommand(command.name, words.label(f"commands.{command.name}"))
        for command in all_commands()
        if command.in_groups or not in_groups
    )
