"""Callback data: strict, small, and the same both ways."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.callbacks import Action, Tap, deep_link, others_tap, parse_payload, parse_tap
from bot.seals import INLINE, Seals, unverified

SEALS = Seals("123:TOKEN")
CHAT, ALICE, BOB = -100, 7, 8
IDS = st.from_regex(r"[a-z0-9]{1,16}", fullmatch=True)


@given(st.lists(IDS, min_size=1, max_size=6))
def test_others_always_fit_into_a_button_and_come_back_as_they_were(ids: list[str]) -> None:
    tap = others_tap(ids)
    assert tap is not None
    assert len(SEALS.seal(tap.data, -(10**13), 10**13).encode()) <= 64
    assert parse_tap(tap.data) == tap
    assert tap.claim_ids == tuple(ids[: len(tap.claim_ids)])


def test_four_long_ids_do_not_fit_so_three_are_kept() -> None:
    tap = others_tap(["a" * 16, "b" * 16, "c" * 16, "d" * 16])
    assert tap is not None
    assert tap.claim_ids == ("a" * 16, "b" * 16, "c" * 16)


def test_no_others_no_button() -> None:
    assert others_tap([]) is None


def test_a_sourcing_button_is_one_id() -> None:
    assert parse_tap("s:abc1") == Tap(Action.SOURCING, ("abc1",))


@pytest.mark.parametrize(
    "data",
    [None, "", "s", "s:", "s:a.b", "c:a.b", "i:a.b", "x:a", "s:A", "s:" + "a" * 17, "o:a.b.c.d.e",
     "s:a ", "s:a\n", "s:а", "o:a..b", "v2:s:a", "m:0", "m:6", "m:-", "s:-", "p:a", "n:a.b",
     "n:--"],
)  # fmt: skip
def test_anything_else_is_refused(data: str | None) -> None:
    assert parse_tap(data) is None


@given(st.text(max_size=64))
def test_no_text_whatever_breaks_the_parser(data: str) -> None:
    tap = parse_tap(data)
    assert tap is None or tap.data == data


@pytest.mark.parametrize(
    ("data", "tap"),
    [
        ("m:2", Tap(Action.MORE, page=2)),
        ("n:abc1", Tap(Action.NOT_IT, ("abc1",))),
        ("n:-", Tap(Action.NOT_IT)),
        ("w:abc1", Tap(Action.WATCH, ("abc1",))),
        ("q:-", Tap(Action.WATCH_QUESTION)),
        ("p:-", Tap(Action.PASS_ON)),
    ],
)
def test_what_can_be_asked_for(data: str, tap: Tap) -> None:
    assert parse_tap(data) == tap
    assert tap.data == data


def test_a_link_names_a_claim_and_what_to_do_with_it() -> None:
    assert deep_link("hearsay_bot", "abc1") == "https://t.me/hearsay_bot?start=c_abc1"
    assert parse_payload("c_abc1") == Tap(Action.CARD, ("abc1",))
    assert parse_payload("w_abc1") == Tap(Action.WATCH, ("abc1",))


@pytest.mark.parametrize(
    "value", ["", "c_", "c_A", "abc", "c_a b", "c_" + "a" * 17, "c_a\n", "s_abc"]
)
def test_other_payloads_name_none(value: str) -> None:
    assert parse_payload(value) is None


def test_a_seal_is_good_in_its_chat_for_everybody() -> None:
    data = SEALS.seal("s:abc1", CHAT)
    assert data.endswith("s:abc1")
    assert [SEALS.opened(data, CHAT, user) for user in (ALICE, BOB)] == ["s:abc1", "s:abc1"]


@pytest.mark.parametrize("place", [-101, 100, INLINE])
def test_a_seal_of_one_chat_is_worth_nothing_elsewhere(place: int | str) -> None:
    assert SEALS.opened(SEALS.seal("s:abc1", CHAT), place, ALICE) is None


def test_an_inline_seal_is_worth_nothing_in_a_chat() -> None:
    data = SEALS.seal("w:abc1", INLINE)
    assert SEALS.opened(data, INLINE, ALICE) == "w:abc1"
    assert SEALS.opened(data, CHAT, ALICE) is None


def test_a_seal_for_one_person_opens_for_nobody_else() -> None:
    data = SEALS.seal("p:-", CHAT, ALICE)
    assert SEALS.opened(data, CHAT, ALICE) == "p:-"
    assert SEALS.opened(data, CHAT, BOB) is None


def test_the_seal_of_another_bot_is_no_seal() -> None:
    assert Seals("123:OTHER").opened(SEALS.seal("s:abc1", CHAT), CHAT, ALICE) is None


def test_another_version_is_not_read() -> None:
    data = SEALS.seal("s:abc1", CHAT)
    assert SEALS.opened("2" + data[1:], CHAT, ALICE) is None
    assert unverified("2" + data[1:]) is None


@given(st.text(max_size=64))
def test_no_text_whatever_opens(data: str) -> None:
    assert SEALS.opened(data, CHAT, ALICE) is None


@given(st.integers(0, 16), st.characters())
@example(1, "\ud800")
def test_a_changed_character_breaks_the_seal(place: int, changed: str) -> None:
    data = SEALS.seal("s:abcdefgh1", CHAT)
    place %= len(data)
    forged = data[:place] + changed + data[place + 1 :]
    assert forged == data or SEALS.opened(forged, CHAT, ALICE) is None
