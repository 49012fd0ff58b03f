"""bot.db: opening, migrations, transactions."""

from pathlib import Path

import pytest
from sqlite_utils import Database, Migrations

from bot.state import StateDb
from bot.state.database import StateError


@pytest.fixture
def things() -> Migrations:
    migrations = Migrations("things")

    @migrations(name="0001_things")
    def _things(db: Database) -> None:
        db.execute("create table things (name text primary key)")

    return migrations


def names(db: StateDb) -> list[str]:
    return [row["name"] for row in db.rows("select name from things order by name")]


def test_what_was_written_is_there_after_opening_again(tmp_path: Path, things: Migrations) -> None:
    path = tmp_path / "home" / "bot.db"
    with StateDb(path, [things]) as db:
        db.execute("insert into things values (?)", ["a"])
    with StateDb(path, [things]) as db:
        assert names(db) == ["a"]


def test_a_transaction_is_done_whole_or_not_at_all(things: Migrations) -> None:
    with StateDb(None, [things]) as db:

        def fail() -> None:
            with db.transaction():
                db.execute("insert into things values (?)", ["a"])
                with db.transaction():
                    db.execute("insert into things values (?)", ["b"])
                raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            fail()
        assert names(db) == []
        with db.transaction():
            db.execute("insert into things values (?)", ["c"])
        assert names(db) == ["c"]


def test_a_file_that_is_no_database_is_left_alone(tmp_path: Path, things: Migrations) -> None:
    path = tmp_path / "bot.db"
    path.write_text("this is no database" * 100)
    with pytest.raises(StateError, match=r"bot\.db cannot be opened"):
        StateDb(path, [things])
    assert path.read_text().startswith("this is no database")
