"""Inline mode and guest mode: what they show, and what a newer query does to an older one."""

import asyncio
from dataclasses import replace

import pytest
from botworld import (
    SNOW,
    UMBRELLAS,
    WORDS,
    FakeLookup,
    matched,
    nothing,
    running,
    similar,
)

from bot.inline import results, sourcing_line
from bot.loopback import Fault, LoopbackServer, Person, Room
from bot.newest import NewestQueries
from bot.offers import Offers
from bot.workers import Workers
from index import Answer, Candidate, SnapshotError

CLAIM = "a court in Brazil banned umbrellas"
OTHER = "a court in Chile banned umbrellas"
UNKNOWN = "a lake in Peru turned into lemonade"


def knows() -> FakeLookup:
    return FakeLookup({CLAIM: matched(CLAIM), OTHER: similar(OTHER)})


def shown(answer: Answer) -> list[tuple[str, str]]:
    return [(each.title, each.detail) for each in results(answer, (SNOW,), WORDS, Offers())]


def test_a_match_comes_first_with_its_status_and_then_other_claims_named_as_such() -> None:
    assert shown(matched(CLAIM)) == [
        (
            "❌ Refuted: A court in Brazil has banned umbrellas on beaches.",
            (
                "Beach Gazette (2 Mar 2021, in Portuguese), based on “a court clerk” · "
                "fact-checked as Made up by Check Brazil, 9 March 2021"
            ),
        ),
        (
            "Another claim: Snow fell in Cairo in July 2019.",
            "▫️ Unanswered: no response known as of 22 November 2026",
        ),
    ]


def test_a_similar_claim_says_so_in_its_title_and_names_the_difference() -> None:
    title, detail = shown(similar(OTHER))[0]
    assert title == "Not the same claim: A court in Brazil has banned umbrellas on beaches."
    assert detail == "Your question is about Chile; the archived claim is about Brazil."


def test_a_similar_claim_without_a_named_difference_gives_its_status() -> None:
    _, detail = shown(replace(similar(OTHER), differences=()))[0]
    assert detail == "Close, but not clearly the same. ❌ Refuted"


def test_what_is_sent_asks_nobody_to_choose_where_there_are_no_buttons_for_it() -> None:
    near = (Candidate(UMBRELLAS.id, UMBRELLAS.text, 0.6), Candidate(SNOW.id, SNOW.text, 0.58))
    answer = replace(similar(OTHER), candidates=near, differences=())
    html = results(answer, (SNOW,), WORDS, Offers())[0].reply.html
    assert "Tap the number" not in html
    assert UMBRELLAS.text in html


def test_nothing_known_is_one_result_and_no_far_claims() -> None:
    assert shown(nothing(UNKNOWN)) == [
        (
            "Nothing known about this",
            "No such claim in the archive. That proves nothing either way.",
        )
    ]


def test_ids_are_unique_and_short_enough() -> None:
    long = replace(UMBRELLAS, id="a" * 16)
    found = results(matched(CLAIM, long), (SNOW, UMBRELLAS), WORDS, Offers())
    assert len({each.id for each in found}) == 3
    assert all(len(each.id.encode()) <= 64 for each in found)


def test_the_sourcing_line_of_a_claim_without_any_is_empty() -> None:
    assert sourcing_line(SNOW, WORDS) == ""


async def test_an_inline_query_is_answered_for_everybody_for_five_minutes() -> None:
    async with running(knows()) as world:
        answer = await world.server.user("Alice").inline(CLAIM).answer()
    assert answer["cache_time"] == 300
    assert not answer["is_personal"]
    assert answer["button"] == {
        "text": "Full sourcing in private",
        "start_parameter": "c_umbrella1",
    }


async def test_a_chosen_result_is_a_whole_answer_with_a_link_to_its_sourcing() -> None:
    async with running(knows(), keeps=True, notifies=True) as world:
        alice = world.server.user("Alice")
        alice.says("/help")
        asked = alice.inline(CLAIM)
        await asked.answer()
        sent = alice.chooses(asked)
        assert sent.text.startswith("This is a known claim")
        assert "Searched 13,204 claims" in sent.text
        assert sent.button("🔎 Full sourcing").url == "https://t.me/hearsay_bot?start=c_umbrella1"
        assert sent.button("📋 Copy for sharing").copies is not None
        watched = await alice.taps(sent, "🔔 Tell me if this changes").answer()
        assert watched["url"] == "https://t.me/hearsay_bot?start=w_umbrella1"


async def test_the_button_of_an_inline_message_is_worth_nothing_in_a_chat() -> None:
    async with running(knows(), keeps=True, notifies=True) as world:
        alice = world.server.user("Alice")
        alice.says(CLAIM)
        card = await alice.next_message()
        asked = alice.inline(CLAIM)
        await asked.answer()
        data = alice.chooses(asked).button("🔔 Tell me if this changes").data
        notice = await alice.taps(card, 0, forged_data=data).answer()
        assert notice["text"].startswith("This button is too old.")


@pytest.mark.parametrize("query", ["", "  ", "?", "hello"])
async def test_an_empty_query_gets_a_tip_and_no_lookup(query: str) -> None:
    async with running(knows()) as world:
        answer = await world.server.user("Alice").inline(query).answer()
        assert world.lookup.asked == []
    assert [result["title"] for result in answer["results"]] == ["Write the claim that you heard"]
    assert answer["button"] == {"text": "Ask me in private", "start_parameter": "ask"}


