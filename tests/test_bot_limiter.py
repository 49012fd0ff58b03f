"""The limiter: when a message goes out, by a clock that stands still."""

import pytest
from standstill import Standstill
from telegram.error import RetryAfter, TimedOut

from bot.outgoing.limiter import TELEGRAMS, Limiter, Limits, Patience
from bot.outgoing.requests import puts_message
from bot.outgoing.windows import Limit, Window

ALICE, BOB, GROUP = 7, 8, -1007


class Sends:
    """Sends through a limiter and notes what went out and when."""

    def __init__(self, limits: Limits = TELEGRAMS) -> None:
        self.time = Standstill()
        self.limiter: Limiter = self.time.limiter(limits)
        self.out: list[tuple[float, object]] = []
        self.errors: list[BaseException] = []

    async def send(
        self,
        chat_id: object,
        method: str = "sendMessage",
        patience: Patience | None = None,
    ) -> object:
        async def callback() -> object:
            self.out.append((self.time.now, chat_id))
            if self.errors:
                raise self.errors.pop(0)
            return len(self.out)

        data = {} if chat_id is None else {"chat_id": chat_id}
        return await self.limiter.process_request(callback, (), {}, method, data, patience)

    def n_out(self, chat_id: object) -> int:
        return len([chat for _, chat in self.out if chat == chat_id])


def test_a_window_lets_so_many_through_in_any_span() -> None:
    window = Window(Limit(2, 10.0))
    for at in (0.0, 3.0):
        assert window.next_at(at) == at
        window.book(at)
    assert window.next_at(4.0) == 10.0
    window.book(10.0)
    assert window.next_at(10.0) == 13.0
    assert not window.is_idle(19.9)
    assert window.is_idle(20.0)


def test_nobody_overtakes_who_has_booked() -> None:
    window = Window(Limit(2, 10.0))
    for at in (0.0, 0.0, 10.0):
        window.book(at)
    assert window.next_at(5.0) == 10.0


async def test_a_chat_gets_a_burst_and_then_no_more_than_one_a_second() -> None:
    sends = Sends()
    tasks = [sends.time.start(sends.send(ALICE)) for _ in range(9)]
    await sends.time.quiet()
    assert sends.n_out(ALICE) == 4
    for _ in range(2):
        sends.time.passes(4.0)
        await sends.time.quiet()
    assert [at for at, _ in sends.out] == [0, 0, 0, 0, 4, 4, 4, 4, 8]
    assert all(task.done() for task in tasks)


async def test_a_busy_chat_delays_no_other() -> None:
    sends = Sends()
    for _ in range(9):
        sends.time.start(sends.send(ALICE))
    await sends.time.quiet()
    await sends.send(BOB)
    assert sends.out[-1] == (0.0, BOB)
    sends.time.passes(60.0)


async def test_a_group_gets_twenty_a_minute() -> None:
    sends = Sends(Limits(Limit(1, 0.0), Limit(20, 60.0), Limit(1, 0.0), patience_s=100.0))
    for _ in range(25):
        sends.time.start(sends.send(GROUP))
    await sends.time.quiet()
    assert sends.n_out(GROUP) == 20
    sends.time.passes(60.0)
    await sends.time.quiet()
    assert sends.n_out(GROUP) == 25


@pytest.mark.parametrize(
    "method",
    ["answerCallbackQuery", "answerInlineQuery", "getMe", "sendChatAction", "getChatMember"],
)
async def test_what_is_no_message_neither_waits_nor_counts(method: str) -> None:
    sends = Sends(Limits(Limit(1, 100.0), Limit(1, 100.0), Limit(1, 100.0)))
    for _ in range(3):
        await sends.send(GROUP, method)
    await sends.send(GROUP)
    await sends.send(GROUP, method)
    await sends.send(None, method)
    assert len(sends.out) == 6


@pytest.mark.parametrize(
    ("method", "expected"),
    [
        ("sendMessage", True),
        ("sendPhoto", True),
        ("editMessageText", True),
        ("editMessageReplyMarkup", True),
        ("answerGuestQuery", True),
        ("forwardMessage", True),
        ("sendChatAction", False),
        ("answerCallbackQuery", False),
        ("deleteMessage", False),
        ("setMyCommands", False),
    ],
)
def test_which_methods_put_a_message(method: str, expected: bool) -> None:
    assert puts_message(method) is expected


async def test_no_more_than_so_many_go_out_a_second_in_all() -> None:
    sends = Sends()
    for chat_id in range(1, 61):
        sends.time.start(sends.send(chat_id))
    await sends.time.quiet()
    assert [chat for _, chat in sends.out] == list(range(1, 26))
    sends.time.passes(1.0)
    await sends.time.quiet()
    assert len(sends.out) == 50
    sends.time.passes(1.0)
    await sends.time.quiet()
    assert [chat for _, chat in sends.out] == list(range(1, 61))  # whoever came first went first


async def test_a_chat_told_to_wait_waits_alone_and_is_sent_to_once() -> None:
    sends = Sends()
    sends.errors = [RetryAfter(20)]
    alice = sends.time.start(sends.send(ALICE))
    await sends.time.sleeping()
    await sends.send(BOB)
    sends.time.passes(19.9)
    assert not alice.done()
    sends.time.passes(0.1)
    await alice
    assert sends.out == [(0.0, ALICE), (0.0, BOB), (20.0, ALICE)]


