"""The articles beside this module and what a reader takes from them, compared field by field.

Beside each article stands a TOML file. `text`, `claimants` and `based_on` list wordings of which
one is expected; what is marked `optional` counts neither way.
"""

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from index.records import ImportedClaim, Rejected
from index.text import text_key

ARTICLES = Path(__file__).resolve().parent / "articles"
TODAY = date(2026, 11, 22)


def cases(split: str) -> list[Path]:
    return sorted(path for path in (ARTICLES / split).iterdir() if path.suffix != ".toml")


def expected_of(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.with_suffix(".toml").read_text(encoding="utf-8"))


def _key(name: str) -> str:
    return text_key(name).removeprefix("the ").removeprefix("a ").removeprefix("an ")


@dataclass(frozen=True, slots=True)
class Score:
    """Values of one field: right, surplus (not expected) and missed."""

    right: list[str]
    surplus: list[str]
    missed: list[str]

    @property
    def is_perfect(self) -> bool:
        return not (self.surplus or self.missed)


def compare(got: ImportedClaim | Rejected, want: Mapping[str, Any]) -> dict[str, Score]:
    """How each field of a drafted record compares with what is expected."""
    if isinstance(got, Rejected):
        return {"is a claim": Score([], [], [got.reason] if want["claim"] else [])}
    if not want["claim"]:
        return {"is a claim": Score([], [got.text], [])}
    accepted = {text_key(text) for text in want["text"]}
    hit = text_key(got.text) in accepted
    bases = [each.based_on for each in got.appearances if each.based_on]
    days = [each.published_on.isoformat() for each in got.appearances if each.published_on]
    events = [day.isoformat() for day in got.event_dates]
    return {
        "is a claim": Score(["claim"], [], []),
        "text": Score([got.text], [], []) if hit else Score([], [got.text], want["text"][:1]),
        "claimants": _one_of(got.claimants, want["claimants"], want.get("optional_claimants")),
        "based_on": _one_of(bases, want["based_on"], want.get("optional_based_on")),
        "appearance date": _one_of(days, want.get("published_on", []), "published_on" not in want),
        "places": _sets(got.places, want["places"], want.get("optional_places", [])),
        "event_dates": _sets(events, want["event_dates"], want.get("optional_event_dates", [])),
        "responses": _responses(got, want["responses"]),
    }


def _one_of(got: Sequence[str], accepted: Sequence[str], optional: object) -> Score:
    keys = {_key(name) for name in accepted}
    right = [name for name in got if _key(name) in keys][:1]
    surplus = [] if optional else [name for name in got if _key(name) not in keys]
    return Score(right, surplus, [] if right or optional else list(accepted[:1]))


def _sets(got: Sequence[str], wanted: Sequence[str], optional: Iterable[str]) -> Score:
    keys = {text_key(name) for name in wanted}
    free = {text_key(name) for name in optional}
    found = {text_key(name) for name in got}
    return Score(
        [name for name in got if text_key(name) in keys - free],
        [name for name in got if text_key(name) not in keys | free],
        [name for name in wanted if text_key(name) not in found | free],
    )


def _responses(got: ImportedClaim, wanted: Sequence[Mapping[str, Any]]) -> Score:
    open_ = list(wanted)
    right: list[str] = []
    surplus: list[str] = []
    for response in got.responses:
        match = next(
            (
                each
                for each in open_
                if each["kind"] == response.kind
                and _key(response.by) in {_key(name) for name in each["by"]}
                and each.get("verdict", response.verdict) == response.verdict
            ),
            None,
        )
        label = f"{response.kind} by {response.by} ({response.verdict})"
        if match is None:
            surplus.append(label)
            continue
        open_.remove(match)
        if not match.get("optional"):
            right.append(label)
    missed = [f"{each['kind']} by {each['by'][0]}" for each in open_ if not each.get("optional")]
    return Score(right, surplus, missed)
