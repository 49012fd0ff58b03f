"""Opposites: words that turn a claim round, "banned" where it says "allowed"."""

import tomllib
from collections.abc import Mapping
from functools import cache

from index.errors import SettingsError
from index.resources import data_path
from index.words import stems_as_written


def find_opposite(asked: str, archived: str) -> tuple[str, str] | None:
    """Two words, as written, of which one turns the other round; None if there are none.

    A word that the other text has too, be it beside its opposite, excludes nothing.
    """
    ours, theirs = stems_as_written(asked), stems_as_written(archived)
    sides = _sides()
    for stem, written in ours.items():
        if stem in theirs:
            continue
        for same, opposite in sides.get(stem, ()):
            if not same.isdisjoint(theirs) or not opposite.isdisjoint(ours):
                continue
            if found := next((theirs[each] for each in theirs if each in opposite), None):
                return written, found
    return None


@cache
def _sides() -> Mapping[str, tuple[tuple[frozenset[str], frozenset[str]], ...]]:
    """For each stem, the sides that it is on, each with the other side."""
    content = tomllib.loads(data_path("opposites.toml").read_text(encoding="utf-8"))
    found: dict[str, tuple[tuple[frozenset[str], frozenset[str]], ...]] = {}
    for entry in content["english"]:
        if len(entry) != 2:
            raise SettingsError(f"data/opposites.toml: {entry!r} has not two sides.")
        one, other = (frozenset(stems_as_written(side)) for side in entry)
        for same, opposite in ((one, other), (other, one)):
            for stem in same:
                found[stem] = (*found.get(stem, ()), (same, opposite))
    return found
