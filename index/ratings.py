"""Ratings: reads a fact-checker's own words as one of our verdicts, and never guesses.

The table is `data/ratings.toml`. A label counts only as a whole; a sentence counts only where a
curated opening starts it; a number counts only where the words say nothing and the publisher's
scale is on file. Everything else is `Verdict.UNCLASSIFIED`.
"""

import math
import re
import tomllib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from index.claims import Verdict
from index.resources import data_path

_NOT_WORD = re.compile(r"[\W_]+")
_DOMAIN = re.compile(r"(?:https?://)?(?:www\.)?([\w-]+(?:\.[\w-]+)+)(?:/.*)?$", re.IGNORECASE)
_CLAUSE_END = re.compile(r"[.!;:\u2013\u2014\u3002\u0964]|\s-\s")
# Apostrophes, Arabic vowel signs and stretched letters, the dot that İ leaves behind.
_IGNORED = re.compile("['\u2019\u02bc\u0640\u064b-\u0652\u0307]")
_DOTLESS = str.maketrans("\u0131", "i")


@dataclass(frozen=True, slots=True)
class _Scale:
    """A publisher's numeric scale: `steps` from its worst to its best value, evenly spaced."""

    worst: float
    best: float
    steps: tuple[Verdict, ...]


@dataclass(frozen=True, slots=True)
class _Section:
    labels: Mapping[str, Verdict]
    openings: Mapping[str, Verdict]
    scale: _Scale | None


@dataclass(frozen=True, slots=True)
class _Table:
    general: _Section
    publishers: Mapping[str, _Section]
    turns: frozenset[str]


def classify(
    rating: str | None,
    publisher: str | None = None,
    *,
    value: float | None = None,
    best: float | None = None,
    worst: float | None = None,
) -> Verdict:
    """Our normalised reading of a rating.

    Args:
        rating: The fact-checker's own words; None or empty where there are none.
        publisher: Its name or site; makes the labels and the scale of its own count.
        value: `ratingValue`, read only where the words are not on file and both ends are given.
        best: `bestRating`.
        worst: `worstRating`.

    Returns:
        The verdict; UNCLASSIFIED where nothing on file fits.
    """
    table = _table()
    own = table.publishers.get(_publisher_key(publisher)) if publisher else None
    label = _fold(rating or "")
    for labels in (own, table.general):
        if labels is not None and label in labels.labels:
            return labels.labels[label]
    for openings in (own, table.general):
        if openings is not None and (verdict := _opening(rating or "", openings, table.turns)):
            return verdict
    if own is None or own.scale is None:
        return Verdict.UNCLASSIFIED
    return _on_scale(own.scale, value, best, worst)


def _fold(text: str) -> str:
    """Case, punctuation and spacing folded: "Pants-on-Fire!" → "pants on fire"."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return _NOT_WORD.sub(" ", _IGNORED.sub("", folded).translate(_DOTLESS)).strip()


def _publisher_key(publisher: str) -> str:
    site = _DOMAIN.match(publisher.strip())
    return _fold(site[1] if site else publisher)


def _opening(rating: str, section: _Section, turns: frozenset[str]) -> Verdict | None:
    """The verdict of the opening with which a sentence starts, unless it takes a turn later."""
    clauses = [clause for clause in map(_fold, _CLAUSE_END.split(rating)) if clause]
    words = set(_fold(rating).split())
    if not clauses or words & turns:
        return None
    first, rest = clauses[0], clauses[1:]
    verdict = section.openings.get(first) or (section.labels.get(first) if rest else None)
    if verdict is None:
        starts = (key for key in section.openings if key.endswith("*"))
        verdict = next(
            (section.openings[key] for key in starts if f"{first} ".startswith(key[:-1])), None
        )
    # "True. False." is two ratings, and neither is the rating.
    others = {section.labels.get(clause) for clause in rest} - {None, verdict}
    return None if others else verdict


def _on_scale(
    scale: _Scale, value: float | None, best: float | None, worst: float | None
) -> Verdict:
    if value is None or best != scale.best or worst != scale.worst or not math.isfinite(value):
        return Verdict.UNCLASSIFIED
    if not min(scale.worst, scale.best) <= value <= max(scale.worst, scale.best):
        return Verdict.UNCLASSIFIED
    share = (value - scale.worst) / (scale.best - scale.worst)
    position = share * (len(scale.steps) - 1)
    # Between two steps the publisher's word is not known: half a step either way is a guess.
    if not math.isclose(position, round(position), abs_tol=1e-6):
        return Verdict.UNCLASSIFIED
    return scale.steps[round(position)]


@cache
def _table() -> _Table:
    document = tomllib.loads(data_path("ratings.toml").read_text(encoding="utf-8"))
    publishers: dict[str, _Section] = {}
    for section in document.get("publisher", []):
        entry = _section(section)
        for name in section["names"]:
            publishers[_publisher_key(name)] = entry
    turns = frozenset(map(_fold, document["turns"]))
    return _Table(_section(document["general"]), publishers, turns)


def _section(section: Mapping[str, Any]) -> _Section:
    scale = section.get("scale")
    return _Section(
        labels=_inverted(section.get("labels", {})),
        openings=_inverted(section.get("openings", {})),
        scale=_Scale(
            float(scale["worst"]), float(scale["best"]), tuple(map(Verdict, scale["steps"]))
        )
        if scale
        else None,
    )


def _inverted(by_verdict: Mapping[str, list[str]]) -> dict[str, Verdict]:
    found: dict[str, Verdict] = {}
    for name, labels in by_verdict.items():
        verdict = Verdict(name)
        for label in labels:
            key = _fold(label) + (" *" if label.endswith("*") else "")
            if found.setdefault(key, verdict) is not verdict:
                raise ValueError(f"data/ratings.toml: {label!r} stands under two verdicts")
    return found
