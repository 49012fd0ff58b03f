"""Validator: check requests and answers against the Bot API models of the installed aiogram.

aiogram's pydantic models are the specification: one class a method, with its parameters, their
types, and the type of its result. What they do not know, the lengths, stands in `LIMITS`.
"""

import json
from collections.abc import Iterator, Mapping
from functools import cache
from types import UnionType
from typing import Any, Union, get_args, get_origin

import aiogram.methods
from aiogram.client.default import Default
from aiogram.methods import Response, TelegramMethod
from aiogram.types import InputFile
from pydantic import BaseModel, TypeAdapter, ValidationError

LIMITS = {
    # (class, field): (least, most, unit), from the documentation of the Bot API
    ("SendMessage", "text"): (1, 4096, "characters"),
    ("EditMessageText", "text"): (1, 4096, "characters"),
    ("InputTextMessageContent", "message_text"): (1, 4096, "characters"),
    ("SendPhoto", "caption"): (0, 1024, "characters"),
    ("SendDocument", "caption"): (0, 1024, "characters"),
    ("EditMessageCaption", "caption"): (0, 1024, "characters"),
    ("CopyMessage", "caption"): (0, 1024, "characters"),
    ("AnswerCallbackQuery", "text"): (0, 200, "characters"),
    ("AnswerInlineQuery", "results"): (0, 50, "items"),
    ("AnswerInlineQuery", "next_offset"): (0, 64, "bytes"),
    ("InlineQueryResultArticle", "id"): (1, 64, "bytes"),
    ("InlineQueryResultsButton", "start_parameter"): (1, 64, "characters"),
    ("InlineKeyboardButton", "callback_data"): (1, 64, "bytes"),
    ("InlineKeyboardButton", "text"): (1, 128, "characters"),
    ("CopyTextButton", "text"): (1, 256, "characters"),
    ("ForceReply", "input_field_placeholder"): (1, 64, "characters"),
    ("ReplyParameters", "quote"): (0, 1024, "characters"),
    ("SetMyCommands", "commands"): (0, 100, "items"),
    ("BotCommand", "command"): (1, 32, "characters"),
    ("BotCommand", "description"): (1, 256, "characters"),
    ("SetMyName", "name"): (0, 64, "characters"),
    ("SetMyDescription", "description"): (0, 512, "characters"),
    ("SetMyShortDescription", "short_description"): (0, 120, "characters"),
    ("SetWebhook", "secret_token"): (1, 256, "characters"),
    ("SetWebhook", "max_connections"): (1, 100, "number"),
    ("GetUpdates", "limit"): (1, 100, "number"),
}
# What the defaults of python-telegram-bot add for no use; Telegram ignores it.
_ADDED = {("editMessageReplyMarkup", "parse_mode")}
MOST_TOLD = 5
# With markup the length counts after parsing, and the server refuses what is too long.
_MARKED_UP = {"text", "caption", "message_text"}


def request_problems(method: str, values: Mapping[str, Any]) -> list[str]:
    """Return what the specification has against a request, empty when nothing.

    Args:
        method: The name as it was called.
        values: The arguments as they came; files as objects without a JSON form.
    """
    model = _models().get(method)
    if model is None:
        return [f"{method}: unknown method"]
    attached = {str(v).removeprefix("attach://") for v in _strings(values) if "attach://" in v}
    read: dict[str, Any] = {}
    problems = [
        f"{method}: unknown parameter {name!r}"
        for name in values
        if name not in model.model_fields and name not in attached and (method, name) not in _ADDED
    ]
    for name, field in model.model_fields.items():
        if name not in values:
            if field.is_required():
                problems.append(f"{method}: missing parameter {name!r}")
            continue
        try:
            read[name] = _read(field.annotation, values[name])
        except ValidationError as error:
            problems += [f"{method}: {name}{problem}" for problem in _told(error)]
        except ValueError:
            problems.append(f"{method}: {name}: not JSON: {values[name]!r}")
    marked_up = bool(values.get("parse_mode"))
    problems += _limit_problems(model.__name__, read, method, marked_up=marked_up)
    for name, value in read.items():
        problems += _nested_problems(value, f"{method}: {name}")
    return problems


