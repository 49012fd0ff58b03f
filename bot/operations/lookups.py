"""Lookups: a lookup whose questions are counted and timed."""

import time
from collections.abc import Callable, Sequence

from bot.context import LookupService
from bot.operations.metrics import Metrics
from index import Answer, Claim, SnapshotInfo


class CountedLookup:
    """Passes questions on to a lookup and counts outcomes and seconds. Thread-safe.

    Args:
        inner: The lookup that does the work.
        metrics: What to count into.
        clock: Seconds, never going back.
    """

    def __init__(
        self, inner: LookupService, metrics: Metrics, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._inner = inner
        self._metrics = metrics
        self._clock = clock

    def ask(self, question: str, *, limit: int = 5) -> Answer:
        """Look a question up."""
        begun, outcome = self._clock(), "failed"
        try:
            with self._metrics.lookups.one():
                answer = self._inner.ask(question, limit=limit)
            outcome = answer.outcome.lower()
        finally:
            self._metrics.looked_up(outcome, self._clock() - begun)
        return answer

    def claim(self, claim_id: str) -> Claim:
        """Read one claim.

        Raises:
            UnknownClaimError: There is no such claim.
        """
        with self._metrics.lookups.one():
            return self._inner.claim(claim_id)

    def group(self, questions: Sequence[str]) -> list[list[int]]:
        """Group questions that ask the same, as positions."""
        with self._metrics.lookups.one():
            return self._inner.group(questions)

    @property
    def snapshot(self) -> SnapshotInfo:
        """What is searched."""
        return self._inner.snapshot
