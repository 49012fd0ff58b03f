"""Arrivals: an update at the door, as JSON that is well formed and says whose it is. Pure."""

import json
from collections.abc import Mapping
from typing import Any

from bot.outgoing.answers import well_formed
from bot.state.inbox import Arrival
from index import HearsayError

_MAX_INTEGER = 2**63 - 1
# A newer one ends an older one of the same person, so it must not wait for it.
_UNORDERED = {"inline_query", "chosen_inline_result"}


class BadUpdateError(HearsayError):
    """What came is no update; its content is in no message."""


def read_body(body: bytes) -> Arrival:
    """Read an update that was posted.

    Raises:
        BadUpdateError: It is none.
    """
    try:
        parsed = json.loads(body.decode("utf-8", "replace"))
    except (ValueError, RecursionError):
        raise BadUpdateError("Expected an update as JSON.") from None
    return arrival(parsed)


def arrival(update: Any) -> Arrival:
    """An update as it is kept.

    Half surrogate pairs are replaced: JSON can hold them, UTF-8 cannot.

    Args:
        update: Parsed JSON, whatever it is.

    Raises:
        BadUpdateError: It is no update.
    """
    update_id = _integer(update.get("update_id")) if isinstance(update, dict) else None
    if update_id is None or update_id < 0:
        raise BadUpdateError("Expected a JSON object with an update_id.")
    try:
        payload = json.dumps(well_formed(update), ensure_ascii=True, separators=(",", ":"))
    except RecursionError:
        raise BadUpdateError("Expected an update, nested less deeply.") from None
    kind = next((name for name in update if name != "update_id"), "")
    content = _mapping(update.get(kind))
    chat = _mapping(content.get("chat")) or _mapping(_mapping(content.get("message")).get("chat"))
    return Arrival(
        update_id=update_id,
        payload=payload,
        user_id=_integer(_mapping(content.get("from") or content.get("user")).get("id")),
        chat_id=_integer(chat.get("id")),
        is_ordered=kind not in _UNORDERED,
    )


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _integer(value: Any) -> int | None:
    """A value as SQLite can hold it; None for anything else."""
    if not isinstance(value, int) or isinstance(value, bool) or abs(value) > _MAX_INTEGER:
        return None
    return value
