"""Profile: the command menus and descriptions that Telegram shows, set where they differ."""

import logging
from collections.abc import Iterable
from enum import StrEnum

from telegram import (
    BotCommand,
    BotCommandScope,
    BotCommandScopeAllChatAdministrators,
    BotCommandScopeAllGroupChats,
    BotCommandScopeAllPrivateChats,
    BotCommandScopeChat,
)
from telegram.error import BadRequest, TelegramError

from bot.commands import Command, all_commands
from bot.messages import DEFAULT_LANGUAGE, Catalogue, Catalogues
from bot.outgoing.bot import OutgoingBot

_LOG = logging.getLogger(__name__)


class Menu(StrEnum):
    """Whose menu of commands."""

    PRIVATE = "private chats"
    GROUPS = "the members of groups"
    ADMINS = "the admins of groups"
    EDITORS = "editors"


_SCOPES: dict[Menu, BotCommandScope] = {
    Menu.PRIVATE: BotCommandScopeAllPrivateChats(),
    Menu.GROUPS: BotCommandScopeAllGroupChats(),
    Menu.ADMINS: BotCommandScopeAllChatAdministrators(),
}


async def publish_profile(bot: OutgoingBot, catalogues: Catalogues) -> None:
    """Set menus and descriptions in every language, each only if it has changed.

    They are a convenience: where Telegram refuses them, the log says so and the bot goes on.
    """
    try:
        for language in catalogues.languages:
            await _publish(bot, catalogues.of(language))
    except TelegramError as error:
        _LOG.warning("Could not set the command menu: %s", error)


async def publish_editors_menu(
    bot: OutgoingBot, catalogues: Catalogues, editors: Iterable[int]
) -> None:
    """Set the menu that editors see in their private chat, if it has changed.

    Telegram takes it only once they have started a chat with the bot; until then they have to type.
    """
    for user_id in sorted(editors):
        try:
            for language in catalogues.languages:
                await _publish_to(bot, catalogues.of(language), BotCommandScopeChat(user_id))
        except BadRequest:
            _LOG.info("No menu for editor %s: no private chat with the bot yet", user_id)
        except TelegramError as error:
            _LOG.warning("Could not set the editors' command menu: %s", error)
            return


async def _publish_to(bot: OutgoingBot, words: Catalogue, scope: BotCommandScopeChat) -> None:
    code = None if words.language == DEFAULT_LANGUAGE else words.language
    commands = menu(words, Menu.EDITORS)
    if await bot.get_my_commands(scope, code) != commands:
        await bot.set_my_commands(commands, scope, code)


async def _publish(bot: OutgoingBot, words: Catalogue) -> None:
    # Telegram's default menu, without a language, is what users of all other languages see.
    code = None if words.language == DEFAULT_LANGUAGE else words.language
    for whose, scope in _SCOPES.items():
        commands = menu(words, whose)
        if await bot.get_my_commands(scope, code) != commands:
            await bot.set_my_commands(commands, scope, code)
    description = words.label("profile.description")
    if (await bot.get_my_description(code)).description != description:
        await bot.set_my_description(description, code)
    short = words.label("profile.short_description")
    if (await bot.get_my_short_description(code)).short_description != short:
        await bot.set_my_short_description(short, code)


def menu(words: Catalogue, whose: Menu) -> tuple[BotCommand, ...]:
    """A menu of commands, in its order."""
    return tuple(
        BotCommand(command.name, words.label(f"commands.{command.name}"))
        for command in all_commands()
        if _is_listed(command, whose)
    )


def _is_listed(command: Command, whose: Menu) -> bool:
    if command.for_editors:
        return whose is Menu.EDITORS
    match whose:
        case Menu.PRIVATE | Menu.EDITORS:
            return not command.for_admins
        case Menu.GROUPS:
            return command.in_groups and not command.for_admins
        case Menu.ADMINS:
            return command.in_groups
