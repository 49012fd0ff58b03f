"""Answers: what the Bot API says, read so that nothing in it can do harm."""

import json
import re
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from telegram.error import NetworkError

_OK, _FIRST_ERROR, _FIRST_SERVER_ERROR = 200, 300, 500
_HALF_OF_A_PAIR = re.compile(rb"\\u[dD][89a-fA-F]")  # a whole pair looks so too
_SURROGATE = re.compile("[\ud800-\udfff]")
_RESULTS = {
    400: "bad_request",
    401: "unauthorized",
    403: "forbidden",
    404: "not_found",
    409: "conflict",
    429: "retry_after",
}


def result_of(code: int) -> str:
    """The class of an HTTP status."""
    if _OK <= code < _FIRST_ERROR:
        return "ok"
    return _RESULTS.get(code) or ("server_error" if code >= _FIRST_SERVER_ERROR else "other")


def read_answer(payload: bytes) -> dict[str, Any]:
    """Parse an answer; the library's own way would log a bad one, and with it what users wrote.

    Raises:
        NetworkError: It is no answer of a Bot API. What was asked for may have been done.
    """
    try:
        parsed: Any = json.loads(payload.decode("utf-8", "replace"))
    except (ValueError, RecursionError):
        parsed = None
    if not isinstance(parsed, dict) or not (parsed.get("ok") is False or "result" in parsed):
        raise NetworkError("Invalid server response")
    answer: dict[str, Any] = parsed
    return well_formed(answer) if _HALF_OF_A_PAIR.search(payload) else answer


def read_refusal(code: int, payload: bytes) -> dict[str, Any]:
    """Parse the answer to a request that failed, as far as it is one.

    A proxy's page in place of an answer may repeat the address, and with it the token, so only its
    status is kept.
    """
    try:
        parsed: Any = json.loads(payload)
    except (ValueError, RecursionError):
        parsed = None
    if isinstance(parsed, dict) and parsed.get("ok") is False:
        return parsed
    try:
        phrase = HTTPStatus(code).phrase
    except ValueError:
        phrase = "Unknown status"
    return {"ok": False, "error_code": code, "description": f"{phrase} ({code}), not by a Bot API"}


def wait_s(refusal: Mapping[str, Any]) -> float:
    """What a refusal asks to wait, in seconds; 0 where it does not say."""
    try:
        return max(float(refusal["parameters"]["retry_after"]), 0.0)
    except (ValueError, LookupError, TypeError):
        return 0.0


def well_formed(value: Any) -> Any:
    """Parsed JSON with every half of a surrogate pair replaced by U+FFFD.

    JSON can hold such halves, UTF-8 cannot: the first encoding of such a text would raise. A
    replaced one is one UTF-16 unit as before, so the offsets of entities still hold.
    """
    match value:
        case str():
            return _SURROGATE.sub("\N{REPLACEMENT CHARACTER}", value)
        case list():
            return [well_formed(item) for item in value]
        case dict():
            return {well_formed(key): well_formed(item) for key, item in value.items()}
        case _:
            return value
