"""Windows: how many messages may go out in any span of time, and when the next one may."""

from collections import deque
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limit:
    """At most so many in any span of time.

    Attributes:
        n: How many, at least 1.
        span_s: The span, in seconds.
    """

    n: int
    span_s: float


class Window:
    """The places of one limit, booked in advance: whoever books first goes first.

    Args:
        limit: The limit.
    """

    def __init__(self, limit: Limit) -> None:
        self._limit = limit
        self._booked: deque[float] = deque(maxlen=limit.n)

    def next_at(self, now: float) -> float:
        """When the next place is free; `now` where that is at once."""
        if not self._booked:
            return now
        newest = max(now, self._booked[-1])  # nobody overtakes who has booked already
        if len(self._booked) < self._limit.n:
            return newest
        return max(newest, self._booked[0] + self._limit.span_s)

    def book(self, at: float) -> None:
        """Take a place at a moment that `next_at` named, or at a later one."""
        self._booked.append(at)

    def is_idle(self, now: float) -> bool:
        """Whether nothing that was booked matters any more."""
        return not self._booked or self._booked[-1] + self._limit.span_s <= now
