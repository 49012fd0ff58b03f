"""Profile: the methods by which a bot describes itself: name, texts and command menus."""

import json
import re
from typing import Any

from bot.loopback.failures import bad_request
from bot.loopback.parameters import Parameters, whole_number
from bot.loopback.world import World

_COMMAND = re.compile(r"/?([a-z0-9_]{1,32})")
_LANGUAGE = re.compile(r"(?:[a-z]{2})?")
_MAX_COMMANDS = 100
_MAX_COMMAND_DESCRIPTION = 256
_MAX_NAME = 64
_MAX_DESCRIPTION = 512
_MAX_SHORT_DESCRIPTION = 120
_SCOPES = frozenset(
    {
        "default",
        "all_private_chats",
        "all_group_chats",
        "all_chat_administrators",
        "chat",
        "chat_administrators",
        "chat_member",
    }
)


def get_me(world: World, _call: Parameters) -> dict[str, Any]:
    """Answer getMe."""
    return world.bot.to_json() | {
        "can_join_groups": True,
        "can_read_all_group_messages": world.reads_all_group_messages,
        "supports_guest_queries": True,
        "supports_inline_queries": True,
        "can_connect_to_business": False,
        "has_main_web_app": False,
        "has_topics_enabled": False,
        "allows_users_to_create_topics": False,
        "can_manage_bots": False,
        "supports_join_request_queries": False,
    }


def set_my_commands(world: World, call: Parameters) -> bool:
    """Answer setMyCommands."""
    commands = call.structure("commands")
    if not isinstance(commands, list):
        raise bad_request("can't parse commands JSON object")
    if len(commands) > _MAX_COMMANDS:
        raise bad_request("BOT_COMMANDS_TOO_MUCH")
    read = [_command(command) for command in commands]
    key = _scope_and_language(world, call)
    if read:
        world.profile.commands[key] = read
    else:
        world.profile.commands.pop(key, None)
    return True


def get_my_commands(world: World, call: Parameters) -> list[dict[str, str]]:
    """Answer getMyCommands."""
    return world.profile.commands.get(_scope_and_language(world, call), [])


def delete_my_commands(world: World, call: Parameters) -> bool:
    """Answer deleteMyCommands."""
    world.profile.commands.pop(_scope_and_language(world, call), None)
    return True


def set_my_name(world: World, call: Parameters) -> bool:
    """Answer setMyName."""
    return _set(world.profile.names, call, "name", _MAX_NAME)


def get_my_name(world: World, call: Parameters) -> dict[str, str]:
    """Answer getMyName."""
    return {"name": _get(world.profile.names, call)}


def set_my_description(world: World, call: Parameters) -> bool:
    """Answer setMyDescription."""
    return _set(world.profile.descriptions, call, "description", _MAX_DESCRIPTION)


def get_my_description(world: World, call: Parameters) -> dict[str, str]:
    """Answer getMyDescription."""
    return {"description": _get(world.profile.descriptions, call)}


def set_my_short_description(world: World, call: Parameters) -> bool:
    """Answer setMyShortDescription."""
    short = world.profile.short_descriptions
    return _set(short, call, "short_description", _MAX_SHORT_DESCRIPTION)


def get_my_short_description(world: World, call: Parameters) -> dict[str, str]:
    """Answer getMyShortDescription."""
    return {"short_description": _get(world.profile.short_descriptions, call)}


def _command(command: Any) -> dict[str, str]:
    if not isinstance(command, dict):
        raise bad_request("expected an Object as BotCommand")
    match = _COMMAND.fullmatch(str(command.get("command", "")))
    if match is None:
        raise bad_request("BOT_COMMAND_INVALID")
    description = str(command.get("description", ""))
    if not 1 <= len(description) <= _MAX_COMMAND_DESCRIPTION:
        raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
    return {"command": match[1], "description": description}


def _scope_and_language(world: World, call: Parameters) -> tuple[str, str]:
    scope = call.mapping("scope") or {"type": "default"}
    if str(scope.get("type")) not in _SCOPES:
        raise bad_request("can't parse BotCommandScope: unsupported type specified")
    if "chat" in str(scope["type"]).split("_") and "chat_id" not in scope:
        if scope["type"] != "all_chat_administrators":
            raise bad_request("can't parse BotCommandScope: Can't find field \"chat_id\"")
    elif "chat_id" in scope and whole_number(str(scope["chat_id"])) not in world.chats:
        raise bad_request("chat not found")
    return json.dumps(scope, sort_keys=True), _language(call)


def _language(call: Parameters) -> str:
    language = call.text("language_code")
    if not _LANGUAGE.fullmatch(language):
        raise bad_request("invalid language code specified")
    return language


def _set(texts: dict[str, str], call: Parameters, name: str, longest: int) -> bool:
    text = call.text(name)
    if len(text) > longest:
        raise bad_request(f"{name.replace('_', ' ')} is too long")
    language = _language(call)
    if text:
        texts[language] = text
    else:
        texts.pop(language, None)
    return True


def _get(texts: dict[str, str], call: Parameters) -> str:
    return texts.get(_language(call)) or texts.get("", "")