def answer_problems(method: str, body: Mapping[str, Any]) -> list[str]:
    """Return what the specification has against an answer of the server."""
    model = _models().get(method)
    if model is None:
        return []
    try:
        answer = _response(model).validate_python(body)
    except ValidationError as error:
        return [f"answer to {method}: {problem}" for problem in _told(error)]
    return _nested_problems(answer.result, f"answer to {method}: result")


@cache
def _models() -> dict[str, type[TelegramMethod[Any]]]:
    classes = (getattr(aiogram.methods, name) for name in aiogram.methods.__all__)
    return {
        cls.__api_method__: cls
        for cls in classes
        if isinstance(cls, type) and issubclass(cls, TelegramMethod) and cls is not TelegramMethod
    }


@cache
def _response(model: type[TelegramMethod[Any]]) -> TypeAdapter[Any]:
    return TypeAdapter(Response[model.__returning__])


def _arms(annotation: Any) -> list[Any]:
    """Return the members of a union without aiogram's placeholders, or the one type itself."""
    if get_origin(annotation) in {Union, UnionType}:
        return [
            arm
            for member in get_args(annotation)
            for arm in _arms(member)
            if arm not in {Default, InputFile, type(None)}
        ]
    return [annotation]


def _read(annotation: Any, value: Any) -> Any:
    arms = _arms(annotation)
    if isinstance(value, str) and str not in arms and any(not _is_scalar(arm) for arm in arms):
        value = json.loads(value)
    elif not isinstance(value, str | int | float | bool | list | dict):
        value = "attach://file"  # an upload
    return _adapter(tuple(arms)).validate_python(value)


@cache
def _adapter(arms: tuple[Any, ...]) -> TypeAdapter[Any]:
    return TypeAdapter(Union[arms])  # noqa: UP007 - built at run time


def _is_scalar(arm: Any) -> bool:
    return isinstance(arm, type) and not issubclass(arm, BaseModel)


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield from ([value] if not value.startswith("[") else [str(v) for v in _json_leaves(value)])
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _strings(item)


def _json_leaves(text: str) -> Iterator[Any]:
    try:
        items = json.loads(text)
    except ValueError:
        return
    for item in items:
        yield from item.values() if isinstance(item, dict) else [item]


def _nested_problems(value: Any, where: str) -> list[str]:
    """Look for unknown fields and broken limits in everything below a value."""
    if isinstance(value, list | tuple):
        return [p for i, item in enumerate(value) for p in _nested_problems(item, f"{where}[{i}]")]
    if not isinstance(value, BaseModel):
        return []
    fields = {name: getattr(value, name) for name in value.model_fields_set}
    known = {name: item for name, item in fields.items() if name in type(value).model_fields}
    name = type(value).__name__
    problems = [f"{where}: unknown field {extra!r} of {name}" for extra in value.model_extra or {}]
    problems += _limit_problems(name, known, where, marked_up=bool(fields.get("parse_mode")))
    for field, item in known.items():
        problems += _nested_problems(item, f"{where}.{field}")
    return problems


def _limit_problems(
    owner: str, values: Mapping[str, Any], where: str, *, marked_up: bool
) -> list[str]:
    problems = []
    for name, value in values.items():
        limit = LIMITS.get((owner, name))
        if limit is None or value is None or (marked_up and name in _MARKED_UP):
            continue
        least, most, unit = limit
        size = value if unit == "number" else len(value.encode() if unit == "bytes" else value)
        if not least <= size <= most:
            problems.append(f"{where}: {name} is {size} {unit}, not {least} to {most}")
    return problems


def _told(error: ValidationError) -> list[str]:
    """Return the errors in words; of a union only the members whose `type` was meant."""
    errors = error.errors()
    others = [
        e["loc"][:-1] for e in errors if e["loc"][-1:] == ("type",) and e["type"] != "missing"
    ]
    meant = [e for e in errors if all(e["loc"][: len(loc)] != loc for loc in others)]
    return [f"{_path(e['loc'])}: {e['msg']}" for e in (meant or errors)[:MOST_TOLD]]


def _path(loc: tuple[int | str, ...]) -> str:
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in loc)
