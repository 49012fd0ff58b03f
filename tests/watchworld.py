"""A world for the tests of watches: an archive that changes, a clock that is set, and the bot."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from botworld import CLAIMS, SNAPSHOT, TOKEN, FakeLookup, settings

from bot.app import build_application
from bot.context import Deps
from bot.loopback import LoopbackServer, Person
from bot.messages import load_catalogues
from bot.outgoing.limiter import UNLIMITED, Limiter
from bot.quiet import QuietHours
from bot.serving import running
from bot.state import MIGRATIONS, StateDb
from bot.state.outbox import Outbox
from bot.state.watches import UNREAD, Watches
from bot.turns import TurnCounter
from bot.watching.service import Timing, Watching
from bot.workers import Workers
from index import Answer, Claim, UnknownClaimError

NOON = datetime(2026, 11, 26, 12, 0, tzinfo=UTC)
NIGHTS = QuietHours(time(22), time(8), ZoneInfo("UTC"))


@dataclass
class Clock:
    """A clock that stands still until it is set."""

    now: datetime = NOON

    def __call__(self) -> datetime:
        return self.now

    def seconds(self) -> float:
        return self.now.timestamp()

    def passes(self, **time_: float) -> None:
        self.now += timedelta(**time_)


@dataclass
class ChangingLookup(FakeLookup):
    """An archive into which new snapshots are published.

    Attributes:
        claims: The claims of the snapshot, by id.
        merged: Ids of merged claims, with the id that each resolves to.
    """

    claims: dict[str, Claim] = field(default_factory=lambda: dict(CLAIMS))
    merged: dict[str, str] = field(default_factory=dict)

    def claim(self, claim_id: str) -> Claim:
        claim_id = self.merged.get(claim_id, claim_id)
        if claim_id not in self.claims:
            raise UnknownClaimError(f"No claim {claim_id}.")
        return self.claims[claim_id]

    def ask(self, question: str, *, limit: int = 5) -> Answer:
        return replace(super().ask(question, limit=limit), snapshot=self.snapshot)

    def publishes(self, *claims: Claim, without: str = "", snapshot_id: str = "") -> None:
        """Publish a snapshot with these claims as they are now, and without one."""
        self.claims |= {claim.id: claim for claim in claims}
        self.claims.pop(without, None)
        number = int(self.snapshot.id.rpartition("-")[2], 36) + 1
        self.snapshot = replace(SNAPSHOT, id=snapshot_id or f"20261126-{number}")


@dataclass
class WatchWorld:
    """A running bot that notifies."""

    server: LoopbackServer
    lookup: ChangingLookup
    clock: Clock
    state: StateDb
    watching: Watching
    counter: TurnCounter

    @property
    def watches(self) -> Watches:
        return Watches(self.state)

    @property
    def outbox(self) -> Outbox:
        return Outbox(self.state)

    def somebody(self, name: str = "Alice") -> Person:
        """A person who has spoken to the bot."""
        person = self.server.user(name)
        self.server.world.open_private_chat(person.user)
        return person

    async def settled(self) -> None:
        """Wait until all that is due has been compared and sent, or been tried."""
        await self.watching.settled()

    async def watches_claim(self, person: Person, claim_id: str) -> None:
        """Let somebody watch a claim, and wait until it has been read."""
        assert self.watching.watch_claim(person.user_id, person.chat_id, claim_id)
        await self.settled()
        assert all(each.known != UNREAD for each in self.watches.of(person.user_id))

    async def watches_question(self, person: Person, text: str) -> None:
        """Let somebody watch a question, and wait until it has been asked."""
        assert self.watching.watch_question(person.user_id, person.chat_id, text, "en")
        await self.settled()


@asynccontextmanager
async def watching_world(
    lookup: ChangingLookup | None = None,
    *,
    clock: Clock | None = None,
    path: Path | None = None,
    quiet: QuietHours = NIGHTS,
    server: LoopbackServer | None = None,
    pace_per_s: float = 2000.0,
    limiter: Limiter | None = None,
) -> AsyncIterator[WatchWorld]:
    """Run the bot with its notifications at a local Bot API; a `server` may outlive the bot."""
    if server is None:
        async with (
            LoopbackServer(token=TOKEN, bot_username="hearsay_bot") as own,
            watching_world(
                lookup,
                clock=clock,
                path=path,
                quiet=quiet,
                server=own,
                pace_per_s=pace_per_s,
                limiter=limiter,
            ) as world,
        ):
            yield world
        return
    lookup, clock, words = lookup or ChangingLookup(), clock or Clock(), load_catalogues()
    with Workers(2, 32, 20.0) as workers, StateDb(path, MIGRATIONS) as state:
        timing = Timing(quiet, clock=clock, pace_per_s=pace_per_s, compare_every_s=3600.0)
        watching = Watching(lookup, workers, state, words, timing)
        deps = Deps(lookup, workers, words, state, 60.0, watches=watching)
        counter = TurnCounter(16)
        limiter = limiter or Limiter(UNLIMITED, clock=clock.seconds, jitter=lambda: 0.0)
        application = build_application(
            settings(api_url=server.base_url), deps, counter, limiter=limiter
        )
        async with running(application):
            yield WatchWorld(server, lookup, clock, state, watching, counter)
