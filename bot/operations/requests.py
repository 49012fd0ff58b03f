"""Requests: what becomes of every request to the Bot API, counted."""

from bot.operations.metrics import Metrics
from bot.outgoing.answers import wait_s
from bot.outgoing.requests import Outcome, Request


class CountedRequests:
    """Counts requests by method and result.

    Args:
        metrics: What to count into.
    """

    def __init__(self, metrics: Metrics) -> None:
        self._metrics = metrics

    def before(self, request: Request) -> None:
        """Nothing to count yet."""

    def after(self, request: Request, outcome: Outcome) -> None:
        """Count it."""
        self._metrics.requested(request.method, outcome.result, outcome.seconds)
        if outcome.result == "retry_after":
            self._metrics.told_to_wait(wait_s(outcome.refusal))
