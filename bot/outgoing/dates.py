"""Dates: what time it is at the Bot API, by the date that any answer of a server carries."""

from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

import aiohttp

from bot.outgoing.client import LOOPBACK

_TIMEOUT = aiohttp.ClientTimeout(total=10.0)


async def date_at(api_url: str) -> float | None:
    """Unix time in seconds at a Bot API; None where its answer carries no date, or none comes.

    Args:
        api_url: Where the Bot API is. Only its root is asked, so no address holds the token.
    """
    parts = urlsplit(api_url)
    try:
        async with (
            aiohttp.ClientSession(
                timeout=_TIMEOUT, trust_env=parts.hostname not in LOOPBACK
            ) as session,
            session.get(f"{parts.scheme}://{parts.netloc}/", allow_redirects=False) as answer,
        ):
            return parsedate_to_datetime(answer.headers["Date"]).timestamp()
    except (aiohttp.ClientError, TimeoutError, OSError, LookupError, ValueError):
        return None
