"""Fields: the small parsers that all feed formats share, for dates, URLs, languages and lists.

Each returns the parsed value or raises `ValueError` with a sentence part that says what was found
and what was expected, fit for `Rejected.reason` and `Noted.reason`.
"""

import re
from collections.abc import Iterable
from datetime import date, datetime
from enum import Enum
from functools import lru_cache
from urllib.parse import urlsplit

from index.text import clean, clean_lines, shorten

EARLIEST_YEAR = 1000
MAX_URL_CHARS = 4000
_SHOWN_CHARS = 60
_SURROGATE = re.compile("[\ud800-\udfff]")
_ISO_DAY = re.compile(r"(\d{4})([-/.]?)(\d{2})\2(\d{2})(?!\d)")
_NUMERIC_DAY = re.compile(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4}|\d{2})(?!\d)")
# What may follow the day in a time stamp: nothing, or a time of day.
_TIME = re.compile(r"\s*$|[T\s]\s*\d{1,2}:\d{2}")
_URL_START = re.compile(r"(?=https?://)", re.IGNORECASE)
_URL_END = re.compile(r"[\s\"'<>,;|]|$")
_TAG = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{1,8})*")
# Two-digit years from this one on are of the last century.
_CENTURY_PIVOT = 70


class DayOrder(Enum):
    """How a numeric date such as 10/03/17 is to be read."""

    MONTH_FIRST = "month first"
    DAY_FIRST = "day first"
    UNKNOWN = "unknown"


def shown(value: object) -> str:
    """A value as it is quoted in a reason: short and on one line."""
    return repr(shorten(one_line(value) or "", _SHOWN_CHARS) if isinstance(value, str) else value)


def one_line(value: str) -> str | None:
    """Clean text on one line; None where nothing is left. Lone surrogates become U+FFFD."""
    return clean(_SURROGATE.sub("\ufffd", value)) or None


def prose(value: str) -> str | None:
    """Clean text with its paragraphs a line each; None where nothing is left."""
    return clean_lines(_SURROGATE.sub("\ufffd", value)) or None


def day(value: str, *, order: DayOrder = DayOrder.UNKNOWN, today: date | None = None) -> date:
    """Read one day: ISO (a time after it is dropped), numeric, or in words ("3 October 2017").

    Args:
        value: The text. A day as published: no time zone is applied.
        order: How to read 10/03/17; UNKNOWN reads only what can be read in one way.
        today: Days after this one are refused; None allows them.

    Raises:
        ValueError: It is no day, is ambiguous, or lies outside [year 1000, today].
    """
    text = one_line(value) or ""
    found = _iso_day(text) or _numeric_day(text, order) or _worded_day(text)
    if found is None:
        raise ValueError(f"{shown(value)} is no date; expected YYYY-MM-DD")
    if found.year < EARLIEST_YEAR:
        raise ValueError(f"{shown(value)} lies before the year {EARLIEST_YEAR}")
    # One day of grace: a feed may come from a place where it is tomorrow already.
    if today is not None and found.toordinal() > today.toordinal() + 1:
        raise ValueError(f"{shown(value)} lies in the future (today is {today.isoformat()})")
    return found


def proven_order(value: str) -> DayOrder:
    """The order of a numeric date with slashes or hyphens that can be read in one way only."""
    found = _NUMERIC_DAY.match(value.strip())
    if not found or found[2] == "." or (int(found[1]) > 12) == (int(found[3]) > 12):
        return DayOrder.UNKNOWN
    return DayOrder.DAY_FIRST if int(found[1]) > 12 else DayOrder.MONTH_FIRST


def _calendar_day(value: str, year: int, month: int, day_of_month: int) -> date:
    try:
        return date(year, month, day_of_month)
    except ValueError:
        raise ValueError(f"{shown(value)} is no day of the calendar") from None


def _iso_day(text: str) -> date | None:
    found = _ISO_DAY.match(text)
    if not found or not _TIME.match(text, found.end()):
        return None
    return _calendar_day(text, int(found[1]), int(found[3]), int(found[4]))


