"""Statistics: answers counted by day. Without texts, and without who asked or where."""

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from sqlite_utils import Database, Migrations

from bot.state.database import StateDb

MIGRATIONS = Migrations("statistics")

# Rows of one day; what comes beyond is counted without language, kind of chat and claim.
MAX_ROWS_A_DAY = 2_000
KEEP_DAYS = 400
OTHER = "other"
_LANGUAGE = re.compile(r"([a-z]{2,3})(?:[-_].*)?", re.ASCII | re.DOTALL)


@MIGRATIONS(name="0001_answers_by_day")
def _answers_by_day(db: Database) -> None:
    db.execute(
        """create table answers_by_day (
            day text not null,
            outcome text not null,
            language text not null,
            chat_kind text not null,
            claim_id text not null,
            n integer not null,
            primary key (day, outcome, language, chat_kind, claim_id)
        ) without rowid"""
    )


@dataclass(frozen=True, slots=True)
class Count:
    """How often something occurred.

    Attributes:
        name: What: an outcome, a language, a kind of chat, or a claim's id.
        n: How many answers.
    """

    name: str
    n: int


@dataclass(frozen=True, slots=True)
class DayCount:
    """The answers of one day.

    Attributes:
        day: The day, UTC.
        outcomes: How many of each outcome.
    """

    day: date
    outcomes: tuple[Count, ...]

    @property
    def n(self) -> int:
        """All answers of the day."""
        return sum(each.n for each in self.outcomes)


@dataclass(frozen=True, slots=True)
class Stats:
    """What was answered over some days.

    Attributes:
        days: Every day, oldest first, those without an answer too.
        outcomes: By outcome, most frequent first; so are the others.
        languages: By the language of the user's client.
        chat_kinds: By kind of chat.
        claims: The claims shown most often.
    """

    days: tuple[DayCount, ...]
    outcomes: tuple[Count, ...]
    languages: tuple[Count, ...]
    chat_kinds: tuple[Count, ...]
    claims: tuple[Count, ...]

    @property
    def n(self) -> int:
        """All answers."""
        return sum(each.n for each in self.days)


class Statistics:
    """Counts answers.

    Args:
        db: The bot's database.
        now: The clock, UTC.
    """

    def __init__(self, db: StateDb, now: Callable[[], datetime]) -> None:
        self._db = db
        self._now = now

    def count(
        self, outcome: str, language: str | None, chat_kind: str, claim_id: str | None
    ) -> None:
        """Count one answer.

        Args:
            outcome: The outcome of the lookup.
            language: Language code of the user's client; None if it is not known.
            chat_kind: Kind of chat: "private", "group", ...
            claim_id: The claim shown, None without one.
        """
        day = self._today()
        found = _LANGUAGE.fullmatch((language or "").lower())
        row = [outcome, found[1] if found else OTHER, chat_kind, claim_id or ""]
        with self._db.transaction():
            if not self._add(day, row):
                seen = self._db.row("select count(*) n from answers_by_day where day = ?", [day])
                if seen is None or not seen["n"]:
                    oldest = self._today(KEEP_DAYS)
                    self._db.execute("delete from answers_by_day where day < ?", [oldest])
                elif seen["n"] >= MAX_ROWS_A_DAY:
                    row = [outcome, OTHER, OTHER, ""]
                if not self._add(day, row):
                    self._db.execute(
                        "insert into answers_by_day values (?, ?, ?, ?, ?, 1)", [day, *row]
                    )

    def stats(self, n_days: int = 30, max_claims: int = 5) -> Stats:
        """What was answered in the last days, today included.

        Args:
            n_days: How many days.
            max_claims: How many claims at most.
        """
        first = self._today(n_days - 1)
        rows = self._db.rows("select * from answers_by_day where day >= ?", [first])
        by_day: dict[str, Counter[str]] = {}
        by_column: dict[str, Counter[str]] = {
            name: Counter() for name in ("outcome", "language", "chat_kind", "claim_id")
        }
        for row in rows:
            by_day.setdefault(row["day"], Counter())[row["outcome"]] += row["n"]
            for name, counter in by_column.items():
                counter[row[name]] += row["n"]
        del by_column["claim_id"][""]
        days = [date.fromisoformat(first) + timedelta(days=n) for n in range(n_days)]
        return Stats(
            days=tuple(
                DayCount(day, _counts(by_day.get(day.isoformat(), Counter()))) for day in days
            ),
            outcomes=_counts(by_column["outcome"]),
            languages=_counts(by_column["language"]),
            chat_kinds=_counts(by_column["chat_kind"]),
            claims=_counts(by_column["claim_id"])[:max_claims],
        )

    def _add(self, day: str, row: list[str]) -> bool:
        done = self._db.execute(
            "update answers_by_day set n = n + 1 "
            "where day = ? and outcome = ? and language = ? and chat_kind = ? and claim_id = ?",
            [day, *row],
        )
        return done.rowcount > 0

    def _today(self, days_ago: int = 0) -> str:
        return (self._now().astimezone(UTC).date() - timedelta(days=days_ago)).isoformat()


def _counts(counter: Counter[str]) -> tuple[Count, ...]:
    return tuple(
        Count(*each) for each in sorted(counter.items(), key=lambda each: (-each[1], each[0]))
    )
