"""Whatever a client sends, the local Bot API answers with JSON that says ok or why not."""

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.loopback.failures import ApiError
from bot.loopback.markup import parse_html
from bot.loopback.methods import METHODS
from bot.loopback.parameters import Parameters
from bot.loopback.people import Person
from bot.loopback.server import LoopbackServer

SCALARS = st.none() | st.booleans() | st.integers(-5, 5) | st.floats() | st.text(max_size=5)
KEYS = st.sampled_from(
    [
        "type",
        "id",
        "chat_id",
        "text",
        "url",
        "offset",
        "length",
        "message_id",
        "quote",
        "command",
        "description",
        "callback_data",
        "copy_text",
        "inline_keyboard",
        "keyboard",
        "input_message_content",
        "message_text",
        "user",
        "emoji",
    ]
)
JUNK = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=8,
)
NAMES = (
    "chat_id",
    "from_chat_id",
    "message_id",
    "text",
    "caption",
    "photo",
    "document",
    "entities",
    "caption_entities",
    "reply_markup",
    "reply_parameters",
    "link_preview_options",
    "message_thread_id",
    "action",
    "reaction",
    "callback_query_id",
    "inline_query_id",
    "inline_message_id",
    "results",
    "button",
    "commands",
    "scope",
    "language_code",
    "name",
    "description",
    "user_id",
)


def setup() -> tuple[LoopbackServer, Person, dict[str, Any]]:
    """Return a server, a person who has spoken, and arguments that succeed somewhere."""
    server = LoopbackServer(token="42:T")
    alice = server.user("Alice")
    alice.says("hi")
    good = {
        "chat_id": alice.user_id,
        "from_chat_id": alice.user_id,
        "message_id": 1,
        "text": "x",
        "action": "typing",
        "photo": "a",
        "document": "a",
        "inline_query_id": alice.inline("q").query_id,
        "user_id": alice.user_id,
    }
    return server, alice, good


def button(**fields: Any) -> dict[str, Any]:
    return {"reply_markup": {"inline_keyboard": [[{"text": "a"} | fields]]}}


def mention(**fields: Any) -> dict[str, Any]:
    return {"entities": [{"type": "text_mention", "offset": 0, "length": 1} | fields]}


@pytest.mark.parametrize(
    ("method", "junk"),
    [
        ("sendMessage", {"reply_markup": {"inline_keyboard": [[5]]}}),
        ("sendMessage", {"reply_markup": {"inline_keyboard": 5}}),
        ("sendMessage", {"reply_markup": {"keyboard": [[5]]}}),
        ("sendMessage", {"reply_markup": {"keyboard": 5}}),
        ("sendMessage", {"reply_markup": "[" * 100_000}),
        ("sendMessage", button(text=5)),
        ("sendMessage", button(callback_data=5)),
        ("sendMessage", button(callback_data="")),
        ("sendMessage", button(url=5)),
        ("sendMessage", button(copy_text=5)),
        ("sendMessage", {"reply_parameters": {"message_id": 1, "chat_id": "zz"}}),
        ("sendMessage", {"entities": 5}),
        ("sendMessage", {"entities": [{"type": "bold", "offset": -5, "length": 1}]}),
        ("sendMessage", {"entities": [{"type": "date_time", "offset": 0, "length": 1}]}),
        ("sendMessage", mention()),
        ("sendMessage", mention(user=5)),
        ("sendMessage", mention(user={"id": "x"})),
        ("sendMessage", {"chat_id": "--5"}),
        ("sendMessage", {"chat_id": "9" * 5000}),
        ("sendMessage", {"text": "\ud800"}),
        ("setMessageReaction", {"reaction": [5]}),
        ("setMyCommands", {"commands": [5]}),
        ("setMyCommands", {"commands": [], "scope": {"type": []}}),
        ("answerInlineQuery", {"results": [{"type": [], "id": []}]}),
        (
            "answerInlineQuery",
            {"results": [{"type": "article", "id": "1", "input_message_content": 5}]},
        ),
    ],
)
async def test_nested_junk_is_a_bad_request(method: str, junk: dict[str, Any]) -> None:
    server, _, good = setup()
    with pytest.raises(ApiError) as caught:
        METHODS[method](server.world, Parameters(good | junk))
    assert caught.value.code == 400


@pytest.mark.parametrize("source", ["&#" + "9" * 5000 + ";", "&#x110000;", "&#0;"])
def test_impossible_references_stay_as_they_are(source: str) -> None:
    assert parse_html(source) == (source, ())


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.sampled_from(sorted(METHODS)),
    st.dictionaries(st.sampled_from(NAMES), JUNK | JUNK.map(json.dumps), max_size=6),
)
async def test_junk_is_refused_in_words(method: str, junk: dict[str, Any]) -> None:
    server, _, good = setup()
    status, _ = await server._perform(method, Parameters(good | junk))
    assert status in {200, 400, 403}
