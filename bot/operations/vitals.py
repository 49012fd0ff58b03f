"""Vitals: what is measured at the moment it is asked for, and where each value comes from."""

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from bot.context import LookupService
from bot.operations.metrics import Metrics
from bot.workers import Workers
from index import HearsayError, SnapshotInfo


@dataclass(frozen=True, slots=True)
class Backlog:
    """What waits in a queue on the disk.

    Attributes:
        n_waiting: How much.
        oldest_s: For how many seconds the oldest has been due; 0 where nothing is.
    """

    n_waiting: int
    oldest_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Vitals:
    """The state of the bot at one moment.

    Attributes:
        poll_age_s: Seconds since the last good poll; None where updates come by webhook.
        snapshot: What is searched; None if nothing is loaded.
        is_contested: Whether another instance takes the updates.
        n_workers: Threads that look questions up.
        n_stuck: How many of them are at a question that should long have ended.
        n_taken: Lookups that run or wait.
        n_refused: Lookups that were turned away since the start.
        n_underway: Updates that are being handled; None if unknown.
        inbox: Updates on the disk; None without an inbox.
        outbox: Notifications that are to be sent; None without an outbox.
    """

    poll_age_s: float | None
    snapshot: SnapshotInfo | None
    is_contested: bool = False
    n_workers: int = 1
    n_stuck: int = 0
    n_taken: int = 0
    n_refused: int = 0
    n_underway: int | None = None
    inbox: Backlog | None = None
    outbox: Backlog | None = None


@dataclass(frozen=True, slots=True)
class Sources:
    """Where the vitals come from.

    Attributes:
        metrics: What is counted.
        lookup: The lookup; asked for its snapshot in a thread, since it may have to open one.
        workers: The threads that lookups run in.
        n_workers: How many they are.
        stuck_after_s: Seconds after which a question should long have ended.
        is_polling: Whether updates are fetched, and do not come by webhook.
        underway: Counts the updates that are being handled.
        inbox: Measures the inbox; None without one.
        outbox: Measures the outbox; None without one.
    """

    metrics: Metrics
    lookup: LookupService
    workers: Workers
    n_workers: int
    stuck_after_s: float
    is_polling: bool = True
    underway: Callable[[], int] | None = None
    inbox: Callable[[], Backlog] | None = None
    outbox: Callable[[], Backlog] | None = None

    async def read(self) -> Vitals:
        """Measure now. Call it on the event loop, where bot.db may be read."""
        return Vitals(
            poll_age_s=self.metrics.polls.age_s if self.is_polling else None,
            snapshot=await asyncio.to_thread(self._snapshot),
            is_contested=self.metrics.is_contested,
            n_workers=self.n_workers,
            n_stuck=self.metrics.lookups.n(longer_than_s=self.stuck_after_s),
            n_taken=self.workers.n_taken,
            n_refused=self.workers.n_refused,
            n_underway=self.underway() if self.underway else None,
            inbox=self.inbox() if self.inbox else None,
            outbox=self.outbox() if self.outbox else None,
        )

    def _snapshot(self) -> SnapshotInfo | None:
        try:
            return self.lookup.snapshot
        except HearsayError:
            return None


class _Families(Collector):
    def __init__(self, vitals: Vitals) -> None:
        self._vitals = vitals

    def collect(self) -> Iterator[Metric]:
        vitals = self._vitals
        yield _gauge("hearsay_lookups_taken", "Lookups that run or wait", vitals.n_taken)
        yield _gauge("hearsay_lookups_stuck", "Threads that a question holds", vitals.n_stuck)
        yield CounterMetricFamily(
            "hearsay_lookups_refused", "Lookups turned away", value=vitals.n_refused
        )
        if vitals.poll_age_s is not None:
            yield _gauge("hearsay_poll_age_seconds", "Since the last good poll", vitals.poll_age_s)
        yield _gauge(
            "hearsay_contested",
            "Whether another instance takes the updates",
            vitals.is_contested,
        )
        if vitals.n_underway is not None:
            underway = vitals.n_underway
            yield _gauge("hearsay_updates_underway", "Updates being handled", underway)
        for name, backlog in (("inbox", vitals.inbox), ("outbox", vitals.outbox)):
            if backlog is not None:
                yield _gauge(f"hearsay_{name}_waiting", f"Waiting in the {name}", backlog.n_waiting)
                yield _gauge(
                    f"hearsay_{name}_oldest_seconds",
                    f"How long the oldest in the {name} has been due",
                    backlog.oldest_s,
                )
        yield from _snapshot_families(vitals.snapshot)


def exposed(vitals: Vitals) -> CollectorRegistry:
    """The vitals as metrics, in a registry of their own.

    What is unknown is left out: a zero would be a lie.
    """
    registry = CollectorRegistry()
    registry.register(_Families(vitals))
    return registry


def _snapshot_families(snapshot: SnapshotInfo | None) -> Iterator[Metric]:
    yield _gauge("hearsay_snapshot_loaded", "Whether there is one to search", snapshot is not None)
    if snapshot is None:
        return
    info = GaugeMetricFamily(
        "hearsay_snapshot_info", "The snapshot that is searched", labels=("id", "sample")
    )
    info.add_metric((snapshot.id, "yes" if snapshot.is_sample else "no"), 1)
    yield info
    yield _gauge("hearsay_snapshot_claims", "Claims in it", snapshot.n_claims)
    built_at = snapshot.as_of.timestamp()
    yield _gauge("hearsay_snapshot_built_timestamp_seconds", "When it was built", built_at)


def _gauge(name: str, text: str, value: float) -> Metric:
    return GaugeMetricFamily(name, text, value=float(value))
