"""Workers: a small, bounded pool of threads in which lookups run, off the event loop."""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import Self, TypeVar

from index import HearsayError

Result = TypeVar("Result")


class BusyError(HearsayError):
    """Every worker is taken and the queue is full, or the work took too long."""


class Workers:
    """Runs work in threads: a few at once, a bounded number waiting, none for ever.

    Work that exceeds its time keeps its thread until it ends by itself (a thread cannot be
    stopped) and counts as taken until then, so that the pool never grows beyond its bounds.

    Args:
        n_workers: Threads.
        max_waiting: How much work may wait for a thread; 0 refuses whenever all are taken.
        timeout_s: Seconds for one piece of work, waiting included.
    """

    def __init__(self, n_workers: int, max_waiting: int, timeout_s: float) -> None:
        self._executor = ThreadPoolExecutor(n_workers, thread_name_prefix="lookup")
        self._max_taken = n_workers + max_waiting
        self._timeout_s = timeout_s
        self._n_taken = 0
        self._n_refused = 0
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    @property
    def is_idle(self) -> bool:
        """Whether nothing is running or waiting: the moment for work that nobody waits for."""
        return self._n_taken == 0

    @property
    def n_taken(self) -> int:
        """How much work runs or waits."""
        return self._n_taken

    @property
    def n_refused(self) -> int:
        """How much work was turned away because too much was waiting, or took too long."""
        return self._n_refused

    async def run(self, work: Callable[[], Result]) -> Result:
        """Run `work` in a thread and wait for its result without blocking the event loop.

        Raises:
            BusyError: Too much is waiting already, or the time is over.
            BaseException: Whatever `work` raises.
        """
        with self._lock:
            if self._n_taken >= self._max_taken:
                self._n_refused += 1
                raise BusyError(
                    f"{self._n_taken} lookups are running or waiting, which is the limit. Raise "
                    "HEARSAY_LOOKUP_WORKERS or HEARSAY_LOOKUP_QUEUE if this happens often."
                )
            self._n_taken += 1
        future = self._executor.submit(work)
        future.add_done_callback(self._release)
        try:
            async with asyncio.timeout(self._timeout_s):
                return await asyncio.wrap_future(future)
        except TimeoutError:
            if future.done() and not future.cancelled():
                return future.result()
            with self._lock:
                self._n_refused += 1
            raise BusyError(
                f"A lookup took longer than {self._timeout_s:g} s (HEARSAY_LOOKUP_TIMEOUT_S)."
            ) from None

    def close(self) -> None:
        """Take no more work, drop what waits, and let what runs come to its end."""
        self._executor.shutdown(wait=True, cancel_futures=True)

    def _release(self, _future: "Future[Result]") -> None:
        with self._lock:
            self._n_taken -= 1
