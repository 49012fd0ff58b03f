"""getUpdates and webhooks of the local Bot API."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web
from botapi.client import call, error, result
from botapi.fixtures import TOKEN

from bot.loopback import LoopbackServer

CONFLICT = (
    409,
    "Conflict: terminated by other getUpdates request; "  # noqa: ISC004
    "make sure that only one bot instance is running",
)
SOON_S = 5.0


class Clock:
    def __init__(self) -> None:
        self.now = 1_700_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def timed(clock: Clock) -> AsyncIterator[LoopbackServer]:
    async with LoopbackServer(token=TOKEN, clock=clock) as server:
        yield server


def texts(updates: list[dict[str, Any]]) -> list[str]:
    return [update["message"]["text"] for update in updates]


async def poll_starts(server: LoopbackServer) -> None:
    updates = server.world.updates
    assert await updates.changed.until(lambda: updates.is_polled, SOON_S)


async def test_an_offset_forgets_what_came_before(loopback: LoopbackServer) -> None:
    alice = loopback.user("Alice")
    for text in ("one", "two", "three"):
        alice.says(text)
    updates = await result(loopback, "getUpdates")
    assert texts(updates) == ["one", "two", "three"]
    second = updates[1]["update_id"]
    assert texts(await result(loopback, "getUpdates", offset=second)) == ["two", "three"]
    assert texts(await result(loopback, "getUpdates", offset=second + 1)) == ["three"]


async def test_update_ids_rise_by_one(loopback: LoopbackServer) -> None:
    alice = loopback.user("Alice")
    alice.says("one")
    alice.says("two")
    first, second = await result(loopback, "getUpdates")
    assert second["update_id"] == first["update_id"] + 1


async def test_a_negative_offset_keeps_the_last_ones(loopback: LoopbackServer) -> None:
    alice = loopback.user("Alice")
    for text in ("one", "two", "three"):
        alice.says(text)
    assert texts(await result(loopback, "getUpdates", offset=-2)) == ["two", "three"]
    assert texts(await result(loopback, "getUpdates", offset=1)) == ["two", "three"]


async def test_the_same_offset_again_at_once_gives_one_update(loopback: LoopbackServer) -> None:
    alice = loopback.user("Alice")
    alice.says("one")
    alice.says("two")
    await result(loopback, "getUpdates", offset=1)
    assert texts(await result(loopback, "getUpdates", offset=1)) == ["one"]


async def test_a_limit_cuts_the_answer(loopback: LoopbackServer) -> None:
    alice = loopback.user("Alice")
    alice.says("one")
    alice.says("two")
    assert texts(await result(loopback, "getUpdates", limit=1)) == ["one"]


async def test_a_poll_waits_for_an_update(loopback: LoopbackServer) -> None:
    poll = asyncio.create_task(result(loopback, "getUpdates", timeout=30))
    await poll_starts(loopback)
    loopback.user("Alice").says("at last")
    assert texts(await asyncio.wait_for(poll, SOON_S)) == ["at last"]


async def test_closing_the_server_ends_a_poll() -> None:
    async with LoopbackServer(token=TOKEN) as server:
        poll = asyncio.create_task(result(server, "getUpdates", timeout=30))
        await poll_starts(server)
    assert await asyncio.wait_for(poll, SOON_S) == []


async def test_a_second_poll_ends_the_first(loopback: LoopbackServer) -> None:
    first = asyncio.create_task(error(loopback, "getUpdates", timeout=30))
    await poll_starts(loopback)
    second = asyncio.create_task(result(loopback, "getUpdates", timeout=30))
    assert await asyncio.wait_for(first, SOON_S) == CONFLICT
    await poll_starts(loopback)
    loopback.user("Alice").says("hi")
    assert texts(await asyncio.wait_for(second, SOON_S)) == ["hi"]


async def test_a_poll_that_need_not_wait_leaves_the_waiting_one_alone(
    loopback: LoopbackServer,
) -> None:
    waiting = asyncio.create_task(result(loopback, "getUpdates", timeout=30))
    await poll_starts(loopback)
    assert await result(loopback, "getUpdates") == []
    loopback.user("Alice").says("hi")
    assert texts(await asyncio.wait_for(waiting, SOON_S)) == ["hi"]


async def test_an_offset_far_in_the_future_forgets_nothing(loopback: LoopbackServer) -> None:
    loopback.user("Alice").says("hi")
    assert texts(await result(loopback, "getUpdates", offset=2_000_000_000)) == ["hi"]


async def test_kinds_are_chosen_when_the_update_is_created(loopback: LoopbackServer) -> None:
    alice = loopback.user("Alice")
    await result(loopback, "getUpdates", allowed_updates=["message"])
    alice.inline("ignored")
    alice.says("heard")
    await result(loopback, "getUpdates", allowed_updates=["inline_query"], offset=1)
    alice.says("ignored")
    assert texts(await result(loopback, "getUpdates", offset=2)) == ["heard"]


async def test_other_members_are_reported_only_when_asked_for(loopback: LoopbackServer) -> None:
    alice, boris = loopback.user("Alice"), loopback.user("Boris")
    group = loopback.group("Friends", members=[alice, loopback.bot, boris])
    group.promote(loopback.bot)
    group.restrict(boris)
    (promotion,) = await result(loopback, "getUpdates", allowed_updates=["chat_member"])
    assert "my_chat_member" in promotion
    group.remove(boris)
    kinds = [u.kind for u in loopback.world.updates.pending]
    assert kinds == ["my_chat_member", "chat_member"]


@pytest.mark.parametrize(("age_s", "n_left"), [(23 * 3600, 1), (25 * 3600, 0)])
async def test_messages_wait_a_day(
    timed: LoopbackServer, clock: Clock, age_s: int, n_left: int
) -> None:
    timed.user("Alice").says("hi")
    clock.now += age_s
    assert len(await result(timed, "getUpdates")) == n_left


async def test_inline_queries_wait_half_a_minute(timed: LoopbackServer, clock: Clock) -> None:
    asked = timed.user("Alice").inline("slow bots lose")
    clock.now += 31
    assert await result(timed, "getUpdates") == []
    assert await error(timed, "answerInlineQuery", inline_query_id=asked.query_id, results=[]) == (
        400,
        "Bad Request: query is too old and response timeout expired or query ID is invalid",
    )


class Hook:
    """A bot's own HTTP server; answers as told and keeps what it got."""

    def __init__(self) -> None:
        self.statuses: list[int] = []
        self.seen: asyncio.Queue[tuple[str | None, dict[str, Any]]] = asyncio.Queue()
        self.url = ""

    async def handle(self, request: web.Request) -> web.Response:
        secret = request.headers.get("X-Telegram-Bot-Api-Secret-Token")
        self.seen.put_nowait((secret, await request.json()))
        return web.Response(status=self.statuses.pop(0) if self.statuses else 200)

    async def next(self) -> tuple[str | None, dict[str, Any]]:
        return await asyncio.wait_for(self.seen.get(), SOON_S)


