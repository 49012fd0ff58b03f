"""Sourcing: who is reported to make the claim, where it appeared, and on what it rests."""

import re
from collections.abc import Container, Sequence
from dataclasses import dataclass
from datetime import date

from index.articles.attribution import Frame
from index.articles.central import Central
from index.articles.dates import Calendar
from index.articles.document import Document, Sentence
from index.articles.lexicon import STRENGTHS, Lexicon
from index.articles.mentions import SourceKind
from index.claims import Appearance
from index.records import Evidence
from index.text import clean

_NAMED = {SourceKind.OUTLET, SourceKind.PARTY, SourceKind.USERS}
_MAX_BASIS_WORDS = 16
_TOLD = re.compile(
    r"\b(?:told|interview (?:with|on|to))\s+(?:the\s+)?"
    r"(?P<outlet>[A-Z][\w.&-]*(?:\s[A-Z][\w.&-]*){0,4})"
)
_WHAT_IT_CALLED = re.compile(
    r"^what (?:it|they|he|she) (?:said|called|described as|claimed)(?: (?:was|were|to be))?\s+"
)


@dataclass(frozen=True, slots=True)
class Sourcing:
    """The sourcing of one claim.

    Attributes:
        claimants: Who is reported to make it, first one first.
        appearances: Where it appeared, one for each of them that is named.
        evidence: The sentence that each value was taken from.
    """

    claimants: tuple[str, ...]
    appearances: tuple[Appearance, ...]
    evidence: tuple[Evidence, ...]


def sourcing_of(
    document: Document,
    central: Central,
    words: Lexicon,
    calendar: Calendar,
    *,
    makers: Sequence[Frame],
    own: Sequence[Frame],
    answers: Container[int],
) -> Sourcing:
    """Gather the sourcing of the central claim from the frames that report it.

    Args:
        document: The article.
        central: Its claim.
        words: Its language.
        calendar: Its dates.
        makers: Frames without content, which only name who made the claim.
        own: Frames of other words that tell of the same claim: asked where its own name nobody.
        answers: Positions of the sentences that answer a claim: their basis is not the claim's.
    """
    makers_of_claim = _makers(central.frames, makers)
    if not makers_of_claim:
        strong = [
            frame
            for frame in own
            if frame.strength >= STRENGTHS["medium"] and not frame.denied and frame.source
        ]
        makers_of_claim = _makers(strong[:1], ())
    basis = _basis(document, central, words, tuple(makers_of_claim), answers)
    if not makers_of_claim and basis is not None and basis.outlet is not None:
        makers_of_claim[basis.outlet] = (SourceKind.OUTLET, basis.sentence, None)
    evidence: list[Evidence] = []
    appearances: list[Appearance] = []
    for place, (name, (kind, sentence, frame)) in enumerate(makers_of_claim.items()):
        evidence.append(Evidence(f"claimants[{place}]", name, sentence.text))
        based_on = basis.text if basis is not None and (place == 0 or basis.maker == name) else None
        if basis is not None and basis.maker not in {None, name}:
            based_on = None
        told = [
            each for each in (*own, *makers) if each.source is not None and each.source.name == name
        ]
        days = (_published_on(each, calendar) for each in (frame, *told))
        day = next((each for each in days if each is not None), None)
        outlet = name if kind is not SourceKind.PARTY else _platform(sentence, words)
        if outlet is None and based_on is None and day is None:
            continue
        number = len(appearances)
        appearances.append(Appearance(outlet=outlet, published_on=day, based_on=based_on))
        if outlet:
            evidence.append(Evidence(f"appearances[{number}].outlet", outlet, sentence.text))
        if day is not None:
            evidence.append(
                Evidence(f"appearances[{number}].published_on", day.isoformat(), sentence.text)
            )
        if based_on is not None and basis is not None:
            evidence.append(
                Evidence(f"appearances[{number}].based_on", based_on, basis.sentence.text)
            )
    if not appearances and basis is not None:
        appearances.append(Appearance(based_on=basis.text))
        evidence.append(Evidence("appearances[0].based_on", basis.text, basis.sentence.text))
    return Sourcing(tuple(makers_of_claim), tuple(appearances), tuple(evidence))


