"""Numbers: what a text counts and when it says things happened."""

import pytest

from index.numbers import QuantityKind, find_numbers

NUMBER, PERCENT, MONEY = QuantityKind.NUMBER, QuantityKind.PERCENT, QuantityKind.MONEY


@pytest.mark.parametrize(
    ("text", "value", "kind"),
    [
        ("1,000 people", 1_000, NUMBER),
        ("1.000 Menschen", 1_000, NUMBER),
        ("1 000 человек", 1_000, NUMBER),
        ("1,234,567.89 tons", 1_234_567.89, NUMBER),
        ("0,5 litres", 0.5, NUMBER),
        ("20 men", 20, NUMBER),
        ("twenty men", 20, NUMBER),
        ("twenty-two men", 22, NUMBER),
        ("two hundred and fifty men", 250, NUMBER),
        ("two dozen men", 24, NUMBER),
        ("half of them", 0.5, NUMBER),
        ("half a million doses", 500_000, NUMBER),
        ("3 million doses", 3_000_000, NUMBER),
        ("2.5m doses", 2_500_000, NUMBER),
        ("двадцать командиров", 20, NUMBER),
        ("двісті солдатів", 200, NUMBER),
        ("5 млн вакцин", 5_000_000, NUMBER),
        ("veinte soldados", 20, NUMBER),
        ("deux cent mille soldats", 200_000, NUMBER),
        ("zwei Millionen Menschen", 2_000_000, NUMBER),
        ("3.5% of them", 3.5, PERCENT),
        ("50 per cent", 50, PERCENT),
        ("20 процентов", 20, PERCENT),
        ("$4bn", 4_000_000_000, MONEY),
        ("€1.5 billion", 1_500_000_000, MONEY),
        ("3 millones de euros", 3_000_000, MONEY),
        ("5 тысяч рублей", 5_000, MONEY),
    ],
)
def test_amounts(text: str, value: float, kind: QuantityKind) -> None:
    (found,) = find_numbers(text)
    assert found.value == pytest.approx(value)
    assert found.kind is kind


@pytest.mark.parametrize(
    ("text", "year", "month", "day"),
    [
        ("on 26 August 2017", 2017, 8, 26),
        ("on August 26, 2017", 2017, 8, 26),
        ("on August 26", None, 8, 26),
        ("in August 2017", 2017, 8, None),
        ("26.08.2017", 2017, 8, 26),
        ("2017-08-26", 2017, 8, 26),
        ("the 26th of August", None, 8, 26),
        ("26 августа 2017 года", 2017, 8, 26),
        ("26 серпня 2017 року", 2017, 8, 26),
        ("el 26 de agosto de 2017", 2017, 8, 26),
        ("le 1er mars 2022", 2022, 3, 1),
        ("am 5. Mai 2020", 2020, 5, 5),
    ],
)
def test_dates(text: str, year: int | None, month: int, day: int | None) -> None:
    (found,) = find_numbers(text)
    assert found.kind is QuantityKind.DATE
    assert (found.year, found.month, found.day) == (year, month, day)


def test_the_value_of_a_date() -> None:
    assert [q.value for q in find_numbers("26 August 2017 or August 26")] == [20_170_826, 826]


def test_a_bare_year() -> None:
    (found,) = find_numbers("it happened in 2014.")
    assert (found.kind, found.year, found.value) == (QuantityKind.YEAR, 2014, 2014)


@pytest.mark.parametrize(
    "text",
    [
        "the 20th time", "1-й раз", "a 5G mast", "Covid-19", "MH17", "at 12:30", "thousands died",
        "he may go", "um dos Estados Unidos", "once upon a time", "",
    ],
)  # fmt: skip
def test_what_is_no_quantity(text: str) -> None:
    assert find_numbers(text) == ()


def test_neighbouring_numbers_stay_apart() -> None:
    assert [q.value for q in find_numbers("20 soldiers, 5 million people, 12 tanks")] == [
        20,
        5_000_000,
        12,
    ]


def test_a_quantity_says_where_it_stands() -> None:
    text = "It cost $4bn, they said."
    (found,) = find_numbers(text)
    assert text[found.start : found.end] == found.surface == "$4bn"