@pytest.fixture
async def hook() -> AsyncIterator[Hook]:
    hook = Hook()
    app = web.Application()
    app.router.add_post("/", hook.handle)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    hook.url = f"http://127.0.0.1:{runner.addresses[0][1]}/"
    yield hook
    await runner.cleanup()


async def test_a_webhook_gets_updates_with_its_secret(loopback: LoopbackServer, hook: Hook) -> None:
    await result(loopback, "setWebhook", url=hook.url, secret_token="s3cret")
    loopback.user("Alice").says("hi")
    secret, update = await hook.next()
    assert (secret, update["message"]["text"]) == ("s3cret", "hi")


async def test_a_webhook_that_fails_gets_the_update_again_before_the_next_of_that_chat(
    loopback: LoopbackServer, hook: Hook
) -> None:
    hook.statuses = [500]
    await result(loopback, "setWebhook", url=hook.url)
    alice = loopback.user("Alice")
    alice.says("one")
    alice.says("two")
    seen = [(await hook.next())[1]["message"]["text"] for _ in range(3)]
    assert seen == ["one", "one", "two"]
    info = await result(loopback, "getWebhookInfo")
    assert info["last_error_message"] == (
        "Wrong response from the webhook: 500 Internal Server Error"
    )


async def test_polling_is_refused_while_a_webhook_is_set(
    loopback: LoopbackServer, hook: Hook
) -> None:
    await result(loopback, "setWebhook", url=hook.url)
    assert await error(loopback, "getUpdates") == (
        409,
        "Conflict: can't use getUpdates method while webhook is active; "  # noqa: ISC004
        "use deleteWebhook to delete the webhook first",
    )
    await result(loopback, "deleteWebhook")
    assert await result(loopback, "getUpdates") == []


async def test_setting_a_webhook_ends_a_poll(loopback: LoopbackServer, hook: Hook) -> None:
    poll = asyncio.create_task(error(loopback, "getUpdates", timeout=30))
    await poll_starts(loopback)
    await result(loopback, "setWebhook", url=hook.url)
    assert await asyncio.wait_for(poll, SOON_S) == (
        409,
        "Conflict: terminated by setWebhook request",
    )


async def test_a_second_webhook_at_once_is_too_early(loopback: LoopbackServer, hook: Hook) -> None:
    await result(loopback, "setWebhook", url=hook.url)
    body = await call(loopback, "setWebhook", url=hook.url)
    assert body == {
        "ok": False,
        "error_code": 429,
        "description": "Too Many Requests: retry after 1",
        "parameters": {"retry_after": 1},
    }


async def test_a_webhook_elsewhere_needs_https(loopback: LoopbackServer) -> None:
    assert await error(loopback, "setWebhook", url="http://example.org/") == (
        400,
        "Bad Request: bad webhook: An HTTPS URL must be provided for webhook",
    )


async def test_pending_updates_can_be_dropped(loopback: LoopbackServer) -> None:
    loopback.user("Alice").says("hi")
    assert (await result(loopback, "getWebhookInfo"))["pending_update_count"] == 1
    await result(loopback, "deleteWebhook", drop_pending_updates=True)
    assert await result(loopback, "getUpdates") == []
