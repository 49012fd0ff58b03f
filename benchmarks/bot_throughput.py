"""Updates a second, latency at 30 updates a second, and memory, beside a bare aiogram echo bot.

    python benchmarks/bot_throughput.py [--rounds 3] [--updates 1000] [--webhook] [--profile PATH]

A small Bot API runs in a process of its own and hands out private messages, each from another
person; each bot runs in one as well, one bot at a time, in turns, every bot once a round:

- `echo`: Hearsay with a lookup that knows nothing, beside aiogram that echoes;
- `real`: Hearsay with the real lookup on the bundled sample archive, beside aiogram with the same
  lookup in the same number of threads.

Throughput is that of a backlog, without Telegram's limits, which are some 30 messages a second. The
real lookup takes two cores about 0.1 s, so its latency is measured at a rate that they can carry.
On a shared machine read the ratios, which are medians of rounds, not the rates. `--profile` writes
what cProfile saw of Hearsay's echo bot. Updates are polled, or posted with `--webhook`.
"""

import argparse
import asyncio
import cProfile
import json
import os
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

TOKEN = "123456789:TESTTESTTESTTESTTESTTESTTESTTESTTES"
SUBJECTS = ("hearsay-echo", "aiogram-echo", "hearsay-real", "aiogram-real")
RATES_PER_S = {"echo": 30.0, "real": 4.0}
_FIRST_PERSON = 1000
_N_WARM = 40
_PATIENCE_S = 300.0
# Telegram's default of connections to a webhook.
_N_POSTING = 40
_SECRET = "benchmark"


# --- The Bot API, in a process of its own ---


@dataclass
class Api:
    """Hands out messages and notes when each was answered."""

    texts: list[str]
    latency_s: float
    waiting: deque[dict[str, Any]] = field(default_factory=deque)
    arrived: asyncio.Event = field(default_factory=asyncio.Event)
    changed: asyncio.Event = field(default_factory=asyncio.Event)
    offered_at: dict[int, float] = field(default_factory=dict)
    answered_at: dict[int, float] = field(default_factory=dict)
    n_made: int = 0
    is_polled: bool = False
    hook: tuple[str, str] = ("", "")

    def offer(self) -> int:
        self.n_made += 1
        person = _FIRST_PERSON + self.n_made
        text = self.texts[self.n_made % len(self.texts)]
        user = {"id": person, "is_bot": False, "first_name": "P", "language_code": "en"}
        chat = {"id": person, "type": "private", "first_name": "P"}
        message = {
            "message_id": 1,
            "date": int(time.time()),
            "chat": chat,
            "from": user,
            "text": text,
        }
        self.waiting.append({"update_id": self.n_made, "message": message})
        self.offered_at[person] = time.perf_counter()
        self.arrived.set()
        return person

    async def updates(self, offset: int, limit: int, wait_s: float) -> list[dict[str, Any]]:
        self.is_polled = True
        self.changed.set()
        while self.waiting and self.waiting[0]["update_id"] < offset:
            self.waiting.popleft()
        if not self.waiting and wait_s:
            self.arrived.clear()
            try:
                async with asyncio.timeout(wait_s):
                    await self.arrived.wait()
            except TimeoutError:
                pass
        return [self.waiting[n] for n in range(min(limit, len(self.waiting)))]

    async def post_all(self, session: Any) -> None:
        """Post what waits to the webhook, as one of several at once."""
        while True:
            while not (self.waiting and self.hook[0]):
                self.arrived.clear()
                await self.arrived.wait()
            update, (url, secret) = self.waiting.popleft(), self.hook
            headers = {"X-Telegram-Bot-Api-Secret-Token": secret}
            async with session.post(url, json=update, headers=headers) as answer:
                if answer.status != 200:
                    self.waiting.append(update)
                    await asyncio.sleep(0.05)

    def hooked(self, method: str, url: object, secret: object) -> object:
        if method == "getWebhookInfo":
            waiting = len(self.waiting)
            return {
                "url": self.hook[0],
                "has_custom_certificate": False,
                "pending_update_count": waiting,
            }
        self.hook = (str(url or ""), str(secret or ""))
        self.is_polled = self.is_polled or bool(url)
        self.arrived.set()
        self.changed.set()
        return True

    def sent(self, person: int) -> dict[str, Any]:
        self.answered_at.setdefault(person, time.perf_counter())
        self.changed.set()
        chat = {"id": person, "type": "private", "first_name": "P"}
        return {"message_id": 2, "date": int(time.time()), "chat": chat, "text": "x"}

    async def answered(self, people: list[int]) -> None:
        async with asyncio.timeout(_PATIENCE_S):
            while not all(person in self.answered_at for person in people):
                self.changed.clear()
                await self.changed.wait()

    async def backlog(self, n: int) -> float:
        """Updates a second, of so many at once."""
        people = [self.offer() for _ in range(n)]
        await self.answered(people)
        begun = min(self.offered_at[person] for person in people)
        return n / (max(self.answered_at[person] for person in people) - begun)

    async def stream(self, per_s: float, seconds: float) -> list[float]:
        """Seconds from offer to answer, at a steady rate."""
        people, begun = [], time.perf_counter()
        for n in range(int(per_s * seconds)):
            await asyncio.sleep(max(0.0, begun + n / per_s - time.perf_counter()))
            people.append(self.offer())
        await self.answered(people)
        return [self.answered_at[person] - self.offered_at[person] for person in people]


