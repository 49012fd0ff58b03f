"""Document: an article as title, sentences and the few facts that its page states about itself."""

import re
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from index.text import clean, sentences

_HTML = re.compile(r"<(?:!doctype html|html|head|body|article|div|p|meta|section)\b", re.IGNORECASE)
_BLANK = re.compile(r"\n\s*\n")
_URL_LINE = re.compile(r"^(?:(?:url|link|source)\s*:\s*)?(https?://\S+)$", re.IGNORECASE)
_DATE_LABEL = re.compile(
    r"^(?:published|posted|date|updated|last updated)?\s*(?:on|at)?\s*:?\s*", re.IGNORECASE
)
_BYLINE = re.compile(r"^by\s+[A-Z][\w.'\u2019 ,-]{2,60}$", re.IGNORECASE)
_ENDS_SENTENCE = re.compile(r"[.!?\u2026][\"'\u201d\u2019)\]]*$")
_TITLE_WORDS = 24
_WRAP_COLUMNS = range(50, 101)


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of an article.

    Attributes:
        text: Word for word, on one line.
        position: Its ordinal in the body, from 0; -1 for the title.
        paragraph: The ordinal of its paragraph, from 0; -1 for the title.
    """

    text: str
    position: int
    paragraph: int


@dataclass(frozen=True, slots=True)
class Document:
    """An article, read.

    Attributes:
        title: The headline; None where the text has none.
        sentences: The body, in order.
        body: The whole text, one paragraph a line, title included.
        published_on: The article's own date.
        url: The article's own address.
        site: Name of the site it stands on.
        language: What the page says of its language, BCP-47.
    """

    title: str | None
    sentences: tuple[Sentence, ...]
    body: str
    published_on: date | None = None
    url: str | None = None
    site: str | None = None
    language: str | None = None

    @property
    def headline(self) -> Sentence | None:
        """The title as a sentence."""
        return Sentence(self.title, -1, -1) if self.title else None


def is_html(text: str) -> bool:
    """Whether the head of a text is HTML rather than prose."""
    return bool(_HTML.search(text[:4000]))


def read_document(text: str, *, today: date) -> Document:
    """Read plain text or HTML.

    Args:
        text: The whole file.
        today: A publication date after this day is not believed.
    """
    return _read_html(text, today) if is_html(text) else _read_plain(text, today)


def _read_html(text: str, today: date) -> Document:
    # Heavy, and needed for HTML only.
    from trafilatura import bare_extraction  # noqa: PLC0415

    page = bare_extraction(
        text,
        with_metadata=True,
        favor_precision=True,
        include_comments=False,
        include_tables=False,
        date_extraction_params={"extensive_search": False, "original_date": True},
    )
    if page is None or isinstance(page, dict) or not page.text:
        return Document(None, (), "")
    paragraphs = [line for line in map(clean, page.text.splitlines()) if line]
    title = clean(page.title) if page.title else None
    if title and paragraphs and paragraphs[0] == title:
        paragraphs = paragraphs[1:]
    day = _iso(page.date)
    language = re.search(r"<html[^>]*\blang=[\"']?([A-Za-z-]+)", text[:4000])
    return _document(
        title,
        paragraphs,
        published_on=day if day and day <= today else None,
        url=page.url,
        site=page.sitename,
        language=page.language or (language.group(1) if language else None),
    )


def _read_plain(text: str, today: date) -> Document:
    paragraphs = _paragraphs(text)
    title: str | None = None
    if len(paragraphs) > 1 and _is_title(paragraphs[0]):
        title, paragraphs = paragraphs[0], paragraphs[1:]
    url: str | None = None
    day: date | None = None
    while paragraphs and len(paragraphs[0].split()) <= 10:
        line = paragraphs[0]
        if found := _URL_LINE.match(line):
            url = found.group(1)
        elif stated := _stated_day(line):
            day = stated if stated <= today else None
        elif not _BYLINE.match(line):
            if title is None and len(paragraphs) > 1 and _is_title(line):
                title = line
            else:
                break
        paragraphs = paragraphs[1:]
    return _document(title, paragraphs, published_on=day, url=url)


def _document(
    title: str | None,
    paragraphs: list[str],
    *,
    published_on: date | None = None,
    url: str | None = None,
    site: str | None = None,
    language: str | None = None,
) -> Document:
    found: list[Sentence] = []
    for number, paragraph in enumerate(paragraphs):
        for piece in sentences(paragraph):
            found.append(Sentence(piece, len(found), number))
    return Document(
        title=title,
        sentences=tuple(found),
        body="\n".join(([title] if title else []) + paragraphs),
        published_on=published_on,
        url=url,
        site=site,
        language=language,
    )


def _paragraphs(text: str) -> list[str]:
    """Paragraphs of plain text, lines that were wrapped at a column joined."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").strip("\ufeff\n ")
    blocks = _BLANK.split(text)
    found: list[str] = []
    for block in blocks:
        lines = [line for line in map(clean, block.splitlines()) if line]
        if not lines:
            continue
        joined = [lines[0]]
        for before, line in pairwise(lines):
            wrapped = len(before) in _WRAP_COLUMNS and not _ENDS_SENTENCE.search(before)
            if wrapped or (len(blocks) > 1 and line[:1].islower()):
                joined[-1] += f" {line}"
            else:
                joined.append(line)
        found.extend(joined)
    return found


def _is_title(line: str) -> bool:
    return (
        len(line.split()) <= _TITLE_WORDS
        and not re.search(r"[.\u2026;,]$", line)
        and not _URL_LINE.match(line)
        and not _BYLINE.match(line)
        and _stated_day(line) is None
    )


def _stated_day(line: str) -> date | None:
    """The day of a line that is nothing but a date, with or without a label."""
    import dateparser  # noqa: PLC0415 - takes a quarter of a second

    rest = _DATE_LABEL.sub("", line.strip())
    if not re.search(r"\d{4}", rest) or not re.match(r"^[\w\s,./:-]{6,40}$", rest):
        return None
    moment = dateparser.parse(rest, settings={"REQUIRE_PARTS": ["day", "month", "year"]})
    return moment.date() if moment else None


def _iso(value: str | None) -> date | None:
    try:
        return date.fromisoformat(value) if value else None
    except ValueError:
        return None
