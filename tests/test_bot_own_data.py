"""Own data: told whole and forgotten whole, whatever tables there are."""

import json
import re
from collections.abc import Iterator

import pytest
from botworld import WORDS, running

from bot.loopback.markup import parse_html
from bot.markup import MAX_CHARS
from bot.own_data import data_file, data_reply, privacy_reply
from bot.state import MIGRATIONS, StateDb
from bot.state.tables import Stored, forget, stored_about, tables_with

ALICE, BOB, GROUP = 700_111_222, 700_333_444, -100_555
# Columns that name a person otherwise than by `user_id` would be neither told nor forgotten.
OTHER_NAMES = re.compile(r"(user|person|asker|sender|member|admin|author|from|owner)s?_?(id)?")


@pytest.fixture
def db() -> Iterator[StateDb]:
    with StateDb(None, MIGRATIONS) as opened:
        yield opened


def fill(db: StateDb, table: str, user_id: int, chat_id: int, n: int) -> None:
    """Insert a row that says something about a person, whatever the columns are."""
    columns = [
        row for row in db.rows(f"select * from pragma_table_xinfo('{table}')") if not row["hidden"]
    ]
    known = {"user_id": user_id, "chat_id": chat_id}
    values = [
        known.get(row["name"], n if "int" in row["type"].lower() else f"2026-11-26T12:00:0{n}")
        for row in columns
    ]
    marks = ", ".join("?" * len(values))
    names = ", ".join(f'"{row["name"]}"' for row in columns)
    db.execute(f'insert into "{table}" ({names}) values ({marks})', values)


def everything(db: StateDb) -> dict[str, list[tuple[object, ...]]]:
    tables = db.rows("select name from sqlite_master where type = 'table'")
    return {
        row["name"]: [tuple(each) for each in db.rows(f'select * from "{row["name"]}"')]
        for row in tables
    }


def filled(db: StateDb) -> tuple[str, ...]:
    """Fill every table that speaks of people: Alice in private and in a group, and Bob."""
    db.execute("pragma foreign_keys = off")
    db.execute("pragma ignore_check_constraints = on")
    tables = tables_with(db, "user_id", "chat_id")
    with_user = tables_with(db, "user_id")
    for table in tables:
        with_chat = table in tables_with(db, "chat_id")
        fill(db, table, ALICE, ALICE, 1)
        fill(db, table, BOB, BOB, 2)
        if table in with_user and with_chat:
            fill(db, table, ALICE, GROUP, 3)
    return tables


def test_everything_about_a_person_is_told(db: StateDb) -> None:
    tables = filled(db)
    assert tables
    told = stored_about(db, ALICE)
    assert {each.table for each in told} == set(tables)
    assert str(BOB) not in data_file(told).decode()


def test_after_forgetting_no_row_of_any_table_has_the_person_s_id(db: StateDb) -> None:
    filled(db)
    assert str(ALICE) in repr(everything(db))
    n_about_bob = sum(len(each.rows) for each in stored_about(db, BOB))
    assert forget(db, ALICE) > 0
    assert str(ALICE) not in repr(everything(db))
    assert sum(len(each.rows) for each in stored_about(db, BOB)) == n_about_bob
    assert forget(db, ALICE) == 0


def test_no_table_names_a_person_otherwise(db: StateDb) -> None:
    for row in db.rows("select name from sqlite_master where type = 'table'"):
        for column in db.rows(f"select name from pragma_table_xinfo('{row['name']}')"):
            name = column["name"]
            assert name == "user_id" or not OTHER_NAMES.fullmatch(name), (row["name"], name)


def test_what_belongs_to_a_person_s_row_goes_with_it(db: StateDb) -> None:
    """A row without an own `user_id` must not keep the one that it belongs to from going."""
    about = set(tables_with(db, "user_id", "chat_id"))
    for row in db.rows("select name from sqlite_master where type = 'table'"):
        for key in db.rows(f"select * from pragma_foreign_key_list('{row['name']}')"):
            if key["table"] in about and row["name"] not in about:
                assert key["on_delete"] in {"CASCADE", "SET NULL"}, row["name"]


