"""Probe: whether bot.db is sound and can be written, without changing it."""

import sqlite3
from contextlib import closing
from pathlib import Path

from bot.state.database import StateError

_BUSY_S = 5.0


def probe(path: Path) -> None:
    """Make sure that the file, if there is one, can be read and written; a bot may be using it.

    Raises:
        StateError: It is damaged, no database, locked, or cannot be written.
    """
    if not path.exists():
        return
    try:
        with closing(sqlite3.connect(path, timeout=_BUSY_S, isolation_level=None)) as connection:
            found = connection.execute("pragma quick_check(1)").fetchone()[0]
            if found != "ok":
                raise StateError(f"{path.name} is damaged ({found}).")
            connection.execute("begin immediate")
            # Only a write shows that one is possible; it is taken back.
            connection.execute("create table hearsay_probe (n)")
            connection.execute("rollback")
    except sqlite3.Error as error:
        raise StateError(f"{path.name} cannot be written ({error}).") from error
