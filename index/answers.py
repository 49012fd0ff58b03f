"""Answers: what a lookup returns for a question. The bot and the command line only render it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from index.claims import Claim

# Of two chances whose odds are nearer than this neither is the likelier one. Around a half that are
# .12 of probability; near certainty, where all chances look alike, less.
_TIE_ODDS = 1.65
# A claim below this is hardly the one that is meant.
_LIKELY = 0.1


def is_tie(likelier: float, other: float) -> bool:
    """Whether the likelier of two chances is hardly likelier than the other."""
    return likelier * (1 - other) <= _TIE_ODDS * other * (1 - likelier)


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
class Signal:
    """One explainable signal of a decision.

    Attributes:
        part: Of the decision: "nearness" or "sameness", see `index.decision.Weights`.
        name: Of the feature, see `index.features.Features`.
        value: For the best candidate.
        weight: Of the feature.
    """

    part: str
    name: str
    value: float
    weight: float

    @property
    def contribution(self) -> float:
        """What it adds to the logit of its part."""
        return self.value * self.weight


class HeldBack(StrEnum):
    """Why a claim is no MATCH though its probability reaches the threshold."""

    EXCLUDED = "excluded"
    TIE = "tie"
    VAGUE = "vague"


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why the best candidate is, or is not, the claim that was asked about.

    Attributes:
        agreed: Words and names of the question that the claim has too, as the question has them.
        missing: Those that it lacks.
        conflicts: What sets the two apart, shown or not.
        signals: What was weighed; the intercept of each part is one of them, with value 1.
        held_back: What kept it from being a MATCH, if not its probability: something in the
            question excludes it, another story fits as well, or the question names nothing.
    """

    agreed: tuple[str, ...]
    missing: tuple[str, ...]
    conflicts: tuple[Difference, ...]
    signals: tuple[Signal, ...]
    held_back: HeldBack | None = None


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
        explanation: Why, for the first candidate; None where nothing was weighed: an exact route,
            or no candidate.
    """

    question: str
    outcome: Outcome
    match: Match | None
    differences: tuple[Difference, ...]
    candidates: tuple[Candidate, ...]
    snapshot: SnapshotInfo
    explanation: Explanation | None = None

    @property
    def is_choice(self) -> bool:
        """Whether no claim stands out, so that only the one who asked can say which is meant.

        That is so where the closest claim is not the same but no difference can be named, or
        another one may as well be meant. A match always stands out: the lookup would not call it
        one otherwise. Where a difference can be named and no other claim is likely, that
        difference is the answer. So is a page that the question brings.
        """
        if self.outcome is not Outcome.SIMILAR or self.match is None:
            return False
        if self.match.route is Route.URL or len(self.candidates) < 2:
            return False
        first, second = self.candidates[:2]
        is_near = is_tie(first.probability, second.probability)
        return not self.differences or (is_near and second.probability >= _LIKELY)
