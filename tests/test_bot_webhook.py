"""Webhook: what is let in, what is turned away, and whole conversations over it."""

import asyncio
import json
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from botworld import (
    SECRET,
    TOKEN,
    BotWorld,
    FakeLookup,
    free_port,
    local_webhook,
    matched,
    running,
    settings,
    until,
)
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from pydantic import SecretStr

from bot.delivery.intake import Webhook, webhook_of
from bot.delivery.subscription import Subscription
from bot.delivery.webhook import MAX_BODY_BYTES, SECRET_HEADER
from bot.loopback import Fault, LoopbackServer
from bot.operations.health import problems
from bot.operations.running import sources_of
from bot.settings import Listen, SocketFile
from index import SettingsError

CLAIM = "a court in Brazil banned umbrellas"
HEADERS = {SECRET_HEADER: SECRET, "Content-Type": "application/json"}


def knows() -> FakeLookup:
    return FakeLookup({CLAIM: matched(CLAIM)})


def an_update(update_id: int, text: str = "/help", **more: Any) -> dict[str, Any]:
    """An update that no local Bot API knows of; the chat does not exist there."""
    person = {"id": 77, "is_bot": False, "first_name": "Nobody"}
    chat = {"id": 77, "type": "private", "first_name": "Nobody"}
    message = {"message_id": 1, "date": 1_790_000_000, "chat": chat, "from": person, "text": text}
    return {"update_id": update_id, "message": message | more}


@asynccontextmanager
async def listening(
    lookup: FakeLookup | None = None, **options: Any
) -> AsyncIterator[tuple[BotWorld, httpx.AsyncClient]]:
    """A bot with a webhook, and a client that posts to it."""
    webhook = local_webhook()
    async with (
        running(lookup, webhook=webhook, **options) as world,
        httpx.AsyncClient(trust_env=False, base_url=webhook.url) as client,
    ):
        await until(lambda: world.server.webhook.is_set)
        yield world, client


async def posted(client: httpx.AsyncClient, content: bytes, **headers: str) -> int:
    answer = await client.post("", content=content, headers=HEADERS | headers)
    return answer.status_code


def body(update: Any) -> bytes:
    return json.dumps(update).encode()


# --- Who is let in ---


@pytest.mark.parametrize(
    "given", [None, "", "wrong", SECRET[:-1], SECRET + "x", SECRET.upper(), "\udcff", "ä"]
)
async def test_without_the_secret_nothing_is_read(given: str | None) -> None:
    async with listening() as (world, client):
        headers = {"Content-Type": "application/json"}
        if given is not None:
            headers[SECRET_HEADER] = given  # type: ignore[assignment]
        raw = [
            (name.encode(), value.encode("utf-8", "surrogateescape"))
            for name, value in headers.items()
        ]
        answer = await client.post("", content=body(an_update(1)), headers=raw)
        assert answer.status_code == 403
        assert answer.content == b"403: Forbidden" or not answer.content
        assert not world.inbox.knows(1)


@pytest.mark.parametrize(
    ("content_type", "status"),
    [
        ("application/json", 200),
        ("application/json; charset=utf-8", 200),
        ("Application/JSON;charset=UTF-8", 200),
        ("text/plain", 415),
        ("application/x-www-form-urlencoded", 415),
        ("", 415),
        ("application/jsonx", 415),
    ],
)
async def test_only_json_is_taken(content_type: str, status: int) -> None:
    async with listening() as (world, client):
        content = body(an_update(1))
        assert await posted(client, content, **{"Content-Type": content_type}) == status
        assert world.inbox.knows(1) is (status == 200)


async def test_only_posts_are_taken() -> None:
    async with listening() as (_, client):
        assert (await client.get("", headers=HEADERS)).status_code == 405
        assert (await client.put("", content=b"{}", headers=HEADERS)).status_code == 405


