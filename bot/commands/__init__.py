"""Commands: one module each, found by itself. Adding a command is adding its module.

A module holds `COMMAND`, and the catalogues hold its line in the menu under `commands.<name>`.
"""

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from importlib import import_module
from pkgutil import iter_modules
from typing import Any, TypeAlias

from telegram import Update

from bot.context import Context

Handler: TypeAlias = Callable[[Update, Context], Coroutine[Any, Any, None]]


@dataclass(frozen=True, slots=True)
class Command:
    """A command of the bot.

    Attributes:
        name: What users type after the slash.
        handle: What it does.
        rank: Its place in the menu, smallest first.
        in_groups: Whether the menu of groups lists it. It works there either way.
        for_admins: Whether of a group's members only its admins have it in their menu.
        for_editors: Whether it is for editors only: in no menu but theirs, and unknown to others.
        follows_edits: Whether it is done again when the message is edited.
        reads_captions: Whether it may be the caption of a picture or a file.
    """

    name: str
    handle: Handler
    rank: int
    in_groups: bool = True
    for_admins: bool = False
    for_editors: bool = False
    follows_edits: bool = False
    reads_captions: bool = False


def all_commands() -> tuple[Command, ...]:
    """Every command of this package, in the order of the menu."""
    modules = [import_module(f"{__name__}.{found.name}") for found in iter_modules(__path__)]
    commands: list[Command] = [module.COMMAND for module in modules]
    return tuple(sorted(commands, key=lambda command: command.rank))
