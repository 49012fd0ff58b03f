"""Grouping: which questions are one group, on vectors and distances that are known."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tiny import TinyEncoder
from tinyarchive import names

from index.grouping import Grouper, linked

ENGLISH = "moon hollow bridge fell closed"


@pytest.fixture
def grouper() -> Grouper:
    return Grouper(names())


def grouped(grouper: Grouper, *questions: str) -> list[list[int]]:
    return grouper.group(questions, [TinyEncoder(ENGLISH)])


def test_nothing_makes_no_group_and_one_question_makes_one(grouper: Grouper) -> None:
    assert grouped(grouper) == []
    assert grouped(grouper, "The moon is hollow.") == [[0]]


def test_questions_that_ask_the_same_are_one_group(grouper: Grouper) -> None:
    assert grouped(
        grouper, "is it true that the moon is hollow?", "A bridge fell.", "The hollow moon!"
    ) == [[0, 2], [1]]


@pytest.mark.parametrize(
    "other",
    ["A bridge fell in Chile.", "A bridge did not fall, no bridge fell.", "3 bridge fell in Peru."],
)
def test_a_different_place_negation_or_number_keeps_questions_apart(
    grouper: Grouper, other: str
) -> None:
    assert grouped(grouper, "2 bridge fell in Peru.", other) == [[0], [1]]


def test_other_languages_are_grouped_by_the_last_encoder(grouper: Grouper) -> None:
    encoders = [TinyEncoder("луна"), TinyEncoder("moon луна полая", "multilingual")]
    # The first one would find these two alike; the last one has an axis for each word.
    assert grouper.group(["луна упала вчера вечером", "луна полая"], encoders) == [[0, 1]]
    assert grouper.group(["луна упала вчера вечером", "полая земля"], encoders) == [[0], [1]]


def test_what_was_embedded_is_not_embedded_again_as_long_as_it_is_asked(grouper: Grouper) -> None:
    encoder = TinyEncoder(ENGLISH)
    grouper.group(["A bridge fell."], [encoder])
    grouper.group(["A bridge fell.", "The moon is hollow."], [encoder])
    assert encoder.encoded == ["A bridge fell.", "The moon is hollow."]
    grouper.group(["The moon is hollow."], [encoder])
    grouper.group(["A bridge fell."], [encoder])
    assert encoder.encoded == ["A bridge fell.", "The moon is hollow.", "A bridge fell."]


def test_a_chain_does_not_join_its_ends() -> None:
    # 0 and 1 join at 0.2; then the third is (0.9 + 1.3) / 2 = 1.1 away from them.
    chain = np.array([[0.0, 0.2, 1.3], [0.2, 0.0, 0.9], [1.3, 0.9, 0.0]])
    assert linked(chain) == [[0, 1], [2]]


@given(st.lists(st.floats(0, 3), min_size=0, max_size=12))
def test_every_question_is_in_exactly_one_group(places: list[float]) -> None:
    at = np.array(places)
    groups = linked(np.abs(at[:, None] - at[None, :]))
    assert sorted(place for group in groups for place in group) == list(range(len(places)))
    assert groups == sorted(groups)
