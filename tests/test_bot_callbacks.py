"""Callback data: strict, small, and the same both ways."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.callbacks import Action, Tap, others_tap, parse_payload, parse_tap, payload

IDS = st.from_regex(r"[a-z0-9]{1,16}", fullmatch=True)


@given(st.lists(IDS, min_size=1, max_size=6))
def test_others_always_fit_into_a_button_and_come_back_as_they_were(ids: list[str]) -> None:
    tap = others_tap(ids)
    assert tap is not None
    assert len(tap.data.encode()) <= 64
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
    [None, "", "s", "s:", "s:a.b", "c:a.b", "x:a", "s:A", "s:" + "a" * 17, "o:a.b.c.d.e", "s:a ",
     "s:a\n", "s:а", "o:a..b", "v2:s:a"],
)  # fmt: skip
def test_anything_else_is_refused(data: str | None) -> None:
    assert parse_tap(data) is None


@given(st.text(max_size=64))
def test_no_text_whatever_breaks_the_parser(data: str) -> None:
    tap = parse_tap(data)
    assert tap is None or tap.data == data


def test_a_payload_names_a_claim() -> None:
    assert parse_payload(payload("abc1")) == "abc1"


@pytest.mark.parametrize("value", ["", "c_", "c_A", "abc", "c_a b", "c_" + "a" * 17, "c_a\n"])
def test_other_payloads_name_none(value: str) -> None:
    assert parse_payload(value) is None
