"""Document reader: reads one claim document and collects everything that is wrong with it."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any, TypeVar

from index import fields
from index.claims import Appearance, ClaimState, Response, ResponseKind, Verdict
from index.ratings import classify
from index.records import Evidence
from index.text import shorten

UNKNOWN_KEY = "is no key of this format; ignored"
# "status" is derived: accepted, so that what we printed can be read back, and never believed.
CLAIM_KEYS = (
    "id",
    "text",
    "state",
    "status",
    "title",
    "summary",
    "body",
    "language",
    "alternatives",
    "claimants",
    "appearances",
    "responses",
    "topics",
    "places",
    "event_dates",
)
RECORD_KEYS = ("record_id", "feed", *CLAIM_KEYS, "evidence")
_APPEARANCE_KEYS = (
    "outlet",
    "url",
    "archive_url",
    "published_on",
    "language",
    "based_on",
    "repeats",
)
_RESPONSE_KEYS = ("kind", "by", "url", "published_on", "rating", "verdict", "summary")
_EVIDENCE_KEYS = ("field", "value", "sentence")
_CLAIM_ID = re.compile(r"[a-z0-9]{1,16}")
_KINDS: tuple[tuple[type | tuple[type, ...], str], ...] = (
    (type(None), "null"),
    (bool, "a truth value"),
    ((int, float), "a number"),
    (str, "a text"),
    (list, "a list"),
    (dict, "an object"),
    (date, "a date"),
)

Item = TypeVar("Item")
Choice = TypeVar("Choice", bound=StrEnum)


class DocumentReader:
    """Reads one document and collects everything that is wrong with it.

    Attributes:
        problems: (path of the field, reason) for what makes the document unusable.
        notes: (path of the field, reason) for what was ignored or could not be read.
    """

    def __init__(self, *, today: date | None = None) -> None:
        self.problems: list[tuple[str, str]] = []
        self.notes: list[tuple[str, str]] = []
        self._today = today

    def paths_at_fault(self) -> set[str]:
        """Paths of the fields that something is wrong with, as far as the document was read."""
        return {path for path, _ in self.problems}

    def claim(self, document: Any, *, keys: tuple[str, ...]) -> dict[str, Any] | None:
        """The fields that `Claim` and `ImportedClaim` share; None where it is no object."""
        if not self._is_object(document, "", keys):
            return None
        return {
            "id": self._id(document),
            "text": self.text(document, "text", required=True),
            "state": self._choice(document, "state", ClaimState),
            "title": self.text(document, "title"),
            "summary": self.text(document, "summary", clean=fields.prose),
            "body": self.text(document, "body", clean=fields.prose),
            "language": self._parsed(document, "language", fields.language_tag),
            "alternatives": self._texts(document, "alternatives"),
            "claimants": self._texts(document, "claimants"),
            "appearances": self.items(document, "appearances", self._appearance),
            "responses": self.items(document, "responses", self._response),
            "topics": self._texts(document, "topics"),
            "places": self._texts(document, "places"),
            "event_dates": self._event_dates(document),
        }

    def _appearance(self, document: Any, path: str) -> Appearance | None:
        if not self._is_object(document, path, _APPEARANCE_KEYS):
            return None
        at = f"{path}."
        found = Appearance(
            outlet=self.text(document, "outlet", at),
            url=self._parsed(document, "url", fields.http_url, at),
            archive_url=self._parsed(document, "archive_url", fields.http_url, at),
            published_on=self._day(document.get("published_on"), f"{at}published_on"),
            language=self._parsed(document, "language", fields.language_tag, at),
            based_on=self.text(document, "based_on", at),
            repeats=self.text(document, "repeats", at),
        )
        if found == Appearance() and not any(each.startswith(at) for each in self.paths_at_fault()):
            self.problems.append((path, "is empty; expected at least an outlet or a url"))
        return found

    def _response(self, document: Any, path: str) -> Response | None:
        if not self._is_object(document, path, _RESPONSE_KEYS):
            return None
        at = f"{path}."
        kind = self._choice(document, "kind", ResponseKind, at, required=True)
        by = self.text(document, "by", at, required=True)
        found = Response(
            kind=kind or ResponseKind.FACT_CHECK,
            by=by or "",
            url=self._parsed(document, "url", fields.http_url, at),
            published_on=self._day(document.get("published_on"), f"{at}published_on"),
            rating=self.text(document, "rating", at),
            verdict=self._choice(document, "verdict", Verdict, at),
            summary=self.text(document, "summary", at, clean=fields.prose),
        )
        if found.kind is not ResponseKind.FACT_CHECK and (found.rating or found.verdict):
            reason = f"only a fact-check has a rating and a verdict, this is a {found.kind.value}"
            self.problems.append((path, reason))
        return found

    def evidence(self, document: Any, path: str) -> Evidence | None:
        """One piece of evidence; None where it is no object."""
        if not self._is_object(document, path, _EVIDENCE_KEYS):
            return None
        values = [self.text(document, key, f"{path}.", required=True) for key in _EVIDENCE_KEYS]
        return Evidence(*(value or "" for value in values))

    def classified(self, responses: Iterable[Response]) -> Iterator[Response]:
        """The responses, with a verdict read from the rating where only that is given."""
        for position, each in enumerate(responses):
            if each.kind is not ResponseKind.FACT_CHECK or each.verdict or not each.rating:
                yield each
                continue
            verdict = classify(each.rating, each.by)
            if verdict is Verdict.UNCLASSIFIED:
                self.notes.append(
                    (f"responses[{position}].rating", unknown_rating(each.by, each.rating))
                )
            yield replace(each, verdict=verdict)

    def linked(self, appearances: Iterable[Appearance]) -> Iterator[Appearance]:
        """The appearances, without a `repeats` that names no other one of the record."""
        known = tuple(appearances)
        for position, each in enumerate(known):
            others = known[:position] + known[position + 1 :]
            if each.repeats and not any(each.repeats in {it.url, it.outlet} for it in others):
                reason = (
                    f"{fields.shown(each.repeats)} is neither url nor outlet of another appearance "
                    "of this record; dropped"
                )
                self.notes.append((f"appearances[{position}].repeats", reason))
                yield replace(each, repeats=None)
            else:
                yield each

    def _is_object(self, value: Any, path: str, keys: tuple[str, ...]) -> bool:
        """Whether it is a JSON object; keys that the format lacks are remarked on."""
        if not isinstance(value, dict):
            self._wrong(path, value, "an object")
            return False
        at = f"{re.sub(r'[0-9]+', '', path)}." if path else ""
        unknown = [key for key in value if key not in keys]
        self.notes.extend((f"{at}{shorten(str(key), 40)}", UNKNOWN_KEY) for key in unknown)
        return True

    def text(
        self,
        document: Any,
        key: str,
        at: str = "",
        *,
        clean: Callable[[str], str | None] = fields.one_line,
        required: bool = False,
    ) -> str | None:
        """A cleaned text; None where it is missing, empty or at fault."""
        value = document.get(key) if isinstance(document, dict) else None
        if value is not None and not isinstance(value, str):
            self._wrong(f"{at}{key}", value, "a text")
            return None
        text = clean(value) if value is not None else None
        if required and text is None:
            self.problems.append((f"{at}{key}", "is missing or empty; expected a text"))
        return text

    def _parsed(
        self, document: Any, key: str, parse: Callable[[str], str], at: str = ""
    ) -> str | None:
        text = self.text(document, key, at)
        if text is None:
            return None
        try:
            return parse(text)
        except ValueError as error:
            self.problems.append((f"{at}{key}", str(error)))
            return None

    def _choice(
        self, document: Any, key: str, kind: type[Choice], at: str = "", *, required: bool = False
    ) -> Choice | None:
        text = self.text(document, key, at, required=required)
        try:
            return kind(text) if text is not None else None
        except ValueError:
            known = ", ".join(each.value for each in kind)
            self.problems.append(
                (f"{at}{key}", f"is {fields.shown(text)}; expected one of {known}")
            )
            return None

    def _day(self, value: Any, path: str) -> date | None:
        if value is None or value == "":
            return None
        # YAML, which `hearsay edit` writes, has dates of its own.
        if isinstance(value, date):
            return value.date() if isinstance(value, datetime) else value
        if not isinstance(value, str):
            self._wrong(path, value, "a date as YYYY-MM-DD")
            return None
        try:
            return fields.day(value, today=self._today)
        except ValueError as error:
            self.problems.append((path, str(error)))
            return None

    def _texts(self, document: Mapping[str, Any], key: str) -> tuple[str, ...]:
        found = self.items(document, key, self._text_item)
        return fields.unique(found)

    def items(
        self, document: Any, key: str, read: Callable[[Any, str], Item | None]
    ) -> tuple[Item, ...]:
        """A list, each item read with its path ("responses[1]"); items at fault are left out."""
        values = document.get(key) if isinstance(document, dict) else None
        if values is None:
            return ()
        if not isinstance(values, list):
            self._wrong(key, values, "a list")
            return ()
        found = (read(value, f"{key}[{position}]") for position, value in enumerate(values))
        return tuple(each for each in found if each is not None)

    def _text_item(self, value: Any, path: str) -> str | None:
        if not isinstance(value, str):
            self._wrong(path, value, "a text")
            return None
        return value

    def _event_dates(self, document: Mapping[str, Any]) -> tuple[date, ...]:
        # A future day is no mistake here: rumours are about elections to come, too.
        def read(value: Any, path: str) -> date | None:
            today, self._today = self._today, None
            found = self._day(value, path)
            self._today = today
            return found

        return tuple(dict.fromkeys(self.items(document, "event_dates", read)))

    def _id(self, document: Mapping[str, Any]) -> str | None:
        text = self.text(document, "id")
        if text is not None and not _CLAIM_ID.fullmatch(text):
            reason = f"is {fields.shown(text)}; expected at most 16 lower-case letters and digits"
            self.problems.append(("id", reason))
        return text

    def _wrong(self, path: str, value: Any, expected: str) -> None:
        self.problems.append((path, f"is {kind_of(value)}; expected {expected}"))


def unknown_rating(by: str, rating: str) -> str:
    """The remark about a rating that no table knows, the same words from every importer."""
    return (
        f"{fields.shown(rating)} by {fields.shown(by)} is no rating on file: filed as "
        "unclassified; give the record a verdict, or add the label to data/ratings.toml"
    )


def kind_of(value: Any) -> str:
    """What a parsed JSON or YAML value is, in words for a reason."""
    for types, words in _KINDS:
        if isinstance(value, types):
            return words
    return f"a {type(value).__name__}"
