"""Answered: which message of the bot answers which question, so that an edit can follow an edit.

Numbers only, no text, and only for as long as people can edit what they wrote.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlite_utils import Database, Migrations

from bot.state.database import StateDb
from bot.state.stamps import stamp, utc_now

MIGRATIONS = Migrations("answered")
# Telegram lets people edit a message for 48 hours.
KEPT_FOR = timedelta(hours=48)


@MIGRATIONS()
def _answered(db: Database) -> None:
    db.execute(
        """create table answered (
            chat_id integer not null,
            question_id integer not null,
            reply_id integer not null,
            user_id integer,
            answered_at text not null,
            primary key (chat_id, question_id)
        ) without rowid"""
    )
    db.execute("create index answered_by_time on answered (answered_at)")
    db.execute("create index answered_by_user on answered (user_id)")


class Answered:
    """The bot's answers by question.

    Args:
        db: Where they are kept.
        now: Tells the time, aware UTC.
    """

    def __init__(self, db: StateDb, now: Callable[[], datetime] = utc_now) -> None:
        self._db = db
        self._now = now

    def remember(self, chat_id: int, question_id: int, reply_id: int, user_id: int | None) -> None:
        """Note that a message answers another one, and forget what is too old to be edited.

        Args:
            chat_id: The chat of both.
            question_id: Id of the message with the question.
            reply_id: Id of the message with the answer.
            user_id: Who asked; None for an anonymous admin or a channel.
        """
        with self._db.transaction():
            self.purge(self._now())
            self._db.execute(
                "insert or replace into answered values (?, ?, ?, ?, ?)",
                [chat_id, question_id, reply_id, user_id, stamp(self._now())],
            )

    def reply_to(self, chat_id: int, question_id: int) -> int | None:
        """Id of the message that answers a question; None if there is none that is kept."""
        row = self._db.row(
            "select reply_id from answered "
            "where chat_id = ? and question_id = ? and answered_at > ?",
            [chat_id, question_id, self._oldest()],
        )
        return None if row is None else int(row["reply_id"])

    def purge(self, now: datetime) -> int:
        """Delete what is older than 48 hours; returns how many."""
        return self._db.execute(
            "delete from answered where answered_at <= ?", [stamp(now - KEPT_FOR)]
        ).rowcount

    def forget(self, user_id: int) -> int:
        """Delete all of a person; returns how many."""
        return self._db.execute("delete from answered where user_id = ?", [user_id]).rowcount

    def _oldest(self) -> str:
        return stamp(self._now() - KEPT_FOR)
