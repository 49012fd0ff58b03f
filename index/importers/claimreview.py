"""ClaimReview: schema.org fact-check markup, as JSON-LD, a feed of it, or in HTML pages.

Formats: https://schema.org/ClaimReview and Data Commons' feeds; docs/interchange.md says what is
taken from where. One review is one record; reviews of the same claim meet in the archive.
"""

import hashlib
import math
import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from index import fields
from index.claims import Appearance, ClaimState, Response, ResponseKind, Verdict
from index.document_reader import unknown_rating
from index.errors import FeedError
from index.importers import ReadOptions
from index.importers.html_scripts import json_ld_blocks
from index.importers.html_text import plain_text
from index.importers.json_entries import JsonEntry, NotJsonError, json_entries, parse_json
from index.importers.source import Source
from index.ratings import classify
from index.records import ImportedClaim, Noted, Reading, Rejected
from index.text import text_key
from index.urls import url_key

FEED = "claimreview"
_LIST_KEYS = ("dataFeedElement", "@graph", "itemListElement")
_NESTING = ("item", "items", "mainEntity", "mainEntityOfPage", "hasPart", "review", "@graph")
_MAX_DEPTH = 8
# Claimants that name nobody.
_NOBODY = frozenset(
    {
        "unknown", "anonymous", "various", "none", "n a", "na", "multiple", "multiple sources",
        "various sources", "unknown source", "unnamed", "not specified", "unspecified",
    }
)  # fmt: skip


class ClaimReview:
    """The importer of schema.org ClaimReview markup."""

    name = "claimreview"
    default_state = ClaimState.PUBLISHED
    detection_rank = 10

    def detects(self, source: Source) -> bool:
        """Whether the head is JSON or HTML that speaks of ClaimReview or is a DataFeed of it."""
        head = source.head_text().lstrip()
        if head[:1] in {"{", "["}:
            return re.search(r'"ClaimReview"|"dataFeedElement"|"claimReviewed"', head) is not None
        return (
            "ClaimReview" in head
            and re.search(r"<script|<html|<!doctype", head, re.IGNORECASE) is not None
        )

    def read(self, source: Source, options: ReadOptions) -> Iterator[Reading]:
        """Yield one record a review.

        Raises:
            FeedError: The file holds no ClaimReview at all.
        """
        is_json = source.head_text().lstrip()[:1] in {"{", "["}
        entries = json_entries(source, _LIST_KEYS, is_entry=_is_entry) if is_json else _html(source)
        found = False
        for entry in entries:
            if isinstance(entry, Rejected):
                found = True
                yield entry
                continue
            for review in _reviews(entry.value):
                found = True
                yield from _Review(review, entry.line, options.today).readings()
        if not found:
            raise FeedError(
                f"{source.name} holds no ClaimReview. Expected JSON-LD of that type, alone, in a "
                "list, in @graph or dataFeedElement, or in HTML; for a table use --format csv."
            )


def _html(source: Source) -> Iterator[JsonEntry | Rejected]:
    for number, block in enumerate(json_ld_blocks(source), start=1):
        if isinstance(block, str):
            # Pages carry other markup, too; broken blocks count only where they are ours.
            try:
                yield JsonEntry(number, parse_json(block.strip().rstrip(";")))
            except NotJsonError as error:
                if "ClaimReview" in block or "claimReviewed" in block:
                    yield Rejected(number, "", str(error))
        else:
            yield Rejected(number, "", block.reason)


def _is_entry(value: Any) -> bool:
    return isinstance(value, dict) and ("item" in value or _is_review(value))


def _is_review(value: Mapping[str, Any]) -> bool:
    types = {str(each).rsplit("/", 1)[-1].rsplit(":", 1)[-1] for each in _list(value.get("@type"))}
    return "ClaimReview" in types or ("claimReviewed" in value and "reviewRating" in value)


