"""Commands: each is found by itself and explained in the menu."""

import re

from botworld import WORDS

from bot.commands import all_commands


def test_all_commands_are_found_in_the_order_of_the_menu() -> None:
    assert [command.name for command in all_commands()] == [
        "check",
        "watching",
        "help",
        "about",
        "settings",
        "privacy",
        "my_data",
        "forget_me",
        "language",
        "start",
        "queue",
        "stats",
    ]


def test_every_command_has_a_name_that_telegram_takes_and_a_line_in_the_menu() -> None:
    for command in all_commands():
        assert re.fullmatch(r"[a-z0-9_]{1,32}", command.name)
        assert WORDS.label(f"commands.{command.name}")
