"""Outbox: notifications on their way, each sent at least once and never twice with the same id.

A row is written in the transaction that learns of the news. The sender leases it, sends it, and
marks it sent. If the process dies between sending and marking, the lease runs out and the row is
sent once more: that is the one case of two messages.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from sqlite3 import Row
from typing import Any

from sqlite_utils import Database, Migrations

from bot.state.database import StateDb
from bot.state.stamps import moment, stamp

MIGRATIONS = Migrations("outbox")
# About eight hours from the first failure to the last try.
MAX_ATTEMPTS = 12
_FIRST_WAIT_S = 30.0
_LONGEST_WAIT_S = 7200.0
_KEPT_FOR = timedelta(days=30)


@MIGRATIONS(name="0001_outbox")
def _outbox(db: Database) -> None:
    for statement in (
        """
        create table outbox (
            id text primary key,
            kind text not null,
            about text not null,
            user_id integer not null,
            chat_id integer not null,
            state text not null default 'waiting'
                check (state in ('waiting', 'sent', 'dropped', 'dead')),
            n_attempts integer not null default 0,
            due_at text not null,
            leased_until_at text,
            queued_at text not null,
            ended_at text
        ) without rowid
        """,
        "create index outbox_due on outbox (due_at) where state = 'waiting'",
        "create index outbox_subjects on outbox (user_id, kind, about) where state = 'waiting'",
        "create index outbox_by_chat on outbox (chat_id) where state = 'waiting'",
        "create index outbox_by_user on outbox (user_id)",
        "create index outbox_ended on outbox (ended_at) where ended_at is not null",
    ):
        db.execute(statement)


@dataclass(frozen=True, slots=True)
class Notification:
    """A notification to send.

    Attributes:
        notification_id: Idempotency key; says what is told: the same news has the same id.
        kind: Who words it.
        about: What it is about, for the one who words it: an id, never a text.
        user_id: Whom it is for.
        chat_id: Where it goes.
        due_at: Not before this moment.
    """

    notification_id: str
    kind: str
    about: str
    user_id: int
    chat_id: int
    due_at: datetime


class Outbox:
    """The outbox in bot.db.

    Args:
        db: The open database.
    """

    def __init__(self, db: StateDb) -> None:
        self._db = db

    def add(self, notifications: Iterable[Notification], now: datetime) -> int:
        """Take notifications in, unless their id is known or the same subject waits already.

        What waits is worded when it is sent, so it will tell the newer news as well.

        Returns:
            How many are new.
        """
        n_new = 0
        for each in notifications:
            n_new += self._db.execute(
                "insert or ignore into outbox (id, kind, about, user_id, chat_id, due_at, "
                "queued_at) select ?1, ?2, ?3, ?4, ?5, ?6, ?7 where not exists "
                "(select 1 from outbox where user_id = ?4 and kind = ?2 and about = ?3 "
                "and state = 'waiting')",
                (
                    each.notification_id,
                    each.kind,
                    each.about,
                    each.user_id,
                    each.chat_id,
                    stamp(each.due_at),
                    stamp(now),
                ),
            ).rowcount
        return n_new

    def take(self, now: datetime, lease_s: float) -> Notification | None:
        """Lease the next notification that is due, from a chat that nothing is being sent to."""
        row = self._db.row(
            "update outbox set leased_until_at = :until where id = ("
            "  select id from outbox as due where state = 'waiting' and due_at <= :now"
            "  and not exists (select 1 from outbox as other where other.chat_id = due.chat_id"
            "    and other.state = 'waiting' and other.leased_until_at > :now)"
            "  order by due_at limit 1) returning *",
            {"now": stamp(now), "until": stamp(now + timedelta(seconds=lease_s))},
        )
        return None if row is None else _notification(row)

    def next_at(self) -> datetime | None:
        """When the next notification can be taken; None where none waits."""
        row = self._db.row(
            "select min(max(due_at, ifnull(leased_until_at, due_at))) as next_at from outbox "
            "where state = 'waiting'"
        )
        return moment(row["next_at"]) if row and row["next_at"] else None

    def n_waiting(self) -> int:
        """How many notifications wait, leased ones included."""
        row = self._db.row("select count(*) as n from outbox where state = 'waiting'")
        return int(row["n"]) if row else 0

    def oldest_due_at(self, now: datetime) -> datetime | None:
        """Since when the notification has been due that has been so for longest; None without."""
        row = self._db.row(
            "select min(due_at) as due_at from outbox where state = 'waiting' and due_at <= ?",
            [stamp(now)],
        )
        return moment(row["due_at"]) if row and row["due_at"] else None

    def sent(self, notification_id: str, now: datetime) -> None:
        """Note that a notification was sent."""
        self._end(notification_id, "sent", now)

    def drop(self, notification_id: str, now: datetime) -> None:
        """Note that a notification has nothing to tell any more."""
        self._end(notification_id, "dropped", now)

    def postpone(self, notification_id: str, until: datetime) -> None:
        """Give a leased notification back, to be taken again later; no failed attempt."""
        self._db.execute(
            "update outbox set leased_until_at = null, due_at = ? "
            "where id = ? and state = 'waiting'",
            (stamp(until), notification_id),
        )

    def failed(self, notification_id: str, now: datetime) -> bool:
        """Count a failed attempt; try again later, or never after the last one.

        Returns:
            Whether it will be tried again.
        """
        row = self._db.row(
            "update outbox set n_attempts = n_attempts + 1, leased_until_at = null "
            "where id = ? and state = 'waiting' returning n_attempts",
            (notification_id,),
        )
        if row is None:
            return False
        if row["n_attempts"] >= MAX_ATTEMPTS:
            self._end(notification_id, "dead", now)
            return False
        wait_s = min(_FIRST_WAIT_S * 2 ** (row["n_attempts"] - 1), _LONGEST_WAIT_S)
        self.postpone(notification_id, now + timedelta(seconds=wait_s))
        return True

    def rest(self, chat_id: int, until: datetime) -> None:
        """Send nothing to a chat before a moment."""
        self._db.execute(
            "update outbox set due_at = max(due_at, ?) where chat_id = ? and state = 'waiting'",
            (stamp(until), chat_id),
        )

    def move_chat(self, old_id: int, new_id: int) -> None:
        """Send to a group's new id what waits for its old one."""
        self._db.execute(
            "update outbox set chat_id = ? where chat_id = ? and state = 'waiting'",
            (new_id, old_id),
        )

    def cancel_chat(self, chat_id: int, now: datetime) -> int:
        """Drop all that waits for a chat that cannot be written to, and return how many."""
        return self._db.execute(
            "update outbox set state = 'dropped', ended_at = ?, leased_until_at = null "
            "where chat_id = ? and state = 'waiting'",
            (stamp(now), chat_id),
        ).rowcount

    def purge(self, now: datetime) -> int:
        """Delete what ended a month ago, and return how many rows that were."""
        return self._db.execute(
            "delete from outbox where ended_at <= ?", (stamp(now - _KEPT_FOR),)
        ).rowcount

    def forget(self, user_id: int) -> int:
        """Delete all that is kept of a person, and return how many rows that were."""
        return self._db.execute("delete from outbox where user_id = ?", (user_id,)).rowcount

    def export(self, user_id: int) -> list[dict[str, Any]]:
        """All that is kept of a person, for showing it to them."""
        columns = "id, kind, state, queued_at, due_at, ended_at"
        rows = self._db.rows(
            f"select {columns} from outbox where user_id = ? order by queued_at, id",
            (user_id,),
        )
        return [dict(row) for row in rows]

    def _end(self, notification_id: str, state: str, now: datetime) -> None:
        self._db.execute(
            "update outbox set state = ?, ended_at = ?, leased_until_at = null where id = ?",
            (state, stamp(now), notification_id),
        )


def _notification(row: Row) -> Notification:
    return Notification(
        notification_id=row["id"],
        kind=row["kind"],
        about=row["about"],
        user_id=row["user_id"],
        chat_id=row["chat_id"],
        due_at=moment(row["due_at"]),
    )
