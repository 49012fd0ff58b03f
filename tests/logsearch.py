"""Every log line of every test of the bot, at DEBUG, searched for what must be in none."""

import io
import logging
from collections.abc import Iterator

import pytest
from botworld import SECRET, TOKEN

from bot.logs import Redaction

# They log whole requests at DEBUG; the bot itself lets them log warnings at most.
TALKATIVE = ("telegram", "httpx", "httpcore")


@pytest.fixture(autouse=True)
def searched_logs(request: pytest.FixtureRequest) -> Iterator[io.StringIO]:
    """Search what is logged in a test for token and secret: as the bot would write it, and raw."""
    root, before = logging.getLogger(), logging.getLogger().level
    if not request.module.__name__.startswith("test_bot_"):
        yield io.StringIO()
        return
    if "caplog" in request.fixturenames:  # it reads the log itself, at the level of a running bot
        root.setLevel(logging.INFO)
        yield io.StringIO()
        root.setLevel(before)
        return
    written, raw = io.StringIO(), io.StringIO()
    redacted, plain = logging.StreamHandler(written), logging.StreamHandler(raw)
    redacted.addFilter(Redaction())
    plain.addFilter(lambda record: record.name.split(".")[0] not in TALKATIVE)
    root.setLevel(logging.DEBUG)
    # First the plain one: the other rewrites the records.
    root.addHandler(plain)
    root.addHandler(redacted)
    yield raw
    root.removeHandler(plain)
    root.removeHandler(redacted)
    root.setLevel(before)
    for name, text in (("as written", written.getvalue()), ("raw", raw.getvalue())):
        assert TOKEN not in text, name
        assert TOKEN.partition(":")[2] not in text, name
    assert SECRET not in raw.getvalue()
