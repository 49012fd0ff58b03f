"""How long it takes from a published snapshot to the notification of many watchers.

    python benchmarks/notifications.py [--watchers 10000] [--sends 400] [--pace 20]

One claim that everybody watches changes. Timed are the comparison until everything is in the outbox
(bot.db is a file), then the sends over HTTP to the local Bot API: first at the pace of the bot,
which bounds them, then without a bound, to see what is left below it. Only `--sends` of the
notifications are sent each way; the rest is extrapolated and says so. On a shared machine read the
CPU times.
"""

import argparse
import asyncio
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from bot.loopback import LoopbackServer
from bot.messages import load_catalogues
from bot.notifying import PACE_PER_S, Notifier, Pace
from bot.outgoing.bot import OutgoingBot
from bot.outgoing.limiter import UNLIMITED, Limiter
from bot.quiet import OFF, parse_quiet_hours
from bot.state import MIGRATIONS, StateDb
from bot.state.outbox import Outbox
from bot.state.stamps import utc_now
from bot.state.watches import NewWatch, Watches, WatchKind
from bot.watching.changes import Known
from bot.watching.comparing import NOTIFICATION_KIND, Comparer
from bot.watching.composing import WatchComposer
from bot.workers import Workers
from index import Answer, Claim, Outcome, Response, ResponseKind, SnapshotInfo

TOKEN = "123456789:BENCHBENCHBENCHBENCHBENCHBENCHBENCH"
CLAIM = Claim("snow1", "Snow fell in Cairo in July.")
DENIED = replace(CLAIM, responses=(Response(ResponseKind.DENIAL, "the weather office"),))
NEVER = parse_quiet_hours(OFF, "UTC")


class OneClaim:
    """An archive of one claim, which is denied in the second snapshot."""

    snapshot = SnapshotInfo("first", 1, utc_now(), ())
    now = CLAIM

    def ask(self, question: str, *, limit: int = 5) -> Answer:
        del limit
        return Answer(question, Outcome.NONE, None, (), (), self.snapshot)

    def claim(self, claim_id: str) -> Claim:
        del claim_id
        return self.now


async def measure(n_watchers: int, n_sends: int, pace_per_s: float, folder: Path) -> None:
    lookup = OneClaim()
    with Workers(2, 32, 20.0) as workers, StateDb(folder / "bot.db", MIGRATIONS) as state:
        async with LoopbackServer(token=TOKEN) as server:
            people = [server.user(f"Person {number}") for number in range(n_watchers)]
            watches, outbox = Watches(state), Outbox(state)
            with state.transaction():
                for person in people:
                    server.world.open_private_chat(person.user)
                    watches.add(
                        NewWatch(
                            user_id=person.user_id,
                            kind=WatchKind.CLAIM,
                            text=CLAIM.text,
                            claim_id=CLAIM.id,
                            language="en",
                            known=Known.of(CLAIM).text,
                            snapshot_id="first",
                            watched_at=utc_now(),
                        )
                    )
            lookup.now, lookup.snapshot = DENIED, replace(lookup.snapshot, id="second")
            comparer = Comparer(lookup, workers, state, NEVER, clock=utc_now)
            start, cpu = time.perf_counter(), time.process_time()
            n_new = await comparer.compare()
            enqueued_s, enqueued_cpu_s = time.perf_counter() - start, time.process_time() - cpu
            print(
                f"publish to enqueued: {n_new} notifications in {enqueued_s:.2f} s "
                f"({enqueued_cpu_s:.2f} s of CPU)",
                flush=True,
            )
            async with OutgoingBot(
                TOKEN, server.base_url, n_connections=24, limiter=Limiter(UNLIMITED)
            ) as bot:
                composers = {
                    NOTIFICATION_KIND: WatchComposer(lookup, workers, state, load_catalogues())
                }
                for pace in (pace_per_s, 100_000.0):
                    notifier = Notifier(
                        bot, state, composers, NEVER, clock=utc_now, pace=Pace(pace)
                    )
                    n_waiting, n_before = outbox.n_waiting(), len(server.calls)
                    start, cpu = time.perf_counter(), time.process_time()
                    run = asyncio.create_task(notifier.run())
                    while len(server.calls) - n_before < min(n_sends, n_waiting):  # noqa: ASYNC110
                        await asyncio.sleep(0.05)
                    sent_s = time.perf_counter() - start
                    sent_cpu_s = time.process_time() - cpu
                    n_sent = len(server.calls) - n_before
                    notifier.stop()
                    await run
                    name = f"at {pace:g} a second" if pace == pace_per_s else "without a bound"
                    rate = n_sent / sent_s
                    print(
                        f"sent {name}: {n_sent} in {sent_s:.1f} s ({sent_cpu_s:.1f} s of CPU, the "
                        f"local Bot API included), {rate:.1f} a second; "
                        f"{n_watchers} would take {n_watchers / rate:.0f} s (extrapolated)",
                        flush=True,
                    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--watchers", type=int, default=10_000)
    parser.add_argument("--sends", type=int, default=400)
    parser.add_argument("--pace", type=float, default=PACE_PER_S)
    chosen = parser.parse_args(sys.argv[1:])
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(measure(chosen.watchers, chosen.sends, chosen.pace, Path(folder)))


if __name__ == "__main__":
    main()
