"""The name table: reads `data/names.toml` and `data/territories.json` into a tree of words.

docs/names.md describes the notation of the entries.
"""

# ruff: noqa: RUF001 - Cyrillic letters are meant.

import json
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

import regex

from index.errors import SettingsError
from index.names.tokens import arabic_stem, fold, is_arabic, tokens


class NameKind(StrEnum):
    """What sort of thing a name stands for."""

    COUNTRY = "country"
    CITY = "city"
    REGION = "region"
    ORGANISATION = "organisation"
    PERSON = "person"
    PEOPLE = "people"
    OTHER = "other"


class CaseRule(StrEnum):
    """How a form must be written to count; the values are the marks used in the table."""

    ANY = ""
    CAPITAL = "^"
    INNER = "^^"
    GIVEN = "@"
    EXACT = "="


@dataclass(frozen=True, slots=True)
class Entry:
    """What a form stands for.

    Attributes:
        name: Canonical id.
        kind: Its kind.
        rule: How the form must be written.
        letters: The form's letters without spaces, for `CaseRule.EXACT`.
    """

    name: str
    kind: NameKind
    rule: CaseRule
    letters: str


@dataclass(frozen=True, slots=True)
class Guard:
    """A word that is a name in lower case only beside certain words.

    Attributes:
        name: Canonical id.
        kind: Its kind.
        after: It is the name after one of these folded words ...
        before: ... or before one of these ...
        first: ... or as the first word of a text.
        unless_after: With these set, it is the name except after one of these ...
        unless_before: ... or before one of these.
    """

    name: str
    kind: NameKind
    after: frozenset[str] = frozenset()
    before: frozenset[str] = frozenset()
    first: bool = False
    unless_after: frozenset[str] = frozenset()
    unless_before: frozenset[str] = frozenset()


@dataclass(slots=True)
class Node:
    """A place in the tree of words: what ends here and what may follow, by key."""

    entries: list[Entry] = field(default_factory=list)
    following: dict[str, "Node"] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class NameTable:
    """Everything the files say, ready to be searched.

    Attributes:
        root: The tree of words.
        kinds: Kind of every canonical id.
        broader: For every id the ids that it is part of, all the way up.
        guards: Guarded words by folded form.
        common: Folded ordinary words, which are no names though a capital may begin them.
        titles: Folded titles and ranks ("president"), ordinary words that precede persons.
        german: Folded function words by which German text is recognised.
    """

    root: Node
    kinds: dict[str, NameKind]
    broader: dict[str, frozenset[str]]
    guards: dict[str, Guard]
    common: frozenset[str]
    titles: frozenset[str]
    german: frozenset[str]


_FORM = regex.compile(r"(\^\^|[\^@=!])?\s*(.+)")
_SHORT_ANY_CASE = "!"  # a short abbreviation that is no word in lower case either
_PART = regex.compile(r"([\p{L}\p{M}\p{N}]+)([~*?]*)(?![\p{L}\p{M}\p{N}])")
_BETWEEN = regex.compile(r"[\s'\u2019-]*")
_ADJECTIVE = ("ый", "ий", "ой", "ая", "яя", "ое", "ее", "ые", "ие")
_CYRILLIC_TAIL = "аяуюыиіїеєойьэ"
_SECTION_KINDS = {str(kind): kind for kind in NameKind}
_SLAVIC_LATIN = frozenset({"pl", "cs"})
_ANY_CASE_LANGUAGES = frozenset({"en", "ru", "uk", "es", "ar"})


