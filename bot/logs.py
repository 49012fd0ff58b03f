"""Logs: ids, counts and kinds of errors. Never the token, and never what anybody wrote."""

import json
import logging
import re
import time
import traceback
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

_TOKEN = re.compile(r"\d{6,}:[\w-]{30,}", re.ASCII)
_HIDDEN = "<token>"
_OURS = ("bot", "index")
# They log addresses, which hold the token, or whole updates, which hold texts.
_TALKATIVE = ("httpx", "httpcore", "telegram")
_MAX_FRAMES = 12
# What a log line is about, for each task its own: the id of an update, and its chat's type.
_ABOUT: ContextVar[tuple[int, str] | None] = ContextVar("_ABOUT", default=None)


@contextmanager
def about(update_id: int, chat: str) -> Iterator[None]:
    """What is logged while the context is open belongs to an update.

    Args:
        update_id: The update.
        chat: The type of its chat.
    """
    token = _ABOUT.set((update_id, chat))
    try:
        yield
    finally:
        _ABOUT.reset(token)


class Redaction(logging.Filter):
    """Takes bot tokens out of records: out of the message, its arguments and the traceback.

    Args:
        secrets: Strings to hide besides everything that looks like a token.
    """

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        super().__init__()
        self._secrets = tuple(secret for secret in secrets if secret)
        self._formatter = logging.Formatter()

    def filter(self, record: logging.LogRecord) -> bool:
        """Rewrite the record; every record passes."""
        record.msg = self.redacted(record.getMessage())
        record.args = ()
        if record.exc_info:
            record.raised = _raised(record.exc_info[1])
            record.exc_text = self._formatter.formatException(record.exc_info)
            record.exc_info = None
        if record.exc_text:
            record.exc_text = self.redacted(record.exc_text)
        return True

    def redacted(self, value: str) -> str:
        """The same text without tokens."""
        for secret in self._secrets:
            value = value.replace(secret, _HIDDEN)
        return _TOKEN.sub(_HIDDEN, value)


class JsonLines(logging.Formatter):
    """Writes a record as a JSON object in one line.

    It has `time` (ISO 8601, UTC), `level`, `logger` and `message`; `update_id` and `chat` while an
    update is handled; `error` and `trace` where something was raised. The words of an exception
    are left out, since they may repeat what a user wrote.
    """

    def format(self, record: logging.LogRecord) -> str:
        """The record as a line; it has been through `Redaction`."""
        moment = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created))
        line: dict[str, Any] = {
            "time": f"{moment}.{int(record.msecs):03d}Z",
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if (subject := _ABOUT.get()) is not None:
            line["update_id"], line["chat"] = subject
        line |= getattr(record, "raised", {})
        return json.dumps(line, ensure_ascii=False)


def set_up_logging(level: str, log_format: str = "text", *, secrets: Iterable[str] = ()) -> None:
    """Log to stderr, in UTC, redacted.

    Args:
        level: For our own packages; libraries only warn.
        log_format: "text" or "json".
        secrets: Strings that must not appear.
    """
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines() if log_format == "json" else _text_lines())
    handler.addFilter(Redaction(secrets))
    quiet = max(logging.WARNING, logging.getLevelNamesMapping()[level])
    logging.basicConfig(level=quiet, handlers=[handler], force=True)
    for name in _OURS:
        logging.getLogger(name).setLevel(level)
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(quiet)


def _text_lines() -> logging.Formatter:
    formatter = logging.Formatter("%(asctime)sZ %(levelname)s %(name)s: %(message)s")
    formatter.converter = time.gmtime
    return formatter


def _raised(error: BaseException | None) -> dict[str, Any]:
    if error is None:
        return {}
    frames = traceback.extract_tb(error.__traceback__)[-_MAX_FRAMES:]
    return {
        "error": type(error).__name__,
        "trace": [f"{frame.name} in {frame.filename}:{frame.lineno}" for frame in frames],
    }
