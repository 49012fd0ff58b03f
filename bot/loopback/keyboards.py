"""Keyboards: the buttons that a call puts below a message, checked as Telegram checks them."""

from typing import Any

from bot.loopback.failures import bad_request
from bot.loopback.markup import checked_link
from bot.loopback.messages import Button, Rows
from bot.loopback.parameters import Parameters

MAX_DATA_BYTES = 64
_ACTIONS = frozenset(
    {
        "url",
        "callback_data",
        "web_app",
        "login_url",
        "switch_inline_query",
        "switch_inline_query_current_chat",
        "switch_inline_query_chosen_chat",
        "copy_text",
        "callback_game",
        "pay",
    }
)


def read_keyboard(call: Parameters) -> Rows:
    """Return the inline keyboard of a call, row by row; empty when there is none.

    Raises:
        ApiError: A button is not one that Telegram accepts.
    """
    rows = _rows(call, "inline_keyboard")
    return tuple(tuple(_button(item) for item in row) for row in rows if row)


def read_reply_keyboard(call: Parameters) -> tuple[tuple[str, ...], ...]:
    """Return the labels of a keyboard that takes the place of the user's own, row by row."""
    return tuple(
        tuple(key if isinstance(key, str) else _text(key, "text") for key in row)
        for row in _rows(call, "keyboard")
    )


def _rows(call: Parameters, name: str) -> list[list[Any]]:
    rows = call.mapping("reply_markup").get(name, [])
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise bad_request(f'field "{name}" must be of type Array')
    return rows


def _text(payload: Any, name: str) -> str:
    if not isinstance(payload, dict):
        raise bad_request("keyboard button must be an Object")
    value = payload.get(name, "")
    if not isinstance(value, str):
        raise bad_request(f'field "{name}" must be of type String')
    return value


def _button(payload: Any) -> Button:
    text = _text(payload, "text")
    if not text:
        raise bad_request("inline keyboard button text must be non-empty")
    if not payload.keys() & _ACTIONS:
        raise bad_request("text buttons are unallowed in the inline keyboard")
    data = _text(payload, "callback_data") if "callback_data" in payload else None
    if data is not None and not 1 <= len(data.encode()) <= MAX_DATA_BYTES:
        raise bad_request("BUTTON_DATA_INVALID")
    url = _text(payload, "url") if "url" in payload else None
    if url is not None and checked_link(url) is None:
        raise bad_request(f"inline keyboard button URL '{url}' is invalid: Wrong HTTP URL")
    copies = _text(payload["copy_text"], "text") if "copy_text" in payload else None
    return Button(text, data, url, copies, payload)
