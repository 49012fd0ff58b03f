"""The HTTP client: what goes out, what comes back, and the token in none of it."""

import asyncio
import shutil
import ssl
import subprocess
import traceback
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from aiohttp import web
from botworld import TOKEN, running
from telegram.error import BadRequest, InvalidToken, NetworkError, TelegramError, TimedOut

from bot.loopback import Fault, FaultKind, LoopbackServer
from bot.outgoing.bot import OutgoingBot
from bot.outgoing.client import BotApiClient
from bot.outgoing.requests import Outcome, Request

SOON = {"read_timeout": 0.05, "write_timeout": 0.05, "connect_timeout": 0.05, "pool_timeout": 0.05}
OK = '{"ok": true, "result": true}'


@dataclass
class Witness:
    """Sees requests come and go."""

    seen: list[tuple[str, str, int | None]] = field(default_factory=list)
    outcomes: list[Outcome] = field(default_factory=list)

    def before(self, request: Request) -> None:
        self.seen.append(("before", request.method, request.chat_id))

    def after(self, request: Request, outcome: Outcome) -> None:
        self.seen.append((outcome.result, request.method, request.chat_id))
        self.outcomes.append(outcome)


@dataclass
class Scripted:
    """A server that answers as it is told.

    Attributes:
        text: What it answers.
        status: With which status.
        headers: With which headers.
        gate: Requests are answered once it is open.
        paths: What was asked for.
        peers: From which ports.
    """

    text: str = OK
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    paths: list[str] = field(default_factory=list)
    peers: set[object] = field(default_factory=set)
    port: int = 0

    async def handle(self, request: web.Request) -> web.Response:
        self.paths.append(request.raw_path)
        assert request.transport is not None
        self.peers.add(request.transport.get_extra_info("peername"))
        await self.gate.wait()
        return web.Response(text=self.text, status=self.status, headers=self.headers)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/bot"


@asynccontextmanager
async def scripted(
    server: Scripted | None = None, context: ssl.SSLContext | None = None, *, is_open: bool = True
) -> AsyncIterator[Scripted]:
    server = server or Scripted()
    if is_open:
        server.gate.set()
    app = web.Application()
    app.router.add_route("*", "/{tail:.*}", server.handle)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=context).start()
    server.port = runner.addresses[0][1]
    try:
        yield server
    finally:
        server.gate.set()
        await runner.cleanup()


@asynccontextmanager
async def client_of(url: str, *observers: Witness, n: int = 4) -> AsyncIterator[BotApiClient]:
    async with BotApiClient(url, n, observers) as client:
        assert isinstance(client, BotApiClient)
        yield client


def address(url: str, method: str = "sendMessage") -> str:
    return f"{url}{TOKEN}/{method}"


def shown(error: BaseException) -> str:
    return "".join(traceback.format_exception(error)) + repr(error)


async def test_a_form_goes_out_and_its_result_comes_back() -> None:
    async with LoopbackServer(token=TOKEN) as server:
        alice = server.user("Alice")
        server.world.open_private_chat(alice.user)
        async with OutgoingBot(TOKEN, server.base_url) as bot:
            sent = await bot.send_message(alice.chat_id, "ä & = + % \N{GRINNING FACE}")
            assert sent.text == "ä & = + % \N{GRINNING FACE}"
        assert alice.from_bot[0].text == sent.text


async def test_an_upload_arrives_byte_by_byte_with_its_name() -> None:
    png = bytes(range(256)) * 40
    async with LoopbackServer(token=TOKEN) as server:
        alice = server.user("Alice")
        server.world.open_private_chat(alice.user)
        async with OutgoingBot(TOKEN, server.base_url) as bot:
            await bot.send_photo(alice.chat_id, png, caption="ä & b", filename="card.png")
        (photo,) = alice.from_bot
        assert photo.text == "ä & b"
        assert photo.upload is not None
        assert (photo.upload.name, photo.upload.content) == ("card.png", png)


async def test_observers_see_a_request_before_and_after_with_its_chat() -> None:
    witness = Witness()
    async with LoopbackServer(token=TOKEN) as server:
        alice = server.user("Alice")
        server.world.open_private_chat(alice.user)
        alice.blocks()
        bot = OutgoingBot(TOKEN, server.base_url, observers=(witness,))
        async with bot:
            with pytest.raises(TelegramError):
                await bot.send_message(alice.chat_id, "x")
    assert witness.seen == [
        ("before", "getMe", None),
        ("ok", "getMe", None),
        ("before", "sendMessage", alice.chat_id),
        ("forbidden", "sendMessage", alice.chat_id),
    ]
    assert witness.outcomes[0].refusal == {}
    assert witness.outcomes[1].refusal["error_code"] == 403


async def test_connections_are_kept() -> None:
    async with scripted() as server, client_of(server.url) as client:
        for _ in range(5):
            await client.post(address(server.url))
        assert len(server.peers) == 1


async def test_an_answer_that_does_not_come_is_a_timeout_and_nothing_is_sent_again() -> None:
    witness = Witness()
    async with scripted(is_open=False) as server, client_of(server.url, witness) as client:
        with pytest.raises(TimedOut) as caught:
            await client.post(address(server.url), **SOON)
        server.gate.set()
        await client.post(address(server.url, "getMe"))
        # A busy machine may not even have taken the first one in when its time was over.
        assert [path.rpartition("/")[2] for path in server.paths][-2:] in (
            ["sendMessage", "getMe"],
            ["getMe"],
        )
    assert witness.outcomes[0].result == "timed_out"
    assert TOKEN not in shown(caught.value)