def _numeric_day(text: str, order: DayOrder) -> date | None:
    found = _NUMERIC_DAY.match(text)
    if not found or not _TIME.match(text, found.end()):
        return None
    first, second, year = int(found[1]), int(found[3]), int(found[4])
    if len(found[4]) == 2:
        year += 1900 if year >= _CENTURY_PIVOT else 2000
    # Dots are a day-first custom everywhere they are used.
    if order is DayOrder.UNKNOWN and found[2] == ".":
        order = DayOrder.DAY_FIRST
    if order is DayOrder.UNKNOWN:
        if first <= 12 and second <= 12 and first != second:
            raise ValueError(f"{shown(text)} can be read as two dates; expected YYYY-MM-DD")
        order = DayOrder.MONTH_FIRST if second > 12 else DayOrder.DAY_FIRST
    month, day_of_month = (first, second) if order is DayOrder.MONTH_FIRST else (second, first)
    return _calendar_day(text, year, month, day_of_month)


def _worded_day(text: str) -> date | None:
    # Without a letter and a four-digit year there is nothing to read, only something to guess.
    if (
        len(text) > _SHOWN_CHARS
        or not re.search(r"[^\W\d_]", text)
        or not re.search(r"\d{4}", text)
    ):
        return None
    import dateparser  # noqa: PLC0415 - takes half a second to load

    found: datetime | None = dateparser.parse(
        text, settings={"REQUIRE_PARTS": ["day", "month", "year"], "STRICT_PARSING": True}
    )
    return found.date() if found else None


def http_url(value: str) -> str:
    """An absolute http(s) URL, as given but for surrounding white space; `www.` gets a scheme.

    Raises:
        ValueError: It is anything else.
    """
    text = one_line(value) or ""
    if text.lower().startswith("www."):
        text = f"http://{text}"
    try:
        parts = urlsplit(text)
        host = parts.hostname or ""
        _ = parts.port
    except ValueError:
        raise ValueError(f"{shown(value)} is no valid URL") from None
    if parts.scheme not in {"http", "https"} or not host or re.search(r"[\s<>\"]", text):
        raise ValueError(f"{shown(value)} is no http(s) URL")
    if len(text) > MAX_URL_CHARS:
        raise ValueError(
            f"is a URL of {len(text):,} characters; at most {MAX_URL_CHARS:,} are kept"
        )
    return text


def site(url: str) -> str | None:
    """The host of an absolute URL without "www."; None where there is none."""
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        return None
    return host.removeprefix("www.") or None


def urls_in(text: str) -> tuple[str, ...]:
    """All http(s) URLs in a text, in order, each once, also where several are glued together.

    A comma, a semicolon, white space or the start of the next URL ends one; punctuation of the
    sentence around it is dropped.
    """
    found: list[str] = []
    for piece in _URL_START.split(text):
        if piece[:4].lower() != "http":
            continue
        end = _URL_END.search(piece)
        url = piece[: end.start()] if end else piece
        url = url.rstrip(".!?:*_\u2026\u201d\u201c\u2019\u00bb")
        if url.endswith((")", "]")) and url.count("(") + url.count("[") < url.count(
            ")"
        ) + url.count("]"):
            url = url[:-1].rstrip(".,!?:")
        try:
            found.append(http_url(url))
        except ValueError:
            continue
    return unique(found)


@lru_cache(maxsize=4096)
def language_tag(value: str) -> str:
    """The BCP-47 tag for a tag or for a language's name in English ("Russian" → "ru").

    Raises:
        ValueError: No such language is known.
    """
    import langcodes  # noqa: PLC0415 - loads its tables

    text = one_line(value) or ""
    if _TAG.fullmatch(text) and langcodes.tag_is_valid(text):
        return str(langcodes.standardize_tag(text))
    try:
        found, in_english = langcodes.find(text), langcodes.find(text, "en")
    except LookupError:
        found = in_english = None
    # The search is fuzzy: among all names it takes "Venezuela" for Russian, among English ones
    # "Romania" for Romany. Where the two agree it is right.
    if found is None or found.language != in_english.language:
        raise ValueError(f"{shown(value)} is no language known by tag or English name")
    return str(found)


def split_list(value: str, separators: str = ",;\n") -> tuple[str, ...]:
    """Split a list that a feed wrote into one cell; items cleaned, each once, in order."""
    return unique(re.split(f"[{re.escape(separators)}]", value))


def unique(values: Iterable[str]) -> tuple[str, ...]:
    """Cleaned values, empty ones and repetitions (differing in case only) dropped, in order."""
    found: dict[str, str] = {}
    for value in values:
        if text := one_line(value):
            found.setdefault(text.casefold(), text)
    return tuple(found.values())