@pytest.mark.parametrize("is_chunked", [False, True])
async def test_what_is_too_large_is_not_read(is_chunked: bool) -> None:
    large = body(an_update(1, "x" * MAX_BODY_BYTES))

    async def chunks() -> AsyncIterator[bytes]:
        for start in range(0, len(large), 65_536):
            yield large[start : start + 65_536]

    async with listening() as (world, client):
        content = chunks() if is_chunked else large
        answer = await client.post("", content=content, headers=HEADERS)
        assert answer.status_code == 413
        assert not world.inbox.knows(1)
        assert await posted(client, body(an_update(2))) == 200


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"lemonade", b"[]", b"null", b'{"update_id": "lemonade"}', b"\x00\xff lemonade"],
)
async def test_what_is_no_update_is_refused_and_not_logged(
    content: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    async with listening() as (_, client):
        assert await posted(client, content) == 400
    ours = [record.getMessage() for record in caplog.records if record.name.startswith("bot.")]
    assert any("no update" in line for line in ours)
    assert not any("lemonade" in line for line in ours)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner),
    max_leaves=9,
)
BODIES = st.one_of(
    st.binary(max_size=200),
    JSON.map(lambda value: json.dumps(value).encode()),
    st.tuples(st.integers(), st.sampled_from(["message", "callback_query", "x"]), JSON).map(
        lambda parts: json.dumps({"update_id": parts[0], parts[1]: parts[2]}).encode()
    ),
)


async def test_no_body_whatever_raises(caplog: pytest.LogCaptureFixture) -> None:
    bodies: list[bytes] = []

    @hypothesis_settings(
        max_examples=150, deadline=None, suppress_health_check=list(HealthCheck), database=None
    )
    @given(BODIES)
    def collect(content: bytes) -> None:
        bodies.append(content)

    collect()
    async with listening() as (world, client):
        statuses = [await posted(client, content) for content in bodies]
        await until(lambda: world.inbox.n_waiting() == 0)
        alice = world.server.user("Alice")
        alice.says("/help")
        assert (await alice.next_message()).text.startswith("How to ask")
    assert set(statuses) == {200, 400}
    assert "Error handling request" not in caplog.text


