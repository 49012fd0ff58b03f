"""Database: opens bot.db and brings the schema of every noun up to date."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from sqlite_utils import Database, Migrations

from index import HearsayError

_BUSY_S = 5.0
FILE_NAME = "bot.db"


class StateError(HearsayError):
    """bot.db cannot be opened or written."""


class StateDb:
    """The bot's own database. Use it with `with`, in one thread.

    A statement takes well below a millisecond, so it is run on the event loop.

    Args:
        path: The SQLite file; made, with its folder, if it is missing. None keeps it in memory.
        migrations: The schemas, one set a noun.

    Raises:
        StateError: The file is no database of ours, is locked, or cannot be written.
    """

    def __init__(self, path: Path | None, migrations: Sequence[Migrations]) -> None:
        try:
            if path is not None:
                path.parent.mkdir(parents=True, exist_ok=True)
            self._connection = sqlite3.connect(path or ":memory:", timeout=_BUSY_S)
            self._db = Database(self._connection)
            self._connection.row_factory = sqlite3.Row
            self._connection.execute("pragma journal_mode = wal")
            self._connection.execute("pragma synchronous = normal")
            # What people wrote is not only unlinked but overwritten.
            self._connection.execute("pragma secure_delete = on")
            for each in migrations:
                if each.pending(self._db):
                    each.apply(self._db)
            self._connection.execute("pragma foreign_keys = on")
            self._connection.isolation_level = None  # transactions are `transaction`'s
        except (OSError, sqlite3.Error) as error:
            name = path.name if path else "the bot's state"
            raise StateError(
                f"{name} cannot be opened ({error}). Check that it is a file of this bot, that the "
                "disk has room, and that HEARSAY_HOME may be written."
            ) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def empty_log(self) -> None:
        """Empty SQLite's log beside the file, which still holds what has been deleted.

        Where somebody else reads just now, it is emptied another time.
        """
        self._connection.execute("pragma wal_checkpoint(truncate)")

    @contextmanager
    def transaction(self, *, durable: bool = False) -> Iterator[None]:
        """Everything inside is done whole or not at all; transactions may be nested.

        Args:
            durable: Whether it has to survive a power cut too, and not only the end of the
                process. That costs a wait for the disk; an outer transaction decides.
        """
        if self._connection.in_transaction:
            yield
            return
        if durable:
            self._connection.execute("pragma synchronous = full")
        try:
            self._connection.execute("begin immediate")
            try:
                yield
                self._connection.execute("commit")
            except BaseException:
                with suppress(sqlite3.OperationalError):  # a full disk has taken it back itself
                    self._connection.execute("rollback")
                raise
        finally:
            if durable:
                self._connection.execute("pragma synchronous = normal")

    def execute(self, sql: str, values: Sequence[Any] | dict[str, Any] = ()) -> sqlite3.Cursor:
        """Run a statement with its values bound; outside a transaction it is one of its own."""
        return self._connection.execute(sql, values)

    def rows(self, sql: str, values: Sequence[Any] | dict[str, Any] = ()) -> list[sqlite3.Row]:
        """All rows of a query."""
        return self._connection.execute(sql, values).fetchall()

    def row(self, sql: str, values: Sequence[Any] | dict[str, Any] = ()) -> sqlite3.Row | None:
        """The first row of a query; None without one."""
        found: sqlite3.Row | None = self._connection.execute(sql, values).fetchone()
        return found
