"""Server: the local Bot API, a Telegram on the loopback interface for one bot.

async with LoopbackServer(token="42:TEST", bot_username="hearsay_bot") as server:
    alice = server.user("Alice")
    ...  # start a bot with base_url=server.base_url
    alice.says("/start")
    print((await alice.next_message()).text)
"""

import asyncio
import json
import time
from collections.abc import Callable, Iterable
from types import TracebackType
from typing import Any, Self

from aiohttp import web

from bot.loopback.chats import ChatKind, User
from bot.loopback.failures import (
    POLLING_WITH_WEBHOOK,
    ApiError,
    bad_request,
    conflict,
    too_many_requests,
)
from bot.loopback.faults import Fault, FaultKind
from bot.loopback.messages import Upload
from bot.loopback.methods import METHODS
from bot.loopback.parameters import Parameters, Value
from bot.loopback.people import Person
from bot.loopback.recorder import Call, Recorder
from bot.loopback.rooms import Room
from bot.loopback.webhooks import Webhook, remember_allowed
from bot.loopback.world import World

_DEFAULT_BOT_ID = 42
_MAX_BODY_BYTES = 64 * 1024 * 1024
_GATEWAY_PAGE = "<html><head><title>502 Bad Gateway</title></head><body>502</body></html>"
_OWN_METHODS = ("getUpdates", "setWebhook", "deleteWebhook", "getWebhookInfo")
_NAMES = {name.lower(): name for name in (*METHODS, *_OWN_METHODS)}


