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
# An opening ends where its clause does; after a comma or a "but" the sentence may turn around.
_CLAUSE_END = re.compile(r"[.!?;:\u2013\u2014\u3002\u0964\u061f]|\s-\s|$")


@dataclass(frozen=True, slots=True)
class _Scale:
    """A publisher's numeric scale: `steps` from its worst to its best value, evenly spaced."""

    worst: float
    best: float
    steps: tuple[Verdict, ...]


@dataclass(frozen=True, slots=True)
class _Publisher:
    labels: Mapping[str, Verdict]
    openings: Mapping[str, Verdict]
    scale: _Scale | None


@dataclass(frozen=True, slots=True)
class _Table:
    general: _Publisher
    publishers: Mapping[str, _Publisher]


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
        if openings is not None and (verdict := _opening(rating or "", openings.openings)):
            return verdict
    if own is None or own.scale is None:
        return Verdict.UNCLASSIFIED
    return _on_scale(own.scale, value, best, worst)


def _fold(text: str) -> str:
    """Case, accents' form, punctuation and spacing folded: "Pants-on-Fire!" → "pants on fire"."""
    folded = unicodedata.normalize("NFKC", text).casefold().replace("\u2019", "'").replace("'", "")
    return _NOT_WORD.sub(" ", _without_marks(folded)).strip()


def _without_marks(text: str) -> str:
    # Arabic vowel signs and the Turkish dotted i carry combining marks that writers leave out.
    return "".join(
        char for char in text if unicodedata.category(char) not in {"Mn", "Cf"} or char == "\u093e"
    )


def _publisher_key(publisher: str) -> str:
    site = _DOMAIN.match(publisher.strip())
    return _fold(site[1] if site else publisher)


def _opening(rating: str, openings: Mapping[str, Verdict]) -> Verdict | None:
    """The verdict of the opening that is the whole first clause of a sentence."""
    end = _CLAUSE_END.search(rating)
    clause = _fold(rating[: end.start()] if end else rating)
    return openings.get(clause)


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
    publishers: dict[str, _Publisher] = {}
    for section in document.get("publisher", []):
        entry = _section(section)
        for name in section["names"]:
            publishers[_publisher_key(name)] = entry
    return _Table(_section(document["general"]), publishers)


def _section(section: Mapping[str, Any]) -> _Publisher:
    scale = section.get("scale")
    return _Publisher(
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
            key = _fold(label)
            if found.setdefault(key, verdict) is not verdict:
                raise ValueError(f"data/ratings.toml: {label!r} stands under two verdicts")
    return found
