"""Replies: each outcome in its own honest words, within Telegram's limits whatever the claim."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from botworld import SNAPSHOT, SNOW, UMBRELLAS, WORDS, matched, nothing, similar
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.callbacks import parse_tap
from bot.cards import about_reply, claim_reply, others_reply, sourcing_reply
from bot.citations import citation
from bot.history import history_line
from bot.inline import results
from bot.loopback.markup import parse_html
from bot.markup import MAX_CHARS, plain
from bot.offers import Offers
from bot.replies import answer_reply, short_reply
from bot.reply import Reply
from index import (
    Answer,
    Appearance,
    Aspect,
    Candidate,
    Claim,
    Difference,
    Match,
    Outcome,
    Response,
    ResponseKind,
    Route,
    SnapshotInfo,
    Verdict,
)

HOSTILE = st.one_of(
    st.text(max_size=200),
    st.sampled_from(
        [
            "<b>",
            "</a>",
            "&amp;",
            "&" * 3000,
            "<" * 5000,
            "\u202e\u200b",
            "@all",
            "x" * 9000,
            "\n",
            "",
        ]
    ),
)
MAYBE = st.none() | HOSTILE
URLS = st.none() | HOSTILE | st.sampled_from(
    ["https://e.example/" + "&" * 90, "http://e.example/" + "p" * 480, "https://[", "javascript:1"]
)  # fmt: skip
DAYS = st.none() | st.dates()
CLAIMS = st.builds(
    Claim,
    id=st.from_regex(r"[a-z0-9]{1,16}", fullmatch=True),
    text=HOSTILE,
    claimants=st.lists(HOSTILE, max_size=7).map(tuple),
    alternatives=st.lists(HOSTILE, max_size=3).map(tuple),
    appearances=st.lists(
        st.builds(
            Appearance,
            outlet=MAYBE,
            url=URLS,
            archive_url=URLS,
            published_on=DAYS,
            language=MAYBE,
            based_on=MAYBE,
            repeats=MAYBE,
        ),
        max_size=30,
    ).map(tuple),
    responses=st.lists(
        st.builds(
            Response,
            kind=st.sampled_from(ResponseKind),
            by=HOSTILE,
            url=URLS,
            published_on=DAYS,
            rating=MAYBE,
            verdict=st.none() | st.sampled_from(Verdict),
            summary=MAYBE,
        ),
        max_size=20,
    ).map(tuple),
    topics=st.lists(HOSTILE, max_size=9).map(tuple),
    places=st.lists(HOSTILE, max_size=9).map(tuple),
)
DIFFERENCES = st.lists(
    st.builds(Difference, aspect=st.sampled_from(Aspect), asked=HOSTILE, archived=HOSTILE),
    max_size=7,
).map(tuple)


ALL = Offers("hearsay_bot", can_watch=True, can_pass_on=True, has_question=True, in_private=True)


def read(reply: Reply) -> str:
    return plain(reply.html)


def assert_fit_to_send(reply: Reply) -> None:
    assert 0 < len(reply.html) <= MAX_CHARS
    shown, _ = parse_html(reply.html)  # raises as Telegram refuses
    assert shown.strip()
    for row in reply.rows:
        for button in row:
            assert button.label
            assert button.tap is None or parse_tap(button.tap.data) == button.tap
            assert button.copies is None or 1 <= len(button.copies) <= 256


@settings(max_examples=150, deadline=None)
@given(CLAIMS, HOSTILE, HOSTILE, HOSTILE, DIFFERENCES, st.sampled_from(Outcome))
def test_any_answer_about_any_claim_can_be_sent(
    claim: Claim,
    question: str,
    asked: str,
    wording: str,
    differences: tuple[Difference, ...],
    outcome: Outcome,
) -> None:
    match = None if outcome is Outcome.NONE else Match(claim, 0.9, wording, asked)
    candidates = (Candidate(claim.id, claim.text, 0.9), Candidate("z" * 16, "other", 0.2))
    answer = Answer(question, outcome, match, differences, candidates, SNAPSHOT)
    assert_fit_to_send(answer_reply(answer, WORDS, ALL))
    assert_fit_to_send(short_reply(answer, WORDS, ALL))
    for result in results(answer, (claim,), WORDS, ALL):
        assert_fit_to_send(result.reply)
        assert result.title


@settings(max_examples=150, deadline=None)
@given(CLAIMS, CLAIMS)
def test_any_view_of_any_claim_can_be_sent(claim: Claim, other: Claim) -> None:
    assert_fit_to_send(claim_reply(claim, SNAPSHOT, WORDS, ALL))
    assert_fit_to_send(sourcing_reply(claim, SNAPSHOT, WORDS, username="hearsay_bot"))
    assert_fit_to_send(others_reply((claim, other) * 2, SNAPSHOT, WORDS))


def test_a_match_reads_as_a_whole() -> None:
    text = read(answer_reply(matched("umbrellas banned in Brazil?"), WORDS))
    assert (
        text
        == """\
