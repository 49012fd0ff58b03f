"""Logs: ids, counts and kinds of errors. Never the token, and never what anybody wrote."""

import logging
import re
import time
from collections.abc import Iterable

_TOKEN = re.compile(r"\d{6,}:[\w-]{30,}", re.ASCII)
_HIDDEN = "<token>"
_OURS = ("bot", "index")
# They log addresses, which hold the token, or whole updates, which hold texts.
_TALKATIVE = ("httpx", "httpcore", "telegram")


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


def set_up_logging(level: str, *, secrets: Iterable[str] = ()) -> None:
    """Log to stderr, in UTC, redacted; `level` is for our own packages, libraries only warn."""
    formatter = logging.Formatter("%(asctime)sZ %(levelname)s %(name)s: %(message)s")
    formatter.converter = time.gmtime
    handler = logging.StreamHandler()
    handler.setFormatter(formatter)
    handler.addFilter(Redaction(secrets))
    quiet = max(logging.WARNING, logging.getLevelNamesMapping()[level])
    logging.basicConfig(level=quiet, handlers=[handler], force=True)
    for name in _OURS:
        logging.getLogger(name).setLevel(level)
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(quiet)
