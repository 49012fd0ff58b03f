"""English: every message as it is written first, in en.toml, and the notes beside it."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from importlib.resources import files
from typing import Any, TypeAlias

# One wording; wordings by CLDR plural category; or a list of phrases.
Entry: TypeAlias = str | dict[str, str] | list[str]

PLURAL_CATEGORIES = frozenset({"zero", "one", "two", "few", "many", "other"})
_FILE = "en.toml"
_SECTION = re.compile(r"\[([\w.]+)\]\s*(?:#\s*(.*))?")
_KEY = re.compile(r"([\w.]+?)(?:\.(?:one|other))?\s*=")


def read_english() -> dict[str, Entry]:
    """Every message by its key ("card.match"), in the order of the file."""
    return flat(tomllib.loads(_source()))


def read_notes() -> dict[str, tuple[str, ...]]:
    """What en.toml's comments say about a message, for translators, by its key.

    A comment beside a section's name is about each of its messages, one above a message about that.
    """
    notes: dict[str, tuple[str, ...]] = {}
    section, about_section = "", ""
    above: list[str] = []
    for line in _source().splitlines():
        if found := _SECTION.fullmatch(line.strip()):
            section, about_section = found[1], found[2] or ""
            above = []
        elif line.startswith("#"):
            above.append(line.lstrip("# "))
        elif section and (found := _KEY.match(line)):
            told = (about_section, *above)
            notes.setdefault(f"{section}.{found[1]}", tuple(note for note in told if note))
            above = []
    return notes


def flat(tables: Mapping[str, Any]) -> dict[str, Entry]:
    """Nested tables as one, its keys joined by dots; a table of plural forms stays one entry."""
    return dict(_flat(tables, ""))


def _flat(table: Mapping[str, Any], prefix: str) -> Iterator[tuple[str, Entry]]:
    for name, value in table.items():
        if isinstance(value, dict) and not value.keys() <= PLURAL_CATEGORIES:
            yield from _flat(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", value


def _source() -> str:
    return (files(__package__) / _FILE).read_text(encoding="utf-8")