def _reviews(value: Any, depth: int = 0) -> Iterator[Mapping[str, Any]]:
    """The reviews in a value, however they are wrapped; null items are passed over."""
    if depth > _MAX_DEPTH:
        return
    if isinstance(value, list):
        for each in value:
            yield from _reviews(each, depth + 1)
    elif isinstance(value, dict):
        if _is_review(value):
            yield value
            return
        for key in (*_NESTING, *_LIST_KEYS[:1], *_LIST_KEYS[2:]):
            if key in value:
                yield from _reviews(value[key], depth + 1)


class _Review:
    """One ClaimReview on its way to a record."""

    def __init__(self, review: Mapping[str, Any], line: int, today: date) -> None:
        self._review = review
        self._line = line
        self._today = today
        self._notes: list[Noted] = []
        self._item = _first_object(review.get("itemReviewed"))

    def readings(self) -> Iterator[Reading]:
        text = _words(self._review.get("claimReviewed")) or _words(self._item.get("text"))
        if text is None or not text_key(text):
            yield Rejected(self._line, "claimReviewed", "is missing or empty; expected the claim")
            return
        reviewer = _name(self._review.get("author")) or _name(self._review.get("publisher"))
        url = self._url()
        if reviewer is None and url is None:
            reason = "is missing, and so is url; expected who reviewed the claim, or where"
            yield Rejected(self._line, "author", reason)
            return
        site = fields.site(url or "") or ""
        title = _words(self._review.get("headline")) or _words(self._review.get("name"))
        yield ImportedClaim(
            record_id=self._record_id(url, reviewer or "", text),
            line=self._line,
            text=text,
            feed=FEED,
            title=title if title and text_key(title) != text_key(text) else None,
            language=self._language(),
            claimants=self._claimants(),
            appearances=tuple(self._appearances(site)),
            responses=(self._response(reviewer or site, url, site),),
            topics=self._topics(),
        )
        yield from self._notes

    def _note(self, field: str, reason: str) -> None:
        self._notes.append(Noted(self._line, field, reason))

    def _record_id(self, url: str | None, reviewer: str, text: str) -> str:
        digest = hashlib.sha256(text_key(text).encode()).hexdigest()[:12]
        page = (url_key(url) or url) if url else text_key(reviewer)
        return f"{page}#{digest}"

    def _url(self) -> str | None:
        candidates = (
            self._review.get("url"),
            self._review.get("mainEntityOfPage"),
            self._review.get("@id"),
        )
        for value in candidates:
            for text in _texts(value):
                try:
                    return fields.http_url(text)
                except ValueError:
                    continue
        if any(_texts(self._review.get("url"))):
            self._note("url", "is no http(s) URL; dropped")
        return None

    def _language(self) -> str | None:
        text = next(iter(_texts(self._review.get("inLanguage"))), None)
        if text is None:
            return None
        try:
            return fields.language_tag(text)
        except ValueError as error:
            self._note("inLanguage", f"{error}; dropped")
            return None

    def _day(self, value: Any, field: str) -> date | None:
        for text in _texts(value):
            try:
                return fields.day(text, today=self._today)
            except ValueError as error:
                self._note(field, f"{error}; dropped")
        return None

    def _claimants(self) -> tuple[str, ...]:
        names = fields.unique(filter(None, map(_name, _list(self._item.get("author")))))
        return tuple(name for name in names if text_key(name) not in _NOBODY and text_key(name))

    def _appearances(self, site: str) -> Iterator[Appearance]:
        seen_on = self._day(self._item.get("datePublished"), "itemReviewed.datePublished")
        addresses: list[str] = []
        for key in ("firstAppearance", "appearance", "url", "sameAs"):
            for value in _texts(self._item.get(key)):
                if urls := fields.urls_in(value):
                    addresses.extend(urls)
                elif key != "sameAs":
                    reason = f"{fields.shown(value)} is no http(s) URL; dropped"
                    self._note(f"itemReviewed.{key}", reason)
        kept: dict[str, str] = {}
        for address in addresses:
            # Some fact-checkers link their own review as the place of the claim.
            if fields.site(address) != site:
                kept.setdefault(url_key(address) or address, address)
        if not kept and seen_on:
            yield Appearance(published_on=seen_on)
        for position, address in enumerate(kept.values()):
            yield Appearance(url=address, published_on=seen_on if position == 0 else None)

    def _topics(self) -> tuple[str, ...]:
        return fields.unique(
            each
            for text in _texts(self._review.get("keywords"))
            for each in fields.split_list(text, ",;")
        )

    def _response(self, reviewer: str, url: str | None, site: str) -> Response:
        rating = self._review.get("reviewRating")
        marks = _first_object(rating)
        words = [
            *_texts(marks.get("alternateName")),
            *([] if marks else _texts(rating)),
            *_texts(marks.get("name")),
        ]
        label = next(iter(words), None)
        explanation = _words(marks.get("ratingExplanation"))
        label = fields.one_line(plain_text(label)) if label else None
        value, best, worst = (
            _number(marks.get(key)) for key in ("ratingValue", "bestRating", "worstRating")
        )
        verdict = self._verdict(label, reviewer, site, value, best, worst)
        shown = label or explanation or _number_words(value, best, worst)
        if verdict is Verdict.UNCLASSIFIED:
            self._note("reviewRating", unknown_rating(reviewer, shown or ""))
        body = next(iter(_texts(self._review.get("reviewBody"))), None)
        summary = fields.prose(plain_text(body)) if body else None
        return Response(
            ResponseKind.FACT_CHECK,
            by=reviewer,
            url=url,
            published_on=self._published_on(),
            rating=shown,
            verdict=verdict,
            summary=summary or (explanation if explanation != shown else None),
        )

    def _published_on(self) -> date | None:
        for key in ("datePublished", "dateCreated", "dateModified"):
            if found := self._day(self._review.get(key), key):
                return found
        return None

    @staticmethod
    def _verdict(
        label: str | None,
        reviewer: str,
        site: str,
        value: float | None,
        best: float | None,
        worst: float | None,
    ) -> Verdict:
        # Feeds name the same publisher now by its name, now by its site only.
        by_name = classify(label, reviewer, value=value, best=best, worst=worst)
        if by_name is not Verdict.UNCLASSIFIED or not site:
            return by_name
        return classify(label, site, value=value, best=best, worst=worst)


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _first_object(value: Any) -> Mapping[str, Any]:
    """The first object of a value or list; of microdata as JSON, its properties."""
    for each in _list(value):
        if isinstance(each, dict):
            inner = each.get("properties")
            return inner if isinstance(inner, dict) else each
    return {}


