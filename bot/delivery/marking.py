"""Marking: an observer of the HTTP client that notes what became of an answer."""

from bot.delivery.answering import after_request
from bot.outgoing.requests import Outcome, Request

# Telegram itself said no, so nothing was carried out.
_REFUSALS = frozenset(
    {"bad_request", "unauthorized", "forbidden", "not_found", "conflict", "retry_after"}
)


class Marks:
    """Tells the turn of an update how its answer went; `before_request` is told by the client."""

    def before(self, request: Request) -> None:
        """Nothing goes out yet: there may be no connection."""

    def after(self, request: Request, outcome: Outcome) -> None:
        """It has ended, well or not."""
        after_request(request.method, is_refused=outcome.result in _REFUSALS)