async def serve(texts: list[str], latency_s: float) -> None:
    from aiohttp import ClientSession, web

    api = Api(texts, latency_s)
    me = {
        "id": 123456789,
        "is_bot": True,
        "first_name": "H",
        "username": "hearsay_bot",
        "can_join_groups": True,
        "can_read_all_group_messages": False,
        "supports_inline_queries": True,
    }
    fixed = {"getMe": me, "getMyCommands": [], "getMyDescription": {"description": ""}} | {
        "getMyShortDescription": {"short_description": ""},
        "getMyName": {"name": ""},
    }

    async def handle(request: web.Request) -> web.Response:
        method = request.path.rpartition("/")[2]
        values = await request.post()
        if method == "getUpdates":
            result: Any = await api.updates(
                int(str(values.get("offset") or 0)),
                int(str(values.get("limit") or 100)),
                float(str(values.get("timeout") or 0)),
            )
        elif method == "sendMessage":
            if api.latency_s:
                await asyncio.sleep(api.latency_s)
            result = api.sent(int(str(values["chat_id"])))
        elif method.endswith(("Webhook", "WebhookInfo")):
            result = api.hooked(method, values.get("url"), values.get("secret_token"))
        else:
            result = fixed.get(method, True)
        return web.json_response({"ok": True, "result": result})

    async def control(request: web.Request) -> web.Response:
        asked = await request.json()
        if asked["what"] == "ready":
            async with asyncio.timeout(_PATIENCE_S):
                while not api.is_polled:
                    api.changed.clear()
                    await api.changed.wait()
            await api.backlog(_N_WARM)
            return web.json_response(None)
        if asked["what"] == "backlog":
            return web.json_response(await api.backlog(asked["n"]))
        return web.json_response(await api.stream(asked["per_s"], asked["seconds"]))

    app = web.Application()
    app.router.add_post("/control", control)
    app.router.add_route("*", "/{tail:.*}", handle)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    print(runner.addresses[0][1], flush=True)
    async with ClientSession() as session:
        await asyncio.gather(*(api.post_all(session) for _ in range(_N_POSTING)))


# --- The bots, in a process of their own each ---


class KnowsNothing:
    """A lookup that costs nothing."""

    def __init__(self) -> None:
        from datetime import UTC, datetime

        from index import SnapshotInfo

        self.snapshot = SnapshotInfo("20261122-a", 0, datetime(2026, 11, 22, tzinfo=UTC), ("m",))

    def ask(self, question: str, *, limit: int = 5) -> Any:  # noqa: ARG002
        from index import Answer, Outcome

        return Answer(question, Outcome.NONE, None, (), (), self.snapshot)


def looks_up(*, real: bool) -> Any:
    if not real:
        return KnowsNothing()
    from index import load_settings, open_lookup

    lookup = open_lookup(load_settings())
    lookup.warm()
    return lookup


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


