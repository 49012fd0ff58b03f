"""The rebuttal status, every rule by a table."""

import pytest

from index.claims import RebuttalStatus, Response, ResponseKind, Verdict, rebuttal_status

S = RebuttalStatus


def check(verdict):
    return Response(ResponseKind.FACT_CHECK, "A checker", rating="…", verdict=verdict)


def party(kind):
    return Response(kind, "A party")


FALSE, MOSTLY_FALSE = check(Verdict.FALSE), check(Verdict.MOSTLY_FALSE)
TRUE, MOSTLY_TRUE = check(Verdict.TRUE), check(Verdict.MOSTLY_TRUE)
MISLEADING, SATIRE = check(Verdict.MISLEADING), check(Verdict.SATIRE)
MIXED, UNPROVEN = check(Verdict.MIXED), check(Verdict.UNPROVEN)
OUTDATED, UNCLASSIFIED, NO_VERDICT = (
    check(Verdict.OUTDATED),
    check(Verdict.UNCLASSIFIED),
    check(None),
)
DENIAL = party(ResponseKind.DENIAL)
CONFIRMATION = party(ResponseKind.CONFIRMATION)
RETRACTION = party(ResponseKind.RETRACTION)


@pytest.mark.parametrize(
    ("responses", "expected"),
    [
        ([], S.UNANSWERED),
        # A fact-check says false or mostly false, none says true.
        ([FALSE], S.REFUTED),
        ([MOSTLY_FALSE], S.REFUTED),
        ([FALSE, MISLEADING], S.REFUTED),
        ([FALSE, UNPROVEN], S.REFUTED),
        ([FALSE, DENIAL], S.REFUTED),
        ([FALSE, OUTDATED], S.REFUTED),
        # A party that insists is no independent check.
        ([FALSE, CONFIRMATION], S.REFUTED),
        # Only misleading, missing context, altered or satire.
        ([MISLEADING], S.MISLEADING),
        ([SATIRE], S.MISLEADING),
        ([MISLEADING, DENIAL], S.MISLEADING),
        ([MISLEADING, UNPROVEN], S.MISLEADING),
        # A party denies it and no independent check is on file.
        ([DENIAL], S.DENIED),
        ([DENIAL, DENIAL], S.DENIED),
        ([DENIAL, UNCLASSIFIED], S.DENIED),
        # Responses disagree, or mixed.
        ([MIXED], S.CONTESTED),
        ([FALSE, TRUE], S.CONTESTED),
        ([MISLEADING, MOSTLY_TRUE], S.CONTESTED),
        ([TRUE, DENIAL], S.CONTESTED),
        ([DENIAL, CONFIRMATION], S.CONTESTED),
        ([FALSE, MIXED], S.CONTESTED),
        # Checked, no evidence either way.
        ([UNPROVEN], S.UNPROVEN),
        ([UNPROVEN, DENIAL], S.UNPROVEN),
        ([UNCLASSIFIED], S.UNPROVEN),
        ([OUTDATED], S.UNPROVEN),
        ([NO_VERDICT], S.UNPROVEN),
        ([TRUE], S.CONFIRMED),
        ([MOSTLY_TRUE, UNPROVEN], S.CONFIRMED),
        ([CONFIRMATION], S.CONFIRMED),
        ([RETRACTION], S.RETRACTED),
        ([RETRACTION, TRUE], S.RETRACTED),
        ([RETRACTION, FALSE, DENIAL], S.RETRACTED),
    ],
)
def test_the_status_follows_from_the_responses(responses, expected):
    assert rebuttal_status(responses) is expected
    assert rebuttal_status(reversed(responses)) is expected


@pytest.mark.parametrize("verdict", [Verdict.UNCLASSIFIED, Verdict.OUTDATED, None])
def test_a_rating_without_verdict_never_counts_as_false(verdict):
    assert rebuttal_status([check(verdict)]) is not S.REFUTED
