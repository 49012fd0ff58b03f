"""CSV: any table with a column for the claim, through a map of columns."""

import hashlib
from collections.abc import Iterator, Mapping
from datetime import date
from itertools import chain, islice

from index import fields
from index.claims import Appearance, ClaimState, Response, ResponseKind, Verdict
from index.document_reader import unknown_rating
from index.errors import FeedError
from index.fields import DayOrder
from index.importers import ReadOptions
from index.importers.source import Source
from index.importers.table import Row, Table, folded
from index.ratings import classify
from index.records import ImportedClaim, Noted, Reading, Rejected
from index.text import text_key

# Our field to the column names that are taken for it, folded, the likeliest first.
ALIASES: Mapping[str, tuple[str, ...]] = {
    "text": (
        "text",
        "claim",
        "claim text",
        "claimreviewed",
        "claim reviewed",
        "statement",
        "rumour",
        "rumor",
    ),
    "record_id": ("record id", "id", "claim id", "guid"),
    "title": ("title", "headline"),
    "summary": ("summary", "description", "details"),
    "language": ("language", "lang", "inlanguage", "claim language"),
    "claimant": (
        "claimant",
        "claimants",
        "speaker",
        "claim author",
        "claim author name",
        "said by",
    ),
    "outlet": ("outlet", "publisher", "outlets", "channel", "media"),
    "url": ("url", "link", "source", "source url", "claim url", "appearance"),
    "archive_url": ("archive url", "archive", "archived url"),
    "date": ("date", "published on", "claim date", "date published", "published"),
    "fact_checker": (
        "fact checker",
        "factchecker",
        "reviewer",
        "reviewer name",
        "checked by",
        "review author",
    ),
    "rating": (
        "rating",
        "verdict",
        "label",
        "review rating",
        "textual rating",
        "ruling",
        "truth rating",
    ),
    "review_url": ("review url", "fact check url", "factcheck url", "debunk url"),
    "review_date": ("review date", "checked on", "fact check date", "reviewed on"),
    "review_summary": ("review summary", "explanation", "justification", "disproof"),
    "topics": ("topics", "keywords", "tags", "subject", "subjects"),
    "places": ("places", "countries", "country", "location"),
}
_N_DATE_SAMPLES = 200


class CsvTable:
    """The importer of any other table."""

    name = "csv"
    default_state = ClaimState.PUBLISHED
    detection_rank = 40

    def detects(self, source: Source) -> bool:
        """Whether it is a table of several columns and one of them is surely the claim."""
        if source.head_text().lstrip()[:1] in {"{", "[", "<"}:
            return False
        try:
            columns = Table(source).columns
        except FeedError:
            return False
        return len(columns) > 1 and "text" in _guessed(columns)

    def read(self, source: Source, options: ReadOptions) -> Iterator[Reading]:
        """Yield one record a row.

        Raises:
            FeedError: A column that was named is not there, or none holds the claim.
        """
        table = Table(source)
        column = _columns(table, source.name, options.columns)
        feed = options.feed or source.stem
        rows = table.rows()
        first = list(islice(rows, _N_DATE_SAMPLES))
        order = _day_order(
            row.cells.get(column.get(field, ""), "")
            for row in first
            if isinstance(row, Row)
            for field in ("date", "review_date")
        )
        for row in chain(first, rows):
            if isinstance(row, Rejected):
                yield row
                continue
            cells = {ours: row.cells[name] for ours, name in column.items()}
            yield from _TableRow(row.line, cells, feed, order, options.today).readings()


def _guessed(columns: tuple[str, ...]) -> dict[str, str]:
    """Our field to the column's folded name, where the name says what it is."""
    known = {folded(name) for name in columns}
    found: dict[str, str] = {}
    for ours, names in ALIASES.items():
        for name in names:
            if name in known and name not in found.values():
                found[ours] = name
                break
    return found


def _columns(table: Table, name: str, asked: Mapping[str, str]) -> dict[str, str]:
    known = {folded(column): column for column in table.columns}
    example = f"hearsay import {name} --format csv --column text='{table.columns[0]}'"
    problems = [
        f"{ours!r} is no field of ours; known: {', '.join(ALIASES)}"
        for ours in asked
        if ours not in ALIASES
    ]
    problems += [
        f"no column is called {theirs!r} (for {ours})"
        for ours, theirs in asked.items()
        if folded(theirs) not in known
    ]
    taken = {folded(theirs) for theirs in asked.values()}
    guessed = {
        ours: column for ours, column in _guessed(table.columns).items() if column not in taken
    }
    found = guessed | {ours: folded(theirs) for ours, theirs in asked.items()}
    if not problems and "text" not in found:
        problems.append("no column is known to hold the claim")
    if problems:
        raise FeedError(
            f"{name}: {'; '.join(problems)}. Columns found: {', '.join(table.columns)}. "
            f"Name them, for example: {example}"
        )
    return found