def test_every_table_about_people_is_described_in_privacy(db: StateDb) -> None:
    keys = WORDS.keys()
    for table in tables_with(db, "user_id", "chat_id"):
        assert f"kept.{table}" in keys, f"say under [kept] what {table} holds, and how long"
        assert WORDS(f"kept.{table}") in privacy_reply(db, WORDS).html


def test_hostile_values_are_told_as_text() -> None:
    stored = (Stored("things", ({"user_id": 1, "note": "<b>&\u202e@all", "blob": b"\x00\xff"},)),)
    reply = data_reply(stored, WORDS)
    assert reply is not None
    assert "note: <b>&@\u2060all, blob: 00ff" in parse_html(reply.html)[0]


def test_what_does_not_fit_into_a_message_is_a_file() -> None:
    stored = (Stored("things", tuple({"user_id": 1, "note": "x" * 200} for _ in range(40))),)
    assert data_reply(stored, WORDS) is None
    assert len(json.loads(data_file(stored))["things"]) == 40


async def test_who_has_nothing_on_record_is_told_so() -> None:
    async with running() as world:
        alice = world.server.user("Alice")
        alice.says("/my_data")
        assert (await alice.next_message()).text == "I have stored nothing about you."


async def test_what_is_on_record_is_sent_in_words() -> None:
    async with running() as world:
        alice = world.server.user("Alice")
        alice.says("/my_data")
        await alice.next_message()
        fill(world.state, "chats", alice.user_id, alice.chat_id, 1)
        alice.says("/my_data")
        reply = await alice.next_message()
    assert reply.text.startswith("This is all that I have stored about you")
    assert f"chat_id: {alice.chat_id}" in reply.text
    assert len(reply.text) <= MAX_CHARS


async def test_a_long_record_is_sent_as_a_file() -> None:
    async with running() as world:
        alice = world.server.user("Alice")
        alice.says("/help")
        await alice.next_message()
        world.state.execute("create table notes (user_id integer, note text)")
        for _ in range(60):
            world.state.execute("insert into notes values (?, ?)", [alice.user_id, "x" * 200])
        alice.says("/my_data")
        reply = await alice.next_message()
    assert reply.media == "document"
    assert reply.upload is not None
    assert reply.upload.name == "my_data.json"


async def test_forgetting_asks_first_and_then_deletes_everything() -> None:
    async with running() as world:
        alice = world.server.user("Alice")
        alice.says("/forget_me")
        asked = await alice.next_message()
        filled(world.state)
        fill(world.state, "chats", alice.user_id, alice.chat_id, 4)
        assert stored_about(world.state, alice.user_id)
        alice.taps(asked, "Delete everything about me")
        done = await alice.next_edit()
        assert stored_about(world.state, alice.user_id) == ()
        assert stored_about(world.state, BOB) != ()
    assert done.text.startswith("Done.")
    assert done.buttons == ()


@pytest.mark.parametrize("command", ["/my_data", "/forget_me"])
async def test_in_a_group_both_point_to_the_private_chat(command: str) -> None:
    async with running() as world:
        alice = world.server.user("Alice")
        group = world.server.group("Beach people", [alice, world.server.bot])
        fill(world.state, "chats", alice.user_id, alice.chat_id, 1)
        alice.says(command, in_=group)
        reply = await group.next_message()
    assert "write it to me in private (@hearsay_bot)" in reply.text
    assert reply.buttons == ()


async def test_privacy_tells_what_is_stored_and_for_how_long() -> None:
    async with running() as world:
        alice = world.server.user("Alice")
        alice.says("/privacy")
        text = (await alice.next_message()).text
    assert "I do not store what you ask" in text
    assert "until 30 days after I leave" in text
    assert "/forget_me" in text
