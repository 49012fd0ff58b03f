"""Queries: the methods that answer a tap on a button and an inline query."""

from typing import Any

from bot.loopback.failures import QUERY_TOO_OLD, bad_request
from bot.loopback.keyboards import read_keyboard
from bot.loopback.messages import Message
from bot.loopback.parameters import Parameters
from bot.loopback.texts import read_text
from bot.loopback.updates import DAY_S, LIFETIMES_S
from bot.loopback.world import Query, World

_MAX_CALLBACK_TEXT = 200
_MAX_RESULTS = 50
_MAX_RESULT_ID_BYTES = 64


def answer_callback_query(world: World, call: Parameters) -> bool:
    """Answer answerCallbackQuery."""
    if len(call.text("text")) > _MAX_CALLBACK_TEXT:
        raise bad_request("MESSAGE_TOO_LONG")
    query = _open(world, world.callbacks.get(call.text("callback_query_id")), "callback_query")
    query.answer = {
        "text": call.text("text"),
        "show_alert": call.flag("show_alert"),
        "url": call.text("url"),
    }
    query.changed.fire()
    return True


def answer_inline_query(world: World, call: Parameters) -> bool:
    """Answer answerInlineQuery."""
    results = call.structure("results")
    if not isinstance(results, list):
        raise bad_request("can't parse inline query results JSON object")
    if len(results) > _MAX_RESULTS:
        raise bad_request("RESULTS_TOO_MUCH")
    seen: set[str] = set()
    for result in results:
        _check_result(result, seen)
    query = _open(world, world.inline_queries.get(call.text("inline_query_id")), "inline_query")
    query.answer = {
        "results": results,
        "cache_time": call.integer("cache_time", 300),
        "is_personal": call.flag("is_personal"),
        "next_offset": call.text("next_offset"),
        "button": call.mapping("button") or None,
    }
    query.changed.fire()
    return True


def answer_guest_query(world: World, call: Parameters) -> dict[str, Any]:
    """Answer answerGuestQuery: the message appears at once in the chat of the question."""
    result = call.mapping("result")
    _check_result(result, set())
    asked, question = world.guest_queries.get(call.text("guest_query_id")) or (None, None)
    query = _open(world, asked, "guest_message")
    assert question is not None
    query.answer = {"result": result}
    query.changed.fire()
    message = Message(question.chat.next_message_id(), question.chat, world.bot, world.now())
    content = result.get("input_message_content", {})
    text = content.get("message_text", result.get("title", "?"))
    message.text, message.entities = read_text(Parameters(content | {"text": text}), "text")
    message.buttons = read_keyboard(Parameters(result))
    message.reply_to = question
    message.extra = {"guest_bot_caller_user": query.user.to_json()}
    message.inline_id = f"guest-{query.query_id}"
    world.inline_messages[message.inline_id] = message
    world.post(message)
    return {"inline_message_id": message.inline_id}


def _open(world: World, query: Query | None, kind: str) -> Query:
    lifetime_s = LIFETIMES_S.get(kind, DAY_S)
    too_old = query is None or world.clock() - query.asked_at > lifetime_s
    if query is None or too_old or query.answer is not None:
        raise bad_request(QUERY_TOO_OLD)
    return query


def _check_result(result: Any, seen: set[str]) -> None:
    if not isinstance(result, dict) or not result.get("type"):
        raise bad_request("can't parse inline query result: Can't find field \"type\"")
    result_id = str(result.get("id", ""))
    if not 1 <= len(result_id.encode()) <= _MAX_RESULT_ID_BYTES:
        raise bad_request("RESULT_ID_INVALID")
    if result_id in seen:
        raise bad_request("RESULT_ID_DUPLICATE")
    seen.add(result_id)
    read_keyboard(Parameters(result))
    content = result.get("input_message_content")
    if isinstance(content, dict) and "message_text" in content:
        read_text(Parameters(content | {"text": content["message_text"]}), "text")
    elif result["type"] == "article":
        raise bad_request("input message content is not specified")
