"""Logs: no token, whatever logs it and however."""

import io
import json
import logging
from collections.abc import Iterator

import pytest
from botworld import TOKEN, FakeLookup, running

from bot.logs import JsonLines, Redaction, about, set_up_logging


@pytest.fixture
def stream() -> Iterator[io.StringIO]:
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.addFilter(Redaction(["short:SECRET"]))
    logger = logging.getLogger("test-redaction")
    logger.addHandler(handler)
    yield written
    logger.removeHandler(handler)


def test_a_token_in_the_message_is_hidden(stream: io.StringIO) -> None:
    logging.getLogger("test-redaction").warning("POST https://api.example/bot%s/getMe", TOKEN)
    assert stream.getvalue() == "POST https://api.example/bot<token>/getMe\n"


def test_the_configured_token_is_hidden_even_if_it_looks_like_none(stream: io.StringIO) -> None:
    logging.getLogger("test-redaction").warning("it is short:SECRET")
    assert stream.getvalue() == "it is <token>\n"


def test_a_token_in_a_traceback_is_hidden(stream: io.StringIO) -> None:
    try:
        int(TOKEN)
    except ValueError:
        logging.getLogger("test-redaction").exception("failed")
    assert TOKEN not in stream.getvalue()
    assert "invalid literal for int() with base 10: '<token>'" in stream.getvalue()


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.addFilter(Redaction())
    handler.setFormatter(JsonLines())
    logger = logging.getLogger("test-json")
    logger.addHandler(handler)
    yield written
    logger.removeHandler(handler)


def test_a_json_line_says_when_how_bad_who_and_what(lines: io.StringIO) -> None:
    logging.getLogger("test-json").warning("token %s,\nsecond line", TOKEN)
    line = json.loads(lines.getvalue())
    assert lines.getvalue().count("\n") == 1
    assert line.pop("time")[10] == "T"
    assert line == {
        "level": "WARNING",
        "logger": "test-json",
        "message": "token <token>,\nsecond line",
    }


def test_a_json_line_names_the_update_that_it_is_about(lines: io.StringIO) -> None:
    with about(77, "supergroup"):
        logging.getLogger("test-json").warning("inside")
    logging.getLogger("test-json").warning("outside")
    inside, outside = map(json.loads, lines.getvalue().splitlines())
    assert (inside["update_id"], inside["chat"]) == (77, "supergroup")
    assert "update_id" not in outside


def test_a_json_line_names_an_error_and_its_place_without_its_words(lines: io.StringIO) -> None:
    try:
        int("lemonade")
    except ValueError:
        logging.getLogger("test-json").exception("failed")
    line = json.loads(lines.getvalue())
    assert line["error"] == "ValueError"
    assert "test_bot_logs.py" in line["trace"][-1]
    assert "lemonade" not in lines.getvalue()


async def test_a_conversation_at_debug_level_logs_neither_token_nor_text(
    capsys: pytest.CaptureFixture[str],
) -> None:
    root = logging.getLogger()
    before = root.handlers[:], root.level
    levels = {
        name: logging.getLogger(name).level
        for name in ("httpx", "httpcore", "telegram", "bot", "index")
    }
    try:
        set_up_logging("DEBUG", secrets=[TOKEN])
        async with running(FakeLookup(error=RuntimeError("lemonade"))) as world:
            alice = world.server.user("Alice")
            alice.says("a lake in Peru turned into lemonade")
            await alice.next_message()
    finally:
        root.handlers[:], root.level = before
        for name, level in levels.items():
            logging.getLogger(name).setLevel(level)
    written = capsys.readouterr().err
    assert "RuntimeError" in written
    assert TOKEN not in written
    assert "lemonade" not in written
