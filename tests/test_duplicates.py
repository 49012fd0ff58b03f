"""Duplicates: which pairs are proposed, in which order and for what reason."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from tiny import TinyEncoder
from tinyarchive import World, names, record

from index.claims import Appearance, ClaimState
from index.duplicates import DuplicatePair, find_duplicates
from index.snapshots.build import Progress


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = World(tmp_path)
    yield made
    made.archive.close()


def found(world: World, progress: Progress | None = None) -> list[DuplicatePair]:
    return find_duplicates(world.archive, [world.encoder], names(), progress=progress)


def pairs(world: World) -> list[tuple[str, str]]:
    return [each.claims for each in found(world)]


def test_an_empty_archive_has_none(world: World) -> None:
    assert found(world) == []


def test_a_single_claim_has_none(world: World) -> None:
    world.file(record("moon", "The moon is hollow.", title="Hollow moon"))
    assert found(world) == []


def test_two_wordings_of_one_story_are_proposed(world: World) -> None:
    world.file(
        record("moon", "The moon is hollow."),
        record("bank", "A bank closed."),
        record("luna", "Hollow is what our moon is."),
    )
    (pair,) = found(world)
    assert pair.claims == ("moon", "luna")
    assert pair.texts == ("The moon is hollow.", "Hollow is what our moon is.")
    assert 0.5 < pair.probability <= 1
    assert pair.reason == "their wordings are 100% alike"


def test_different_stories_are_not(world: World) -> None:
    world.file(record("moon", "The moon is hollow."), record("bank", "A bank closed."))
    assert found(world) == []


def test_titles_and_other_wordings_count(world: World) -> None:
    world.file(
        record("moon", "A club spoke of the vaccine.", title="Hollow moon"),
        record("luna", "A bank closed.", alternatives=("The moon, hollow moon is hollow",)),
    )
    assert pairs(world) == [("moon", "luna")]


def test_the_published_one_is_the_one_to_keep(world: World) -> None:
    world.file(record("draft", "The moon is hollow."), state=ClaimState.DRAFT)
    world.file(record("filed", "Our moon is hollow."))
    assert pairs(world) == [("filed", "draft")]


def test_of_two_published_ones_the_older_is_kept(world: World) -> None:
    world.file(record("z", "The moon is hollow."))
    world.file(record("a", "Our moon is hollow."))
    assert pairs(world) == [("z", "a")]


def test_withdrawn_claims_are_left_alone(world: World) -> None:
    world.file(record("moon", "The moon is hollow."), record("luna", "Our moon is hollow."))
    world.archive.withdraw("luna")
    assert found(world) == []


def test_a_pair_is_proposed_once_however_many_texts_are_alike(world: World) -> None:
    world.file(
        record("moon", "The moon is hollow.", title="Hollow moon", summary="Is the moon hollow?"),
        record("luna", "Our moon is hollow.", title="A hollow moon", summary="Moon: hollow it is"),
    )
    assert pairs(world) == [("moon", "luna")]


def test_a_pair_whose_names_exclude_each_other_comes_later_and_says_so(world: World) -> None:
    world.encoder = TinyEncoder("bridge fell")
    world.file(
        record("paris", "A bridge fell in Paris."),
        record("berlin", "The bridge fell in Berlin."),
        record("paris2", "In Paris a bridge fell."),
    )
    proposed = found(world)
    assert proposed[0].claims == ("paris", "paris2")
    assert "both name Paris" in proposed[0].reason
    chances = {each.claims: each.probability for each in proposed}
    assert chances["paris", "paris2"] > chances.get(("paris", "berlin"), 0)
    others = [each for each in proposed if "berlin" in each.claims]
    assert all("but check: " in each.reason for each in others)


def test_best_first(world: World) -> None:
    world.encoder = TinyEncoder("moon hollow sphere shell metal")
    world.file(
        record("a", "moon hollow sphere shell"),
        record("b", "hollow moon shell sphere really"),
        record("c", "moon hollow sphere shell metal"),
    )
    chances = [each.probability for each in found(world)]
    assert pairs(world)[0] == ("a", "b")
    assert chances == sorted(chances, reverse=True)


def test_a_common_day_is_a_reason(world: World) -> None:
    seen = (Appearance("Herald", "https://herald.example/1", published_on=date(2020, 1, 2)),)
    too = (Appearance("Digest", "https://digest.example/1", published_on=date(2020, 1, 2)),)
    world.file(
        record("moon", "The moon is hollow.", appearances=seen),
        record("luna", "Our moon is hollow.", appearances=too),
    )
    assert "both were seen on 2020-01-02" in found(world)[0].reason


def test_vectors_come_from_the_cache_of_a_reindex(world: World) -> None:
    world.file(record("moon", "The moon is hollow."), record("luna", "Our moon is hollow."))
    world.build()
    world.encoder.encoded.clear()
    found(world)
    assert world.encoder.encoded == []


def test_progress_adds_up(world: World) -> None:
    class Counting(Progress):
        def __init__(self) -> None:
            self.steps: dict[str, list[int]] = {}

        def start(self, what: str, total: int) -> None:
            self.steps[what] = [total, 0]

        def advance(self, n: int) -> None:
            self.steps[next(reversed(self.steps))][1] += n

    world.file(record("moon", "The moon is hollow."), record("bank", "A bank closed."))
    counting = Counting()
    found(world, counting)
    assert counting.steps == {"Embedding with tiny": [2, 2], "Comparing": [2, 2]}
