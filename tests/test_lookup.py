"""Lookup: exact routes, outcomes, and claims by id."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from lookups import BANK, CHIP, MOON, by_cosine, matched, opened
from tinyarchive import World, names, record

from index.answers import Aspect, HeldBack, Outcome, Route, is_tie
from index.decision import (
    Uncalibrated,
    load_calibration,
)
from index.errors import UnknownClaimError
from index.lookup import Lookup
from index.query import prepare


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = World(tmp_path)
    made.publish(MOON, CHIP, BANK)
    yield made
    made.archive.close()


@pytest.fixture
def lookup(world: World) -> Iterator[Lookup]:
    with opened(world) as made:
        yield made


# Exact routes.


@pytest.mark.parametrize(
    "question",
    [
        "https://herald.example/moon",
        "look at this!! http://www.herald.example/moon/?utm_source=chat \U0001f631",
        "https://agency.example/no",
    ],
)
def test_a_known_address_gives_its_claim(lookup: Lookup, question: str) -> None:
    answer = lookup.ask(question)
    assert (answer.outcome, matched(answer)) == (Outcome.MATCH, "moon")
    assert answer.match is not None
    assert (answer.match.route, answer.match.probability) == (Route.URL, 1.0)
    assert [(each.id, each.probability) for each in answer.candidates] == [("moon", 1.0)]


def test_an_address_of_two_claims_is_no_match(lookup: Lookup) -> None:
    answer = lookup.ask("https://digest.example/rumours")
    assert (answer.outcome, answer.match, answer.candidates) == (Outcome.NONE, None, ())


def test_an_address_does_not_answer_for_other_words_beside_it(world: World) -> None:
    with opened(world) as lookup:
        answer = lookup.ask(
            "Giant lizards took over parliament yesterday https://herald.example/moon"
        )
    assert (answer.outcome, matched(answer)) == (Outcome.SIMILAR, "moon")
    assert answer.match is not None
    assert (answer.match.route, answer.match.probability) == (Route.URL, 0.0)


def test_words_that_are_another_claim_win_over_the_address_beside_them(world: World) -> None:
    world.publish(record("lizards", "Giant lizards took over parliament yesterday"))
    with opened(world) as lookup:
        answer = lookup.ask(
            "Giant lizards took over parliament yesterday https://herald.example/moon"
        )
    assert (answer.outcome, matched(answer)) == (Outcome.MATCH, "lizards")


def test_an_address_confirms_words_that_are_close_to_its_claim(world: World) -> None:
    with opened(world) as lookup:
        words = "the moon, people whisper everywhere, hollow inside vaccine"
        assert lookup.ask(words).outcome is Outcome.SIMILAR
        answer = lookup.ask(f"{words} https://herald.example/moon")
    assert (answer.outcome, matched(answer)) == (Outcome.MATCH, "moon")
    assert answer.match is not None
    assert answer.match.route is Route.URL


def test_the_words_beside_an_ambiguous_address_decide(lookup: Lookup) -> None:
    answer = lookup.ask("https://digest.example/rumours says the vaccine holds a chip")
    assert matched(answer) == "chip"


@pytest.mark.parametrize(
    "question",
    [
        "the moon is HOLLOW!!",
        "Is it true that the moon is hollow?",
        "\U0001f6a8 FWD: The moon is hollow",
        "the lunar sphere is hollow",
    ],
)
def test_an_identical_wording_gives_its_claim(lookup: Lookup, question: str) -> None:
    answer = lookup.ask(question)
    assert (answer.outcome, matched(answer)) == (Outcome.MATCH, "moon")
    assert answer.match is not None
    assert answer.match.route is Route.TEXT


def test_one_sentence_of_a_forward_may_be_the_claim(world: World) -> None:
    text = "The vaccine of the state institute secretly holds a chip."
    world.publish(record("long", text))
    with opened(world) as lookup:
        answer = lookup.ask(f"You will not believe what my uncle has sent me.\n{text}\nShare!")
    assert matched(answer) == "long"
    assert answer.match is not None
    assert answer.match.asked_text == text


def test_a_wording_of_two_claims_is_no_exact_match(world: World) -> None:
    world.publish(record("moon2", "Lunar news.", alternatives=("Nothing fills it.",)))
    world.publish(record("moon3", "More news.", title="Nothing fills it!"))
    with opened(world) as lookup:
        answer = lookup.ask("nothing fills it")
    assert answer.match is None or answer.match.route is Route.SEARCH


# Search and decision.


def test_a_near_wording_is_found_by_search(lookup: Lookup) -> None:
    answer = lookup.ask("hollow our moon?")
    assert (answer.outcome, matched(answer)) == (Outcome.MATCH, "moon")
    assert answer.match is not None
    assert answer.match.route is Route.SEARCH
    assert answer.match.matched_text == "The moon is hollow."
    assert answer.match.probability == pytest.approx(0.982, abs=1e-3)
    assert answer.differences == ()
    assert answer.question == "hollow our moon?"


@pytest.mark.parametrize(
    ("question", "held_back"),
    [
        ("a bridge fell in Berlin", HeldBack.EXCLUDED),
        ("the vaccine chip bank closed", HeldBack.TIE),
        ("moon moon", HeldBack.VAGUE),
        ("the bridge in Paris fell", None),
        ("a bridge", None),
    ],
)
def test_what_keeps_a_likely_claim_from_being_a_match_is_told(
    world: World, question: str, held_back: HeldBack | None
) -> None:
    world.publish(
        record("bridge", "A bridge fell in Paris."),
        record("luna", "The moon."),
        record("here", "A vaccine chip bank closed in Madrid."),
        record("there", "A vaccine chip bank closed in Berlin."),
    )
    with opened(world) as lookup:
        explanation = lookup.ask(question).explanation
    assert explanation is not None
    assert explanation.held_back is held_back


def test_a_half_alike_question_is_similar(lookup: Lookup) -> None:
    # Its cosine to the claim is 1 / sqrt 2: the chance is 1 / (1 + e^1.858).
    answer = lookup.ask("what of the moon")
    assert (answer.outcome, matched(answer)) == (Outcome.SIMILAR, "moon")
    assert answer.match is not None
    assert answer.match.probability == pytest.approx(0.135, abs=1e-3)


def test_similar_names_the_difference(world: World) -> None:
    world.publish(record("bridge", "A bridge fell in Paris."))
    with opened(world) as lookup:
        answer = lookup.ask("a bridge fell in Berlin")
    assert (answer.outcome, matched(answer)) == (Outcome.SIMILAR, "bridge")
    assert [(each.aspect, each.asked, each.archived) for each in answer.differences] == [
        (Aspect.PLACE, "Berlin", "Paris")
    ]


@pytest.mark.parametrize(
    "question",
    [
        "",
        "   ",
        "\U0001f602\U0001f44d",
        "?!",
        "hello",
        "thanks, good morning!",
        "is it true?",
        "привет",
        "https://unknown.example/page",
        "what will the weather be tomorrow",
    ],
)
def test_what_asks_of_no_claim_is_none(lookup: Lookup, question: str) -> None:
    answer = lookup.ask(question)
    assert (answer.outcome, answer.match, answer.differences) == (Outcome.NONE, None, ())
    assert answer.question == question


@pytest.mark.parametrize(
    "question",
    [
        '"moon" AND NEAR(hollow*) OR (',
        "moon\x00 hollow\x1b[0m",
        "moon \udcff hollow \ud800",
        "moon " * 20_000,
        "\n".join(f"moon {n}" for n in range(3_000)),
        "m\u0300\u0301\u0302oon \u202ehollow",
        "https://[::1 https://\udcff.example/ moon hollow",
        "1e999 moons, 99999999999999999999 of 00.00.0000",
    ],
)
def test_no_text_breaks_the_lookup(lookup: Lookup, question: str) -> None:
    answer = lookup.ask(question)
    assert answer.question == question
    assert answer.outcome in set(Outcome)
    assert all(each.encode() for each in prepare(question).segments)  # no encoder reads surrogates


def test_candidates_come_best_first_with_the_match_at_the_head(lookup: Lookup) -> None:
    answer = lookup.ask("moon hollow vaccine")
    assert [each.id for each in answer.candidates][:2] == ["moon", "chip"]
    assert matched(answer) == "moon"
    chances = [each.probability for each in answer.candidates]
    assert chances == sorted(chances, reverse=True)


def test_the_chances_never_rise_with_the_rank(world: World) -> None:
    # Ranked against the cosine, decided by it: without care the last would show the highest.
    backwards = by_cosine(rerank=-1.0)
    with opened(world, backwards) as lookup:
        chances = [each.probability for each in lookup.ask("moon hollow vaccine").candidates]
    assert len(chances) == 3
    assert chances == sorted(chances, reverse=True)


def test_no_more_candidates_than_asked_for(lookup: Lookup) -> None:
    assert len(lookup.ask("moon hollow vaccine", limit=2).candidates) == 2


def test_without_a_calibration_search_never_matches(world: World) -> None:
    assert isinstance(load_calibration(["tiny"]), Uncalibrated)
    with Lookup([world.store], names(), lambda _: world.encoder) as lookup:
        answer = lookup.ask("hollow our moon?")
        assert (answer.outcome, matched(answer)) == (Outcome.SIMILAR, "moon")
        assert lookup.ask("hello").outcome is Outcome.NONE


# Claims by id.


def test_a_claim_by_its_id_and_by_one_that_was_merged_into_it(world: World) -> None:
    world.archive.merge("moon", ["bank"])
    world.publish()
    with opened(world) as lookup:
        assert lookup.claim("moon").text == "The moon is hollow."
        assert lookup.claim("bank") == lookup.claim("moon") == world.archive.claim("moon")
        with pytest.raises(UnknownClaimError, match="nope"):
            lookup.claim("nope")


@pytest.mark.parametrize(
    ("likelier", "other", "expected"),
    [
        (0.5, 0.4, True),
        (0.5, 0.35, False),
        (0.99, 0.989, True),
        (0.99, 0.97, False),
        (1.0, 1.0, True),
    ],
)
def test_two_chances_tie_by_their_odds(likelier: float, other: float, expected: bool) -> None:
    assert is_tie(likelier, other) is expected
