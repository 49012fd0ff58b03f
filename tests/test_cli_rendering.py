"""Answers in the terminal: what is said of each outcome, and no more than is known."""

from datetime import UTC, datetime

from index.answers import (
    Answer,
    Aspect,
    Candidate,
    Difference,
    Match,
    Outcome,
    Route,
    SnapshotInfo,
)
from index.claims import Claim
from index.cli.rendering import answer_lines

CLAIM = Claim("moon1", "The moon is hollow.")
SNAPSHOT = SnapshotInfo("s", 1234, datetime(2026, 11, 2, 23, tzinfo=UTC))
NEAR = (Candidate("moon1", CLAIM.text, 0.4), Candidate("moon2", "The moon is flat.", 0.03))


def lines(
    outcome: Outcome, *differences: Difference, route: Route = Route.SEARCH, found: bool = True
) -> list[str]:
    match = Match(CLAIM, 0.4, CLAIM.text, "hollow moon", route) if found else None
    return list(answer_lines(Answer("q", outcome, match, differences, NEAR, SNAPSHOT)))


def test_a_match_shows_the_claim_and_the_others() -> None:
    assert lines(Outcome.MATCH) == [
        "MATCH: this claim is on file.",
        "Chance that it is the same claim: 40%",
        "",
        "The moon is hollow.",
        "  id moon1 \u00b7 published \u00b7 unanswered",
        "",
        "Other close claims:",
        "  moon2    3%  The moon is flat.",
        "",
        "Searched 1,234 claims, as of 2026-11-02.",
    ]


def test_similar_names_the_difference_or_is_unsure() -> None:
    shown = lines(Outcome.SIMILAR, Difference(Aspect.PLACE, "Mars", "the moon"))
    assert shown[:2] == [
        "SIMILAR: another claim, but close. They differ:",
        "  place: asked 'Mars', archived 'the moon'",
    ]
    assert lines(Outcome.SIMILAR)[0].endswith("perhaps not the same.")


def test_a_page_on_record_is_told() -> None:
    assert "The page in your question is on record for it." in lines(Outcome.MATCH, route=Route.URL)


def test_none_lists_the_closest() -> None:
    shown = lines(Outcome.NONE, found=False)
    assert shown[0].startswith("NONE:")
    assert shown[2:5] == [
        "Closest claims:",
        "  moon1   40%  The moon is hollow.",
        "  moon2    3%  The moon is flat.",
    ]
