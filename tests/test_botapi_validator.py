"""The check of requests and answers against aiogram's models: it must be able to fail."""

import json
from typing import Any

import pytest
from botapi.client import call
from botapi.validator import answer_problems, request_problems

from bot.loopback import LoopbackServer


def markup(**button: Any) -> str:
    return json.dumps({"inline_keyboard": [[{"text": "a"} | button]]})


MESSAGE = {"chat_id": "5", "text": "x"}


@pytest.mark.parametrize(
    ("method", "values"),
    [
        ("sendMessage", MESSAGE),
        ("sendMessage", MESSAGE | {"disable_notification": "true", "message_thread_id": "3"}),
        ("sendMessage", MESSAGE | {"reply_markup": markup(callback_data="y" * 64)}),
        ("sendMessage", MESSAGE | {"text": "x" * 5000, "parse_mode": "HTML"}),
        ("sendDocument", {"chat_id": 5, "document": object()}),
        ("sendDocument", {"chat_id": 5, "document": "attach://a", "a": object()}),
        ("getUpdates", {"timeout": "10", "allowed_updates": '["message"]'}),
    ],
)
def test_what_the_documentation_allows_passes(method: str, values: dict[str, Any]) -> None:
    assert request_problems(method, values) == []


@pytest.mark.parametrize(
    ("method", "values", "problem"),
    [
        ("sendMesage", MESSAGE, "unknown method"),
        ("sendMessage", MESSAGE | {"chatid": 5}, "unknown parameter 'chatid'"),
        ("sendMessage", {"chat_id": 5}, "missing parameter 'text'"),
        ("sendMessage", MESSAGE | {"disable_notification": "perhaps"}, "valid boolean"),
        ("sendMessage", MESSAGE | {"message_thread_id": "x"}, "valid integer"),
        ("sendMessage", MESSAGE | {"reply_parameters": "{"}, "not JSON"),
        (
            "sendMessage",
            MESSAGE | {"entities": '[{"type": "bold", "offset": 0}]'},
            "length: Field required",
        ),
        ("sendMessage", MESSAGE | {"reply_markup": markup(call_data="y")}, "field 'call_data'"),
        ("sendMessage", MESSAGE | {"reply_markup": markup(callback_data="é" * 33)}, "66 bytes"),
        ("sendMessage", MESSAGE | {"text": "x" * 4097}, "4097 characters"),
        (
            "answerInlineQuery",
            {"inline_query_id": "1", "results": [{"type": "article"}]},
            "title: Field",
        ),
        ("setMyCommands", {"commands": '[{"command": "a", "description": ""}]'}, "0 characters"),
    ],
)
def test_what_it_does_not_allow_is_named(method: str, values: dict[str, Any], problem: str) -> None:
    assert any(problem in found for found in request_problems(method, values))


def test_an_answer_with_an_invented_field_is_named() -> None:
    chat = {"id": 5, "type": "private", "mood": "sunny"}
    body = {"ok": True, "result": {"message_id": 1, "date": 1, "chat": chat}}
    assert answer_problems("sendMessage", body) == [
        "answer to sendMessage: result.chat: unknown field 'mood' of Chat"
    ]


def test_an_answer_without_a_field_is_named() -> None:
    (problem,) = answer_problems("sendMessage", {"ok": True, "result": {"message_id": 1}})[:1]
    assert "Field required" in problem


async def test_every_call_of_every_test_is_checked(
    loopback: LoopbackServer, bot_api_violations: list[str]
) -> None:
    await call(loopback, "getMe", verbose=True)
    assert bot_api_violations == ["getMe: unknown parameter 'verbose'"]
    bot_api_violations.clear()
