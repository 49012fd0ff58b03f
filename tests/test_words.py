"""Words: what counts as a word, as a term, and as content."""

import pytest

from index.words import content_terms, is_english, terms, words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The Moon's HOLLOW, they say", ["the", "moon", "hollow", "they", "say"]),
        ("don\u2019t", ["dont"]),
        ("Caf\u00e9 na\u00efve", ["cafe", "naive"]),
        ("snake_case 5G-mast", ["snake", "case", "5g", "mast"]),
        ("ИГИЛ", ["игил"]),
        ("\U0001f602 !?", []),
    ],
)
def test_words(text: str, expected: list[str]) -> None:
    assert words(text) == expected


def test_terms_stem_by_script_and_keep_order_and_stopwords() -> None:
    assert terms("The helicopters evacuated commanders") == [
        "the", "helicopt", "evacu", "command",
    ]  # fmt: skip
    one, other = (
        "вертолеты",
        "вертолетов",
    )
    assert terms(one) == terms(other)


def test_numbers_are_not_stemmed() -> None:
    assert terms("2017 1500s") == ["2017", "1500s"]


def test_content_terms_leave_out_how_people_ask_and_repeats() -> None:
    assert content_terms("Is it true that the moon, the Moon is hollow?") == ["moon", "hollow"]


@pytest.mark.parametrize(
    "text",
    ["", "is it true?", "это правда?", "\U0001f44d"],
)
def test_nothing_but_asking_has_no_content(text: str) -> None:
    assert content_terms(text) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Bill Gates wants to cure malaria", True),
        ("US helicopters ISIS", True),
        ("el papa apoya a Trump", False),
        ("le pape soutient Trump", False),
        ("Stimmt es, dass der Papst Trump hilft?", False),
        ("Крым наш", False),
        ("البابا يدعم ترامب", False),
    ],
)
def test_is_english(text: str, expected: bool) -> None:
    assert is_english(text) is expected
