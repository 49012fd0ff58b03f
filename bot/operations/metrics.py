"""Metrics: what is counted, in a registry of its own."""

import time
from importlib.metadata import PackageNotFoundError, version

from prometheus_client import CollectorRegistry, Counter, Histogram, Info, ProcessCollector

from bot.operations.pulse import Clock, Pulse, Underway

_HANDLING_S = (0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 60.0)
_LOOKUP_S = (0.01, 0.03, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0)
_REQUEST_S = (0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0)
_AGE_S = (1.0, 3.0, 10.0, 30.0, 60.0, 300.0, 1800.0, 7200.0, 86400.0)


class Metrics:
    """Everything that is counted while the bot runs. Thread-safe.

    Attributes:
        registry: Where all of it is registered.
        polls: Beaten by every good answer to getUpdates.
        tries: Beaten whenever a getUpdates, or a getMe at the start, has ended, well or not.
        lookups: What the threads of the lookup are busy with.
        is_contested: Whether another instance takes the updates, as far as Telegram has said.

    Args:
        registry: Where to register; a new registry by default.
        clock: Seconds, never going back; for how old a poll is.
    """

    def __init__(
        self, registry: CollectorRegistry | None = None, clock: Clock = time.monotonic
    ) -> None:
        self.registry = registry or CollectorRegistry()
        self.polls = Pulse(clock)
        self.tries = Pulse(clock)
        self.lookups = Underway(clock)
        self.is_contested = False
        of = self.registry
        Info("hearsay", "The running version", registry=of).info({"version": _version()})
        ProcessCollector(registry=of)  # resident memory, CPU seconds, open files
        self._updates = Counter("hearsay_updates", "Updates handled", ("kind", "chat"), registry=of)
        self._handling = Histogram(
            "hearsay_update_seconds",
            "Seconds that an update took, its replies included",
            ("kind",),
            buckets=_HANDLING_S,
            registry=of,
        )
        self._age = Histogram(
            "hearsay_update_age_seconds",
            "Age of a message when its handling began",
            buckets=_AGE_S,
            registry=of,
        )
        self._errors = Counter(
            "hearsay_errors", "Updates that failed, by type of error", ("error",), registry=of
        )
        self._lookups = Counter(
            "hearsay_lookups", "Questions looked up, by outcome", ("outcome",), registry=of
        )
        self._lookup_s = Histogram(
            "hearsay_lookup_seconds",
            "Seconds of a lookup, without waiting for a thread",
            buckets=_LOOKUP_S,
            registry=of,
        )
        self._requests = Counter(
            "hearsay_telegram_requests",
            "Requests to the Bot API, by result",
            ("method", "result"),
            registry=of,
        )
        self._request_s = Histogram(
            "hearsay_telegram_request_seconds",
            "Seconds of a request to the Bot API, without getUpdates",
            buckets=_REQUEST_S,
            registry=of,
        )
        self._told_to_wait_s = Counter(
            "hearsay_retry_after_seconds",
            "Seconds that Telegram told the bot to wait, added up",
            registry=of,
        )

    def update(self, kind: str, chat: str, age_s: float | None) -> None:
        """An update is about to be handled.

        Args:
            kind: Its kind, as the Bot API calls it.
            chat: Type of its chat; "none" without one.
            age_s: Seconds since it was sent; None where the update does not say.
        """
        self._updates.labels(kind, chat).inc()
        if age_s is not None:
            self._age.observe(max(age_s, 0.0))

    def handled(self, kind: str, seconds: float) -> None:
        """An update has been handled, well or not."""
        self._handling.labels(kind).observe(seconds)

    def failed(self, error: BaseException | None) -> None:
        """The handling of an update failed; only the type of the error is kept."""
        self._errors.labels("none" if error is None else type(error).__name__).inc()

    def looked_up(self, outcome: str, seconds: float) -> None:
        """A question was looked up.

        Args:
            outcome: "match", "similar", "none"; "failed" for an error.
            seconds: How long it took.
        """
        self._lookups.labels(outcome).inc()
        self._lookup_s.observe(seconds)

    def requested(self, method: str, result: str, seconds: float) -> None:
        """A request to the Bot API has ended.

        Args:
            method: Of the Bot API.
            result: "ok" or a class of errors, see `requests`.
            seconds: How long it took.
        """
        self._requests.labels(method, result).inc()
        if method in {"getUpdates", "getMe"}:
            self.tries.beat()
        if method == "getUpdates" and result in {"ok", "conflict"}:
            self.contested(is_contested=result == "conflict")
        if method != "getUpdates":  # it waits for updates, so its time says nothing
            self._request_s.observe(seconds)
        elif result == "ok":
            self.polls.beat()

    def contested(self, *, is_contested: bool) -> None:
        """Telegram has said whether another instance takes the updates."""
        self.is_contested = is_contested

    def told_to_wait(self, seconds: float) -> None:
        """Telegram asked for a pause."""
        self._told_to_wait_s.inc(seconds)


def _version() -> str:
    try:
        return version("hearsay-bot")
    except PackageNotFoundError:  # run from a checkout that is not installed
        return "unknown"
