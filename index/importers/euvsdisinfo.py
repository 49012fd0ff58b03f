"""EUvsDisinfo: disinformation cases of the EU's East StratCom Task Force (EEAS), in CSV or JSON.

Every case is by definition answered, by one party: the database is run by an EU body. Shapes that
are read, see docs/interchange.md: cases with source and disproof (dates MM/DD/YY), the index of
cases (lists joined with "+"), scraped tables, article-level tables, and the JSON export.
"""

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from itertools import chain, islice
from typing import Any

from index import fields
from index.claims import Appearance, ClaimState, Response, ResponseKind, Verdict
from index.errors import FeedError
from index.fields import DayOrder
from index.importers import ReadOptions
from index.importers.html_text import plain_text
from index.importers.json_entries import json_entries
from index.importers.source import Source
from index.importers.table import Row, Table, folded
from index.records import ImportedClaim, Noted, Reading, Rejected
from index.text import text_key

FEED = "euvsdisinfo"
PUBLISHER = "EUvsDisinfo"
RATING = "Disinfo"
_SITE = re.compile(r"https?://(?:www\.)?euvsdisinfo\.eu/(?:report|disinformation)", re.IGNORECASE)
_N_DATE_SAMPLES = 200
# In the outlet column, and nobody who says anything: the site's own button under a long list, and
# services that shorten addresses.
_NO_OUTLETS = {"show more", "bit.ly", "bitly.com", "goo.gl", "t.co", "tinyurl.com", "ow.ly"}
# Our field to the column names it goes by, folded, the preferred one first.
_COLUMNS = {
    "title": ("title", "article title"),
    "summary": ("summary", "disinformation"),
    "disproof": ("disproof", "information"),
    "outlets": ("outlet", "outlets", "article publisher", "publisher", "article domain"),
    "languages": ("language", "languages", "article language"),
    "places": ("origin", "countries", "country", "countries / regions discussed"),
    "topics": ("keywords", "tags"),
    "source": ("source", "article url", "publication url"),
    "archive": ("archive url", "archived"),
    "case": ("id", "url", "links", "link", "case url", "report"),
    "date": ("date", "published date", "date of publication", "dateofpublication"),
    "checked": ("debunk date",),
    "body": ("article text",),
    "key": ("article id",),
    "class": ("class",),
}
# Columns that, one set of them complete, tell the feed from any other table.
_SIGNATURES = (
    {"title", "disproof"},
    {"title", "countries", "outlets"},
    {"disinformation", "information"},
    {"debunk id", "article title"},
)


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a case was seen, as the feed words it."""

    outlet: str = ""
    url: str = ""
    archive_url: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True)
class _Case:
    line: int
    title: str
    summary: str
    disproof: str
    day: str
    checked: str
    case_url: str
    key: str
    body: str
    seen: tuple[_Place, ...]
    places: tuple[str, ...]
    topics: tuple[str, ...]


class EuVsDisinfo:
    """The importer of EUvsDisinfo's cases."""

    name = "euvsdisinfo"
    default_state = ClaimState.PUBLISHED
    detection_rank = 30

    def detects(self, source: Source) -> bool:
        """Whether the header, or the key of the JSON export, is that of a known shape."""
        head = source.head_text()
        if head.lstrip()[:1] in {"{", "["}:
            return '"disinfoCases"' in head
        try:
            columns = {folded(name) for name in Table(source).columns}
        except FeedError:
            return False
        return any(signature <= columns for signature in _SIGNATURES)

    def read(self, source: Source, options: ReadOptions) -> Iterator[Reading]:
        """Yield one record a row or case.

        Raises:
            FeedError: The file has no column for the claim, or is not the JSON export.
        """
        is_json = source.head_text().lstrip()[:1] in {"{", "["}
        cases = _json_cases(source) if is_json else _table_cases(source)
        first = list(islice(cases, _N_DATE_SAMPLES))
        order = _slash_order(case.day for case in first if isinstance(case, _Case))
        for case in chain(first, cases):
            if isinstance(case, Rejected):
                yield case
            else:
                yield from _readings(case, order, options.today)


