"""Statistics: counts by day, bounded, without texts and people."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest

from bot.state import MIGRATIONS, StateDb
from bot.state.statistics import Count, Statistics


class Clock:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.at = datetime(2026, 11, 24, 23, 59, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.at


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def db() -> Iterator[StateDb]:
    with StateDb(None, MIGRATIONS) as opened:
        yield opened


@pytest.fixture
def statistics(db: StateDb, clock: Clock) -> Statistics:
    return Statistics(db, clock)


def test_answers_are_counted_by_day_outcome_language_chat_and_claim(
    statistics: Statistics, clock: Clock
) -> None:
    statistics.count("MATCH", "en-GB", "private", "snow2")
    statistics.count("MATCH", "en", "private", "snow2")
    clock.at += timedelta(minutes=1)
    statistics.count("NONE", "ru", "group", None)
    stats = statistics.stats(3)
    assert [(each.day, each.n) for each in stats.days] == [
        (date(2026, 11, 23), 0),
        (date(2026, 11, 24), 2),
        (date(2026, 11, 25), 1),
    ]
    assert stats.days[1].outcomes == (Count("MATCH", 2),)
    assert stats.outcomes == (Count("MATCH", 2), Count("NONE", 1))
    assert stats.languages == (Count("en", 2), Count("ru", 1))
    assert stats.chat_kinds == (Count("private", 2), Count("group", 1))
    assert stats.claims == (Count("snow2", 2),)
    assert stats.n == 3


@pytest.mark.parametrize("language", [None, "", "x", "12", "тест", "en\n", "a" * 400])
def test_a_language_that_is_none_is_other(statistics: Statistics, language: str | None) -> None:
    statistics.count("NONE", language, "private", None)
    assert statistics.stats(1).languages == (Count("other", 1),)


def test_a_day_is_bounded(
    statistics: Statistics, db: StateDb, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.state.statistics.MAX_ROWS_A_DAY", 2)
    for n in range(5):
        statistics.count("MATCH", "en", "private", f"claim{n}")
    assert statistics.stats(1).claims == (Count("claim0", 1), Count("claim1", 1))
    assert statistics.stats(1).n == 5
    assert len(db.rows("select * from answers_by_day")) == 3


def test_old_days_go(statistics: Statistics, db: StateDb, clock: Clock) -> None:
    statistics.count("NONE", "en", "private", None)
    clock.at += timedelta(days=401)
    statistics.count("NONE", "en", "private", None)
    assert [row["day"] for row in db.rows("select day from answers_by_day")] == ["2027-12-30"]


def test_no_column_says_who_or_what_was_asked(db: StateDb) -> None:
    columns = {row["name"] for row in db.rows("pragma table_info(answers_by_day)")}
    assert columns == {"day", "outcome", "language", "chat_kind", "claim_id", "n"}
