"""Failures: what the Bot API answers instead of a result, in the real server's own words.

Sources: telegram-bot-api/Client.cpp of https://github.com/tdlib/telegram-bot-api and the errors of
https://github.com/tdlib/td that it passes on.
"""

from typing import Any


class ApiError(Exception):
    """An answer with `ok: false`.

    Args:
        code: The `error_code`, which is also the HTTP status.
        description: The text after the prefix of its code, such as `chat not found`.
        parameters: `retry_after` or `migrate_to_chat_id`, when there is one.
    """

    _PREFIXES = {  # noqa: RUF012 - a constant table
        400: "Bad Request: ",
        401: "",
        403: "Forbidden: ",
        404: "",
        409: "Conflict: ",
        429: "Too Many Requests: ",
        500: "",
    }

    def __init__(
        self, code: int, description: str, parameters: dict[str, Any] | None = None
    ) -> None:
        super().__init__(description)
        self.code = code
        self.description = f"{self._PREFIXES.get(code, '')}{description}"
        self.parameters = parameters or {}

    def to_json(self) -> dict[str, Any]:
        """Return the body of the HTTP answer."""
        body: dict[str, Any] = {
            "ok": False,
            "error_code": self.code,
            "description": self.description,
        }
        if self.parameters:
            body["parameters"] = self.parameters
        return body


def bad_request(description: str) -> ApiError:
    """Return a 400."""
    return ApiError(400, description)


def forbidden(description: str) -> ApiError:
    """Return a 403."""
    return ApiError(403, description)


def conflict(description: str) -> ApiError:
    """Return a 409."""
    return ApiError(409, description)


def too_many_requests(retry_after_s: int) -> ApiError:
    """Return a 429 that asks to wait `retry_after_s` seconds."""
    return ApiError(429, f"retry after {retry_after_s}", {"retry_after": retry_after_s})


OTHER_POLLER = (
    "terminated by other getUpdates request; make sure that only one bot instance is running"
)
POLLING_WITH_WEBHOOK = (
    "can't use getUpdates method while webhook is active; "
    "use deleteWebhook to delete the webhook first"
)
NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same "
    "as a current content and reply markup of the message"
)
QUERY_TOO_OLD = "query is too old and response timeout expired or query ID is invalid"