def read_table(names: Path, territories: Path) -> NameTable:
    """Read both files.

    Raises:
        SettingsError: A file is unreadable, or an entry does not follow the notation.
    """
    try:
        written = tomllib.loads(names.read_text(encoding="utf-8"))
        countries: dict[str, dict[str, str]] = json.loads(territories.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise SettingsError(
            f"The name table cannot be read: {error}. Restore data/{names.name} and "
            f"data/{territories.name}, or reinstall hearsay-bot."
        ) from error
    return _Builder().build(written, countries)


class _Builder:
    def __init__(self) -> None:
        self.root = Node()
        self.kinds: dict[str, NameKind] = {}
        self.parents: dict[str, list[str]] = {}

    def build(self, written: dict[str, Any], countries: dict[str, dict[str, str]]) -> NameTable:
        for name in countries:
            self.kinds[name] = NameKind.COUNTRY
        for section, kind in _SECTION_KINDS.items():
            self._section(kind, None, written.get(section, {}))
        without = frozenset(map(fold, _words(written["territories"]["without"])))
        for name, by_language in countries.items():
            self._country(name, by_language, without)
        self._check_parents()
        words: dict[str, str] = written["words"]
        return NameTable(
            root=self.root,
            kinds=self.kinds,
            broader={name: frozenset(self._above(name)) for name in self.kinds},
            guards={fold(form): self._guard(form, g) for form, g in written["guard"].items()},
            common=frozenset(fold(w) for key in words for w in _words(words[key])),
            titles=frozenset(map(fold, _words(words["titles"]))),
            german=frozenset(map(fold, _words(words["german"]))),
        )

    def _section(self, kind: NameKind, parent: str | None, section: dict[str, Any]) -> None:
        for name, value in section.items():
            if isinstance(value, dict):
                self._section(kind, name, value)
                continue
            if name in self.kinds and not (kind is NameKind.COUNTRY or parent is None):
                raise SettingsError(f"data/names.toml: {name!r} is in two places; keep one.")
            self.kinds.setdefault(name, kind)
            if parent is not None:
                self.parents.setdefault(name, []).append(parent)
            for form in filter(None, map(str.strip, value.split(","))):
                if form.startswith("<"):
                    self.parents.setdefault(name, []).append(form[1:].strip())
                    continue
                self._form(form, Entry(name, self.kinds[name], CaseRule.ANY, ""))

    def _form(self, form: str, entry: Entry) -> None:
        match = _FORM.fullmatch(form)
        assert match is not None
        parts = _PART.findall(match[2].replace(".", ""))
        if not parts or not _BETWEEN.fullmatch(_PART.sub("", match[2].replace(".", ""))):
            raise SettingsError(
                f"data/names.toml: {form!r} in {entry.name!r} is no form; see docs/names.md."
            )
        letters = "".join(word for word, _ in parts)
        mark = match[1] or ""
        rule = CaseRule.ANY if mark == _SHORT_ANY_CASE else CaseRule(mark)
        if not mark and letters.isupper() and len(letters) <= 3:
            rule = CaseRule.EXACT
        final = Entry(entry.name, entry.kind, rule, letters)
        paths: list[list[tuple[str, ...]]] = [[]]
        for word, marks in parts:
            choices = _word_keys(word, marks, is_person=entry.kind is NameKind.PERSON)
            longer = [[*path, choices] for path in paths]
            paths = longer + paths if "?" in marks else longer
        if entry.kind is NameKind.PERSON and len(paths) == 1 and len(parts) == 1:
            # The id begins with the given name: "Poutine" counts behind "Vladimir" too.
            paths.append([(entry.name.split("-")[0],), *paths[0]])
        for path in paths:
            self._insert(path, final)

    def _insert(self, path: Iterable[tuple[str, ...]], entry: Entry) -> None:
        nodes = [self.root]
        for choices in path:
            nodes = [node.following.setdefault(key, Node()) for node in nodes for key in choices]
        for node in nodes:
            if node is not self.root and all(e.name != entry.name for e in node.entries):
                node.entries.append(entry)

    def _country(self, name: str, by_language: dict[str, str], without: frozenset[str]) -> None:
        for language, wording in by_language.items():
            if fold(wording) in without:
                continue
            short = len(wording) < 5 and not is_arabic(wording)
            any_case = language in _ANY_CASE_LANGUAGES and not short
            rule = CaseRule.ANY if any_case else CaseRule.CAPITAL
            entry = Entry(name, NameKind.COUNTRY, rule, "")
            bends = language in _SLAVIC_LATIN
            path = [
                _bending(t.folded) if bends else _word_keys(t.text, "", is_person=False)
                for t in tokens(wording)
            ]
            self._insert(path, entry)

    def _guard(self, form: str, written: dict[str, Any]) -> Guard:
        name = written["name"]
        if name not in self.kinds:
            raise SettingsError(f"data/names.toml: guard {form!r} names unknown {name!r}.")
        lists = {
            key: frozenset(map(fold, _words(written.get(key, ""))))
            for key in ("after", "before", "unless_after", "unless_before")
        }
        first = bool(written.get("first", False))
        return Guard(name=name, kind=self.kinds[name], first=first, **lists)

    def _check_parents(self) -> None:
        named = {parent for parents in self.parents.values() for parent in parents}
        unknown = sorted(named - self.kinds.keys() - {"world"})
        if unknown:
            raise SettingsError(
                f"data/names.toml: sections name unknown places: {', '.join(unknown)}. "
                "Give each an entry of its own."
            )

    def _above(self, name: str) -> set[str]:
        seen: set[str] = set()
        waiting = list(self.parents.get(name, ()))
        while waiting:
            parent = waiting.pop()
            if parent not in seen and parent not in {name, "world"}:
                seen.add(parent)
                waiting += self.parents.get(parent, ())
        return seen


def _words(text: str) -> list[str]:
    return text.replace(",", " ").split()


def _word_keys(word: str, marks: str, *, is_person: bool) -> tuple[str, ...]:
    """The keys under which one word of a form is stored."""
    folded = fold(word)
    if is_arabic(folded):
        folded = arabic_stem(folded)
    for mark in "*~":
        if mark in marks:
            return (f"{mark}{folded}",)
    is_abbreviation = word.isupper() and len(word) <= 5
    if is_abbreviation or is_arabic(folded) or len(folded) < 3:
        return (folded,)
    if not folded.isascii():
        return _bending_cyrillic(folded)
    if len(folded) < 4:
        return (folded,)
    return (f"~{folded}",) if is_person else (folded, f"+{folded}")


def _bending_cyrillic(folded: str) -> tuple[str, ...]:
    if folded.endswith(_ADJECTIVE) and len(folded) > 4:
        return (folded, f"-{folded[:-2]}")
    if folded[-1] in _CYRILLIC_TAIL and len(folded) > 3:
        return (folded, f"-{folded[:-1]}")
    return (f"~{folded}",)


def _bending(folded: str) -> tuple[str, ...]:
    """Keys of a Polish or Czech name."""
    if len(folded) < 5:
        return (folded,)
    if folded[-1] in "aeiouy":
        return (folded, f"-{folded[:-1]}")
    return (f"~{folded}",)
