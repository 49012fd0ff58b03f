"""A world for the bot's tests: hand-made claims, a fake lookup, and the bot at a local Bot API."""

import threading
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from pydantic import SecretStr

from bot.app import build_application
from bot.context import Deps
from bot.loopback import LoopbackServer
from bot.messages import load_catalogues
from bot.polling import polling
from bot.settings import BotSettings
from bot.turns import TurnCounter
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

TOKEN = "123456789:TESTTESTTESTTESTTESTTESTTESTTESTTES"
WORDS = load_catalogues().of("en")
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


@dataclass
class BotWorld:
    """A running bot and its Telegram.

    Attributes:
        server: The local Bot API.
        lookup: What the bot asks.
        counter: Knows when the bot has finished an update.
    """

    server: LoopbackServer
    lookup: FakeLookup
    counter: TurnCounter


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
    }
    return BotSettings.model_construct(**(chosen | changes))


@asynccontextmanager
async def running(
    lookup: FakeLookup | None = None,
    *,
    workers: Callable[[], Workers] = lambda: Workers(2, 32, 20.0),
    typing_after_s: float = 60.0,
) -> AsyncIterator[BotWorld]:
    """Run the bot at a local Bot API."""
    lookup = lookup or FakeLookup()
    counter = TurnCounter(16)
    with workers() as pool:
        async with LoopbackServer(token=TOKEN, bot_username="hearsay_bot") as server:
            deps = Deps(lookup, pool, load_catalogues(), typing_after_s)
            application = build_application(settings(api_url=server.base_url), deps, counter)
            async with polling(application):
                yield BotWorld(server, lookup, counter)
            lookup.gate.set()
