"""Supervision: tells systemd that the bot is up, and that its event loop still turns."""

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

# A unit that sets WatchdogSec= gives it at least three times as long.
BEAT_S = 20.0
Sleep = Callable[[float], Awaitable[None]]


class Supervisor:
    """Speaks the protocol of sd_notify(3): a datagram a message.

    Args:
        address: Where systemd listens (`NOTIFY_SOCKET`); None where nobody does.
    """

    def __init__(self, address: str | None) -> None:
        # A leading @ stands for the zero byte of Linux's abstract names.
        self._address = f"\0{address[1:]}" if address and address.startswith("@") else address

    def tell(self, message: str) -> None:
        """Send a message such as "READY=1"; where it cannot be sent, nobody waits for it."""
        if not self._address:
            return
        with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as channel:
            channel.connect(self._address)
            channel.sendall(message.encode())


@asynccontextmanager
async def supervised(
    supervisor: Supervisor, is_alive: Callable[[], bool], *, sleep: Sleep = asyncio.sleep
) -> AsyncIterator[None]:
    """Report readiness, then a sign of life every 20 s while `is_alive`, then the end.

    Args:
        supervisor: Whom to tell.
        is_alive: Whether the bot still does its work. A Telegram that cannot be reached is no
            reason to say no: starting again would not help.
        sleep: How to wait.
    """
    supervisor.tell("READY=1")

    async def beat() -> None:
        while True:
            if is_alive():
                supervisor.tell("WATCHDOG=1")
            await sleep(BEAT_S)

    task = asyncio.create_task(beat())
    try:
        yield
    finally:
        supervisor.tell("STOPPING=1")
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
