"""Tables: which tables of bot.db speak of a chat or a person, read from the schema itself.

A new table takes part in moving, telling and forgetting by having the column `chat_id` or
`user_id`; nothing has to be listed anywhere.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from bot.state.database import StateDb

CHAT, USER = "chat_id", "user_id"
# A value of SQLite.
Value = str | int | float | bytes | None


@dataclass(frozen=True, slots=True)
class Stored:
    """What one table holds about somebody.

    Attributes:
        table: The table.
        rows: Its rows, each the columns with their values.
    """

    table: str
    rows: tuple[Mapping[str, Value], ...]


def tables_with(db: StateDb, *columns: str) -> tuple[str, ...]:
    """Names of the tables that have one of these columns, in alphabetical order."""
    marks = ", ".join("?" * len(columns))
    # Virtual tables' shadows hold copies in a form of their own; a trigger keeps those in step.
    found = db.rows(
        "select distinct tables.name from pragma_table_list as tables, "
        f"pragma_table_xinfo(tables.name) as columns where columns.name in ({marks}) "
        "and tables.type = 'table' and tables.schema = 'main' order by tables.name",
        columns,
    )
    return tuple(str(row["name"]) for row in found)


def move_chat(db: StateDb, old_id: int, new_id: int) -> int:
    """Give a chat its new id in every table, all at once; what it had goes before what it gets.

    Telegram gives a group another id when it becomes a supergroup, and says so twice.

    Returns:
        How many rows have moved; 0 where they had moved before.
    """
    n_rows = 0
    with db.transaction():
        db.execute("pragma defer_foreign_keys = on")
        for table in tables_with(db, CHAT):
            moved = f'update or replace "{table}" set chat_id = ? where chat_id = ?'
            n_rows += db.execute(moved, [new_id, old_id]).rowcount
    return n_rows


def stored_about(db: StateDb, user_id: int) -> tuple[Stored, ...]:
    """Everything that is stored about a person, or about the private chat with them."""
    found: list[Stored] = []
    for table, where in _about(db):
        rows = db.rows(f'select * from "{table}" where {where}', {"id": user_id})
        if rows:
            found.append(Stored(table, tuple(dict(row) for row in rows)))
    return tuple(found)


def forget(db: StateDb, user_id: int) -> int:
    """Delete everything about a person and the private chat with them, all at once.

    Returns:
        How many rows were deleted.
    """
    n_rows = 0
    with db.transaction():
        db.execute("pragma defer_foreign_keys = on")
        for table, where in _about(db):
            n_rows += db.execute(f'delete from "{table}" where {where}', {"id": user_id}).rowcount
    return n_rows


def _about(db: StateDb) -> Iterator[tuple[str, str]]:
    """Tables, each with the condition under which a row is about the person `:id`.

    The id of a private chat is that of the person in it.
    """
    with_user, with_chat = tables_with(db, USER), tables_with(db, CHAT)
    for table in sorted({*with_user, *with_chat}):
        columns = [
            name for name, owners in ((USER, with_user), (CHAT, with_chat)) if table in owners
        ]
        yield table, " or ".join(f"{column} = :id" for column in columns)