async def test_the_button_of_the_tip_leads_to_the_greeting() -> None:
    async with running() as world:
        alice = world.server.user("Alice")
        alice.says("/start ask")
        assert (await alice.next_message()).text.startswith("Heard something")


async def test_a_busy_bot_says_so_and_nobody_keeps_it() -> None:
    lookup = FakeLookup()
    lookup.gate.clear()
    async with running(lookup, workers=lambda: Workers(1, 0, 20.0)) as world:
        people = [world.server.user(name) for name in ("Alice", "Bob")]
        asked = [person.inline(f"{UNKNOWN} {person.user_id}") for person in people]
        await world.counter.finished(1)  # the other one holds the only thread
        (refused,) = [each for each in asked if each.is_answered]
        answer = await refused.answer()
        lookup.gate.set()
    assert answer["results"] == []
    assert answer["cache_time"] == 0
    assert answer["button"]["text"] == "I am busy. Ask me in private"


async def test_a_failing_lookup_is_not_kept_either() -> None:
    async with running(FakeLookup(error=SnapshotError("damaged"))) as world:
        answer = await world.server.user("Alice").inline(CLAIM).answer()
    assert answer["results"] == []
    assert answer["cache_time"] == 0


async def test_a_newer_query_of_the_same_person_ends_the_older_before_it_is_looked_up() -> None:
    lookup = knows()
    lookup.gate.clear()
    async with running(lookup, workers=lambda: Workers(1, 8, 20.0)) as world:
        alice, bob = world.server.user("Alice"), world.server.user("Bob")
        alice.says(UNKNOWN)  # takes the only thread
        older, newer = bob.inline("a court in Bra"), bob.inline(CLAIM)
        asked = bob.inline("")  # answered without a lookup: the two before it have begun
        await asked.answer()
        lookup.gate.set()
        await newer.answer()
        await world.counter.finished(4)
        assert world.lookup.asked == [UNKNOWN, CLAIM]
        assert not older.is_answered


async def test_a_pause_ends_at_once_when_there_is_a_newer_query() -> None:
    queries = NewestQueries()
    older = queries.begin(7)
    waiting = asyncio.create_task(older.pause(60.0))
    await asyncio.sleep(0)
    newer = queries.begin(7)
    assert await waiting
    assert not await newer.pause(0.0)
    queries.end(7, older)
    assert not newer.is_superseded


def test_two_people_do_not_end_each_others_queries() -> None:
    queries = NewestQueries()
    alice = queries.begin(7)
    queries.begin(8)
    assert not alice.is_superseded


async def test_a_query_that_telegram_has_given_up_is_no_error(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with running(knows()) as world:
        refusal = "query is too old and response timeout expired or query ID is invalid"
        world.server.fail(Fault("answerInlineQuery", code=400, description=refusal))
        world.server.user("Alice").inline(CLAIM)
        await world.counter.finished(1)
    assert "failed" not in caplog.text


def foreign(server: LoopbackServer, *people: Person) -> Room:
    return server.group("Elsewhere", members=people)


async def test_a_guest_answers_once_in_the_chat_where_it_was_mentioned() -> None:
    async with running(knows()) as world:
        alice = world.server.user("Alice")
        group = foreign(world.server, alice)
        asked = alice.summons(f"@hearsay_bot {CLAIM}", in_=group)
        await asked.answer()
        reply = await group.next_message()
        await world.counter.finished(1)
        assert len(group.from_bot) == 1
    assert reply.text.startswith("This is a known claim")
    assert reply.button("🔎 Full sourcing").url == "https://t.me/hearsay_bot?start=c_umbrella1"


async def test_a_guest_is_asked_about_the_message_that_the_mention_answers() -> None:
    async with running(knows()) as world:
        alice = world.server.user("Alice")
        group = foreign(world.server, alice)
        rumour = alice.says(CLAIM, in_=group)
        alice.summons("@hearsay_bot is this true?", in_=group, reply_to=rumour)
        assert UMBRELLAS.text in (await group.next_message()).text


@pytest.mark.parametrize(
    ("text", "begins"),
    [
        (f"@hearsay_bot {OTHER}", "Not the same claim."),
        (f"@hearsay_bot {UNKNOWN}", "Nothing known about this. That proves nothing either way."),
        ("@hearsay_bot", "Mention me with the claim"),
        ("@hearsay_bot hello", "👋 Send me a claim"),
    ],
)
async def test_a_guest_is_brief_where_it_knows_little(text: str, begins: str) -> None:
    async with running(knows()) as world:
        alice = world.server.user("Alice")
        group = foreign(world.server, alice)
        alice.summons(text, in_=group)
        assert (await group.next_message()).text.startswith(begins)


async def test_a_guest_whose_lookup_fails_says_one_calm_line() -> None:
    async with running(FakeLookup(error=SnapshotError("damaged"))) as world:
        alice = world.server.user("Alice")
        group = foreign(world.server, alice)
        alice.summons(f"@hearsay_bot {CLAIM}", in_=group)
        assert (await group.next_message()).text.startswith("Something went wrong on my side")