@dataclass(frozen=True, slots=True)
class _Basis:
    text: str
    sentence: Sentence
    outlet: str | None
    maker: str | None


def _makers(
    frames: Sequence[Frame], makers: Sequence[Frame]
) -> dict[str, tuple[SourceKind, Sentence, Frame | None]]:
    """Named sources of the claim; vague users only where nobody else is named."""
    found: dict[str, tuple[SourceKind, Sentence, Frame | None]] = {}
    positions = {frame.sentence.position for frame in frames}
    near = [
        frame
        for frame in makers
        if {frame.sentence.position - step for step in (0, 1, 2)} & positions
    ]
    in_text = sorted((*frames, *near), key=lambda frame: frame.sentence.position % 10_000)
    for frame in in_text:
        source = frame.source
        if source is None or source.kind not in _NAMED or frame.denied or not source.name:
            continue
        folded = source.name.casefold()
        if any(folded in name.casefold() or name.casefold() in folded for name in found):
            continue
        found[source.name] = (source.kind, frame.sentence, frame)
    if any(each[1].position >= 0 for each in found.values()):
        found = {name: each for name, each in found.items() if each[1].position >= 0}
    named = {name: each for name, each in found.items() if each[0] is not SourceKind.USERS}
    return named or dict(list(found.items())[:1])


def _basis(
    document: Document,
    central: Central,
    words: Lexicon,
    makers: tuple[str, ...],
    answers: Container[int],
) -> _Basis | None:
    """What the claim rests on: said in a sentence that reports it or stands next to one."""
    positions = {frame.sentence.position for frame in central.frames}
    near = [
        sentence
        for step in (0, 1, 2, 3)
        for sentence in document.sentences
        if sentence.position - step in positions and (step == 0 or sentence.position not in answers)
    ]
    for sentence in near:
        for pattern in words.basis:
            if (found := pattern.search(sentence.text)) is None:
                continue
            basis = found.group("basis")
            speaks = re.match(r"\s+as\s+saying\b", sentence.text[found.end("basis") :])
            if speaks and not words.has("generic_source", basis):
                continue
            text = _normal(basis, makers)
            if text is None:
                continue
            outlet = found.groupdict().get("outlet")
            maker = next((name for name in makers if name in sentence.text), None)
            return _Basis(text, sentence, re.sub(r"^the\s+", "", outlet) if outlet else None, maker)
    for frame in central.frames:
        if frame.source is not None and frame.source.kind is SourceKind.ANONYMOUS:
            text = _normal(frame.source.name, makers)
            if text is not None and len(text.split()) > 1:
                return _Basis(text, frame.sentence, None, None)
    return None


def _normal(raw: str, makers: tuple[str, ...]) -> str | None:
    """A basis in normal form: without who it is close to, where that is the outlet itself."""
    text = _WHAT_IT_CALLED.sub("", clean(raw)).strip(" ,.\"'\u201c\u201d\u2018\u2019")
    for name in makers:
        text = re.sub(
            rf"\s+(?:close to|in|at|inside|within|of)\s+(?:the\s+)?{re.escape(name)}\b.*", "", text
        )
    if not text or len(text.split()) > _MAX_BASIS_WORDS or text in makers:
        return None
    return text


def _published_on(frame: Frame | None, calendar: Calendar) -> date | None:
    """The day in the attribution, outside of the content."""
    if frame is None:
        return None
    outside = frame.sentence.text.replace(frame.raw, " ") if frame.raw else frame.sentence.text
    return next((each.day for each in calendar.days(outside) if each.day is not None), None)


def _platform(sentence: Sentence, words: Lexicon) -> str | None:
    """Where a person said it: "on Facebook", "told Radio Free Valley"."""
    if found := _TOLD.search(sentence.text):
        return found.group("outlet")
    platform = re.search(
        r"\bon (?:(?:his|her|their|its|the) )?(?:\w+ )?"
        rf"(?P<name>{words.alternations['platform'].pattern})",
        sentence.text,
        re.IGNORECASE,
    )
    return platform.group("name") if platform and platform.group("name")[0].isupper() else None
