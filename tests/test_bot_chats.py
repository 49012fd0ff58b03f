"""Chats in bot.db: who is in, who is out, what a group chose, and moving to another id."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlite_utils import Database, Migrations

from bot.state import MIGRATIONS, StateDb, purge
from bot.state.chats import Asking, Chats, GroupSettings
from bot.state.tables import move_chat, tables_with

NOW = datetime(2026, 11, 26, 12, 0, tzinfo=UTC)
OLD, NEW, ALICE = -5, -1005, 7
CHOSEN = GroupSettings("de", True, Asking.ADMINS, True, 3, 22)


@pytest.fixture
def db() -> Iterator[StateDb]:
    with StateDb(None, MIGRATIONS) as opened:
        yield opened


def test_a_chat_that_was_never_heard_of_is_active_and_has_the_defaults(db: StateDb) -> None:
    assert Chats(db).is_active(OLD)
    assert Chats(db).settings(OLD) == GroupSettings()


def test_a_group_keeps_its_settings_when_the_bot_leaves_and_comes_back(db: StateDb) -> None:
    chats = Chats(db)
    chats.can_write(OLD, "group", NOW)
    chats.choose(OLD, "group", CHOSEN, NOW)
    chats.cannot_write(OLD, "group", NOW)
    assert (chats.is_active(OLD), chats.n_groups()) == (False, 0)
    chats.can_write(OLD, "group", NOW)
    assert (chats.is_active(OLD), chats.n_groups()) == (True, 1)
    assert chats.settings(OLD) == CHOSEN


def test_a_private_chat_is_on_record_only_while_it_is_blocked(db: StateDb) -> None:
    chats = Chats(db)
    chats.cannot_write(ALICE, "private", NOW)
    assert not chats.is_active(ALICE)
    chats.can_write(ALICE, "private", NOW)
    assert chats.is_active(ALICE)
    assert db.rows("select * from chats") == []


def test_unasked_answers_are_counted_by_day(db: StateDb) -> None:
    chats = Chats(db)
    chats.choose(OLD, "group", CHOSEN, NOW)
    chats.count_auto(OLD, NOW)
    chats.count_auto(OLD, NOW + timedelta(hours=11))
    assert chats.n_auto(OLD, NOW) == 2
    tomorrow = NOW + timedelta(hours=12)
    assert chats.n_auto(OLD, tomorrow) == 0
    chats.count_auto(OLD, tomorrow)
    assert chats.n_auto(OLD, tomorrow) == 1


@pytest.mark.parametrize(
    ("chat_id", "kind", "days", "n_left"),
    [(OLD, "group", 29, 1), (OLD, "group", 31, 0), (ALICE, "private", 89, 1),
     (ALICE, "private", 91, 0)],
)  # fmt: skip
def test_what_was_left_is_purged_after_its_time(
    db: StateDb, chat_id: int, kind: str, days: int, n_left: int
) -> None:
    chats = Chats(db)
    chats.can_write(-6, "group", NOW)
    chats.cannot_write(chat_id, kind, NOW)
    chats.cannot_write(chat_id, kind, NOW + timedelta(days=1))  # said again, which resets nothing
    assert purge(db, NOW + timedelta(days=days)) == 1 - n_left
    assert len(db.rows("select * from chats")) == 1 + n_left


THINGS = Migrations("things")


@THINGS(name="0001_things")
def _things(db: Database) -> None:
    db.execute("create table plain (name text)")
    db.execute("create table places (chat_id integer primary key, name text)")
    db.execute(
        "create table visits (chat_id integer references places (chat_id), user_id integer, "
        "unique (chat_id, user_id))"
    )


@pytest.fixture
def wide() -> Iterator[StateDb]:
    with StateDb(None, (*MIGRATIONS, THINGS)) as opened:
        yield opened


def test_tables_are_found_by_their_columns(wide: StateDb) -> None:
    assert {"places", "visits", "chats"} <= set(tables_with(wide, "chat_id"))
    assert "visits" in tables_with(wide, "user_id")
    assert "plain" not in tables_with(wide, "chat_id", "user_id")


def test_a_group_moves_in_every_table_that_knows_chats(wide: StateDb) -> None:
    Chats(wide).choose(OLD, "group", CHOSEN, NOW)
    wide.execute("insert into places values (?, 'x')", [OLD])
    wide.execute("insert into visits values (?, ?)", [OLD, ALICE])
    assert move_chat(wide, OLD, NEW) == 4  # settings, language, place and visit
    assert Chats(wide).settings(NEW) == CHOSEN
    assert [tuple(row) for row in wide.rows("select * from visits")] == [(NEW, ALICE)]
    assert [tuple(row) for row in wide.rows("select * from places")] == [(NEW, "x")]


def test_moving_twice_changes_nothing_and_what_the_old_group_had_wins(wide: StateDb) -> None:
    Chats(wide).choose(OLD, "group", CHOSEN, NOW)
    Chats(wide).can_write(NEW, "supergroup", NOW)
    assert move_chat(wide, OLD, NEW) == 2  # settings and language
    assert move_chat(wide, OLD, NEW) == 0
    assert Chats(wide).settings(NEW) == CHOSEN
    assert len(wide.rows("select * from chats")) == 1
