"""Client: the one HTTP client of the Bot API, on aiohttp, with observers.

The library's own client is slow: its pool compares every request with every connection.
Addresses hold the token, so no error says what was asked for, and none carries the error of aiohttp
that caused it.
"""

import json
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode, urlsplit

import aiohttp
from telegram._utils.defaultvalue import DefaultValue
from telegram._utils.types import JSONDict, ODVInput
from telegram.error import NetworkError, TimedOut
from telegram.request import BaseRequest, RequestData

from bot.outgoing.answers import read_answer, read_refusal, result_of
from bot.outgoing.requests import Observer, Outcome, Request

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
# For slow networks; an upload takes longer.
_TIMEOUT_S, _UPLOAD_S = 10.0, 20.0
# A quiet bot would pay for TLS on every reply with a shorter one.
_KEEPALIVE_S = 60.0
_FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@dataclass(slots=True)
class _Exchange:
    """What is known of a request while it is under way."""

    result: str = "cancelled"
    refusal: dict[str, Any] = field(default_factory=dict)


class BotApiClient(BaseRequest):
    """An HTTP client for one Bot API.

    Certificates are always checked. A proxy is taken from the environment (`HTTPS_PROXY`,
    `HTTP_PROXY`, `NO_PROXY`), unless the Bot API is on this machine. Redirects are not followed,
    since they could lead the token elsewhere.

    Args:
        api_url: Where the Bot API is.
        n_connections: How many connections it may hold.
        observers: Are told of every request.
        on_leaving: Told of a method at the last moment before its request is written to a
            connection, in the context of whoever makes it.
        clock: Seconds, never going back.
    """

    def __init__(
        self,
        api_url: str,
        n_connections: int,
        observers: Sequence[Observer] = (),
        *,
        on_leaving: Callable[[str], None] | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._n_connections = n_connections
        self._observers = tuple(observers)
        self._on_leaving = on_leaving
        self._clock = clock
        self._proxied = urlsplit(api_url).hostname not in LOOPBACK
        self._session: aiohttp.ClientSession | None = None

    @property
    def read_timeout(self) -> float:
        """Seconds that it waits for an answer, or for more of one."""
        return _TIMEOUT_S

    async def initialize(self) -> None:
        """Open it; it keeps to the event loop in which this is called."""
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(
                    limit=self._n_connections, keepalive_timeout=_KEEPALIVE_S
                ),
                cookie_jar=aiohttp.DummyCookieJar(),
                headers={"User-Agent": self.USER_AGENT},
                trust_env=self._proxied,
                trace_configs=[self._traced()],
            )

    async def shutdown(self) -> None:
        """Close it and all its connections."""
        session, self._session = self._session, None
        if session is not None:
            await session.close()

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
        """Make a request; see the base class.

        aiohttp has no limit of its own for writing. So the answer has to begin within what the
        library allows for writing and for reading together, and a connection has to be there within
        what it allows for a free place and for connecting.

        Raises:
            TimedOut: One of the limits was reached.
            NetworkError: No answer came; whether the request arrived is not known.
        """
        if (session := self._session) is None:
            raise NetworkError("The HTTP client is not open")
        uploads = request_data is not None and request_data.contains_files
        timeout = aiohttp.ClientTimeout(
            connect=_sum(pool_timeout, connect_timeout),
            sock_connect=_seconds(connect_timeout),
            sock_read=_sum(write_timeout, read_timeout, first=_UPLOAD_S if uploads else _TIMEOUT_S),
        )
        with self._observed(_request(url, request_data)) as exchange, _translated(exchange):
            async with session.request(
                method,
                url,
                data=_body(request_data),
                headers=None if uploads else _FORM,
                timeout=timeout,
                allow_redirects=False,
                trace_request_ctx=url.rpartition("/")[2],
            ) as response:
                payload = await response.read()
            exchange.result = result_of(response.status)
            if exchange.result != "ok":
                exchange.refusal = read_refusal(response.status, payload)
                payload = json.dumps(exchange.refusal).encode()
            return response.status, payload

    @staticmethod
    def parse_json_payload(payload: bytes) -> JSONDict:
        """Parse an answer.

        Raises:
            NetworkError: It is none.
        """
        return read_answer(payload)

    def _traced(self) -> aiohttp.TraceConfig:
        """Say when a request leaves: aiohttp writes its head together with its first chunk."""

        async def leaves(_: Any, context: Any, __: Any) -> None:
            if self._on_leaving is not None:
                self._on_leaving(context.trace_request_ctx)

        trace = aiohttp.TraceConfig()
        trace.on_request_chunk_sent.append(leaves)
        return trace

    @contextmanager
    def _observed(self, request: Request) -> Iterator[_Exchange]:
        exchange, begun = _Exchange(), self._clock()
        for observer in self._observers:
            observer.before(request)
        try:
            yield exchange
        finally:
            outcome = Outcome(exchange.result, self._clock() - begun, exchange.refusal)
            for observer in self._observers:
                observer.after(request, outcome)


@contextmanager
def _translated(exchange: _Exchange) -> Iterator[None]:
    """Turn errors of aiohttp into those of the library, without what was asked for."""
    try:
        yield
    except aiohttp.ConnectionTimeoutError:
        exchange.result = "timed_out"
        raise TimedOut("Timed out: no connection, so nothing was sent") from None
    except TimeoutError:  # aiohttp's others among them
        exchange.result = "timed_out"
        raise TimedOut from None
    except (aiohttp.ClientError, OSError, ValueError) as error:
        exchange.result = "network"
        raise NetworkError(_described(error)) from None


def _described(error: Exception) -> str:
    if isinstance(error, aiohttp.ClientConnectorCertificateError):
        reason = getattr(error.certificate_error, "verify_message", None)
    else:
        reason = error.strerror if isinstance(error, OSError) else None
    name = type(error).__name__
    return f"{name}: {reason}" if reason else name


def _request(url: str, request_data: RequestData | None) -> Request:
    chat_id = None if request_data is None else request_data.parameters.get("chat_id")
    # The last part of the address is the method; the one before it holds the token.
    return Request(url.rpartition("/")[2], chat_id if isinstance(chat_id, int) else None)


def _body(request_data: RequestData | None) -> bytes | aiohttp.FormData | None:
    if request_data is None:
        return None
    if not request_data.contains_files:
        return urlencode(request_data.json_parameters, errors="replace").encode()
    form = aiohttp.FormData()
    for name, value in request_data.json_parameters.items():
        form.add_field(name, value)
    for name, (file_name, content, kind) in request_data.multipart_data.items():
        form.add_field(name, content, filename=file_name, content_type=kind)
    return form


def _seconds(limit: ODVInput[float], default: float = _TIMEOUT_S) -> float | None:
    return default if isinstance(limit, DefaultValue) else limit


def _sum(
    first_limit: ODVInput[float], second_limit: ODVInput[float], *, first: float = _TIMEOUT_S
) -> float | None:
    one, other = _seconds(first_limit, first), _seconds(second_limit)
    return None if one is None or other is None else one + other