def _texts(value: Any, depth: int = 0) -> list[str]:
    """The texts in a value: itself, its items, and what its objects hold as value, URL or name."""
    if isinstance(value, str):
        text = fields.one_line(value)
        return [text] if text else []
    if isinstance(value, list) and depth < _MAX_DEPTH:
        return [text for each in value for text in _texts(each, depth + 1)]
    if isinstance(value, dict) and depth < _MAX_DEPTH:
        for key in ("@value", "url", "@id", "properties", "name"):
            if found := _texts(value.get(key), depth + 1):
                return found
    return []


def _words(value: Any) -> str | None:
    found = _texts(value)
    return fields.one_line(plain_text(found[0])) if found else None


def _name(value: Any) -> str | None:
    """Who a person or organisation is: its name, or the site of its address."""
    for each in _list(value):
        if isinstance(each, dict):
            who = _first_object(each)
            if name := _words(who.get("name")) or _words(who.get("legalName")):
                return name
            for address in _texts(who.get("url")):
                if urls := fields.urls_in(address):
                    return fields.site(urls[0])
        elif name := _words(each):
            return name
    return None


def _number(value: Any) -> float | None:
    for each in _list(value):
        if isinstance(each, bool) or not isinstance(each, str | int | float):
            continue
        try:
            number = float(str(each).strip().replace(",", "."))
        except (ValueError, OverflowError):
            continue
        if math.isfinite(number):
            return number
    return None


def _number_words(value: float | None, best: float | None, worst: float | None) -> str | None:
    if value is None:
        return None
    ends = (
        f" (from {worst:g}, worst, to {best:g}, best)"
        if best is not None and worst is not None
        else ""
    )
    return f"{value:g}{ends}"


IMPORTER = ClaimReview()