async def hearsay(api_url: str, lookup: Any, stopping: asyncio.Event, *, posted: bool) -> None:
    from bot.app import build_application
    from bot.assembly import assembled
    from bot.delivery.intake import Webhook
    from bot.messages import load_catalogues
    from bot.operations.lookups import CountedLookup
    from bot.operations.metrics import Metrics
    from bot.outgoing.limiter import UNLIMITED, Limiter
    from bot.serving import running
    from bot.settings import Listen, load_bot_settings
    from bot.state import MIGRATIONS, StateDb
    from bot.workers import Workers

    settings = load_bot_settings(
        TELEGRAM_BOT_TOKEN=TOKEN, TELEGRAM_API_URL=api_url, HEARSAY_LOOKUP_QUEUE=1000
    )
    metrics = Metrics()
    workers = Workers(settings.lookup_workers, settings.lookup_queue, settings.lookup_timeout_s)
    with (
        tempfile.TemporaryDirectory() as folder,
        workers,
        StateDb(Path(folder) / "bot.db", MIGRATIONS) as state,
    ):
        counted = CountedLookup(lookup, metrics)
        catalogues = load_catalogues()
        deps = assembled(settings, counted, workers, catalogues, state, metrics, serving=True)
        application = build_application(settings, deps, limiter=Limiter(UNLIMITED))
        port = free_port()
        url = f"http://127.0.0.1:{port}/hook"
        webhook = Webhook(url, Listen("127.0.0.1", port), _SECRET) if posted else None
        async with running(application, webhook):
            await stopping.wait()


async def aiogram_bot(
    api_url: str, lookup: Any, stopping: asyncio.Event, *, real: bool, posted: bool
) -> None:
    from concurrent.futures import ThreadPoolExecutor

    from aiogram import Bot, Dispatcher
    from aiogram.client.session.aiohttp import AiohttpSession
    from aiogram.client.telegram import TelegramAPIServer
    from aiogram.types import Message
    from aiogram.webhook.aiohttp_server import SimpleRequestHandler
    from aiohttp import web

    base = api_url.removesuffix("/bot")
    dispatcher = Dispatcher()
    session = AiohttpSession(api=TelegramAPIServer.from_base(base))
    loop = asyncio.get_running_loop()
    with ThreadPoolExecutor(2) as pool:

        @dispatcher.message()
        async def answer(message: Message) -> None:
            text = message.text or ""
            if real:
                found = await loop.run_in_executor(pool, lookup.ask, text)
                text = found.match.claim.text if found.match else "Nothing known about this."
            await message.answer(text)

        async with Bot(TOKEN, session=session) as bot:
            if posted:
                app, port = web.Application(), free_port()
                SimpleRequestHandler(dispatcher, bot, secret_token=_SECRET).register(app, "/hook")
                runner = web.AppRunner(app, access_log=None)
                await runner.setup()
                await web.TCPSite(runner, "127.0.0.1", port).start()
                await bot.set_webhook(f"http://127.0.0.1:{port}/hook", secret_token=_SECRET)
                await stopping.wait()
                await runner.cleanup()
                return
            running = asyncio.create_task(dispatcher.start_polling(bot, handle_signals=False))
            await stopping.wait()
            await dispatcher.stop_polling()
            await running


async def run_subject(name: str, api_url: str, *, posted: bool) -> None:
    stopping = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopping.set)
    library, _, kind = name.partition("-")
    lookup = looks_up(real=kind == "real")
    if library == "hearsay":
        await hearsay(api_url, lookup, stopping, posted=posted)
    else:
        await aiogram_bot(api_url, lookup, stopping, real=kind == "real", posted=posted)


# --- Measuring ---


@dataclass(frozen=True, slots=True)
class Figures:
    per_s: float
    p50_ms: float
    p99_ms: float
    cpu_ms: float
    rss_mb: float


