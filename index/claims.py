"""Claims: the nouns of the archive, and the one rule that derives a rebuttal status.

The words follow schema.org (`Claim`, `ClaimReview`); see docs/architecture.md for the table.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class ClaimState(StrEnum):
    """Where a claim stands in the editorial flow; only published ones enter a snapshot."""

    DRAFT = "draft"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


class ResponseKind(StrEnum):
    """What kind of answer to a claim somebody published."""

    FACT_CHECK = "fact-check"
    DENIAL = "denial"
    CONFIRMATION = "confirmation"
    RETRACTION = "retraction"


class Verdict(StrEnum):
    """Our normalised reading of a fact-checker's rating (the rating itself is always kept)."""

    FALSE = "false"
    MOSTLY_FALSE = "mostly_false"
    MISLEADING = "misleading"
    MIXED = "mixed"
    UNPROVEN = "unproven"
    MOSTLY_TRUE = "mostly_true"
    TRUE = "true"
    SATIRE = "satire"
    OUTDATED = "outdated"
    UNCLASSIFIED = "unclassified"


class RebuttalStatus(StrEnum):
    """What all known responses to a claim add up to. Derived, never stored as an opinion."""

    REFUTED = "refuted"
    MISLEADING = "misleading"
    DENIED = "denied"
    CONTESTED = "contested"
    UNPROVEN = "unproven"
    CONFIRMED = "confirmed"
    RETRACTED = "retracted"
    UNANSWERED = "unanswered"


@dataclass(frozen=True, slots=True)
class Appearance:
    """One dated place where a claim was seen (`Claim.appearance`).

    Attributes:
        outlet: Name of the outlet, channel or account, as recorded.
        url: Where it was seen.
        archive_url: An archived copy of the same page.
        published_on: The day it appeared there.
        language: Language of the appearance, BCP-47 ("ru"), not of our summary of it.
        based_on: The basis the appearance names for itself ("a military source").
        repeats: The appearance it repeats, named by that one's URL or else by its outlet.
    """

    outlet: str | None = None
    url: str | None = None
    archive_url: str | None = None
    published_on: date | None = None
    language: str | None = None
    based_on: str | None = None
    repeats: str | None = None


@dataclass(frozen=True, slots=True)
class Response:
    """Anything published in answer to a claim.

    Attributes:
        kind: Fact-check, denial by a party, confirmation by a party, or retraction by the outlet.
        by: Who answered: the fact-checker, the party, or the outlet that retracts.
        url: Where the answer stands.
        published_on: When it was published.
        rating: The fact-checker's own words; None where the kind is not a fact-check.
        verdict: Our normalised reading of `rating`; None where the kind is not a fact-check.
        summary: What the answer says, in short.
    """

    kind: ResponseKind
    by: str
    url: str | None = None
    published_on: date | None = None
    rating: str | None = None
    verdict: Verdict | None = None
    summary: str | None = None


@dataclass(frozen=True, slots=True)
class Claim:
    """A checkable statement as archived, with its sourcing and all known responses.

    Attributes:
        id: Stable id: lower-case letters and digits, at most 16 of them; safe in a deep link.
        text: The claim as one sentence.
        state: Draft, published or withdrawn.
        title: Headline of the record it came from, where that differs from the text.
        summary: A longer wording of the claim.
        body: Full text of an article about it (searched by words only).
        language: Language of `text`, BCP-47.
        alternatives: Other wordings on record (titles and texts of merged records).
        claimants: Who is recorded as saying it.
        appearances: Where it was seen, oldest first.
        responses: Who has answered it, oldest first.
        topics: Keywords.
        places: Places it is about.
        event_dates: Days that it is about.
    """

    id: str
    text: str
    state: ClaimState = ClaimState.PUBLISHED
    title: str | None = None
    summary: str | None = None
    body: str | None = None
    language: str | None = None
    alternatives: tuple[str, ...] = ()
    claimants: tuple[str, ...] = ()
    appearances: tuple[Appearance, ...] = ()
    responses: tuple[Response, ...] = ()
    topics: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    event_dates: tuple[date, ...] = ()

    @property
    def status(self) -> RebuttalStatus:
        """The rebuttal status that the responses add up to."""
        return rebuttal_status(self.responses)


_AGAINST = {Verdict.FALSE, Verdict.MOSTLY_FALSE}
_FOR = {Verdict.TRUE, Verdict.MOSTLY_TRUE}
_TWISTED = {Verdict.MISLEADING, Verdict.SATIRE}
_NO_VERDICT = {Verdict.OUTDATED, Verdict.UNCLASSIFIED}


def rebuttal_status(responses: Iterable[Response]) -> RebuttalStatus:
    """Derive the rebuttal status from all responses to one claim.

    The rules, first hit wins (docs/architecture.md gives the reasons):

    1. No response: unanswered.
    2. A retraction by the outlet: retracted, whatever else is on file.
    3. Independent checks that carry a verdict decide before parties do. They agree on
       false or mostly false: refuted; true or mostly true: confirmed (contested if a party
       denies it); misleading or satire: misleading; unproven: unproven. A check that says true
       beside one that says false or misleading, or any that says mixed: contested. Beside
       another verdict, unproven adds nothing.
    4. No such check, so the parties: a denial alone is denied, a confirmation alone is
       confirmed, both are contested. A denial is not a fact-check.
    5. Only checks without a usable verdict (outdated, unclassified): unproven.

    Args:
        responses: In any order; a fact-check whose verdict is None counts as unclassified.
    """
    answers = tuple(responses)
    if not answers:
        return RebuttalStatus.UNANSWERED
    kinds = {answer.kind for answer in answers}
    if ResponseKind.RETRACTION in kinds:
        return RebuttalStatus.RETRACTED
    verdicts = {
        answer.verdict or Verdict.UNCLASSIFIED
        for answer in answers
        if answer.kind is ResponseKind.FACT_CHECK
    } - _NO_VERDICT
    if verdicts:
        return _from_checks(verdicts, denied=ResponseKind.DENIAL in kinds)
    return _from_parties(kinds)


def _from_checks(verdicts: set[Verdict], *, denied: bool) -> RebuttalStatus:
    says_true = bool(verdicts & _FOR)
    says_false = bool(verdicts & _AGAINST)
    twisted = bool(verdicts & _TWISTED)
    if Verdict.MIXED in verdicts or (says_true and (says_false or twisted or denied)):
        return RebuttalStatus.CONTESTED
    if says_false:
        return RebuttalStatus.REFUTED
    if twisted:
        return RebuttalStatus.MISLEADING
    return RebuttalStatus.CONFIRMED if says_true else RebuttalStatus.UNPROVEN


def _from_parties(kinds: set[ResponseKind]) -> RebuttalStatus:
    denied = ResponseKind.DENIAL in kinds
    confirmed = ResponseKind.CONFIRMATION in kinds
    if denied and confirmed:
        return RebuttalStatus.CONTESTED
    if denied:
        return RebuttalStatus.DENIED
    return RebuttalStatus.CONFIRMED if confirmed else RebuttalStatus.UNPROVEN