def _day_order(samples: Iterator[str]) -> DayOrder:
    """How the table writes 03/10/2017, as far as its first rows prove it."""
    orders = {fields.proven_order(sample) for sample in samples} - {DayOrder.UNKNOWN}
    return orders.pop() if len(orders) == 1 else DayOrder.UNKNOWN


class _TableRow:
    """One row on its way to a record."""

    def __init__(
        self, line: int, cells: Mapping[str, str], feed: str, order: DayOrder, today: date
    ) -> None:
        self._line = line
        self._cells = cells
        self._feed = feed
        self._order = order
        self._today = today
        self._notes: list[Noted] = []

    def readings(self) -> Iterator[Reading]:
        text = self._text("text")
        if text is None or not text_key(text):
            yield Rejected(self._line, "text", "is empty; expected the claim")
            return
        try:
            seen_on, checked_on = self._day("date"), self._day("review_date")
        except ValueError as error:
            field, _, reason = str(error).partition("\n")
            yield Rejected(self._line, field, reason)
            return
        title = self._text("title")
        summary = fields.prose(self._cells.get("summary", ""))
        yield ImportedClaim(
            record_id=self._text("record_id") or self._hashed_id(text),
            line=self._line,
            text=text,
            feed=self._feed,
            title=title if title and text_key(title) != text_key(text) else None,
            summary=summary if summary and text_key(summary) != text_key(text) else None,
            language=self._language(),
            claimants=fields.split_list(self._cells.get("claimant", ""), ";\n"),
            appearances=self._appearances(seen_on),
            responses=self._responses(checked_on),
            topics=fields.split_list(self._cells.get("topics", "")),
            places=fields.split_list(self._cells.get("places", "")),
        )
        yield from self._notes

    def _text(self, field: str) -> str | None:
        return fields.one_line(self._cells.get(field, ""))

    def _note(self, field: str, reason: str) -> None:
        self._notes.append(Noted(self._line, field, reason))

    def _day(self, field: str) -> date | None:
        if (text := self._text(field)) is None:
            return None
        try:
            return fields.day(text, order=self._order, today=self._today)
        except ValueError as error:
            raise ValueError(f"{field}\n{error}") from None

    def _url(self, field: str) -> str | None:
        if (text := self._text(field)) is None:
            return None
        try:
            return fields.http_url(text)
        except ValueError as error:
            if urls := fields.urls_in(text):
                return urls[0]
            self._note(field, f"{error}; dropped")
            return None

    def _language(self) -> str | None:
        if (text := self._text("language")) is None:
            return None
        try:
            return fields.language_tag(text)
        except ValueError as error:
            self._note("language", f"{error}; dropped")
            return None

    def _appearances(self, seen_on: date | None) -> tuple[Appearance, ...]:
        found = Appearance(
            outlet=self._text("outlet"),
            url=self._url("url"),
            archive_url=self._url("archive_url"),
            published_on=seen_on,
        )
        return () if found == Appearance() else (found,)

    def _responses(self, checked_on: date | None) -> tuple[Response, ...]:
        rating, url = self._text("rating"), self._url("review_url")
        by = self._text("fact_checker") or fields.site(url or "")
        summary = fields.prose(self._cells.get("review_summary", ""))
        if rating is None and url is None and summary is None:
            return ()
        if by is None:
            self._note("fact_checker", "is missing: the table's name stands for it")
            by = self._feed
        verdict = classify(rating, by)
        if verdict is Verdict.UNCLASSIFIED and rating:
            self._note("rating", unknown_rating(by, rating))
        check = Response(ResponseKind.FACT_CHECK, by, url, checked_on, rating, verdict, summary)
        return (check,)

    def _hashed_id(self, text: str) -> str:
        parts = [text_key(text)]
        names = ("claimant", "outlet", "url", "date", "fact_checker", "review_url")
        parts += [self._text(name) or "" for name in names]
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:20]


IMPORTER = CsvTable()
