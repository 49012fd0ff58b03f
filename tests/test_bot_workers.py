"""Workers: bounded, and never in the way of the event loop."""

import threading

import pytest

from bot.workers import BusyError, Workers


async def test_work_runs_in_a_thread_and_returns_its_result() -> None:
    with Workers(1, 0, 5.0) as workers:
        name = await workers.run(lambda: threading.current_thread().name)
    assert name.startswith("lookup")


async def test_errors_of_the_work_come_through() -> None:
    with Workers(1, 0, 5.0) as workers, pytest.raises(ZeroDivisionError):
        await workers.run(lambda: 1 // 0)


async def test_a_timeout_raised_by_the_work_is_its_own() -> None:
    def work() -> None:
        raise TimeoutError("of the work")

    with Workers(1, 0, 5.0) as workers, pytest.raises(TimeoutError, match="of the work"):
        await workers.run(work)


async def test_work_that_takes_too_long_is_given_up_and_still_counts_until_it_ends() -> None:
    gate = threading.Event()
    with Workers(1, 0, 0.05) as workers:
        with pytest.raises(BusyError, match="longer than"):
            await workers.run(gate.wait)
        with pytest.raises(BusyError, match="running or waiting"):
            await workers.run(lambda: None)
        gate.set()


async def test_work_that_was_given_up_while_waiting_never_runs() -> None:
    gate, ran = threading.Event(), threading.Event()
    with Workers(1, 1, 0.05) as workers:
        with pytest.raises(BusyError):
            await workers.run(gate.wait)
        with pytest.raises(BusyError):
            await workers.run(ran.set)
        gate.set()
    assert not ran.is_set()


async def test_finished_work_makes_room() -> None:
    with Workers(1, 0, 5.0) as workers:
        assert [await workers.run(lambda n=n: n) for n in range(20)] == list(range(20))
