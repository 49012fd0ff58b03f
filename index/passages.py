"""Passages: the texts of a claim that a question may match, and which of them are embedded."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from index.claims import Claim
from index.text import shorten, text_key

# An encoder reads some 200 words; the tail of a longer summary is left to full-text search.
_MAX_EMBEDDED_CHARS = 1_000


class PassageKind(StrEnum):
    """Which of a claim's texts a passage is."""

    TEXT = "text"
    TITLE = "title"
    ALTERNATIVE = "alternative"
    SUMMARY = "summary"


@dataclass(frozen=True, slots=True)
class Passage:
    """One embedded text of a claim.

    Attributes:
        kind: Which text it is.
        text: Its wording, at most 1,000 characters.
    """

    kind: PassageKind
    text: str


def passages_of(claim: Claim) -> Iterator[Passage]:
    """The texts of a claim to embed: text, title, other wordings, summary; each wording once.

    The body of an article is searched by words only.
    """
    wordings = [
        (PassageKind.TEXT, claim.text),
        (PassageKind.TITLE, claim.title),
        *((PassageKind.ALTERNATIVE, each) for each in claim.alternatives),
        (PassageKind.SUMMARY, claim.summary),
    ]
    seen: set[str] = set()
    for kind, text in wordings:
        key = text_key(text or "")
        if text and key and key not in seen:
            seen.add(key)
            yield Passage(kind, shorten(text, _MAX_EMBEDDED_CHARS))
