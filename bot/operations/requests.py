"""Requests: an HTTP client of the Bot API that counts what becomes of every request."""

import json
import re
import time
from collections.abc import Callable
from typing import Any

from telegram._utils.types import JSONDict, ODVInput
from telegram.error import NetworkError, RetryAfter, TelegramError, TimedOut
from telegram.request import BaseRequest, RequestData

from bot.operations.metrics import Metrics

_OK, _FIRST_ERROR = 200, 300
_HALF_OF_A_PAIR = re.compile(rb"\\u[dD][89a-fA-F]")  # a whole pair looks so too
_SURROGATE = re.compile("[\ud800-\udfff]")
_RESULTS = {
    400: "bad_request",
    401: "unauthorized",
    403: "forbidden",
    404: "not_found",
    409: "conflict",
    429: "retry_after",
}


class CountedRequest(BaseRequest):
    """Passes requests on to another client and counts them by method and result.

    The result is "ok", the class of Telegram's error ("bad_request", "forbidden", "retry_after",
    "conflict", "unauthorized", "not_found", "server_error", "other"), or "timed_out" or "network"
    where no answer came.

    Args:
        inner: The client that does the work.
        metrics: What to count into.
        clock: Seconds, never going back.
    """

    def __init__(
        self, inner: BaseRequest, metrics: Metrics, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._inner = inner
        self._metrics = metrics
        self._clock = clock

    @property
    def read_timeout(self) -> float | None:
        """Seconds that the inner client waits for an answer."""
        return self._inner.read_timeout

    async def initialize(self) -> None:
        """Open the inner client."""
        await self._inner.initialize()

    async def shutdown(self) -> None:
        """Close the inner client."""
        await self._inner.shutdown()

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
        write_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
        connect_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
        pool_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        """Send a request by the inner client.

        Raises:
            TelegramError: No answer came.
        """
        begun = self._clock()
        result = "cancelled"
        try:
            code, payload = await self._inner.do_request(
                url,
                method,
                request_data,
                read_timeout,
                write_timeout,
                connect_timeout,
                pool_timeout,
            )
            result = result_of(code)
        except TelegramError as error:
            result = _class_of(error)
            raise
        finally:
            # The last part of the address is the method; the one before it holds the token.
            self._metrics.requested(url.rpartition("/")[2], result, self._clock() - begun)
        if result == "retry_after":
            self._metrics.told_to_wait(_wait_s(payload))
        return code, payload

    @staticmethod
    def parse_json_payload(payload: bytes) -> JSONDict:
        """Parse an answer; the library's own way would log a bad one, and with it what users wrote.

        Raises:
            TelegramError: It is no JSON.
        """
        try:
            parsed: JSONDict = json.loads(payload.decode("utf-8", "replace"))
        except ValueError:
            raise TelegramError("Invalid server response") from None
        return well_formed(parsed) if _HALF_OF_A_PAIR.search(payload) else parsed


def well_formed(value: Any) -> Any:
    """Parsed JSON with every half of a surrogate pair replaced by U+FFFD.

    JSON can hold such halves, UTF-8 cannot: the first encoding of such a text would raise. A
    replaced one is one UTF-16 unit as before, so the offsets of entities still hold.
    """
    match value:
        case str():
            return _SURROGATE.sub("\N{REPLACEMENT CHARACTER}", value)
        case list():
            return [well_formed(item) for item in value]
        case dict():
            return {well_formed(key): well_formed(item) for key, item in value.items()}
        case _:
            return value


def result_of(code: int) -> str:
    """The class of an HTTP status."""
    if _OK <= code < _FIRST_ERROR:
        return "ok"
    return _RESULTS.get(code) or ("server_error" if code >= 500 else "other")


def _class_of(error: TelegramError) -> str:
    match error:
        case TimedOut():
            return "timed_out"
        case RetryAfter():
            return "retry_after"
        case NetworkError():
            return "network"
        case _:
            return "other"


def _wait_s(payload: bytes) -> float:
    """What a 429 asks for; 0 where it does not say."""
    try:
        answer: Any = json.loads(payload)
        return max(float(answer["parameters"]["retry_after"]), 0.0)
    except (ValueError, LookupError, TypeError):
        return 0.0
