"""Answers: what a lookup returns for a question. The bot and the command line only render it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from index.claims import Claim


class Outcome(StrEnum):
    """What a lookup came to."""

    MATCH = "MATCH"
    SIMILAR = "SIMILAR"
    NONE = "NONE"


class Aspect(StrEnum):
    """In what a question and an archived claim differ."""

    ACTOR = "actor"
    PLACE = "place"
    NUMBER = "number"
    DATE = "date"
    NEGATION = "negation"
    ACTION = "action"
    OBJECT = "object"


class Route(StrEnum):
    """How the match was reached."""

    URL = "url"
    TEXT = "text"
    SEARCH = "search"


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing in which the question and the claim differ, in the words of each.

    Attributes:
        aspect: In what they differ.
        asked: The question's words; "" where the question does not say.
        archived: The claim's words; "" where the claim does not say.
    """

    aspect: Aspect
    asked: str
    archived: str


@dataclass(frozen=True, slots=True)
class Match:
    """The claim that an answer is about, and why.

    Attributes:
        claim: The archived claim, whole.
        probability: Calibrated chance that question and claim are the same claim, in [0, 1].
        matched_text: The wording of the claim that was nearest to the question.
        asked_text: The part of the question that matched (one sentence of a long forward).
        route: Exact URL, identical text, or search and decision.
    """

    claim: Claim
    probability: float
    matched_text: str
    asked_text: str
    route: Route = Route.SEARCH


@dataclass(frozen=True, slots=True)
class Candidate:
    """A search hit with its probability; the match itself is the first of them.

    Attributes:
        id: The claim's id.
        text: The claim's text.
        probability: Chance of "same claim", in [0, 1].
    """

    id: str
    text: str
    probability: float


@dataclass(frozen=True, slots=True)
class SnapshotInfo:
    """Which snapshot an answer was looked up in.

    Attributes:
        id: The snapshot's id.
        n_claims: How many claims it holds.
        as_of: When it was built from the archive, aware UTC.
        models: Names of its embedding models.
        is_sample: Whether it is the bundled sample archive.
    """

    id: str
    n_claims: int
    as_of: datetime
    models: tuple[str, ...] = ()
    is_sample: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """The result of one lookup.

    Attributes:
        question: The question as it was asked.
        outcome: MATCH (the same claim), SIMILAR (close, but see `differences`) or NONE.
        match: The claim; for SIMILAR the closest one, which is *not* the same; None for NONE.
        differences: For SIMILAR, in what the closest claim differs; may be empty where nothing
            can be named.
        candidates: The closest claims, best first, the match included.
        snapshot: What was searched.
    """

    question: str
    outcome: Outcome
    match: Match | None
    differences: tuple[Difference, ...]
    candidates: tuple[Candidate, ...]
    snapshot: SnapshotInfo
