"""Pulse: when something last happened, and since when things have been under way."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Clock = Callable[[], float]


class Pulse:
    """Remembers when it was last beaten; a new one counts as beaten now.

    Args:
        clock: Seconds, never going back.
    """

    def __init__(self, clock: Clock = time.monotonic) -> None:
        self._clock = clock
        self._last = clock()

    def beat(self) -> None:
        """It happened now."""
        self._last = self._clock()

    @property
    def age_s(self) -> float:
        """Seconds since the last beat."""
        return self._clock() - self._last


class Underway:
    """Knows what has begun and not ended. Thread-safe.

    Args:
        clock: Seconds, never going back.
    """

    def __init__(self, clock: Clock = time.monotonic) -> None:
        self._clock = clock
        self._begun: dict[object, float] = {}
        self._lock = threading.Lock()

    @contextmanager
    def one(self) -> Iterator[None]:
        """One thing, under way while the context is open."""
        key = object()
        with self._lock:
            self._begun[key] = self._clock()
        try:
            yield
        finally:
            with self._lock:
                del self._begun[key]

    def n(self, longer_than_s: float = 0.0) -> int:
        """How many are under way, and have been for so many seconds."""
        now = self._clock()
        with self._lock:
            return sum(now - begun >= longer_than_s for begun in self._begun.values())
