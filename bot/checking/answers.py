"""Answers: is there a snapshot, do the models load, does a question get an answer."""

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

from bot.checking.findings import Finding, fail, ok, warn
from bot.context import LookupService
from index import HearsayError, SnapshotError, SnapshotInfo

# What is asked does not matter, as long as it takes the way of a real question.
QUESTION = "Did a court in Brazil ban umbrellas on beaches?"
SLOW_S = 2.0
OpenLookup = Callable[[], AbstractContextManager[LookupService]]


def answer_findings(
    open_lookup: OpenLookup, *, clock: Callable[[], float] = time.monotonic
) -> Iterator[Finding]:
    """Open the lookup, which verifies the snapshot and loads the models, and ask it something.

    Args:
        open_lookup: Opens it, its models loaded.
        clock: Seconds, never going back.
    """
    try:
        with open_lookup() as lookup:
            snapshot = lookup.snapshot
            yield _snapshot(snapshot)
            yield ok("models", f"Loaded: {', '.join(snapshot.models)}.")
            yield _trial(lookup, clock)
    except SnapshotError as error:
        step = "Run `hearsay reindex`, or `hearsay rollback` to the snapshot before."
        yield fail("snapshot", str(error), step)
    except HearsayError as error:
        step = "See HEARSAY_ENCODERS in .env.example, and whether everything is installed."
        yield fail("models", str(error), step)


def _snapshot(snapshot: SnapshotInfo) -> Finding:
    built = f"built {snapshot.as_of:%Y-%m-%d %H:%M} UTC, verified"
    if snapshot.is_sample:
        step = "Run `hearsay import FILE` and `hearsay reindex` to serve an archive of your own."
        return warn("snapshot", "Only the bundled sample archive is there.", step)
    return ok("snapshot", f"{snapshot.id}: {snapshot.n_claims:,} claims, {built}.")


def _trial(lookup: LookupService, clock: Callable[[], float]) -> Finding:
    begun = clock()
    lookup.ask(QUESTION)
    seconds = clock() - begun
    if seconds <= SLOW_S:
        return ok("lookup", f"A trial question took {seconds:.2f} s.")
    step = "Look for what else keeps the machine busy; see docs/operations.md for sizes."
    return warn("lookup", f"A trial question took {seconds:.1f} s, which is slow.", step)
