"""A world for the bot's tests: hand-made claims, a fake lookup, and the bot at a local Bot API."""

import asyncio
import os
import socket
import threading
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path

from pydantic import SecretStr

from bot import serving
from bot.admins import Admins
from bot.app import build_application
from bot.budgets import Budgets, Rates
from bot.context import App, Deps
from bot.delivery.dispatcher import DRAIN_S
from bot.delivery.intake import Webhook
from bot.editors.notices import AnsweredNotices, OutboxNotifier
from bot.loopback import LoopbackServer, Person
from bot.messages import Catalogues, load_catalogues
from bot.operations.lookups import CountedLookup
from bot.operations.metrics import Metrics
from bot.outgoing.limiter import UNLIMITED, Limiter
from bot.outgoing.requests import Observer
from bot.quiet import OFF, parse_quiet_hours
from bot.seals import Seals
from bot.settings import BotSettings, Listen
from bot.state import MIGRATIONS, StateDb
from bot.state.inbox import MAX_WAITING, Inbox
from bot.state.questions import ANSWERED, PassedOnQuestions
from bot.state.statistics import Statistics
from bot.turns import TurnCounter
from bot.watching.service import Timing, Watching
from bot.workers import Workers
from index import (
    Answer,
    Appearance,
    Aspect,
    Candidate,
    Claim,
    Difference,
    Match,
    Outcome,
    Response,
    ResponseKind,
    SnapshotInfo,
    UnknownClaimError,
    Verdict,
)

SECRET = "a-secret-of-the-webhook_123"
TOKEN = "123456789:TESTTESTTESTTESTTESTTESTTESTTESTTES"
CATALOGUES = load_catalogues()
WORDS = CATALOGUES.of("en")
# Setting the menus of one language, not of seven, before each conversation.
ENGLISH_ONLY = Catalogues({"en": WORDS})
SNAPSHOT = SnapshotInfo(
    "20261122-a", 13204, datetime(2026, 11, 22, 9, 30, tzinfo=UTC), ("model-a", "model-b")
)

UMBRELLAS = Claim(
    id="umbrella1",
    text="A court in Brazil has banned umbrellas on beaches.",
    claimants=("Beach Gazette", "a lawyer"),
    appearances=(
        Appearance(
            outlet="Beach Gazette",
            url="https://gazette.example/ban",
            published_on=date(2021, 3, 2),
            language="pt",
            based_on="a court clerk",
        ),
        Appearance(
            outlet="Sun Post",
            url="https://sunpost.example/7",
            published_on=date(2021, 3, 3),
            language="en",
            repeats="Beach Gazette",
        ),
    ),
    responses=(
        Response(ResponseKind.DENIAL, "the court", "https://court.example/no", date(2021, 3, 4)),
        Response(
            ResponseKind.FACT_CHECK,
            "Check Brazil",
            "https://check.example/umbrellas",
            date(2021, 3, 9),
            rating="Made up",
            verdict=Verdict.FALSE,
            summary="No such ruling exists.",
        ),
    ),
    places=("Brazil",),
)
SNOW = Claim(id="snow2", text="Snow fell in Cairo in July 2019.")
CLAIMS = {claim.id: claim for claim in (UMBRELLAS, SNOW)}


def matched(question: str, claim: Claim = UMBRELLAS, asked: str | None = None) -> Answer:
    """An answer that says: this is the claim."""
    return Answer(
        question,
        Outcome.MATCH,
        Match(claim, 0.97, claim.text, asked or question),
        (),
        (Candidate(claim.id, claim.text, 0.97), Candidate(SNOW.id, SNOW.text, 0.2)),
        SNAPSHOT,
    )


def similar(question: str, *differences: Difference) -> Answer:
    """An answer that says: close, but another claim."""
    named = differences or (Difference(Aspect.PLACE, "Chile", "Brazil"),)
    return Answer(
        question,
        Outcome.SIMILAR,
        Match(UMBRELLAS, 0.6, UMBRELLAS.text, question),
        named,
        (Candidate(UMBRELLAS.id, UMBRELLAS.text, 0.6),),
        SNAPSHOT,
    )


def nothing(question: str) -> Answer:
    """An answer that says: nothing known."""
    near = (Candidate(SNOW.id, SNOW.text, 0.1),)
    return Answer(question, Outcome.NONE, None, (), near, SNAPSHOT)


@dataclass
class FakeLookup:
    """Answers from a table and remembers what was asked.

    Attributes:
        answers: Answer by question; a question that is not there is answered "nothing known".
        error: Raised in place of an answer.
        gate: Questions wait until it is open.
    """

    answers: Mapping[str, Answer] = field(default_factory=dict)
    error: BaseException | None = None
    gate: threading.Event = field(default_factory=threading.Event)
    asked: list[str] = field(default_factory=list)
    snapshot: SnapshotInfo = SNAPSHOT

    def __post_init__(self) -> None:
        self.gate.set()

    def ask(self, question: str, *, limit: int = 5) -> Answer:
        self.asked.append(question)
        assert self.gate.wait(30)
        if self.error is not None:
            raise self.error
        return self.answers.get(question) or nothing(question)

    def claim(self, claim_id: str) -> Claim:
        if self.error is not None:
            raise self.error
        if claim_id not in CLAIMS:
            raise UnknownClaimError(f"No claim {claim_id}.")
        return CLAIMS[claim_id]

    def group(self, questions: Sequence[str]) -> list[list[int]]:
        """Questions that begin with the same word ask the same."""
        groups: dict[str, list[int]] = {}
        for position, question in enumerate(questions):
            groups.setdefault(question.split()[0].lower(), []).append(position)
        return list(groups.values())


