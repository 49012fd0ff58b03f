"""Inbox: updates that Telegram has been told to forget, kept until they are handled.

An update is written before Telegram is told that it arrived, and its content is deleted once it is
handled, or, before that, once its answer begins to go out. What is left then is its number, so that
an update that comes twice is handled once. So after a crash what still has its content is handled,
and nothing else: nothing is lost, and nothing is answered twice.
"""

import sqlite3
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlite_utils import Database, Migrations

from bot.state.database import StateDb, StateError
from bot.state.stamps import moment, stamp

MIGRATIONS = Migrations("inbox")
# Beyond that, updates wait at Telegram, which keeps them for a day.
MAX_WAITING = 1000
FULL = "The inbox is full; updates wait at Telegram"
# Telegram repeats an update for 24 hours at most.
_KEPT_FOR = timedelta(hours=48)
_BY_ID = "update inbox set user_id = ?, chat_id = ?, payload = ? where update_id = ?"


@MIGRATIONS(name="0001_inbox")
def _inbox(db: Database) -> None:
    for statement in (
        """
        create table inbox (
            update_id integer primary key,
            user_id integer,
            chat_id integer,
            is_ordered integer not null,
            received_at text not null,
            payload text
        )
        """,
        # All that choosing the next one reads.
        """
        create index inbox_waiting on inbox (update_id, is_ordered, chat_id, user_id)
        where payload is not null
        """,
        "create index inbox_by_user on inbox (user_id) where user_id is not null",
        "create index inbox_by_chat on inbox (chat_id) where chat_id is not null",
        "create index inbox_by_time on inbox (received_at)",
    ):
        db.execute(statement)


@dataclass(frozen=True, slots=True)
class Arrival:
    """An update as it came.

    Attributes:
        update_id: Telegram's number for it.
        payload: The `Update` object, as JSON in ASCII.
        user_id: Who caused it; None where it does not say.
        chat_id: Where; None without a chat.
        is_ordered: Whether it has to wait for what came before it from the same chat, or, without
            a chat, from the same person.
    """

    update_id: int
    payload: str
    user_id: int | None = None
    chat_id: int | None = None
    is_ordered: bool = True

    @property
    def lane(self) -> int | None:
        """What is in the same lane is handled one after the other; None for a lane of its own.

        A private chat has the id of the person in it.
        """
        if not self.is_ordered:
            return None
        return self.user_id if self.chat_id is None else self.chat_id


class Inbox:
    """The inbox in bot.db.

    Every method may raise a `StateError`: the database is locked, full or damaged.

    Args:
        db: The open database.
        max_waiting: How many updates may wait.
    """

    def __init__(self, db: StateDb, max_waiting: int = MAX_WAITING) -> None:
        self._db = db
        self._max_waiting = max_waiting

    @property
    def room(self) -> int:
        """How many more may wait."""
        return max(self._max_waiting - self.n_waiting(), 0)

    def put(self, arrivals: Iterable[Arrival], now: datetime) -> int:
        """Take updates in, all at once and safely on the disk; those that are known are let be.

        Returns:
            How many are new.
        """
        with self._told(), self._db.transaction(durable=True):
            return sum(
                self._db.execute(
                    "insert or ignore into inbox values (?, ?, ?, ?, ?, ?)",
                    (
                        each.update_id,
                        each.user_id,
                        each.chat_id,
                        each.is_ordered,
                        stamp(now),
                        each.payload,
                    ),
                ).rowcount
                for each in arrivals
            )

    def knows(self, update_id: int) -> bool:
        """Whether an update has come before."""
        with self._told():
            return self._db.row("select 1 from inbox where update_id = ?", [update_id]) is not None

    def next(self, taken: Collection[int], lanes: Collection[int]) -> Arrival | None:
        """The oldest update that waits and may be handled now.

        Args:
            taken: Ids of updates that are being handled.
            lanes: Lanes of which one is being handled.
        """
        with self._told():
            row = self._db.row(
                "select update_id from inbox where payload is not null "
                f"and update_id not in ({_marks(taken)}) and (not is_ordered "
                f"or ifnull(ifnull(chat_id, user_id), 0) not in ({_marks(lanes)})) "
                "order by update_id limit 1",
                (*taken, *lanes),
            )
            if row is None:
                return None
            found = self._db.row("select * from inbox where update_id = ?", [row["update_id"]])
        assert found is not None
        return Arrival(
            found["update_id"],
            found["payload"],
            found["user_id"],
            found["chat_id"],
            bool(found["is_ordered"]),
        )

    def close(self, arrival: Arrival, now: datetime) -> None:
        """Delete an update's content; only its number stays, until it cannot come again.

        It is noted also where its row is gone, because somebody wanted to be forgotten.
        """
        with self._told():
            self._db.execute(
                "insert into inbox (update_id, is_ordered, received_at) values (?, 1, ?) "
                "on conflict (update_id) do update set "
                "payload = null, user_id = null, chat_id = null",
                [arrival.update_id, stamp(now)],
            )

    def reopen(self, arrival: Arrival) -> None:
        """Let an update that was closed wait again: it has not been answered after all."""
        with self._told():
            self._db.execute(
                _BY_ID, [arrival.user_id, arrival.chat_id, arrival.payload, arrival.update_id]
            )

    def n_waiting(self) -> int:
        """How many updates wait or are being handled."""
        with self._told():
            row = self._db.row("select count(*) as n from inbox where payload is not null")
        return int(row["n"]) if row else 0

    def oldest_at(self) -> datetime | None:
        """When the oldest of those came; None without any."""
        with self._told():
            row = self._db.row(
                "select received_at from inbox where payload is not null order by update_id limit 1"
            )
        return moment(row["received_at"]) if row else None

    def purge(self, now: datetime) -> int:
        """Delete what came 48 hours ago, handled or not; returns how many rows."""
        return self._db.execute(
            "delete from inbox where received_at <= ?", [stamp(now - _KEPT_FOR)]
        ).rowcount

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise StateError(
                f"The inbox in bot.db cannot be used ({error}). Check that the disk has room and "
                "works, and that HEARSAY_HOME may be written."
            ) from error


def _marks(values: Collection[int]) -> str:
    return ", ".join("?" * len(values))
