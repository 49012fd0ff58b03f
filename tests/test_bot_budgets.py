"""Budgets: token buckets by a clock, all or nothing, one notice a window, bounded."""

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.budgets import Admission, Budgets, Rate, Scope, parse_rates

TAKEN, REFUSED, SILENT = Admission.TAKEN, Admission.REFUSED, Admission.REFUSED_SILENTLY
ALICE, BOB = (Scope.PERSON, 1), (Scope.PERSON, 2)
GROUP = (Scope.GROUP, -1)


@dataclass
class Clock:
    now: float = 1000.0

    def __call__(self) -> float:
        return self.now


def budgets(clock: Clock, max_accounts: int = 100) -> Budgets:
    rates = {Scope.PERSON: [Rate(2, 10.0), Rate(3, 3600.0)], Scope.GROUP: [Rate(3, 60.0)]}
    return Budgets(rates, clock=clock, max_accounts=max_accounts)


def test_a_burst_is_taken_then_refused_with_one_notice() -> None:
    kept = budgets(Clock())
    assert [kept.take(ALICE) for _ in range(4)] == [TAKEN, TAKEN, REFUSED, SILENT]


def test_a_bucket_fills_up_evenly() -> None:
    clock = Clock()
    kept = budgets(clock)
    assert [kept.take(ALICE) for _ in range(2)] == [TAKEN, TAKEN]
    clock.now += 4.9  # half a period gives one of two
    assert kept.take(ALICE) is REFUSED
    clock.now += 0.2
    assert kept.take(ALICE) is TAKEN


def test_the_slower_rate_holds_as_well() -> None:
    clock = Clock()
    kept = budgets(clock)
    for expected in (TAKEN, TAKEN, TAKEN, REFUSED):
        assert kept.take(ALICE) is expected
        clock.now += 30
    clock.now += 1200  # a third of an hour gives one of three
    assert kept.take(ALICE) is TAKEN


def test_a_notice_comes_again_only_after_its_window() -> None:
    clock = Clock()
    kept = budgets(clock)
    for expected in (TAKEN, TAKEN, REFUSED, SILENT):
        assert kept.take(ALICE) is expected
    clock.now += 59  # long filled up, and spent again
    for expected in (TAKEN, SILENT):
        assert kept.take(ALICE) is expected
    clock.now += 2
    assert kept.take(ALICE) is REFUSED


def test_people_do_not_spend_each_other_s_budget() -> None:
    kept = budgets(Clock())
    assert [kept.take(who) for who in (ALICE, ALICE, BOB, BOB)] == [TAKEN] * 4


def test_a_group_is_spent_by_all_and_who_is_refused_there_keeps_their_own() -> None:
    kept = budgets(Clock())
    assert [kept.take(who, GROUP) for who in (ALICE, ALICE, BOB)] == [TAKEN] * 3
    assert kept.take(BOB, GROUP) is REFUSED
    assert kept.take(BOB) is TAKEN


def test_a_scope_without_rates_has_no_limit_and_is_not_remembered() -> None:
    kept = Budgets()
    assert {kept.take(ALICE, GROUP) for _ in range(100)} == {TAKEN}
    assert len(kept) == 0


@given(st.lists(st.integers(), max_size=60))
def test_no_more_accounts_are_remembered_than_allowed(people: list[int]) -> None:
    kept = budgets(Clock(), max_accounts=5)
    for person in people:
        kept.take((Scope.PERSON, person))
    assert len(kept) == min(5, len(set(people)))


@given(st.lists(st.floats(0, 30), max_size=80))
def test_no_period_ever_sees_more_than_twice_its_rate(pauses: list[float]) -> None:
    """A full bucket and what flows in meanwhile: the bound of every token bucket."""
    clock, taken = Clock(), []
    kept = Budgets({Scope.PERSON: [Rate(5, 10.0)]}, clock=clock)
    for pause in pauses:
        clock.now += pause
        if kept.take(ALICE) is TAKEN:
            taken.append(clock.now)
    assert all(sum(start <= at <= start + 10 for at in taken) <= 10 for start in taken)


def test_rates_are_read() -> None:
    assert parse_rates("5/10, 60/3600") == (Rate(5, 10.0), Rate(60, 3600.0))
    assert parse_rates("off") == ()


@pytest.mark.parametrize("text", ["", "5", "5/", "/5", "0/10", "5/0", "5/10;6/7", "5/nan", "x/1",
                                  "-1/5", "5/1e9", "5/10,"])  # fmt: skip
def test_other_rates_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="5/10,60/3600"):
        parse_rates(text)
