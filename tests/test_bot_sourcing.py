"""Sourcing: repeats of one source are one chain."""

from datetime import date

from botworld import WORDS

from bot.markup import plain
from bot.sourcing import chains, claimant_lines, source_lines
from index import Appearance, Claim


def named(name: str, repeats: str | None = None, url: str | None = None) -> Appearance:
    return Appearance(outlet=name, url=url, repeats=repeats)


def shape(*appearances: Appearance) -> list[tuple[str | None, list[str | None]]]:
    return [
        (chain.first.outlet or chain.first.url, [each.appearance.outlet for each in chain.repeats])
        for chain in chains(appearances)
    ]


def test_independent_appearances_are_chains_of_their_own() -> None:
    assert shape(named("A"), named("B")) == [("A", []), ("B", [])]


def test_a_repeat_by_outlet_joins_its_source_whatever_the_case() -> None:
    assert shape(named("A"), named("B", "a")) == [("A", ["B"])]


def test_a_repeat_by_address_joins_its_source() -> None:
    assert shape(named("A", url="https://a.example/1"), named("B", "https://a.example/1")) == [
        ("A", ["B"])
    ]


def test_a_repeat_of_a_repeat_is_in_the_same_chain() -> None:
    assert shape(named("C", "B"), named("B", "A"), named("A")) == [("A", ["C", "B"])]


def test_repeats_of_a_source_that_is_not_on_record_are_one_chain_under_its_name() -> None:
    assert shape(named("A", "Wire"), named("B", "Wire")) == [("Wire", ["A", "B"])]


def test_a_circle_is_broken() -> None:
    assert shape(named("A", "B"), named("B", "A")) == [("B", ["A"])]


def test_an_appearance_that_repeats_its_own_outlet_elsewhere_is_no_circle() -> None:
    assert shape(named("A"), named("A", "A")) == [("A", ["A"])]


def test_a_line_says_who_when_in_which_language_and_based_on_what() -> None:
    sputnik = Appearance(
        outlet="Daily",
        url="https://daily.example/1",
        published_on=date(2017, 9, 7),
        language="ru",
        based_on="a military source",
    )
    lines = source_lines(Claim("a", "x", appearances=(sputnik, named("Echo", "Daily"))), WORDS,
                         full=False)  # fmt: skip
    assert [plain(line) for line in lines] == [
        "• Daily (https://daily.example/1) (7 Sep 2017, in Russian), based on “a military source”",
        "   ↳ repeated by Echo",
    ]


def test_an_indirect_repeat_names_whom_it_cites() -> None:
    claim = Claim("a", "x", appearances=(named("A"), named("B", "A"), named("C", "B")))
    assert source_lines(claim, WORDS, full=False)[2] == "   ↳ repeated by C, citing B"


def test_an_appearance_without_anything_is_an_unnamed_source() -> None:
    claim = Claim("a", "x", appearances=(Appearance(),))
    assert source_lines(claim, WORDS, full=False) == ("• an unnamed source",)


def test_an_appearance_without_outlet_is_named_by_its_site() -> None:
    claim = Claim("a", "x", appearances=(Appearance(url="https://www.site.example/1"),))
    assert plain(source_lines(claim, WORDS, full=False)[0]).startswith("• site.example (")


def test_a_dead_address_gives_way_to_the_archived_copy() -> None:
    page = Appearance(outlet="A", url="gone", archive_url="https://archive.example/a")
    line = source_lines(Claim("a", "x", appearances=(page,)), WORDS, full=False)[0]
    assert line == '• <a href="https://archive.example/a">A</a>'


def test_claimants_that_are_the_outlets_are_not_named_twice() -> None:
    claim = Claim("a", "x", claimants=("A", "A minister"), appearances=(named("A"),))
    assert claimant_lines(claim, WORDS) == ("Attributed to A minister",)