def _table_cases(source: Source) -> Iterator[_Case | Rejected]:
    table = Table(source)
    known = {folded(name) for name in table.columns}
    column = {
        ours: next((name for name in names if name in known), "")
        for ours, names in _COLUMNS.items()
    }
    if not column["title"] and not column["summary"]:
        raise FeedError(
            f"{source.name}: no column of an EUvsDisinfo table holds the claim (title, summary or "
            f"disinformation). Columns found: {', '.join(table.columns)}. For another table use "
            "--format csv."
        )
    joined = "+" if "languages" in known else ",;\n"
    for row in table.rows():
        if isinstance(row, Rejected):
            yield row
            continue
        case = {ours: row.cells.get(name, "") for ours, name in column.items()}
        if case["class"] and case["class"].casefold() != "disinformation":
            reason = f"is {fields.shown(case['class'])}: an article that does not make the claim"
            yield Rejected(row.line, "class", reason)
            continue
        yield _table_case(row, case, joined, single=column["outlets"] == "outlet")


def _table_case(row: Row, case: Mapping[str, str], joined: str, *, single: bool) -> _Case:
    # "outlet" is one, commas and all ("Vremya pokazhet @Pervyi kanal, 21:55"); "outlets" a list.
    outlets = (case["outlets"],) if single else _outlets(case["outlets"], joined)
    urls = [case["source"], case["case"]]
    case_url = next((url for url in urls if _SITE.match(url)), "")
    source_url = next(
        (url for url in urls if url and url != case_url and (url == urls[0] or "://" in url)), ""
    )
    languages = _languages(case["languages"], joined)
    return _Case(
        line=row.line,
        title=case["title"] or case["summary"],
        summary=case["summary"],
        disproof=case["disproof"],
        day=case["date"],
        checked=case["checked"],
        case_url=case_url,
        key=case["key"],
        body=case["body"],
        seen=tuple(_seen(outlets, source_url, case["archive"], languages)),
        places=fields.split_list(case["places"], joined),
        topics=fields.split_list(case["topics"], joined),
    )


def _outlets(cell: str, joined: str) -> tuple[str, ...]:
    # Names such as "Geopolitica.ru - Spanish, Castilian" hold a comma, hence "+" alone with "+".
    return fields.split_list(cell, joined if joined != "+" or "+" in cell else "\n;")


def _languages(cell: str, joined: str) -> tuple[str, ...]:
    # "Spanish, Castilian" is one language, also where the list splitter took it apart.
    return tuple(name for name in fields.split_list(cell, joined) if name != "Castilian")


def _seen(
    outlets: tuple[str, ...], url: str, archive_url: str, languages: tuple[str, ...]
) -> Iterator[_Place]:
    """The places of a row. With several outlets it is not said whose the address is."""
    named = [outlet for outlet in outlets if outlet and outlet.casefold() not in _NO_OUTLETS]
    if url and len(named) > 1:
        yield _Place(url=url, archive_url=archive_url, language=_only(languages))
        url = archive_url = ""
    for outlet in named or [""]:
        # "TASS - Russian": the outlet's own name says which of the languages is its.
        suffix = outlet.rpartition(" - ")[2].partition(",")[0]
        language = suffix if suffix in languages else _only(languages)
        yield _Place(outlet, url, archive_url, language)


def _only(languages: tuple[str, ...]) -> str:
    return languages[0] if len(languages) == 1 else ""


def _json_cases(source: Source) -> Iterator[_Case | Rejected]:
    for entry in json_entries(source, ("disinfoCases",)):
        if isinstance(entry, Rejected):
            yield entry
            continue
        if not isinstance(entry.value, dict):
            yield Rejected(entry.line, "", "is no object; expected a case")
            continue
        yield _json_case(entry.line, entry.value)


