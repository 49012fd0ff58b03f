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
    rows = call.mapping("reply_markup").get("inline_keyboard", [])
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise bad_request('field "inline_keyboard" must be of type Array')
    return tuple(tuple(_button(item) for item in row) for row in rows if row)


def read_reply_keyboard(call: Parameters) -> tuple[tuple[str, ...], ...]:
    """Return the labels of a keyboard that takes the place of the user's own, row by row."""
    rows = call.mapping("reply_markup").get("keyboard", [])
    return tuple(
        tuple(key if isinstance(key, str) else str(key.get("text", "")) for key in row)
        for row in rows
    )


def _button(payload: dict[str, Any]) -> Button:
    if not isinstance(payload, dict):
        raise bad_request("inline keyboard button must be an Object")
    text, data, url = payload.get("text"), payload.get("callback_data"), payload.get("url")
    if not text:
        raise bad_request("inline keyboard button text must be non-empty")
    if not payload.keys() & _ACTIONS:
        raise bad_request("text buttons are unallowed in the inline keyboard")
    if data is not None and not 1 <= len(str(data).encode()) <= MAX_DATA_BYTES:
        raise bad_request("BUTTON_DATA_INVALID")
    if url is not None and checked_link(url) is None:
        raise bad_request(f"inline keyboard button URL '{url}' is invalid: Wrong HTTP URL")
    copied = payload.get("copy_text")
    copies = copied.get("text") if isinstance(copied, dict) else None
    return Button(str(text), data, url, copies, payload)
