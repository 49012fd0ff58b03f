"""Changes: what a person knows about a claim, and what differs from it now. Pure."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

from index import Appearance, Claim, RebuttalStatus, Response

_MARK_BYTES = 5


@dataclass(frozen=True, slots=True)
class Known:
    """What somebody was last told about a claim, small enough to be kept a thousand times.

    Attributes:
        status: The rebuttal status; None while the claim is not in the archive.
        responses: For each response a mark of who answered how, and one of the details.
        appearances: For each appearance a mark of where it was, and one of the details.
    """

    status: RebuttalStatus | None
    responses: Mapping[str, str]
    appearances: Mapping[str, str]

    @classmethod
    def of(cls, claim: Claim | None) -> Self:
        """What there is to know about a claim now; None: it is not in the archive."""
        if claim is None:
            return cls(None, {}, {})
        return cls(
            claim.status,
            dict(map(_response_marks, claim.responses)),
            dict(map(_appearance_marks, claim.appearances)),
        )

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read what `text` wrote."""
        kept = json.loads(text)
        status = RebuttalStatus(kept["status"]) if kept["status"] else None
        return cls(status, kept["responses"], kept["appearances"])

    @property
    def text(self) -> str:
        """As it is kept; equal texts are equal knowledge."""
        kept: dict[str, Any] = {
            "status": self.status,
            "responses": self.responses,
            "appearances": self.appearances,
        }
        return json.dumps(kept, sort_keys=True, separators=(",", ":"))


@dataclass(frozen=True, slots=True)
class Change:
    """What differs between what somebody knows and a claim now.

    Attributes:
        before: The status that they know; None: they know that it was not in the archive.
        after: The status now.
        new_responses: Responses that they do not know.
        changed_responses: Responses whose rating or date they know otherwise.
        n_responses_gone: How many they know that are no longer on record.
        new_appearances: Appearances that they do not know.
        changed_appearances: Appearances whose date, basis or source they know otherwise.
        n_appearances_gone: How many they know that are no longer on record.
    """

    before: RebuttalStatus | None
    after: RebuttalStatus
    new_responses: tuple[Response, ...]
    changed_responses: tuple[Response, ...]
    n_responses_gone: int
    new_appearances: tuple[Appearance, ...]
    changed_appearances: tuple[Appearance, ...]
    n_appearances_gone: int


def change(known: Known, claim: Claim) -> Change:
    """What differs between what somebody knows and the claim now."""
    responses = _parted(known.responses, [_response_marks(each) for each in claim.responses])
    appearances = _parted(
        known.appearances, [_appearance_marks(each) for each in claim.appearances]
    )
    return Change(
        before=known.status,
        after=claim.status,
        new_responses=tuple(claim.responses[number] for number in responses[0]),
        changed_responses=tuple(claim.responses[number] for number in responses[1]),
        n_responses_gone=responses[2],
        new_appearances=tuple(claim.appearances[number] for number in appearances[0]),
        changed_appearances=tuple(claim.appearances[number] for number in appearances[1]),
        n_appearances_gone=appearances[2],
    )


def _parted(
    known: Mapping[str, str], now: Sequence[tuple[str, str]]
) -> tuple[list[int], list[int], int]:
    """Numbers of what is new, numbers of what changed, and how many are gone."""
    new = [number for number, (name, _) in enumerate(now) if name not in known]
    changed = [
        number
        for number, (name, details) in enumerate(now)
        if name in known and known[name] != details
    ]
    return new, changed, len(known.keys() - {name for name, _ in now})


def _response_marks(response: Response) -> tuple[str, str]:
    name = _mark(response.kind, response.by.casefold(), response.url)
    return name, _mark(response.rating, response.verdict, response.published_on)


def _appearance_marks(appearance: Appearance) -> tuple[str, str]:
    name = _mark((appearance.outlet or "").casefold(), appearance.url)
    return name, _mark(appearance.published_on, appearance.based_on, appearance.repeats)


def _mark(*parts: object) -> str:
    text = json.dumps([None if part is None else str(part) for part in parts])
    return hashlib.blake2b(text.encode(), digest_size=_MARK_BYTES).hexdigest()