def _json_case(line: int, case: Mapping[str, Any]) -> _Case:
    details = case.get("details")
    details = details if isinstance(details, dict) else {}
    published = case.get("publishedIn")
    languages = _languages(_text(details.get("articleLanguages")), ",;\n")
    seen = tuple(
        _Place(
            outlet=_text(item.get("publication") or item.get("outlet") or item.get("name")),
            url=_text(item.get("publication_url") or item.get("url")),
            archive_url=_text(item.get("archive_url")),
            language=_text(item.get("language")) or _only(languages),
        )
        for item in (published if isinstance(published, list) else [])
        if isinstance(item, dict)
    )
    urls = [_text(case.get(key)) for key in ("url", "link", "id")]
    return _Case(
        line=line,
        title=_text(case.get("title")) or _text(case.get("summary")),
        summary=_text(case.get("summary")),
        disproof=_text(case.get("disproof")),
        day=_text(details.get("dateOfPublication")),
        checked="",
        case_url=next((url for url in urls if _SITE.match(url)), ""),
        key=_text(case.get("id")),
        body="",
        seen=seen,
        places=fields.split_list(_text(details.get("countries"))),
        topics=fields.split_list(_text(details.get("keywords"))),
    )


def _text(value: Any) -> str:
    if isinstance(value, list):
        return "\n".join(map(_text, value))
    return str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""


def _readings(case: _Case, order: DayOrder, today: date) -> Iterator[Reading]:
    text = fields.one_line(plain_text(case.title))
    if text is None or not text_key(text):
        yield Rejected(case.line, "title", "is empty; expected the claim")
        return
    try:
        day = _day(case.day, order, today)
        checked_on = _day(case.checked, order, today)
    except ValueError as error:
        yield Rejected(case.line, "date", str(error))
        return
    notes: list[Noted] = []
    summary = fields.prose(plain_text(case.summary))
    appearances = tuple(
        dict.fromkeys(_appearance(place, day, case.line, notes) for place in case.seen)
    )
    yield ImportedClaim(
        record_id=case.case_url or case.key or _hashed_id(case, text, day),
        line=case.line,
        text=text,
        feed=FEED,
        summary=None if summary is None or text_key(summary) == text_key(text) else summary,
        body=fields.prose(plain_text(case.body)),
        language="en" if not case.body else None,
        claimants=fields.unique(place.outlet for place in case.seen),
        appearances=tuple(each for each in appearances if each != Appearance()),
        responses=(
            Response(
                ResponseKind.FACT_CHECK,
                by=PUBLISHER,
                url=case.case_url or None,
                published_on=checked_on,
                rating=RATING,
                verdict=Verdict.FALSE,
                summary=fields.prose(plain_text(case.disproof)),
            ),
        ),
        topics=case.topics,
        places=case.places,
    )
    yield from notes


def _appearance(place: _Place, day: date | None, line: int, notes: list[Noted]) -> Appearance:
    found = Appearance(
        outlet=fields.one_line(place.outlet),
        url=_url(place.url, "url", line, notes),
        archive_url=_url(place.archive_url, "archive_url", line, notes),
        published_on=day,
    )
    if place.language:
        try:
            found = replace(found, language=fields.language_tag(place.language))
        except ValueError as error:
            notes.append(Noted(line, "language", f"{error}; dropped"))
    return found


def _url(value: str, name: str, line: int, notes: list[Noted]) -> str | None:
    if not value:
        return None
    if urls := fields.urls_in(value):
        return urls[0]
    notes.append(Noted(line, name, f"{fields.shown(value)} is no http(s) URL; dropped"))
    return None


def _day(value: str, order: DayOrder, today: date) -> date | None:
    if not value:
        return None
    if re.match(r"\d+/\d+/\d\d(?!\d)", value):
        order = DayOrder.MONTH_FIRST  # the site's own short form
    elif "/" not in value:
        order = DayOrder.DAY_FIRST
    return fields.day(value, order=order, today=today)


def _slash_order(days: Iterator[str]) -> DayOrder:
    """How 03/10/2017 is meant in this file: month first only where a date in it proves it."""
    for found in filter(None, (re.match(r"\d+/(\d+)/\d{4}", day) for day in days)):
        if int(found[1]) > 12:
            return DayOrder.MONTH_FIRST
    return DayOrder.DAY_FIRST


def _hashed_id(case: _Case, text: str, day: date | None) -> str:
    # The language too: rows that differ in nothing else would overwrite each other at each import.
    seen = [f"{place.outlet}\0{place.url}\0{place.language}" for place in case.seen]
    parts = [day.isoformat() if day else "", *seen, text_key(text)]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:20]


IMPORTER = EuVsDisinfo()
