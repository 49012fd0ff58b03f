"""Dates: days that a sentence names, with the year taken from the article where it is left out."""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from babel import Locale

from index.articles.document import Document

# A day without a year is the latest such day that is at most this far after the article.
_MAX_AHEAD = timedelta(days=14)
# In a sentence about the future it is the latest within this time.
_NEXT_YEAR = timedelta(days=300)
_ISO = re.compile(r"\b(\d{4})-(\d{2})-(\d{2})\b")
_YEAR = re.compile(r"\b(?:19|20)\d{2}\b")


@dataclass(frozen=True, slots=True)
class Day:
    """A day as a sentence names it.

    Attributes:
        start: Where its wording starts in the sentence.
        text: Its wording.
        day: The day; None where the year is known nowhere.
    """

    start: int
    text: str
    day: date | None


class Calendar:
    """Reads the dates of one article.

    Args:
        document: The article: its own date, or else the one year it speaks of, gives the year to
            dates without one; its own date also gives "on Tuesday" a day.
        language: BCP-47 code whose month and weekday names are read.
    """

    def __init__(self, document: Document, language: str) -> None:
        self._months, self._weekdays, self._pattern = _names(language)
        self._published_on = document.published_on
        self._years = {
            int(found.group("year") or found.group("year2"))
            for found in self._pattern.finditer(document.body)
            if found.group("year") or found.group("year2")
        } or {int(year) for year in _YEAR.findall(document.body)}

    def days(self, sentence: str, *, ahead: bool = False) -> tuple[Day, ...]:
        """All days that a sentence names, in order, those without a known year included.

        Args:
            sentence: The sentence.
            ahead: Whether it speaks of the future: a day without a year is then the next one.
        """
        found = [
            Day(match.start(), match.group(), self._day(match, ahead=ahead))
            for match in self._pattern.finditer(sentence)
        ]
        for match in _ISO.finditer(sentence):
            year, month, day = map(int, match.groups())
            found.append(Day(match.start(), match.group(), _valid(year, month, day)))
        return tuple(sorted(found, key=lambda each: each.start))

    def _day(self, match: re.Match[str], *, ahead: bool) -> date | None:
        if weekday := match.group("weekday"):
            return self._last_weekday(self._weekdays[weekday.casefold()])
        month = self._months[(match.group("month") or match.group("month2")).casefold().rstrip(".")]
        day = int(match.group("day") or match.group("day2"))
        if year := match.group("year") or match.group("year2"):
            return _valid(int(year), month, day)
        if self._published_on is not None:
            tries = (
                _valid(self._published_on.year + step, month, day) for step in (1, 0, -1, -2, -3)
            )
            latest = self._published_on + (_NEXT_YEAR if ahead else _MAX_AHEAD)
            return next((each for each in tries if each and each <= latest), None)
        return _valid(next(iter(self._years)), month, day) if len(self._years) == 1 else None

    def _last_weekday(self, weekday: int) -> date | None:
        if self._published_on is None:
            return None
        return self._published_on - timedelta(days=(self._published_on.weekday() - weekday) % 7)


@lru_cache
def _names(language: str) -> tuple[dict[str, int], dict[str, int], re.Pattern[str]]:
    locale = Locale.parse(language)
    months: dict[str, int] = {}
    weekdays: dict[str, int] = {}
    for context in ("format", "stand-alone"):
        for width in ("wide", "abbreviated"):
            for number, name in locale.months[context][width].items():
                months[name.casefold().rstrip(".")] = number
        for number, name in locale.days[context]["wide"].items():
            weekdays[name.casefold()] = number
    if language == "en":
        months["sept"] = 9
    month = "|".join(re.escape(name) for name in sorted(months, key=len, reverse=True))
    weekday = "|".join(map(re.escape, weekdays))
    pattern = re.compile(
        rf"\b(?P<day>\d{{1,2}})(?:st|nd|rd|th|\.)?\s+(?:of\s+)?(?P<month>{month})\b\.?"
        rf"(?:,?\s+(?P<year>\d{{4}}))?"
        rf"|\b(?P<month2>{month})\b\.?\s+(?P<day2>\d{{1,2}})(?:st|nd|rd|th)?\b(?!\s*%)"
        rf"(?:,?\s+(?P<year2>\d{{4}}))?"
        rf"|\b(?P<weekday>{weekday})\b",
        re.IGNORECASE,
    )
    return months, weekdays, pattern


def _valid(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
