"""Statuses: who answered, in which words of their own, and what it adds up to."""

from dataclasses import replace
from datetime import date

import pytest
from botworld import UMBRELLAS, WORDS

from bot.markup import plain
from bot.statuses import grounding, status_block
from index import Claim, RebuttalStatus, Response, ResponseKind, Verdict

AS_OF = date(2026, 11, 22)
CHECK, DENIAL = ResponseKind.FACT_CHECK, ResponseKind.DENIAL
CONFIRMATION, RETRACTION = ResponseKind.CONFIRMATION, ResponseKind.RETRACTION


def said(*responses: Response) -> str:
    return plain(status_block(Claim("a", "x", responses=responses), AS_OF, WORDS))


def checked(rating: str | None, verdict: Verdict | None, by: str = "Checkers") -> Response:
    return Response(CHECK, by, None, None, rating, verdict)


@pytest.mark.parametrize(
    ("responses", "expected"),
    [
        (
            (checked("Pants on fire", Verdict.FALSE),),
            "❌ Refuted\nFact-checked as Pants on fire by Checkers.",
        ),
        (
            (checked("Missing context", Verdict.MISLEADING),),
            "⚠️ Misleading\nFact-checked as Missing context by Checkers.",
        ),
        (
            (Response(DENIAL, "the ministry", None, date(2017, 9, 12)),),
            "🗣 Denied, no independent check known\nDenied by the ministry, 12 September 2017.",
        ),
        (
            (Response(DENIAL, "A"), Response(CONFIRMATION, "B")),
            "⚖️ Contested\nDenied by A; confirmed by B.",
        ),
        (
            (checked("No evidence", Verdict.UNPROVEN),),
            "❓ Unproven\nFact-checked as No evidence by Checkers.",
        ),
        ((Response(CONFIRMATION, "the police"),), "✅ Confirmed\nConfirmed by the police."),
        ((Response(RETRACTION, "Daily"),), "↩️ Retracted\nRetracted by Daily."),
        ((), "▫️ Unanswered: no response known as of 22 November 2026."),
    ],
)
def test_each_status_in_words(responses: tuple[Response, ...], expected: str) -> None:
    assert said(*responses) == expected


def test_a_rating_that_is_a_sentence_is_quoted_as_one() -> None:
    rating = "The man in the video is an actor."
    assert said(checked(rating, Verdict.FALSE)) == (
        "❌ Refuted\nFact-checked by Checkers: “The man in the video is an actor”."
    )


def test_every_status_has_words() -> None:
    for status in RebuttalStatus:
        assert WORDS(f"status.{status}", date="x")


def test_a_denial_and_a_check_stand_side_by_side_in_order_of_record() -> None:
    assert said(
        Response(DENIAL, "the coalition", None, date(2017, 9, 12)),
        checked("disinformation", Verdict.FALSE, "EU desk"),
    ) == (
        "❌ Refuted\nDenied by the coalition, 12 September 2017; "
        "fact-checked as disinformation by EU desk."
    )


def test_a_denial_alone_is_never_worded_as_a_check() -> None:
    assert "check" not in said(Response(DENIAL, "A")).replace("no independent check known", "")


def test_a_check_without_a_rating_is_only_named() -> None:
    assert said(checked(None, None)) == "❓ Unproven\nFact-checked by Checkers."


def test_the_check_is_shown_even_if_many_denials_came_before() -> None:
    denials = [Response(DENIAL, name) for name in "ABCDE"]
    assert said(*denials, checked("False", Verdict.FALSE)) == (
        "❌ Refuted\nDenied by A; denied by B; fact-checked as False by Checkers; and 3 more."
    )


def test_two_answers_in_the_same_words_are_said_once_and_counted() -> None:
    again = checked("Made up", Verdict.FALSE)
    assert said(again, replace(again, url="https://b.example/"), Response(DENIAL, "A")) == (
        "❌ Refuted\nFact-checked as Made up by Checkers; denied by A; and 1 more."
    )


def test_checks_that_disagree_are_both_shown_however_many_agree() -> None:
    false = [checked("False", Verdict.FALSE, name) for name in "ABC"]
    assert said(*false, checked("True", Verdict.TRUE, "D")) == (
        "⚖️ Contested\nFact-checked as False by A; fact-checked as False by B; "
        "fact-checked as True by D; and 1 more."
    )


def test_who_answered_links_to_the_answer() -> None:
    response = Response(DENIAL, "A & B", "https://a.example/no")
    block = status_block(Claim("a", "x", responses=(response,)), AS_OF, WORDS)
    assert 'by <a href="https://a.example/no">A &amp; B</a>.' in block


def test_the_one_response_that_is_shown_is_what_the_status_rests_on() -> None:
    unproven = Response(ResponseKind.FACT_CHECK, "A", rating="Doubtful", verdict=Verdict.UNPROVEN)
    false = Response(ResponseKind.FACT_CHECK, "B", rating="False", verdict=Verdict.FALSE)
    claim = replace(UMBRELLAS, responses=(unproven, false))
    assert claim.status is RebuttalStatus.REFUTED
    assert grounding(claim) == false
    assert grounding(replace(claim, responses=(unproven,))) == unproven
    assert grounding(replace(claim, responses=())) is None