This is a known claim
“A court in Brazil has banned umbrellas on beaches.”

❌ Refuted
Denied by the court (https://court.example/no), 4 March 2021; fact-checked as Made up by \
Check Brazil (https://check.example/umbrellas), 9 March 2021.
On record: seen 2 Mar 2021, unanswered until 4 Mar 2021, then denied, then fact-checked.

Who said it
Attributed to a lawyer
• Beach Gazette (https://gazette.example/ban) (2 Mar 2021, in Portuguese), based on “a court clerk”
   ↳ repeated by Sun Post (https://sunpost.example/7) (3 Mar 2021)

Searched 13,204 claims, archive as of 22 November 2026."""
    )


def test_a_match_offers_the_sourcing_and_the_other_candidates() -> None:
    rows = answer_reply(matched("umbrellas"), WORDS).rows
    assert [[(button.label, button.tap.data) for button in row] for row in rows] == [
        [("🔎 Full sourcing", "s:umbrella1")],
        [("Other close claims (1)", "o:snow2"), ("🖼 As a picture", "i:umbrella1")],
    ]


def test_without_other_candidates_there_is_no_button_for_them() -> None:
    answer = replace(matched("umbrellas"), candidates=())
    labels = [button.label for row in answer_reply(answer, WORDS).rows for button in row]
    assert labels == ["🔎 Full sourcing", "🖼 As a picture"]


def test_the_sentence_of_a_forward_that_matched_is_shown() -> None:
    part = "A judge in Brazil bans umbrellas."
    answer = matched(f"Good morning everybody! {part} Pass it on.", asked=part)
    assert f"In your message: “{part}”" in read(answer_reply(answer, WORDS))


@pytest.mark.parametrize(
    ("question", "asked"),
    [
        ("Is it true that Brazil banned umbrellas?", "Brazil banned umbrellas"),
        ("Brazil banned UMBRELLAS!", "brazil banned umbrellas"),
        ("Brazil banned\numbrellas on all beaches", "Brazil banned umbrellas on all beaches"),
    ],
)
def test_the_question_itself_is_not_repeated_as_a_part(question: str, asked: str) -> None:
    assert "In your message" not in read(answer_reply(matched(question, asked=asked), WORDS))


def test_more_than_four_appearances_are_counted() -> None:
    seen = tuple(
        Appearance(outlet=f"Outlet {n}", published_on=date(2020, 1, n)) for n in range(1, 17)
    )
    text = read(answer_reply(matched("x", replace(UMBRELLAS, appearances=seen)), WORDS))
    assert "Outlet 4 (4 Jan 2020)\nand 12 more\n" in text
    assert "Outlet 5 " not in text


def test_an_unanswered_claim_names_the_date_of_the_archive() -> None:
    text = read(answer_reply(matched("snow in Cairo", SNOW), WORDS))
    assert "no response known as of 22 November 2026" in text
    assert "Who said it first is not on record." in text


def test_similar_says_first_that_it_is_another_claim() -> None:
    text = read(answer_reply(similar("banned in Chile?"), WORDS))
    assert text.startswith("Not the same claim.")
    assert text.index("another one") < text.index("A court in Brazil") < text.index("Refuted")
    assert "On record about that other claim:\n❌ Refuted" in text


def test_a_match_by_its_page_says_that_the_page_is_on_record() -> None:
    answer = matched("https://gazette.example/ban")
    assert answer.match is not None
    by_page = replace(answer, match=replace(answer.match, route=Route.URL))
    assert "The page that you sent is on record for it." in read(answer_reply(by_page, WORDS))
    assert "on record for it" not in read(answer_reply(answer, WORDS))


def test_words_beside_a_known_page_are_not_called_its_claim() -> None:
    answer = replace(similar("lizards rule https://gazette.example/ban"), differences=())
    assert answer.match is not None
    by_page = replace(answer, match=replace(answer.match, route=Route.URL))
    text = read(answer_reply(by_page, WORDS))
    assert text.startswith(
        "I know the page that you sent, but not as a source of what you wrote.\n"
        "It is on record for this claim:"
    )
    assert "nothing that clearly" not in text
    assert "not about your question" in text


def test_similar_never_drops_whose_the_responses_are_however_long_the_record() -> None:
    address = "https://e.example/" + "p" * 470
    long = replace(
        UMBRELLAS,
        text="umbrella " * 90,
        appearances=tuple(Appearance(outlet=f"Outlet {n}", url=address + str(n)) for n in range(9)),
        responses=tuple(
            Response(
                ResponseKind.FACT_CHECK,
                f"{n} " + "Check " * 20,
                address + str(n),
                None,
                "made up " * 20,
            )
            for n in range(9)
        ),
    )
    differences = [Difference(Aspect.OBJECT, f"a{n} " * 25, f"b{n} " * 25) for n in range(4)]
    answer = similar("x y z", *differences)
    assert answer.match is not None
    answer = replace(answer, match=replace(answer.match, claim=long))
    assert "not about your question" in read(answer_reply(answer, WORDS))


@pytest.mark.parametrize(
    ("difference", "expected"),
    [
        (
            Difference(Aspect.PLACE, "Raqqa", "Deir ez-Zor"),
            "Your question is about Raqqa; the archived claim is about Deir ez-Zor.",
        ),
        (
            Difference(Aspect.PLACE, "", "Deir ez-Zor"),
            "The archived claim is about Deir ez-Zor; your question does not mention it.",
        ),
        (
            Difference(Aspect.NUMBER, "40", ""),
            "Your question gives the number 40; the archived claim does not.",
        ),
        (
            Difference(Aspect.ACTOR, "Russian", "US"),
            "Your question names Russian; the archived claim names US.",
        ),
    ],
)
def test_a_difference_is_named_with_the_words_of_both(
    difference: Difference, expected: str
) -> None:
    assert f"• {expected}" in read(answer_reply(similar("x y z", difference), WORDS))


def test_every_aspect_has_words_for_both_sides() -> None:
    for aspect in Aspect:
        for side in ("", "_asked", "_archived"):
            assert WORDS(f"difference.{aspect}{side}", asked="a", archived="b")


def test_a_difference_that_cannot_be_named_is_admitted() -> None:
    answer = replace(similar("x y z"), differences=())
    text = read(answer_reply(answer, WORDS))
    assert text.startswith(
        "I found nothing that clearly says the same.\nThe closest claim on record:"
    )
    assert "Please compare for yourself." in text


def test_nothing_known_offers_the_nearest_claims_and_how_to_rephrase() -> None:
    reply = answer_reply(nothing("a lake in Peru turned into lemonade"), WORDS)
    assert (
        read(reply)
        == """\
Nothing known about this.
I found no such claim in the archive. That proves nothing either way: it may be true, false, or \
just not recorded yet.

Try again with the claim as one plain sentence, with the names, the place and the date.

Searched 13,204 claims, archive as of 22 November 2026."""
    )
    assert reply.rows[0][0].label == "Show the nearest claim (1)"


def test_a_greeting_gets_a_hint_even_if_something_is_close() -> None:
    assert read(answer_reply(similar("Hello!"), WORDS)).startswith("👋 Send me a claim")


def test_one_unknown_word_gets_both_the_result_and_the_hint() -> None:
    reply = answer_reply(nothing("xylophone"), WORDS)
    assert "Nothing known about this." in read(reply)
    assert "Send me a claim" in read(reply)
    assert reply.rows == ()


def test_the_sample_archive_is_named_as_such() -> None:
    answer = replace(nothing("a b c d"), snapshot=replace(SNAPSHOT, n_claims=60, is_sample=True))
    assert "Searched the sample archive of 60 claims" in read(answer_reply(answer, WORDS))


def test_a_card_that_nobody_asked_a_question_for_claims_no_match() -> None:
    text = read(claim_reply(UMBRELLAS, SNAPSHOT, WORDS))
    assert text.startswith("A claim from the archive\n")
    assert "Searched" not in text
    assert text.endswith("Archive as of 22 November 2026.")


def test_full_sourcing_lists_everything_with_sites_and_copies() -> None:
    seen = replace(UMBRELLAS.appearances[0], archive_url="https://archive.example/1")
    claim = replace(UMBRELLAS, appearances=(seen,), alternatives=("Brazil forbids umbrellas.",))
    text = read(sourcing_reply(claim, SNAPSHOT, WORDS, username="hearsay_bot"))
    assert "(2 Mar 2021, in Portuguese, gazette.example), based on “a court clerk”" in text
    assert "archived copy (https://archive.example/1)" in text
    assert "• Fact-checked as Made up by Check Brazil" in text
    assert "No such ruling exists." in text
    assert "Brazil forbids umbrellas." in text
    assert "About: Brazil" in text


def test_many_sources_do_not_crowd_out_the_responses() -> None:
    seen = tuple(
        Appearance(outlet=f"Outlet {n}", url=f"https://o.example/{'p' * 150}/{n}")
        for n in range(60)
    )
    claim = replace(UMBRELLAS, appearances=seen)
    text = read(sourcing_reply(claim, SNAPSHOT, WORDS, username="hearsay_bot"))
    assert "more\n\nWho has answered" in text
    assert "No such ruling exists." in text


def test_about_warns_of_the_sample() -> None:
    info = SnapshotInfo("s1", 60, datetime(2026, 11, 22, tzinfo=UTC), ("m",), is_sample=True)
    assert "bundled sample archive" in read(about_reply(info, "0.1.0", WORDS))


def dated(*days: tuple[ResponseKind, int | None], seen: tuple[int | None, ...] = (2,)) -> Claim:
    def day(number: int | None) -> date | None:
        return None if number is None else date(2021, 3, number)

    return Claim(
        "x",
        "text",
        appearances=tuple(Appearance("A", published_on=day(each)) for each in seen),
        responses=tuple(Response(kind, "B", published_on=day(each)) for kind, each in days),
    )


DENIED, CHECKED = ResponseKind.DENIAL, ResponseKind.FACT_CHECK


def test_the_history_tells_in_which_order_a_claim_was_answered() -> None:
    claim = dated((CHECKED, 9), (DENIED, 4), (DENIED, 5), (CHECKED, 12), seen=(None, 3, 2))
    assert plain(history_line(claim, WORDS)) == (
        "On record: seen 2 Mar 2021, unanswered until 4 Mar 2021, then denied, then fact-checked."
    )


@pytest.mark.parametrize(
    "claim",
    [
        dated(),
        dated((DENIED, None)),
        dated((DENIED, 4), (CHECKED, None)),
        dated((DENIED, 4), seen=()),
        dated((DENIED, 4), seen=(None,)),
        dated((DENIED, 2)),
        dated((DENIED, 1)),
    ],
)
def test_no_history_is_told_that_the_dates_do_not_bear_out(claim: Claim) -> None:
    assert history_line(claim, WORDS) == ""


def test_a_long_claim_is_folded_up() -> None:
    reply = answer_reply(matched("x", replace(UMBRELLAS, text="umbrella " * 60)), WORDS)
    assert "<blockquote expandable>umbrella " in reply.html
    assert "<blockquote" not in answer_reply(matched("x"), WORDS).html


def test_a_citation_has_the_claim_its_status_and_both_links() -> None:
    assert citation(UMBRELLAS, SNAPSHOT.as_of.date(), WORDS, "hearsay_bot") == (
        "“A court in Brazil has banned umbrellas on beaches.” ❌ Refuted: fact-checked as Made up "
        "by Check Brazil, 9 March 2021. https://check.example/umbrellas "
        "https://t.me/hearsay_bot?start=c_umbrella1"
    )


@settings(max_examples=150, deadline=None)
@given(CLAIMS)
def test_any_citation_fits_into_a_button_and_keeps_the_link(claim: Claim) -> None:
    copied = citation(claim, SNAPSHOT.as_of.date(), WORDS, "hearsay_bot")
    assert len(copied.encode("utf-16-le")) // 2 <= 256
    assert copied.endswith(f"https://t.me/hearsay_bot?start=c_{claim.id}")


def test_a_match_stands_out_however_close_the_next_claim_is() -> None:
    near = (Candidate("umbrella1", "a", 0.97), Candidate("snow2", "b", 0.96))
    assert not replace(matched("x y z"), candidates=near).is_choice


@pytest.mark.parametrize(
    ("first", "second", "expected"), [(0.6, 0.58, True), (0.6, 0.4, False), (0.004, 0.003, False)]
)
def test_similar_claims_are_a_choice_where_two_are_about_as_close_and_likely(
    first: float, second: float, expected: bool
) -> None:
    near = (Candidate("umbrella1", "a", first), Candidate("snow2", "b", second))
    assert replace(similar("x y z"), candidates=near).is_choice is expected
    assert replace(similar("x y z"), candidates=near, differences=()).is_choice
