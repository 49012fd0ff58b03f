"""Server: `/metrics` and `/healthz` over HTTP, on the loopback interface."""

import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import asdict

from aiohttp import web
from prometheus_client import generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4

from bot.operations.health import problems
from bot.operations.metrics import Metrics
from bot.operations.vitals import Vitals, exposed
from bot.settings import Listen

_LOG = logging.getLogger(__name__)
_LOOPBACK = {"localhost", "127.0.0.1", "::1"}
ReadVitals = Callable[[], Awaitable[Vitals]]


@asynccontextmanager
async def serving(listen: Listen, metrics: Metrics, read: ReadVitals) -> AsyncIterator[int | None]:
    """Serve metrics and health while the context is open.

    A bot that answers is worth more than its metrics: where the address cannot be had, the log
    says so and the bot goes on.

    Args:
        listen: Where.
        metrics: What was counted.
        read: Measures the vitals.

    Yields:
        The port; None if the address could not be had.
    """
    if listen.host not in _LOOPBACK:
        _LOG.warning(
            "Metrics are served at %s, which others may reach. They hold counts, nobody's data; "
            "keep them off the internet all the same.",
            listen,
        )
    runner = web.AppRunner(_application(metrics, read), access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    try:
        try:
            await web.TCPSite(runner, listen.host, listen.port).start()
        except OSError as error:
            _LOG.error(
                "Metrics and health cannot be served at %s (%s). The bot runs without them. Give "
                "HEARSAY_METRICS_LISTEN a free address, or set it to off.",
                listen,
                error.strerror or type(error).__name__,
            )
            yield None
        else:
            yield int(runner.addresses[0][1])
    finally:
        await runner.cleanup()


def _application(metrics: Metrics, read: ReadVitals) -> web.Application:
    async def show_metrics(_: web.Request) -> web.Response:
        vitals = exposed(await read())
        body = generate_latest(metrics.registry) + generate_latest(vitals)
        return web.Response(body=body, headers={"Content-Type": CONTENT_TYPE_PLAIN_0_0_4})

    async def show_health(_: web.Request) -> web.Response:
        found = problems(await read())
        body = {"ok": not found, "problems": [asdict(problem) for problem in found]}
        return web.json_response(body, status=503 if found else 200)

    application = web.Application()
    application.router.add_get("/metrics", show_metrics)
    application.router.add_get("/healthz", show_health)
    return application
