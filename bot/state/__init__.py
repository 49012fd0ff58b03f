"""State: bot.db, what the bot itself remembers; one module a noun, each with its own migrations.

`database.StateDb` opens the file. A module of a noun (`people.py`, `watches.py`, ...) holds its
schema as an append-only `Migrations` of its own name, and a small class of typed methods over a
`StateDb`. Only the process of the bot writes; the command line may read and write beside it (WAL).
"""

import sqlite3
from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from bot.state import answered, chats, inbox, languages, outbox, questions, statistics, watches
from bot.state.database import StateDb, StateError


class Kept(Protocol):
    """A noun that keeps things for a time only."""

    def purge(self, now: datetime) -> int:
        """Delete what is kept no longer; returns how many rows."""
        ...


# The schema of each noun.
MIGRATIONS = (
    languages.MIGRATIONS,
    chats.MIGRATIONS,
    answered.MIGRATIONS,
    outbox.MIGRATIONS,
    watches.MIGRATIONS,
    questions.MIGRATIONS,
    statistics.MIGRATIONS,
    inbox.MIGRATIONS,
)
# The nouns that keep things for a time of their own only.
KEPT: tuple[Callable[[StateDb], Kept], ...] = (
    chats.Chats,
    answered.Answered,
    outbox.Outbox,
    watches.Watches,
    inbox.Inbox,
)

__all__ = ["KEPT", "MIGRATIONS", "Kept", "StateDb", "purge"]


def purge(db: StateDb, now: datetime, *others: Kept) -> int:
    """Delete what no noun keeps any longer, all at once; returns how many rows.

    What has been deleted, now or before, is then in no file any more.

    Args:
        db: The database.
        now: The moment, aware.
        *others: Nouns that keep things for as long as a setting says.

    Raises:
        StateError: The database is locked or cannot be written.
    """
    try:
        with db.transaction():
            n_rows = sum(noun.purge(now) for noun in (*(kept(db) for kept in KEPT), *others))
        db.empty_log()
    except sqlite3.Error as error:
        raise StateError(f"bot.db could not be purged ({error}).") from error
    return n_rows