def cpu_s(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def rss_mb(pid: int) -> float:
    pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


@asynccontextmanager
async def child(*args: str) -> AsyncIterator[subprocess.Popen[str]]:
    process = subprocess.Popen(  # noqa: ASYNC220 - it is waited for at the end
        [sys.executable, __file__, *args], stdout=subprocess.PIPE, text=True
    )
    try:
        yield process
    finally:
        process.terminate()
        process.wait(60)


async def measured(name: str, options: argparse.Namespace) -> Figures:
    import aiohttp

    kind = name.rpartition("-")[2]
    n_updates = options.updates if kind == "echo" else options.updates // 10
    posted = ["--webhook"] if options.webhook else []
    profile = ["--profile", options.profile] if options.profile and name == "hearsay-echo" else []
    async with child("--serve", "--latency", str(options.latency)) as server:
        assert server.stdout is not None
        root = f"http://127.0.0.1:{server.stdout.readline().strip()}"
        async with (
            child("--subject", name, "--api", f"{root}/bot", *posted, *profile) as bot,
            aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=None)) as session,
        ):

            async def asked(**what: Any) -> Any:
                async with session.post(f"{root}/control", json=what) as answer:
                    return await answer.json()

            await asked(what="ready")
            cpu_before = cpu_s(bot.pid)
            per_s = await asked(what="backlog", n=n_updates)
            cpu_ms = (cpu_s(bot.pid) - cpu_before) / n_updates * 1000
            taken = await asked(what="stream", per_s=RATES_PER_S[kind], seconds=options.seconds)
            ranked = sorted(taken)
            return Figures(
                per_s,
                statistics.median(ranked) * 1000,
                ranked[int(len(ranked) * 0.99)] * 1000,
                cpu_ms,
                rss_mb(bot.pid),
            )


async def compare(options: argparse.Namespace) -> None:
    found: dict[str, list[Figures]] = {name: [] for name in options.subjects}
    print("                upd/s   p50 ms  p99 ms  CPU ms/upd  RSS MB", flush=True)
    for _ in range(options.rounds):
        for name in options.subjects:
            one = await measured(name, options)
            found[name].append(one)
            print(
                f"{name:<14} {one.per_s:>6.0f}  {one.p50_ms:>6.1f}  {one.p99_ms:>6.1f}  "
                f"{one.cpu_ms:>10.2f}  {one.rss_mb:>6.0f}",
                flush=True,
            )
    for kind in ("echo", "real"):
        ours, theirs = found.get(f"hearsay-{kind}"), found.get(f"aiogram-{kind}")
        if not ours or not theirs:
            continue

        def ratio(
            of: Callable[[Figures], float],
            ours: list[Figures] = ours,
            theirs: list[Figures] = theirs,
        ) -> float:
            return statistics.median(of(a) / of(b) for a, b in zip(ours, theirs, strict=True))

        print(
            f"{kind}: Hearsay to aiogram, medians of {options.rounds} rounds: "
            f"updates a second {ratio(lambda each: each.per_s):.2f}, "
            f"p50 {ratio(lambda each: each.p50_ms):.2f}, "
            f"p99 {ratio(lambda each: each.p99_ms):.2f}, "
            f"CPU {ratio(lambda each: each.cpu_ms):.2f}, "
            f"memory {ratio(lambda each: each.rss_mb):.2f}",
            flush=True,
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--updates", type=int, default=1000, help="A tenth of it for `real`.")
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--latency", type=float, default=0.0, help="Of the Bot API, in seconds.")
    parser.add_argument("--subjects", nargs="+", choices=SUBJECTS, default=SUBJECTS)
    parser.add_argument("--webhook", action="store_true", help="Updates are posted, not polled.")
    parser.add_argument("--profile", help="Where to write cProfile's statistics.")
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--subject", choices=SUBJECTS, help=argparse.SUPPRESS)
    parser.add_argument("--api", help=argparse.SUPPRESS)
    options = parser.parse_args()
    root = Path(__file__).resolve().parent.parent
    sys.path.insert(0, str(root))
    if options.serve:
        questions = (root / "data" / "questions" / "sample.jsonl").read_text(encoding="utf-8")
        texts = [json.loads(line)["text"] for line in questions.splitlines()]
        asyncio.run(serve(texts, options.latency))
    elif options.subject and options.profile:
        with cProfile.Profile() as profile:
            asyncio.run(run_subject(options.subject, options.api, posted=options.webhook))
        profile.dump_stats(options.profile)
    elif options.subject:
        asyncio.run(run_subject(options.subject, options.api, posted=options.webhook))
    else:
        asyncio.run(compare(options))


if __name__ == "__main__":
    main()
