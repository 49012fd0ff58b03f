"""The inbox: what waits, in which order it may be handled, and what is left of it."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from botworld import now

from bot.delivery.arrivals import BadUpdateError, arrival, read_body
from bot.state import MIGRATIONS, StateDb, purge
from bot.state.database import StateError
from bot.state.inbox import Arrival, Inbox
from bot.state.tables import forget, move_chat, stored_about

ALICE, BOB, GROUP = 700_111_222, 700_333_444, -100_555


@pytest.fixture
def db() -> Iterator[StateDb]:
    with StateDb(None, MIGRATIONS) as opened:
        yield opened


@pytest.fixture
def inbox(db: StateDb) -> Inbox:
    return Inbox(db)


def came(update_id: int, chat_id: int | None = ALICE, *, is_ordered: bool = True) -> Arrival:
    return Arrival(update_id, f'{{"n":{update_id}}}', ALICE, chat_id, is_ordered)


def test_an_update_that_comes_twice_waits_once(inbox: Inbox) -> None:
    assert inbox.put([came(1), came(2)], now()) == 2
    assert inbox.put([came(2), came(3)], now()) == 1
    assert inbox.n_waiting() == 3


def test_an_update_that_comes_again_after_it_was_handled_is_known(inbox: Inbox) -> None:
    inbox.put([came(1)], now())
    inbox.close(came(1), now())
    assert inbox.put([came(1)], now()) == 0
    assert inbox.n_waiting() == 0
    assert inbox.knows(1)
    assert not inbox.knows(2)


def test_the_oldest_comes_first_and_a_lane_that_is_busy_waits(inbox: Inbox) -> None:
    inbox.put([came(3, GROUP), came(1), came(2), came(4, BOB)], now())
    assert inbox.next([], []) == came(1)
    assert inbox.next([1], [ALICE]) == came(3, GROUP)
    assert inbox.next([1, 3], [ALICE, GROUP]) == came(4, BOB)
    assert inbox.next([1, 3, 4], [ALICE, GROUP, BOB]) is None


def test_without_a_chat_the_lane_is_that_of_the_person(inbox: Inbox) -> None:
    inbox.put([came(1, None)], now())
    assert inbox.next([], [ALICE]) is None
    assert inbox.next([], [BOB]) == came(1, None)


def test_what_needs_no_order_waits_for_nobody(inbox: Inbox) -> None:
    typed = came(1, None, is_ordered=False)
    inbox.put([typed], now())
    assert typed.lane is None
    assert inbox.next([], [ALICE]) == typed


def test_what_belongs_to_nobody_is_handled_too(inbox: Inbox) -> None:
    nobodys = Arrival(1, "{}")
    inbox.put([nobodys], now())
    assert inbox.next([], [ALICE]) == nobodys


def test_of_what_was_handled_only_the_number_is_left(inbox: Inbox, db: StateDb) -> None:
    inbox.put([came(7, GROUP)], now())
    inbox.close(came(7, GROUP), now())
    (row,) = db.rows("select update_id, user_id, chat_id, payload from inbox")
    assert tuple(row) == (7, None, None, None)


def test_what_was_handled_is_overwritten_in_the_file(tmp_path: Path) -> None:
    path = tmp_path / "bot.db"
    with StateDb(path, MIGRATIONS) as db:
        secret = Arrival(1, json.dumps("lakes of lemonade " * 50), ALICE, ALICE)
        Inbox(db).put([secret], now())
        db.execute("pragma wal_checkpoint(truncate)")
        assert b"lemonade" in path.read_bytes()
        Inbox(db).close(secret, now())
        purge(db, now())  # as once an hour
        files = [each.read_bytes() for each in tmp_path.iterdir()]
        assert len(files) > 1
        assert not any(b"lemonade" in each for each in files)


def test_what_was_refused_waits_again(inbox: Inbox) -> None:
    inbox.put([came(1, GROUP)], now())
    inbox.close(came(1, GROUP), now())
    inbox.reopen(came(1, GROUP))
    assert inbox.next([], []) == came(1, GROUP)


def test_what_waits_is_told_and_forgotten_and_stays_known_once_handled(
    inbox: Inbox, db: StateDb
) -> None:
    inbox.put([came(1, GROUP), came(2)], now())
    (stored,) = stored_about(db, ALICE)
    assert [row["update_id"] for row in stored.rows] == [1, 2]
    assert forget(db, ALICE) == 2
    assert inbox.n_waiting() == 0
    inbox.close(came(1, GROUP), now())  # it was being handled meanwhile
    assert inbox.knows(1)
    assert stored_about(db, ALICE) == ()


def test_what_waits_goes_with_a_group_that_moves(inbox: Inbox, db: StateDb) -> None:
    inbox.put([came(1, GROUP)], now())
    move_chat(db, GROUP, -100_777)
    found = inbox.next([], [])
    assert found is not None
    assert found.lane == -100_777


def test_after_two_days_nothing_is_left(inbox: Inbox, db: StateDb) -> None:
    inbox.put([came(1), came(2)], now())
    inbox.close(came(1), now())
    inbox.put([came(3)], now() + timedelta(hours=1))
    purge(db, now() + timedelta(hours=47, minutes=59))
    assert [inbox.knows(number) for number in (1, 2, 3)] == [True, True, True]
    purge(db, now() + timedelta(hours=48))
    assert [inbox.knows(number) for number in (1, 2, 3)] == [False, False, True]


def test_there_is_room_for_so_many(db: StateDb) -> None:
    inbox = Inbox(db, max_waiting=3)
    inbox.put([came(1), came(2)], now())
    assert inbox.room == 1
    inbox.put([came(3), came(4)], now())
    assert inbox.room == 0
    inbox.close(came(1), now())
    inbox.close(came(2), now())
    assert inbox.room == 1


def test_the_oldest_is_known_by_when_it_came(inbox: Inbox) -> None:
    assert inbox.oldest_at() is None
    inbox.put([came(1)], now())
    inbox.put([came(2)], now() + timedelta(seconds=9))
    assert inbox.oldest_at() == now()
    inbox.close(came(1), now())
    assert inbox.oldest_at() == now() + timedelta(seconds=9)


def test_it_is_all_kept_or_nothing_of_it(inbox: Inbox, db: StateDb) -> None:
    db.execute(
        "create trigger broken before insert on inbox when new.update_id = 2 "
        "begin select raise(abort, 'disk full'); end"
    )
    with pytest.raises(StateError, match="disk full"):
        inbox.put([came(1), came(2)], now())
    assert inbox.n_waiting() == 0
    db.execute("drop trigger broken")
    assert inbox.put([came(1), came(2)], now()) == 2


def test_what_was_kept_is_there_after_opening_again(tmp_path: Path) -> None:
    with StateDb(tmp_path / "bot.db", MIGRATIONS) as db:
        Inbox(db).put([came(1), came(2)], now())
        Inbox(db).close(came(1), now())
    with StateDb(tmp_path / "bot.db", MIGRATIONS) as db:
        assert Inbox(db).next([], []) == came(2)
        assert Inbox(db).knows(1)


# --- At the door ---


def message(**fields: object) -> dict[str, object]:
    return {"chat": {"id": GROUP}, "from": {"id": ALICE}, **fields}


@pytest.mark.parametrize(
    ("kind", "content", "user_id", "chat_id", "is_ordered"),
    [
        ("message", message(), ALICE, GROUP, True),
        ("edited_message", message(), ALICE, GROUP, True),
        ("guest_message", message(), ALICE, GROUP, True),
        ("my_chat_member", message(), ALICE, GROUP, True),
        ("channel_post", {"chat": {"id": GROUP}}, None, GROUP, True),
        ("callback_query", {"from": {"id": ALICE}, "message": message()}, ALICE, GROUP, True),
        ("callback_query", {"from": {"id": ALICE}}, ALICE, None, True),
        ("inline_query", {"from": {"id": ALICE}}, ALICE, None, False),
        ("poll_answer", {"user": {"id": ALICE}}, ALICE, None, True),
        ("kind_of_a_later_version", ["a"], None, None, True),
    ],
)
def test_an_update_says_whose_it_is(
    kind: str, content: object, user_id: int | None, chat_id: int | None, is_ordered: bool
) -> None:
    found = arrival({"update_id": 5, kind: content})
    assert (found.user_id, found.chat_id, found.is_ordered) == (user_id, chat_id, is_ordered)
    assert json.loads(found.payload) == {"update_id": 5, kind: content}


@pytest.mark.parametrize("ids", [2**63, -(2**63), 1.5, True, "5", None, [], {"id": 3}], ids=repr)
def test_what_is_no_id_is_nobodys(ids: object) -> None:
    found = arrival({"update_id": 5, "message": {"chat": {"id": ids}, "from": {"id": ids}}})
    assert (found.user_id, found.chat_id) == (None, None)


@pytest.mark.parametrize(
    "update", [None, [], "x", 5, {}, {"update_id": "5"}, {"update_id": -1}, {"update_id": 2**63}]
)
def test_what_is_no_update_is_refused(update: object) -> None:
    with pytest.raises(BadUpdateError):
        arrival(update)


@pytest.mark.parametrize(
    "body", [b"", b"{", b"\xff\xfe", b"[" * 100_000, b'{"update_id":' + b"9" * 5000 + b"}"]
)
def test_a_body_that_is_no_update_is_refused(body: bytes) -> None:
    with pytest.raises(BadUpdateError):
        read_body(body)


def test_an_update_that_is_nested_too_deeply_is_refused() -> None:
    with pytest.raises(BadUpdateError):
        read_body(b'{"update_id":1,"message":' + b'{"a":' * 50_000 + b"1" + b"}" * 50_001)


def test_half_a_surrogate_pair_is_replaced_at_the_door() -> None:
    found = read_body(rb'{"update_id": 1, "message": {"text": "a\ud800b\ud83d\ude00"}}')
    assert json.loads(found.payload)["message"]["text"] == "a\ufffdb\N{GRINNING FACE}"
    found.payload.encode("ascii")
