"""Typesetting: fonts by character, direction by the Unicode algorithm, lines that break well."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.pictures.breaks import graphemes, units
from bot.pictures.direction import in_visual_order, is_rtl_language, levels, starts_rtl
from bot.pictures.fonts import FontCase, chosen, share_showable, showable
from bot.pictures.typesetting import Paragraph, Style, Typesetter

STYLE = Style(40, 400, "#000000")


def laid_out(text: str, *, is_rtl: bool = False, width: float = 600, lines: int = 5) -> Paragraph:
    setter = Typesetter(FontCase(None), is_rtl=is_rtl)
    return setter.paragraph(text, STYLE, width, max_lines=lines)


def shown(paragraph: Paragraph) -> list[list[str]]:
    """The runs of each line, from left to right."""
    return [[run.text for run in line.runs] for line in paragraph.lines]


def words_of(paragraph: Paragraph) -> list[str]:
    """The words of the only line, from left to right."""
    (line,) = shown(paragraph)
    return [run.strip() for run in line if run.strip()]


def test_latin_text_is_one_run() -> None:
    assert shown(laid_out("A court (in Brazil).")) == [["A court (in Brazil)."]]


def test_in_arabic_a_latin_name_stands_to_the_left_of_what_is_read_before() -> None:
    assert words_of(laid_out("قالت Reuters أمس", is_rtl=True)) == ["أمس", "Reuters", "قالت"]


def test_a_number_in_arabic_keeps_its_order() -> None:
    assert words_of(laid_out("في 2021 كان", is_rtl=True)) == ["كان", "2021", "في"]


def test_both_brackets_around_a_date_run_the_readers_way() -> None:
    text = "Gazette (2 مارس) نعم"
    found = levels(text, is_rtl=True)
    assert found[text.index("(")] == found[text.index(")")] == 1


def test_brackets_around_latin_words_stay_with_them() -> None:
    text = "abc (def) ghi"
    assert set(levels(text, is_rtl=False)) == {0}


def test_runs_of_a_higher_level_are_turned_within_those_of_a_lower_one() -> None:
    # The example of rule L2 in https://unicode.org/reports/tr9/: car means CAR.
    assert in_visual_order(["he said ", "RAC ", "2 ", "DE"], [0, 1, 2, 1]) == [
        "he said ", "DE", "2 ", "RAC ",
    ]  # fmt: skip


@pytest.mark.parametrize(("language", "is_rtl"), [("ar", True), ("he", True), ("ru", False)])
def test_a_language_runs_one_way(language: str, is_rtl: bool) -> None:
    assert is_rtl_language(language) is is_rtl


def test_the_first_letter_says_which_way_a_text_runs() -> None:
    assert starts_rtl("“12 قالت Reuters", default=False)
    assert not starts_rtl("“12 Reuters قالت", default=True)
    assert starts_rtl("12", default=True)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("one two  three", ["one ", "two  ", "three"]),
        ("Дейр-эз-Зор 12-13", ["Дейр-", "эз-", "Зор ", "12-13"]),
        ("雪が「降った」。", ["雪", "が", "「降っ", "た」。"]),
        ("ok日本", ["ok", "日", "本"]),
    ],
)
def test_lines_may_end_where_readers_expect_it(text: str, expected: list[str]) -> None:
    assert units(text) == expected


@given(st.text(max_size=200))
@settings(deadline=None)
def test_units_and_graphemes_lose_nothing(text: str) -> None:
    assert "".join(units(text)) == text
    assert "".join(graphemes(text)) == text


def test_no_line_is_wider_than_its_column() -> None:
    paragraph = laid_out("Verordnung " * 30 + "x" * 200, lines=99)
    assert paragraph.width <= 600


def test_no_word_stands_alone_in_the_last_line() -> None:
    paragraph = laid_out("A court in Brazil has banned umbrellas today")
    assert len(paragraph.lines) == 2
    first, second = (line.width for line in paragraph.lines)
    assert second > first / 2


def test_what_does_not_fit_ends_in_an_ellipsis() -> None:
    paragraph = laid_out("word " * 200, lines=2)
    assert paragraph.is_cut
    assert len(paragraph.lines) == 2
    assert shown(paragraph)[-1][-1].endswith("word…")


def test_punctuation_stays_in_the_font_of_its_word() -> None:
    assert len(set(chosen("مرحبا،"))) == 1


def test_what_no_font_has_becomes_an_ellipsis() -> None:
    assert showable("a\U00012000\U00012001b") == "a…b"


def test_how_much_of_a_text_can_be_shown() -> None:
    assert share_showable("ab \U00012000\U00012001") == 0.5
    assert share_showable("?!") == 1.0


@given(st.text(max_size=80), st.booleans())
@settings(deadline=None)
def test_any_text_is_laid_out_within_its_column(text: str, is_rtl: bool) -> None:
    paragraph = laid_out(text, is_rtl=is_rtl, lines=3)
    assert len(paragraph.lines) <= 3