@dataclass
class BotWorld:
    """A running bot and its Telegram.

    Attributes:
        server: The local Bot API.
        lookup: What the bot asks.
        counter: Knows when the bot has finished an update.
        state: What the bot remembers.
        deps: What its handlers work with.
        application: The bot.
    """

    server: LoopbackServer
    lookup: FakeLookup
    counter: TurnCounter
    state: StateDb
    deps: Deps
    application: App

    @property
    def inbox(self) -> Inbox:
        return Inbox(self.state)


def sealed(body: str, person: Person) -> str:
    """Callback data for the private chat with a person, as the bot itself would make it."""
    return Seals(TOKEN).seal(body, person.chat_id)


def now() -> datetime:
    """The moment at which everything happens in tests of a fixed time."""
    return datetime(2026, 11, 24, 12, tzinfo=UTC)


def settings(**changes: object) -> BotSettings:
    """Settings that no environment can change."""
    chosen: dict[str, object] = {
        "token": SecretStr(TOKEN),
        "token_file": None,
        "api_url": "https://api.telegram.org/bot",
        "lookup_workers": 2,
        "lookup_queue": 32,
        "lookup_timeout_s": 20.0,
        "log_level": "INFO",
        "admins": (),
        "questions_days": 90,
        "log_format": "text",
        "metrics_listen": None,
        "webhook_url": None,
        "webhook_secret": None,
    }
    return BotSettings.model_construct(**(chosen | changes))


async def until(happened: Callable[[], bool]) -> None:
    """Let everything go on until something has happened that nothing tells of."""
    async with asyncio.timeout(60):
        while not happened():  # noqa: ASYNC110
            await asyncio.sleep(0.002)


def free_port() -> int:
    """A port that no connection of this machine takes by chance, as it may one above 32767."""
    first = os.getpid() % 10_000
    for offset in range(10_000):
        port = 20_000 + (first + offset) % 10_000
        try:
            with socket.create_server(("127.0.0.1", port)):
                return port
        except OSError:
            continue
    raise RuntimeError("no port is free")


def local_webhook() -> Webhook:
    """A webhook without a proxy."""
    port = free_port()
    return Webhook(f"http://127.0.0.1:{port}/hearsay", Listen("127.0.0.1", port), SECRET)


@asynccontextmanager
async def running(
    lookup: FakeLookup | None = None,
    *,
    workers: Callable[[], Workers] = lambda: Workers(2, 32, 20.0),
    typing_after_s: float = 60.0,
    catalogues: Catalogues = ENGLISH_ONLY,
    rates: Rates | None = None,
    clock: Callable[[], float] = time.time,
    editors: Sequence[int] = (),
    keeps: bool = False,
    notifies: bool = False,
    webhook: Webhook | None = None,
    server: LoopbackServer | None = None,
    path: Path | None = None,
    max_waiting: int = MAX_WAITING,
    drain_s: float = DRAIN_S,
    limiter: Limiter | None = None,
    observers: Sequence[Observer] = (),
) -> AsyncIterator[BotWorld]:
    """Run the bot at a local Bot API, which it polls unless there is a webhook.

    With `keeps` there are editors to pass questions on to, with `notifies` people can be told
    something later. A `server` and a bot.db at `path` may outlive the bot.
    """
    lookup = lookup or FakeLookup()
    metrics = Metrics()
    counter = TurnCounter(16)
    counted = CountedLookup(lookup, metrics)
    with workers() as pool, StateDb(path, MIGRATIONS) as state:

        def utc_now() -> datetime:
            return datetime.fromtimestamp(clock(), UTC)

        timing = Timing(
            parse_quiet_hours(OFF, "UTC"), utc_now, pace_per_s=2000.0, compare_every_s=3600.0
        )
        questions = PassedOnQuestions(state, OutboxNotifier(state, utc_now), utc_now)
        notices = {ANSWERED: AnsweredNotices(questions, counted, pool, catalogues)}
        watches = Watching(counted, pool, state, catalogues, timing, notices)
        deps = Deps(
            counted,
            pool,
            catalogues,
            state,
            typing_after_s,
            budgets=Budgets(rates, clock=clock),
            admins=Admins(clock),
            clock=clock,
            questions=questions if keeps else None,
            statistics=Statistics(state, utc_now),
            editors=frozenset(editors),
            watches=watches if notifies else None,
            metrics=metrics,
            inline_pause_s=0.0,
        )
        async with AsyncExitStack() as stack:
            if server is None:
                own = LoopbackServer(token=TOKEN, bot_username="hearsay_bot", clock=clock)
                server = await stack.enter_async_context(own)
            application = build_application(
                settings(api_url=server.base_url),
                deps,
                counter,
                limiter=limiter or Limiter(UNLIMITED),
                observers=observers,
            )
            inbox = Inbox(state, max_waiting)
            async with serving.running(application, webhook, inbox=inbox, drain_s=drain_s):
                yield BotWorld(server, lookup, counter, state, deps, application)
            lookup.gate.set()