async def test_bytes_that_are_no_http_are_not_logged(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    webhook = local_webhook()
    assert isinstance(webhook.listen, Listen)
    async with running(webhook=webhook) as world:
        for stuff in (
            b"lemonade\r\n\r\n",
            b"\x16\x03\x01lemonade",
            b"GET / HTTP/9.lemonade\r\n\r\n",
        ):
            reader, writer = await asyncio.open_connection("127.0.0.1", webhook.listen.port)
            writer.write(stuff)
            writer.write_eof()
            await reader.read()
            writer.close()
        alice = world.server.user("Alice")
        alice.says("/help")
        await alice.next_message()
    lines = [record for record in caplog.records if record.name.startswith("bot.")]
    assert not any("lemonade" in record.getMessage() + (record.exc_text or "") for record in lines)


# --- Kept, once ---


async def test_an_update_is_on_the_disk_before_it_is_confirmed(tmp_path: Path) -> None:
    lookup = knows()
    lookup.gate.clear()
    async with listening(lookup, path=tmp_path / "bot.db", drain_s=0.0) as (world, client):
        assert await posted(client, body(an_update(1, "lakes of lemonade"))) == 200
        (row,) = world.state.rows("select payload from inbox where update_id = 1")
        assert json.loads(row["payload"]) == an_update(1, "lakes of lemonade")
        assert len(world.server.calls.to("sendMessage")) == 0


async def test_the_same_body_twice_is_handled_once() -> None:
    async with listening(lookup := knows()) as (world, client):
        content = body(an_update(1, "lakes of lemonade"))
        assert [await posted(client, content) for _ in range(3)] == [200, 200, 200]
        await world.counter.finished(1)
        assert await posted(client, content) == 200
        alice = world.server.user("Alice")
        alice.says("/help")
        await alice.next_message()
        assert lookup.asked == ["lakes of lemonade"]


async def test_while_the_inbox_is_full_telegram_is_told_to_try_again() -> None:
    lookup = knows()
    lookup.gate.clear()
    async with listening(lookup, max_waiting=2) as (world, client):
        statuses = [await posted(client, body(an_update(n, "a lake"))) for n in (1, 2, 3)]
        assert statuses == [200, 200, 503]
        assert await posted(client, body(an_update(2, "a lake"))) == 200  # it is known
        answer = await client.post("", content=body(an_update(3)), headers=HEADERS)
        assert answer.headers["Retry-After"] == "5"
        lookup.gate.set()
        await world.counter.finished(2)
        assert await posted(client, body(an_update(3))) == 200


async def test_what_the_disk_does_not_take_is_not_confirmed() -> None:
    async with listening() as (world, client):
        world.state.execute(
            "create trigger broken before insert on inbox "
            "begin select raise(abort, 'disk full'); end"
        )
        assert await posted(client, body(an_update(1))) == 503
        alice = world.server.user("Alice")
        alice.says("/help")
        await until(lambda: world.server.webhook.info().get("last_error_message") is not None)
        assert len(world.server.world.updates.pending) == 1
        world.state.execute("drop trigger broken")
        await alice.next_message()


async def test_half_a_surrogate_pair_is_replaced() -> None:
    async with listening(lookup := knows()) as (world, client):
        content = body(an_update(1, "lakes of \ud800 lemonade"))
        assert rb"\ud800" in content
        assert await posted(client, content) == 200
        await world.counter.finished(1)
        assert lookup.asked == ["lakes of \ufffd lemonade"]


# --- What Telegram is told ---


async def test_telegram_is_told_where_and_with_what_to_post() -> None:
    async with listening() as (world, client):
        (call,) = world.server.calls.to("setWebhook")
        assert call.parameters.text("url") == str(client.base_url).rstrip("/")
        assert call.parameters.text("secret_token") == SECRET
        assert call.parameters.integer("max_connections") == 40
        assert call.parameters.structure("allowed_updates") == [
            "message", "edited_message", "callback_query", "inline_query", "guest_message",
            "my_chat_member",
        ]  # fmt: skip
        assert world.server.calls.to("getUpdates") == []


async def test_a_webhook_that_cannot_be_set_is_tried_again() -> None:
    async with LoopbackServer(token=TOKEN, bot_username="hearsay_bot") as server:
        server.fail(Fault("setWebhook", code=429, retry_after_s=1))
        async with running(webhook=local_webhook(), server=server):
            alice = server.user("Alice")
            alice.says("/help")
            await alice.next_message()


async def test_the_webhook_stays_set_after_the_end_so_that_updates_wait() -> None:
    async with LoopbackServer(token=TOKEN, bot_username="hearsay_bot") as server:
        webhook = local_webhook()
        alice = server.user("Alice")
        for n_answers in (1, 2):
            alice.says("/help")
            async with running(webhook=webhook, server=server):
                await alice.next_message()
            assert len(alice.from_bot) == n_answers
        assert server.webhook.is_set


async def test_another_instance_that_takes_the_webhook_away_is_reported_and_it_is_set_again(
    caplog: pytest.LogCaptureFixture,
) -> None:
    looks: asyncio.Queue[None] = asyncio.Queue()

    async def sleep(_: float) -> None:
        await looks.get()

    async with listening() as (world, client):
        url = str(client.base_url).rstrip("/")
        subscription = Subscription(world.application, url, SECRET, ["message"], sleep=sleep)
        sources = sources_of(world.application, settings(webhook_url=url))
        await world.application.bot.delete_webhook()
        world.server.webhook._next_set_at = 0.0
        async with subscription.running():
            await until(lambda: world.server.webhook.is_set)
            assert problems(await sources.read()) == ()
            await world.application.bot.delete_webhook()
            world.server.webhook._next_set_at = 0.0
            looks.put_nowait(None)
            await until(lambda: "ANOTHER INSTANCE" in caplog.text)
            assert [found.part for found in problems(await sources.read())] == ["instance"]
            await until(lambda: world.server.webhook.is_set)
            looks.put_nowait(None)
            await until(lambda: not world.deps.metrics.is_contested)


async def test_what_telegram_could_not_post_is_said_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    looks: asyncio.Queue[None] = asyncio.Queue()

    async def sleep(_: float) -> None:
        await looks.get()

    url = f"http://127.0.0.1:{free_port()}/"
    async with running() as world:  # it polls, until the webhook is set
        alice = world.server.user("Alice")
        subscription = Subscription(world.application, url, SECRET, ["message"], sleep=sleep)
        async with subscription.running():
            await until(lambda: world.server.webhook.is_set)
            alice.says("/help")
            await until(lambda: world.server.webhook.info().get("last_error_date") is not None)
            world.server.webhook._last_error = (1_790_000_000, "Connection refused")
            looks.put_nowait(None)
            await until(lambda: "could not post an update at" in caplog.text)
    assert "Connection refused" in caplog.text


# --- Where it listens ---


async def test_it_can_listen_at_a_socket_which_is_gone_afterwards(tmp_path: Path) -> None:
    file = tmp_path / "hook.sock"
    webhook = Webhook("http://127.0.0.1:9/", SocketFile(file), SECRET)
    async with running(webhook=webhook) as world:
        transport = httpx.AsyncHTTPTransport(uds=str(file))
        async with httpx.AsyncClient(transport=transport, base_url="http://bot") as client:
            assert await posted(client, body(an_update(1))) == 200
        assert file.stat().st_mode & 0o777 == 0o660
        await world.counter.finished(1)
    assert not file.exists()


async def test_an_address_that_is_taken_ends_the_start_with_a_sentence() -> None:
    async with listening() as (_, client):
        listen = Listen("127.0.0.1", client.base_url.port or 0)
        with pytest.raises(SettingsError, match="HEARSAY_WEBHOOK_LISTEN"):
            async with running(webhook=Webhook("http://127.0.0.1:9/", listen, SECRET)):
                pass


async def test_an_address_that_others_may_reach_is_pointed_out(
    caplog: pytest.LogCaptureFixture,
) -> None:
    listen = Listen("0.0.0.0", free_port())
    async with running(webhook=Webhook("http://127.0.0.1:9/", listen, SECRET)):
        pass
    assert "which others may reach" in caplog.text


def test_without_a_secret_each_start_has_its_own_and_none_is_shown() -> None:
    chosen = settings(webhook_url="https://bot.example/h", webhook_listen=Listen("::1", 1))
    one, other = webhook_of(chosen), webhook_of(chosen)
    assert one is not None
    assert other is not None
    assert len(one.secret) >= 40
    assert one.secret != other.secret
    assert one.secret not in repr(one)


def test_a_secret_that_is_set_is_used_and_without_an_address_there_is_no_webhook() -> None:
    given = settings(
        webhook_url="https://bot.example/h",
        webhook_listen=Listen("::1", 1),
        webhook_secret=SecretStr(SECRET),
    )
    found = webhook_of(given)
    assert found is not None
    assert found.secret == SECRET
    assert webhook_of(settings()) is None


# --- Conversations ---


async def test_a_private_question_a_tap_and_an_edit() -> None:
    async with listening(knows()) as (world, _):
        alice = world.server.user("Alice")
        asked = alice.says(CLAIM)
        card = await alice.next_message()
        assert card.text.startswith("This is a known claim")
        alice.taps(card, "🔎 Full sourcing")
        assert (await alice.next_message()).text.startswith("Full sourcing")
        alice.edits(asked, "/help")
        alice.edits(asked, "lakes of lemonade")
        assert (await alice.next_edit()).message_id == card.message_id
        await world.counter.finished(4)
        assert alice.from_bot[0].text.startswith("Nothing known")
        assert world.inbox.n_waiting() == 0


async def test_a_check_in_a_group() -> None:
    async with listening(knows()) as (world, _):
        alice = world.server.user("Alice")
        room = world.server.group("Beach", [alice, world.server.bot])
        alice.says(f"/check {CLAIM}", in_=room)
        assert (await room.next_message()).text.startswith("This is a known claim")


async def test_an_inline_query_and_a_guest() -> None:
    async with listening(knows()) as (world, _):
        alice = world.server.user("Alice")
        answer = await alice.inline(CLAIM).answer()
        assert answer["results"][0]["title"].startswith("❌ Refuted")
        far = world.server.group("Far", [alice])
        alice.summons(f"@hearsay_bot {CLAIM}", in_=far)
        assert (await far.next_message()).text.startswith("This is a known claim")


async def test_many_chats_are_answered_each_in_its_order() -> None:
    async with listening() as (world, _):
        people = [world.server.user(f"Person {n}") for n in range(20)]
        for number in range(5):
            for person in people:
                person.says("/help" if number % 2 else f"lake {number}")
        await world.counter.finished(100)
        for person in people:
            heads = [message.text[:5] for message in person.from_bot]
            assert heads == ["Nothi", "How t", "Nothi", "How t", "Nothi"]
