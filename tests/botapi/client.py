"""Client: bare HTTP calls, for what no library would ever send."""

from typing import Any

import aiohttp

from bot.loopback import LoopbackServer


async def call(server: LoopbackServer, method: str, **values: Any) -> dict[str, Any]:
    """Post JSON to a method and return the answer's body."""
    url = f"{server.base_url}{server.token}/{method}"
    async with aiohttp.ClientSession() as session, session.post(url, json=values) as answer:
        body: dict[str, Any] = await answer.json()
        return body


async def result(server: LoopbackServer, method: str, **values: Any) -> Any:
    """Return the result of a call that must succeed."""
    body = await call(server, method, **values)
    assert body["ok"], body
    return body["result"]


async def error(server: LoopbackServer, method: str, **values: Any) -> tuple[int, str]:
    """Return the code and the text of a call that must fail."""
    body = await call(server, method, **values)
    assert not body["ok"], body
    return body["error_code"], body["description"]
