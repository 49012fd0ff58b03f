"""Watches: what people asked to be told about, a claim that changes or a question's first match.

A watch keeps what its owner knows, so that a change is whatever differs from that, and the snapshot
that it was last compared with, so that a restart knows what is left to compare. The text of a
question is kept because its owner pressed the button that says so, until it is answered, dropped
or expired.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from sqlite3 import Row
from typing import Any

from sqlite_utils import Database, Migrations

from bot.state.database import StateDb
from bot.state.stamps import moment, stamp

MIGRATIONS = Migrations("watches")
# What a new watch knows, until that has been read from the archive.
UNREAD = "?"


@MIGRATIONS(name="0001_watches")
def _watches(db: Database) -> None:
    for statement in (
        """
        create table watches (
            -- autoincrement: the id is part of notification ids, which are never given twice
            id integer primary key autoincrement,
            user_id integer not null,
            kind text not null check (kind in ('claim', 'question')),
            text text not null,          -- the claim's wording, or the question
            claim_id text,               -- the claim, or the one that was found for the question
            language text,
            known text not null,
            snapshot_id text not null,
            n_told integer not null default 0,
            watched_at text not null,
            expires_at text
        )
        """,
        """
        create unique index watches_one_claim on watches (user_id, claim_id)
            where kind = 'claim'
        """,
        """
        create unique index watches_one_question on watches (user_id, text)
            where kind = 'question'
        """,
        "create index watches_by_claim on watches (claim_id) where kind = 'claim'",
        "create index watches_by_question on watches (text) where kind = 'question'",
    ):
        db.execute(statement)


class WatchKind(StrEnum):
    """What is watched."""

    CLAIM = "claim"
    QUESTION = "question"


@dataclass(frozen=True, slots=True)
class NewWatch:
    """A watch to be stored.

    Attributes:
        user_id: Whose it is; told in the private chat, which has the same id.
        kind: What is watched.
        text: The claim's wording, or the question.
        claim_id: The claim; None for a question.
        language: The owner's, BCP-47; None where it is unknown.
        known: What the owner knows: a claim as `Known.text`; for a question the id of the claim
            that was found and is not what was meant, or "". `UNREAD` until it has been read.
        snapshot_id: Where that was read, or the snapshot when the watch began.
        watched_at: When the watch began.
        expires_at: When it ends by itself; None for never.
    """

    user_id: int
    kind: WatchKind
    text: str
    claim_id: str | None
    language: str | None
    known: str
    snapshot_id: str
    watched_at: datetime
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Watch:
    """A stored watch; for most attributes see `NewWatch`.

    Attributes:
        watch_id: Its number; never given again.
        user_id: Whose it is.
        kind: What is watched.
        text: The claim's wording, or the question.
        claim_id: The claim, or the one that was found for the question; None before.
        language: The owner's.
        known: What the owner knows.
        snapshot_id: The snapshot that it was last compared with.
        n_told: How many notifications it has led to.
        watched_at: When it began.
        expires_at: When it ends by itself; None for never.
    """

    watch_id: int
    user_id: int
    kind: WatchKind
    text: str
    claim_id: str | None
    language: str | None
    known: str
    snapshot_id: str
    n_told: int
    watched_at: datetime
    expires_at: datetime | None


class Watches:
    """The watches in bot.db.

    Args:
        db: The open database.
    """

    def __init__(self, db: StateDb) -> None:
        self._db = db

    def add(self, new: NewWatch) -> int | None:
        """Store a watch and return its id; None if its owner watches the same already."""
        row = self._db.row(
            "insert or ignore into watches (user_id, kind, text, claim_id, language, known, "
            "snapshot_id, watched_at, expires_at) values (?, ?, ?, ?, ?, ?, ?, ?, ?) returning id",
            (
                new.user_id,
                new.kind,
                new.text,
                new.claim_id,
                new.language,
                new.known,
                new.snapshot_id,
                stamp(new.watched_at),
                stamp(new.expires_at) if new.expires_at else None,
            ),
        )
        return None if row is None else int(row["id"])

    def get(self, watch_id: int) -> Watch | None:
        """One watch; None where it is gone."""
        row = self._db.row("select * from watches where id = ?", (watch_id,))
        return None if row is None else _watch(row)

    def of(self, user_id: int) -> tuple[Watch, ...]:
        """Somebody's watches, newest first."""
        rows = self._db.rows("select * from watches where user_id = ? order by id desc", (user_id,))
        return tuple(map(_watch, rows))

    def of_claim(self, user_id: int, claim_id: str) -> Watch | None:
        """Somebody's watch of a claim; None without one."""
        row = self._db.row(
            "select * from watches where kind = 'claim' and user_id = ? and claim_id = ?",
            (user_id, claim_id),
        )
        return None if row is None else _watch(row)

    def holds(self, new: NewWatch) -> bool:
        """Whether its owner watches the same already."""
        row = self._db.row(
            "select 1 from watches where user_id = ? and kind = ? "
            "and iif(kind = 'claim', claim_id = ?, text = ?)",
            (new.user_id, new.kind, new.claim_id, new.text),
        )
        return row is not None

    def count(self, user_id: int) -> int:
        """How many watches somebody has."""
        row = self._db.row("select count(*) as n from watches where user_id = ?", (user_id,))
        return int(row["n"]) if row else 0

    def behind(self, kind: WatchKind, snapshot_id: str) -> tuple[str, ...]:
        """Claim ids, or questions, that some watch has not been compared with a snapshot for."""
        column = "claim_id" if kind is WatchKind.CLAIM else "text"
        rows = self._db.rows(
            f"select {column} as what from watches where kind = ? "
            f"and (snapshot_id != ? or known = ?) group by {column} order by min(id)",
            (kind, snapshot_id, UNREAD),
        )
        return tuple(row["what"] for row in rows)

    def watchers(
        self, kind: WatchKind, what: str, snapshot_id: str, limit: int
    ) -> tuple[Watch, ...]:
        """At most `limit` watches of one claim or question that are behind a snapshot."""
        column = "claim_id" if kind is WatchKind.CLAIM else "text"
        rows = self._db.rows(
            f"select * from watches where kind = ? and {column} = ? "
            "and (snapshot_id != ? or known = ?) order by id limit ?",
            (kind, what, snapshot_id, UNREAD, limit),
        )
        return tuple(map(_watch, rows))

    def compared(self, watch_ids: Iterable[int], snapshot_id: str) -> None:
        """Note that watches were compared with a snapshot."""
        for watch_id in watch_ids:
            self._db.execute(
                "update watches set snapshot_id = ? where id = ?", (snapshot_id, watch_id)
            )

    def read(self, watch_id: int, *, known: str, text: str, snapshot_id: str) -> None:
        """Note what the owner of a new watch knows, and where that was read."""
        self._db.execute(
            "update watches set known = ?, text = ?, snapshot_id = ? where id = ?",
            (known, text, snapshot_id, watch_id),
        )

    def found(self, watch_id: int, claim_id: str | None) -> None:
        """Note the claim that was found for a question; None: it has to be looked for again."""
        self._db.execute(
            "update watches set claim_id = ?1, snapshot_id = iif(?1 is null, '', snapshot_id) "
            "where id = ?2 and kind = 'question'",
            (claim_id, watch_id),
        )

    def turn_to_claim(
        self, watch_id: int, claim_id: str, *, known: str, text: str, snapshot_id: str
    ) -> None:
        """Watch the claim that was found for a question in place of the question, which goes.

        Where its owner watches that claim already, only that watch goes on.
        """
        with self._db.transaction():
            done = self._db.execute(
                "update or ignore watches set kind = 'claim', claim_id = ?, known = ?, text = ?, "
                "snapshot_id = ?, n_told = n_told + 1, expires_at = null where id = ?",
                (claim_id, known, text, snapshot_id, watch_id),
            )
            if not done.rowcount:
                self._db.execute("delete from watches where id = ?", (watch_id,))

    def told(self, watch_id: int, *, known: str, text: str, snapshot_id: str) -> None:
        """Note what the owner of a claim's watch was told, and where that was read."""
        self._db.execute(
            "update watches set known = ?, text = ?, snapshot_id = ?, n_told = n_told + 1 "
            "where id = ?",
            (known, text, snapshot_id, watch_id),
        )

    def follow(self, old_claim_id: str, new_claim_id: str) -> None:
        """Move watches to the claim that theirs was merged into; one a person is enough."""
        with self._db.transaction():
            self._db.execute(
                "update or ignore watches set claim_id = ? where kind = 'claim' and claim_id = ?",
                (new_claim_id, old_claim_id),
            )
            self._db.execute(
                "delete from watches where kind = 'claim' and claim_id = ?", (old_claim_id,)
            )

    def drop(self, watch_id: int, user_id: int) -> bool:
        """End a watch; False where there is none or it is somebody else's."""
        done = self._db.execute(
            "delete from watches where id = ? and user_id = ?", (watch_id, user_id)
        )
        return done.rowcount > 0

    def purge(self, now: datetime) -> int:
        """End the watches whose time is over, and return how many."""
        return self._db.execute("delete from watches where expires_at <= ?", (stamp(now),)).rowcount

    def end_claim(self, claim_id: str) -> None:
        """End the new watches of a claim that is not in the archive."""
        self._db.execute(
            "delete from watches where kind = 'claim' and claim_id = ? and known = ?",
            (claim_id, UNREAD),
        )

    def forget(self, user_id: int) -> int:
        """Delete all that is kept of a person, and return how many rows that were."""
        return self._db.execute("delete from watches where user_id = ?", (user_id,)).rowcount

    def export(self, user_id: int) -> list[dict[str, Any]]:
        """All that is kept of a person, for showing it to them."""
        columns = "kind, text, claim_id, language, n_told, watched_at, expires_at"
        rows = self._db.rows(
            f"select {columns} from watches where user_id = ? order by id",
            (user_id,),
        )
        return [dict(row) for row in rows]


def _watch(row: Row) -> Watch:
    return Watch(
        watch_id=row["id"],
        user_id=row["user_id"],
        kind=WatchKind(row["kind"]),
        text=row["text"],
        claim_id=row["claim_id"],
        language=row["language"],
        known=row["known"],
        snapshot_id=row["snapshot_id"],
        n_told=row["n_told"],
        watched_at=moment(row["watched_at"]),
        expires_at=moment(row["expires_at"]) if row["expires_at"] else None,
    )