async def test_who_comes_while_a_chat_waits_comes_after_it() -> None:
    sends = Sends(Limits(Limit(1, 1.0), Limit(1, 1.0), Limit(1, 0.0)))
    sends.errors = [RetryAfter(5)]
    first = sends.time.start(sends.send(ALICE))
    await sends.time.sleeping()
    second = sends.time.start(sends.send(ALICE))
    await sends.time.sleeping(2)
    sends.time.passes(5.0)
    await first
    assert not second.done()
    sends.time.passes(1.0)
    await second
    assert [at for at, _ in sends.out] == [0.0, 5.0, 6.0]


async def test_who_had_a_place_before_the_chat_was_told_to_wait_waits_too() -> None:
    sends = Sends(Limits(Limit(1, 1.0), Limit(1, 1.0), Limit(1, 0.0)))
    await sends.send(ALICE)
    second = sends.time.start(sends.send(ALICE))
    third = sends.time.start(sends.send(ALICE))
    await sends.time.sleeping(2)
    sends.errors = [RetryAfter(10)]
    sends.time.passes(1.0)
    await sends.time.quiet()
    sends.time.passes(1.0)  # the place of the third, but the chat is told to wait until 11
    await sends.time.quiet()
    assert [at for at, _ in sends.out] == [0.0, 1.0]
    sends.time.passes(9.0)
    await second
    sends.time.passes(1.0)
    await third
    assert [at for at, _ in sends.out] == [0.0, 1.0, 11.0, 12.0]


async def test_who_waited_for_a_place_among_all_meanwhile_waits_with_the_chat() -> None:
    sends = Sends(Limits(Limit(9, 1.0), Limit(9, 1.0), Limit(1, 1.0)))
    sends.errors = [RetryAfter(5)]
    first, second = (sends.time.start(sends.send(ALICE)) for _ in range(2))
    await sends.time.sleeping(2)
    sends.time.passes(1.0)
    await sends.time.quiet()
    assert [at for at, _ in sends.out] == [0.0]
    sends.time.passes(4.0)
    await first
    sends.time.passes(1.0)
    await second
    assert [at for at, _ in sends.out] == [0.0, 5.0, 6.0]


async def test_a_wait_beyond_patience_is_an_error_at_once() -> None:
    sends = Sends()
    sends.errors = [RetryAfter(31)]
    with pytest.raises(RetryAfter):
        await sends.send(ALICE)
    with pytest.raises(RetryAfter) as told:
        await sends.send(ALICE)
    assert "31 seconds" in str(told.value)
    assert sends.n_out(ALICE) == 1


async def test_told_to_wait_again_and_again_it_gives_up_in_time() -> None:
    sends = Sends()
    sends.errors = [RetryAfter(14) for _ in range(9)]
    task = sends.time.start(sends.send(ALICE))
    for _ in range(2):
        await sends.time.sleeping()
        sends.time.passes(14.0)
    with pytest.raises(RetryAfter):
        await task
    assert [at for at, _ in sends.out] == [0.0, 14.0, 28.0]


async def test_what_may_have_arrived_is_never_sent_again() -> None:
    sends = Sends()
    sends.errors = [TimedOut()]
    with pytest.raises(TimedOut):
        await sends.send(ALICE)
    assert sends.n_out(ALICE) == 1


async def test_who_comes_back_later_is_told_at_once_and_nothing_is_sent_meanwhile() -> None:
    sends = Sends()
    sends.errors = [RetryAfter(5)]
    for _ in range(2):
        with pytest.raises(RetryAfter):
            await sends.send(ALICE, patience=Patience.RETURNS)
    assert sends.n_out(ALICE) == 1
    sends.time.passes(5.0)
    await sends.send(ALICE, patience=Patience.RETURNS)
    assert sends.n_out(ALICE) == 2


async def test_chats_told_to_wait_until_one_moment_do_not_begin_again_at_that_moment() -> None:
    sends = Sends()
    jitters = [0.0, 0.5]
    sends.limiter = Limiter(
        TELEGRAMS,
        clock=sends.time.clock,
        sleep=sends.time.sleep,
        jitter=lambda: jitters.pop(0),
    )
    sends.errors = [RetryAfter(2), RetryAfter(2)]
    for chat_id in (ALICE, BOB):
        sends.time.start(sends.send(chat_id))
    await sends.time.sleeping(2)
    sends.time.passes(2.0)
    await sends.time.quiet()
    assert (sends.n_out(ALICE), sends.n_out(BOB)) == (2, 1)
    sends.time.passes(0.2)
    await sends.time.quiet()
    assert sends.n_out(BOB) == 2


async def test_quiet_chats_are_forgotten_and_waiting_ones_are_not() -> None:
    sends = Sends()
    sends.errors = [RetryAfter(25)]
    waiting = sends.time.start(sends.send(ALICE))
    await sends.time.sleeping()
    for chat_id in range(1000, 1020):
        await sends.send(chat_id)
    assert sends.limiter.n_chats == 21
    sends.time.passes(24.0)
    for _ in range(4):
        for chat_id in (BOB, GROUP, 9, 10):
            await sends.send(chat_id)
    assert sends.limiter.n_chats == 5
    sends.time.passes(1.0)
    await waiting
    assert sends.out[-1] == (25.0, ALICE)