async def test_without_a_free_connection_nothing_is_sent_and_the_error_says_so() -> None:
    async with scripted(is_open=False) as server, client_of(server.url, n=1) as client:
        first = asyncio.create_task(client.post(address(server.url, "getMe")))
        while not server.paths:  # noqa: ASYNC110 - the server has no event for it
            await asyncio.sleep(0)
        with pytest.raises(TimedOut, match="nothing was sent") as caught:
            await client.post(address(server.url), **SOON)
        server.gate.set()
        await first
        assert [path.rpartition("/")[2] for path in server.paths] == ["getMe"]
    assert TOKEN not in shown(caught.value)


async def test_a_refused_connection_is_a_network_error_that_says_why() -> None:
    async with scripted() as server:
        gone = server.url
    async with client_of(gone) as client:
        with pytest.raises(NetworkError, match="ClientConnectorError") as caught:
            await client.post(address(gone))
    assert not isinstance(caught.value, TimedOut)
    assert TOKEN not in shown(caught.value)


@pytest.mark.parametrize("kind", [FaultKind.DROP_BEFORE, FaultKind.DROP_AFTER])
async def test_a_broken_kept_connection_is_an_error_and_nothing_is_sent_again(
    kind: FaultKind,
) -> None:
    async with LoopbackServer(token=TOKEN) as server:
        alice = server.user("Alice")
        server.world.open_private_chat(alice.user)
        async with OutgoingBot(TOKEN, server.base_url) as bot:
            server.fail(Fault("sendMessage", kind))
            with pytest.raises(NetworkError) as caught:
                await bot.send_message(alice.chat_id, "x")
        assert len(server.calls.to("sendMessage")) == 1
    assert TOKEN not in shown(caught.value)


PAGE = f"<html>The requested URL /bot{TOKEN}/sendMessage was not found</html>"


@pytest.mark.parametrize(
    ("status", "text", "says"),
    [
        (200, '{"ok": true, "res', "Invalid server response"),
        (200, PAGE, "Invalid server response"),
        (200, "[]", "Invalid server response"),
        (200, "{}", "Invalid server response"),
        (200, "[" * 100_000, "Invalid server response"),
        (500, PAGE, "Internal Server Error (500), not by a Bot API"),
        (502, PAGE, "Bad Gateway (502), not by a Bot API"),
        (302, PAGE, "Found (302), not by a Bot API"),
        (599, '"x"', "Unknown status (599), not by a Bot API"),
        (500, "[" * 100_000, "Internal Server Error (500), not by a Bot API"),
    ],
)
async def test_what_is_no_answer_of_a_bot_api_is_a_network_error_without_the_page(
    status: int, text: str, says: str, caplog: pytest.LogCaptureFixture
) -> None:
    server = Scripted(text, status, {"Location": "/elsewhere"})
    async with scripted(server), client_of(server.url) as client:
        with pytest.raises(NetworkError) as caught:
            await client.post(address(server.url))
        assert len(server.paths) == 1
    assert str(caught.value) == says
    assert not isinstance(caught.value, BadRequest)
    assert TOKEN not in shown(caught.value) + caplog.text


async def test_a_certificate_that_nobody_vouches_for_is_refused(tmp_path: Path) -> None:
    if (openssl := shutil.which("openssl")) is None:
        pytest.skip("there is no openssl to make a certificate")
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    subprocess.run(  # noqa: ASYNC221 - nothing else runs here
        [
            *(openssl, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"),
            *("-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"),
            *("-keyout", str(key), "-out", str(certificate)),
        ],
        check=True,
        capture_output=True,
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    async with scripted(context=context) as server:
        url = server.url.replace("http:", "https:")
        async with client_of(url) as client:
            with pytest.raises(NetworkError, match=r"Certificate.*self.signed") as caught:
                await client.post(address(url))
        assert server.paths == []
    assert TOKEN not in shown(caught.value)


async def test_a_proxy_is_taken_from_the_environment_but_not_to_this_machine(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    async with scripted() as proxy, scripted() as local:
        monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{proxy.port}")
        far = "http://bot-api.invalid/bot"
        async with client_of(far) as client:
            assert await client.post(address(far)) is True
        assert proxy.paths == [address(far)]
        async with client_of(local.url) as client:
            await client.post(address(local.url))
        assert len(proxy.paths) == 1
        assert len(local.paths) == 1


async def test_neither_bot_nor_application_show_the_token() -> None:
    async with running() as world:
        told = repr(world.application) + repr(world.application.bot)
        told += repr(world.application.bot.request)
    assert "123456789" in told
    assert TOKEN not in told


async def test_a_token_that_is_refused_is_not_shown() -> None:
    async with LoopbackServer(token=TOKEN) as server:
        bot = OutgoingBot("987654321:WRONGWRONGWRONGWRONGWRONGWRONGWRONG", server.base_url)
        with pytest.raises(InvalidToken) as caught:
            await bot.initialize()
        await bot.shutdown()
    assert "WRONG" not in shown(caught.value)


async def test_a_client_that_is_closed_says_so_and_can_be_opened_again() -> None:
    async with scripted() as server:
        client = BotApiClient(server.url, 1)
        with pytest.raises(NetworkError, match="not open"):
            await client.post(address(server.url))
        for _ in range(2):
            async with client:
                assert await client.post(address(server.url)) is True
