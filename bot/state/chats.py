"""Chats: the groups that the bot is in with what their admins chose, and who has blocked it.

A private chat has a row only while it cannot be written to. A group has one from the day on which
the bot was added.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlite_utils import Database, Migrations

from bot.state.database import StateDb
from bot.state.languages import Languages

MIGRATIONS = Migrations("chats")
_PRIVATE = "private"
# Who adds the bot again within a month finds the settings as they were.
_KEEP_LEFT = timedelta(days=30)
# Until then nothing is sent; afterwards the first try would find it out again.
_KEEP_BLOCKED = timedelta(days=90)


class Asking(StrEnum):
    """Who may ask in a group."""

    EVERYBODY = "everybody"
    ADMINS = "admins"


@dataclass(frozen=True, slots=True)
class GroupSettings:
    """What a group's admins chose.

    Attributes:
        language: Code of a language; None: that of each person's app.
        is_short: Whether answers are a few lines, or in full.
        asking: Who may ask.
        auto_answer: Whether forwarded rumours are answered unasked.
        max_auto_a_day: How many of those a day (UTC).
        quiet_from: Hour (UTC, 0 to 23) at which eight hours without such answers begin; None
            without quiet hours.
    """

    language: str | None = None
    is_short: bool = False
    asking: Asking = Asking.EVERYBODY
    auto_answer: bool = False
    max_auto_a_day: int = 5
    quiet_from: int | None = None


@MIGRATIONS(name="0001_chats")
def _chats(db: Database) -> None:
    db.execute("""
        create table chats (
            chat_id integer primary key,
            user_id integer,                    -- of a private chat
            kind text not null,
            is_active integer not null,         -- whether it can be written to
            changed_at text not null,           -- when is_active did
            is_short integer not null default 0,
            asking text not null default 'everybody',
            auto_answer integer not null default 0,
            max_auto_a_day integer not null default 5,
            quiet_from integer,
            auto_on text,                       -- the day that n_auto counts
            n_auto integer not null default 0
        )
    """)


class Chats:
    """The chats.

    Args:
        db: The bot's database.
    """

    def __init__(self, db: StateDb) -> None:
        self._db = db

    def can_write(self, chat_id: int, kind: str, now: datetime) -> None:
        """Note that a chat takes messages: the bot was added, unblocked, or written to."""
        if kind == _PRIVATE:
            self._db.execute("delete from chats where chat_id = ?", [chat_id])
        else:
            self._note(chat_id, kind, now, is_active=True)

    def cannot_write(self, chat_id: int, kind: str, now: datetime) -> None:
        """Note that a chat takes no messages: the bot was blocked, removed, or has left."""
        self._note(chat_id, kind, now, is_active=False)

    def is_active(self, chat_id: int) -> bool:
        """Whether a chat takes messages, as far as is known."""
        row = self._db.row("select is_active from chats where chat_id = ?", [chat_id])
        return row is None or bool(row["is_active"])

    def n_groups(self) -> int:
        """How many groups the bot is in, as far as is known."""
        row = self._db.row(
            "select count(*) as n from chats where is_active and kind <> ?", [_PRIVATE]
        )
        return int(row["n"]) if row else 0

    def settings(self, chat_id: int) -> GroupSettings:
        """What a group's admins chose; the defaults where they chose nothing."""
        language = Languages(self._db).of_chat(chat_id)
        row = self._db.row("select * from chats where chat_id = ?", [chat_id])
        if row is None:
            return GroupSettings(language)
        return GroupSettings(
            language,
            bool(row["is_short"]),
            Asking(row["asking"]),
            bool(row["auto_answer"]),
            row["max_auto_a_day"],
            row["quiet_from"],
        )

    def choose(self, chat_id: int, kind: str, settings: GroupSettings, now: datetime) -> None:
        """Keep what a group's admins chose."""
        with self._db.transaction():
            self._note(chat_id, kind, now, is_active=True)
            languages = Languages(self._db)
            if settings.language is None:
                languages.forget_chat(chat_id)
            elif settings.language != languages.of_chat(chat_id):
                languages.choose_for_chat(chat_id, settings.language, now)
            self._db.execute(
                "update chats set is_short = ?, asking = ?, auto_answer = ?, "
                "max_auto_a_day = ?, quiet_from = ? where chat_id = ?",
                [
                    settings.is_short,
                    settings.asking.value,
                    settings.auto_answer,
                    settings.max_auto_a_day,
                    settings.quiet_from,
                    chat_id,
                ],
            )

    def n_auto(self, chat_id: int, now: datetime) -> int:
        """How many unasked answers a group has had today (UTC)."""
        row = self._db.row(
            "select n_auto from chats where chat_id = ? and auto_on = ?",
            [chat_id, now.date().isoformat()],
        )
        return int(row["n_auto"]) if row else 0

    def count_auto(self, chat_id: int, now: datetime) -> None:
        """Count one more unasked answer of today."""
        n_before, today = self.n_auto(chat_id, now), now.date().isoformat()
        self._db.execute(
            "update chats set auto_on = ?, n_auto = ? where chat_id = ?",
            [today, n_before + 1, chat_id],
        )

    def purge(self, now: datetime) -> int:
        """Delete what is kept no longer; returns how many rows."""
        n_rows = 0
        for condition, kept in (("<>", _KEEP_LEFT), ("=", _KEEP_BLOCKED)):
            gone = self._db.rows(
                "delete from chats where not is_active "
                f"and kind {condition} ? and changed_at < ? returning chat_id",
                [_PRIVATE, (now - kept).isoformat()],
            )
            for row in gone:
                Languages(self._db).forget_chat(row["chat_id"])
            n_rows += len(gone)
        return n_rows

    def _note(self, chat_id: int, kind: str, now: datetime, *, is_active: bool) -> None:
        self._db.execute(
            "insert into chats (chat_id, user_id, kind, is_active, changed_at) "
            "values (:chat_id, :user_id, :kind, :is_active, :now) on conflict (chat_id) do update "
            "set kind = excluded.kind, is_active = excluded.is_active, changed_at = "
            "case is_active when excluded.is_active then changed_at else excluded.changed_at end",
            {
                "chat_id": chat_id,
                "user_id": chat_id if kind == _PRIVATE else None,
                "kind": kind,
                "is_active": is_active,
                "now": now.isoformat(),
            },
        )
