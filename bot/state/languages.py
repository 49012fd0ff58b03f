"""Languages: which language the bot speaks with a person, or in a group, where one was chosen."""

from datetime import UTC, datetime

from sqlite_utils import Database, Migrations

from bot.state.database import StateDb

MIGRATIONS = Migrations("languages")


@MIGRATIONS(name="0001_choices")
def _choices(db: Database) -> None:
    db.execute(
        """
        create table person_languages (
            user_id integer primary key,
            language text not null,
            chosen_at text not null
        ) strict
        """
    )
    db.execute(
        """
        create table chat_languages (
            chat_id integer primary key,
            language text not null,
            chosen_at text not null
        ) strict
        """
    )


class Languages:
    """Choices of a language. Who has made none is spoken to as their Telegram is set.

    Args:
        db: The bot's database.
    """

    def __init__(self, db: StateDb) -> None:
        self._db = db

    def of_person(self, user_id: int) -> str | None:
        """The language that somebody has chosen ("uk"); None without a choice."""
        row = self._db.row("select language from person_languages where user_id = ?", [user_id])
        return row["language"] if row else None

    def of_chat(self, chat_id: int) -> str | None:
        """The language that was chosen for a group; None without a choice."""
        row = self._db.row("select language from chat_languages where chat_id = ?", [chat_id])
        return row["language"] if row else None

    def choose_for_person(self, user_id: int, language: str, at: datetime) -> None:
        """Keep what somebody has chosen for themselves, in place of an earlier choice."""
        self._db.execute(
            "insert or replace into person_languages (user_id, language, chosen_at) "
            "values (?, ?, ?)",
            [user_id, language, at.astimezone(UTC).isoformat()],
        )

    def choose_for_chat(self, chat_id: int, language: str, at: datetime) -> None:
        """Keep what was chosen for a group, in place of an earlier choice."""
        self._db.execute(
            "insert or replace into chat_languages (chat_id, language, chosen_at) values (?, ?, ?)",
            [chat_id, language, at.astimezone(UTC).isoformat()],
        )

    def forget_person(self, user_id: int) -> None:
        """Drop what somebody has chosen."""
        self._db.execute("delete from person_languages where user_id = ?", [user_id])

    def forget_chat(self, chat_id: int) -> None:
        """Drop what was chosen for a group."""
        self._db.execute("delete from chat_languages where chat_id = ?", [chat_id])

    def move_chat(self, old_chat_id: int, new_chat_id: int) -> None:
        """Carry a group's choice over to the supergroup that it became."""
        self._db.execute(
            "update or replace chat_languages set chat_id = ? where chat_id = ?",
            [new_chat_id, old_chat_id],
        )