class LoopbackServer:
    """A Bot API server with a world of its own.

    Args:
        token: The one token that it accepts; the number before its colon is the bot's id.
        bot_username: The bot's public name, without `@`.
        bot_name: The name that people see.
        clock: Returns Unix time in seconds; for expiry and the dates of messages.
    """

    def __init__(
        self,
        token: str,
        bot_username: str = "hearsay_bot",
        *,
        bot_name: str = "Hearsay",
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.token = token
        head = token.partition(":")[0]
        bot_id = int(head) if head.isdigit() else _DEFAULT_BOT_ID
        self.bot = User(bot_id, bot_name, bot_username, is_bot=True)
        self.world = World(self.bot, clock)
        self.calls = Recorder()
        self.webhook = Webhook(self.world.updates)
        self._faults: list[Fault] = []
        self._let_go = asyncio.Event()
        self._runner: web.AppRunner | None = None
        self._port = 0

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=_MAX_BODY_BYTES)
        app.router.add_route("*", "/{tail:.*}", self._handle)
        self._runner = web.AppRunner(app, shutdown_timeout=1.0, access_log=None)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self._port = self._runner.addresses[0][1]
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.world.updates.close()
        self.let_go()
        await self.webhook.stop()
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    @property
    def base_url(self) -> str:
        """What python-telegram-bot's `ApplicationBuilder.base_url` takes."""
        return f"http://127.0.0.1:{self._port}/bot"

    def user(
        self, name: str, language: str = "en", *, username: str | None = None, is_bot: bool = False
    ) -> Person:
        """Create somebody with an account, or a second bot."""
        user = self.world.add_user(name, username, language, is_bot=is_bot)
        return Person(self.world, user)

    def group(
        self,
        title: str,
        members: Iterable[Person | User] = (),
        *,
        kind: ChatKind = ChatKind.SUPERGROUP,
        is_forum: bool = False,
    ) -> Room:
        """Create a group; its first member owns it, somebody unnamed when there is none.

        Args:
            title: Its title.
            members: Who is in it from the start; the bot may be one of them.
            kind: A supergroup, a small group, or a channel.
            is_forum: Whether it has topics.
        """
        users = [who.user if isinstance(who, Person) else who for who in members]
        if not users or users[0] is self.bot:
            users.insert(0, self.world.add_user("Owner", None, "en", is_bot=False))
        chat = self.world.add_chat(kind, title, users)
        chat.is_forum = is_forum
        return Room(self.world, chat)

    def channel(self, title: str, username: str | None = None) -> Room:
        """Create a channel, by default one in which the bot is not."""
        room = self.group(title, kind=ChatKind.CHANNEL)
        room.chat.username = username
        return room

    def fail(self, fault: Fault) -> Fault:
        """Let coming calls fail.

        Args:
            fault: Which calls, how often and how.

        Returns:
            The same fault; its `times` counts down.
        """
        self._faults.append(fault)
        return fault

    def let_go(self) -> None:
        """Break the connections of all calls that hang; no later call hangs."""
        self._let_go.set()

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        values: dict[str, Value] = {}
        if not request.path.startswith("/bot"):  # no call of a bot: nothing to record
            error = ApiError(404, "Not Found")
            return web.json_response(error.to_json(), status=error.code)
        try:
            values = await _read(request)
            name, fault = self._route(request.path, values)
        except ApiError as error:
            method = request.path.rpartition("/")[2]
            name = _NAMES.get(method.lower(), method)
            return self._answer(name, values, error.code, error.to_json())
        if fault is None:
            status, body = await self._perform(name, Parameters(values))
            return self._answer(name, values, status, body)
        fault.times -= 1
        return await self._fail(request, name, values, fault)

    def _route(self, path: str, values: dict[str, Value]) -> tuple[str, Fault | None]:
        head, _, method = path.removeprefix("/").partition("/")
        if not head.startswith("bot") or not method:
            raise ApiError(404, "Not Found")
        if head.removeprefix("bot") != self.token:
            raise ApiError(401, "Unauthorized")
        name = _NAMES.get(method.strip("/").lower())
        if name is None:
            raise ApiError(404, "Not Found: method not found")
        chat_id = Parameters(values).text("chat_id")
        return name, next((f for f in self._faults if f.hits(name, chat_id)), None)

    async def _perform(self, name: str, call: Parameters) -> tuple[int, dict[str, Any]]:
        try:
            return 200, {"ok": True, "result": await self._result(name, call)}
        except ApiError as error:
            return error.code, error.to_json()

    async def _result(self, name: str, call: Parameters) -> Any:
        match name:
            case "getUpdates":
                return await self._get_updates(call)
            case "setWebhook":
                result = await self.webhook.set(call)
                if self.webhook.is_set:
                    self.world.updates.interrupt(conflict("terminated by setWebhook request"))
                return result
            case "deleteWebhook":
                return await self.webhook.delete(call)
            case "getWebhookInfo":
                return self.webhook.info()
        return METHODS[name](self.world, call)

    async def _get_updates(self, call: Parameters) -> list[dict[str, Any]]:
        if self.webhook.is_set:
            raise conflict(POLLING_WITH_WEBHOOK)
        remember_allowed(self.world.updates, call)
        updates = await self.world.updates.poll(
            call.integer("offset"), call.integer("limit", 100), call.integer("timeout")
        )
        return [update.to_json() for update in updates]

    async def _fail(
        self, request: web.Request, name: str, values: dict[str, Value], fault: Fault
    ) -> web.StreamResponse:
        await asyncio.sleep(fault.delay_s)
        match fault.kind:
            case FaultKind.ERROR:
                error = _error_of(fault)
                return self._answer(name, values, error.code, error.to_json())
            case FaultKind.BAD_GATEWAY:
                self._record(name, values, 502, None)
                return web.Response(status=502, text=_GATEWAY_PAGE, content_type="text/html")
            case FaultKind.DROP_BEFORE | FaultKind.HANG_BEFORE:
                status, body = 0, dict[str, Any]()
            case _:
                status, body = await self._perform(name, Parameters(values))
        match fault.kind:
            case FaultKind.SLOW:
                return self._answer(name, values, status, body)
            case FaultKind.BAD_JSON:
                self._record(name, values, status, None)
                cut = json.dumps(body)[:-5]
                return web.Response(status=status, text=cut, content_type="application/json")
        self._record(name, values, 0, None)
        if fault.kind in {FaultKind.HANG_BEFORE, FaultKind.HANG_AFTER}:
            await self._let_go.wait()
        if request.transport is not None:
            request.transport.abort()
        return web.Response()

    def _answer(
        self, name: str, values: dict[str, Value], status: int, body: dict[str, Any]
    ) -> web.Response:
        self._record(name, values, status, body)
        wait_s = body.get("parameters", {}).get("retry_after")
        headers = {"Retry-After": str(wait_s)} if wait_s is not None else None
        return web.json_response(body, status=status, headers=headers)

    def _record(
        self, name: str, values: dict[str, Value], status: int, body: dict[str, Any] | None
    ) -> None:
        self.calls.record(Call(name, values, status, body, self.world.clock()))


def _error_of(fault: Fault) -> ApiError:
    if fault.code == 429:
        return too_many_requests(fault.retry_after_s)
    return ApiError(fault.code, fault.description)


async def _read(request: web.Request) -> dict[str, Value]:
    """Collect the arguments of a request from wherever a client may put them."""
    values: dict[str, Value] = dict(request.query)
    if request.content_type == "application/json":
        try:
            body = json.loads(await request.read() or b"{}")
        except ValueError as error:
            raise bad_request("can't parse JSON object") from error
        if not isinstance(body, dict):
            raise bad_request("object expected as request body")
        return values | body
    try:
        form = await request.post()
    except (ValueError, LookupError) as error:  # not a form, or a character set that nobody knows
        raise bad_request("can't parse form") from error
    for name, value in form.items():
        if isinstance(value, web.FileField):
            content = value.file.read()
            values[name] = Upload(value.filename, len(content), value.content_type, content)
        else:
            values[name] = str(value)
    return values
