"""Numbers: the quantities and dates that a text mentions, as comparable values.

"1,000", "1.000", "1 000", "a thousand" and "тысяча" are the same number. Ordinals ("20th") are
no quantities. Number words are read in English and, for the common ones, in Russian, Ukrainian,
Spanish, French and German; month names in these six languages.
"""

# ruff: noqa: RUF001 - Cyrillic words are meant.

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

import regex

from index.names.tokens import fold
from index.number_words import (
    AND,
    ARTICLES,
    LETTERS,
    MANY,
    MONTHS,
    NOT_ALONE,
    ONES,
    PORTUGUESE,
    SCALES,
)


class QuantityKind(StrEnum):
    """What a number counts."""

    NUMBER = "number"
    PERCENT = "percent"
    MONEY = "money"
    YEAR = "year"
    DATE = "date"


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number or date in a text.

    Attributes:
        value: The number; for a date yyyymmdd with zeros for what is not said (8_26 is 26 August
            of no stated year, 2017_08_00 is August 2017).
        surface: As written.
        kind: What it counts.
        start: Offset of its first character in the text.
        end: Offset behind its last character.
        year: Year of a date or `QuantityKind.YEAR`, if said.
        month: Month of a date, 1 to 12.
        day: Day of a date, if said.
    """

    value: float
    surface: str
    kind: QuantityKind
    start: int
    end: int
    year: int | None = None
    month: int | None = None
    day: int | None = None


class _Part(NamedTuple):
    """A word or figure that a number is made of."""

    value: float
    is_scale: bool
    start: int
    end: int


_VALUES = {fold(w): float(v) for v, words in ONES.items() for w in words.split()}
_SCALE_VALUES = {fold(w): float(v) for v, words in SCALES.items() for w in words.split()}

_MONTH_PATTERN = "|".join(
    f"(?P<m{n}>" + "|".join(w[:-1] + r"\p{L}{0,4}" if w[-1] == "~" else w for w in ws.split()) + ")"
    for n, ws in enumerate(MONTHS, start=1)
)
_MONTH = rf"(?:{_MONTH_PATTERN})\b\.?"
_YEAR = r"(?P<year>1[5-9]\d\d|20\d\d)(?!\d)"
_DAY = r"(?P<day>[12]\d|3[01]|0?[1-9])(?:st|nd|rd|th|er|\.|º)?"
_DATES = (
    regex.compile(
        rf"(?<![\d\p{{L}}]){_DAY}[\s-]+(?:of\s+|de\s+)?{_MONTH}(?:,?[\s-]+(?:de\s+|del\s+)?{_YEAR})?"
    ),
    regex.compile(rf"\b{_MONTH}\s+{_DAY}(?![\d:%]|[.,]\d)(?:,?\s+{_YEAR})?"),
    regex.compile(rf"\b{_MONTH},?\s+(?:of\s+|de\s+|del\s+)?{_YEAR}"),
    regex.compile(r"(?<![\d.,/-])(?P<year>1[5-9]\d\d|20\d\d)-(?P<month>\d\d)-(?P<day>\d\d)(?!\d)"),
    regex.compile(
        r"(?<![\d.,/-])(?P<day>\d{1,2})[./](?P<month>\d{1,2})[./](?P<year>1[5-9]\d\d|20\d\d)(?!\d)"
    ),
)
_DIGITS = regex.compile(
    r"(?<![\p{L}\d.,:]|\p{L}[-\u2010\u2011])(?:(?<!\S)[-\u2212])?"
    r"(?:\d{1,3}(?:[,.\u00a0\u202f '\u2019]\d{3})+(?:[.,]\d{1,2})?(?!\d)"
    r"|\d+(?:[.,]\d+)?)(?![\d:]|[.,]\d)"
)
_WORD = regex.compile(r"\p{L}[\p{L}\p{M}'\u2019]*")
_UNIT = regex.compile(r"\p{Lu}\p{L}*")  # behind a figure: no amount but a name ("5G", "3D")
_GAP = regex.compile(r"[\s\u00a0-]*")
_ORDINAL = regex.compile(r"(?:st|nd|rd|th|er|ère|º|ª|-?(?:й|я|е|го|му|м|х|ой|ый))\b")
_PERCENT = regex.compile(
    r"\s*(?:%|per\s?cent\b|percent\b|pct\b|процент|відсотк|por\s?ciento\b|pour\s?cent\b|prozent\b)",
    regex.IGNORECASE,
)
_MONEY_AFTER = regex.compile(
    r"\s*(?:d['\u2019]|de\s)?(?:[$€£₽₴¥₹]|(?:us\s)?dollars?\b|euros?\b|pounds?\b|rubles?\b|roubles?\b|hryvnias?\b|usd\b"
    r"|eur\b|gbp\b|rub\b|uah\b|доллар|долар|евро\b|євро\b|рубл|грив|dólar|francs?\b|yuan\b|yen\b)",
    regex.IGNORECASE,
)
_MONEY_BEFORE = regex.compile(r"(?:[$€£₽₴¥₹]|\b(?:USD|EUR|GBP|RUB|UAH))\s?$")


# A question and a claim's wordings are read several times within a lookup.
_REMEMBERED = 64  # texts


@lru_cache(_REMEMBERED)
def find_numbers(text: str) -> tuple[Quantity, ...]:
    """All quantities and dates in `text`, left to right, none overlapping.

    A bare figure from 1500 to 2099 without separators, unit or currency is a year.
    """
    taken: list[tuple[int, int]] = []
    found: list[Quantity] = []
    if any(letter.isdigit() for letter in text):
        folded_text = _fold_in_place(text)
        for pattern in _DATES:
            for match in pattern.finditer(folded_text):
                quantity = _date(text, match)
                if quantity is not None and not _overlaps(match.span(), taken):
                    taken.append(match.span())
                    found.append(quantity)
    found += _amounts(text, taken)
    return tuple(sorted(found, key=lambda quantity: quantity.start))


def _fold_in_place(text: str) -> str:
    """Folded text in which every character stands where it stood."""
    return "".join(c if len(f := fold(c)) != 1 else f for c in text) if text else text


def _overlaps(span: tuple[int, int], taken: list[tuple[int, int]]) -> bool:
    return any(span[0] < end and start < span[1] for start, end in taken)


def _date(text: str, match: "regex.Match[str]") -> Quantity | None:
    parts = match.groupdict()
    numeric = parts.get("month")
    month = int(numeric) if numeric else next(n for n in range(1, 13) if parts.get(f"m{n}"))
    year = int(parts["year"]) if parts.get("year") else None
    day = int(parts["day"]) if parts.get("day") else None
    try:
        date(year or 2000, month, day or 1)
    except ValueError:
        return None
    return Quantity(
        value=float((year or 0) * 10_000 + month * 100 + (day or 0)),
        surface=text[match.start() : match.end()],
        kind=QuantityKind.DATE,
        start=match.start(),
        end=match.end(),
        year=year,
        month=month,
        day=day,
    )


def _amounts(text: str, taken: list[tuple[int, int]]) -> Iterator[Quantity]:
    """Numbers in figures and words outside the spans already taken by dates."""
    run: list[_Part] = []
    for part in _parts(text, taken):
        if run and not _continues(text, run[-1], part):
            yield from _amount(text, run)
            run = []
        run.append(part)
    yield from _amount(text, run)


def _parts(text: str, taken: list[tuple[int, int]]) -> list[_Part]:
    parts: list[_Part] = []
    for match in _DIGITS.finditer(text):
        is_name = _ORDINAL.match(text, match.end()) is not None
        unit = _UNIT.match(text, match.end())
        is_name = is_name or (unit is not None and fold(unit.group()) not in _SCALE_VALUES)
        if not is_name and not _overlaps(match.span(), taken):
            parts.append(_Part(_figure(match.group()), False, *match.span()))
    for match in _WORD.finditer(text):
        word = fold(match.group())
        if _overlaps(match.span(), taken):
            continue
        if word in LETTERS and not text[: match.start()][-1:].isdigit():
            continue
        if word == "dos" and PORTUGUESE.search(text.lower()):
            continue
        if word in _SCALE_VALUES:
            parts.append(_Part(_SCALE_VALUES[word], True, *match.span()))
        elif word in _VALUES:
            parts.append(_Part(_VALUES[word], False, *match.span()))
    return sorted(parts, key=lambda part: part.start)


def _continues(text: str, before: _Part, part: _Part) -> bool:
    """Whether a part goes on with the number: "three | million", "twenty | one", "two | dozen"."""
    gap = text[before.end : part.start]
    words = gap.split()
    if len(words) == 1 and words[0].lower() in AND | ARTICLES:
        return (before.is_scale and before.value >= 100) or part.is_scale
    if not _GAP.fullmatch(gap) or text[part.start].isdigit():
        return False
    return part.is_scale or before.is_scale or (20 <= before.value < 100 and part.value < 10)


def _amount(text: str, run: list[_Part]) -> Iterator[Quantity]:
    if not run:
        return
    start, end = run[0].start, run[-1].end
    if len(run) == 1 and fold(text[start:end]) in NOT_ALONE:
        return
    value, kind = _value(run), QuantityKind.NUMBER
    year: int | None = None
    if symbol := _MONEY_BEFORE.search(text, max(0, start - 4), start):
        start, kind = symbol.start(), QuantityKind.MONEY
    elif percent := _PERCENT.match(text, end):
        end, kind = percent.end(), QuantityKind.PERCENT
    elif money := _MONEY_AFTER.match(text, end):
        end, kind = money.end(), QuantityKind.MONEY
    elif regex.fullmatch(r"1[5-9]\d\d|20\d\d", text[start:end]):
        year, kind = int(value), QuantityKind.YEAR
    elif text[start:end].lower() in MANY:
        return  # an indefinite many
    yield Quantity(value, text[start:end], kind, start, end, year=year)


def _value(run: list[_Part]) -> float:
    """Read a row of parts as one number: 2 thousand 5 hundred 20 is 2520; half million 500000."""
    total = current = 0.0
    pending = False
    for part in run:
        if not part.is_scale:
            current += part.value
            pending = True
        elif part.value < 1_000:
            current = (current if pending else 1.0) * part.value
            pending = True
        else:
            total += (current if pending else 1.0) * part.value
            current, pending = 0.0, False
    return total + current


def _figure(written: str) -> float:
    """A number in figures: the last separator is decimal unless three digits follow it."""
    plain = regex.sub(r"[\u00a0\u202f '\u2019]", "", written.replace("\u2212", "-"))
    whole, separator, rest = plain.rpartition(max(".,", key=plain.rfind))
    if separator and (len(rest) != 3 or whole.lstrip("-") == "0"):
        return float(f"{regex.sub('[.,]', '', whole)}.{rest}")
    return float(regex.sub("[.,]", "", plain))
