"""Watching, over HTTP: claims that change, questions that find a claim, and who is told when."""

from dataclasses import replace
from datetime import date
from pathlib import Path

from botworld import SNOW, TOKEN, UMBRELLAS, matched
from watchworld import ChangingLookup, Clock, watching_world

from bot.loopback import LoopbackServer, Message, Person
from bot.state.watches import WatchKind
from bot.watching.service import MAX_WATCHES
from index import Appearance, Claim, Response, ResponseKind

DENIAL = Response(
    ResponseKind.DENIAL, "the weather office", "https://weather.example/no", date(2026, 11, 25)
)
DENIED = replace(SNOW, responses=(DENIAL,))
SIGHTING = Appearance("Nile Post", "https://nile.example/1", published_on=date(2026, 11, 20))
QUESTION = "did it snow in cairo?"


def told(person: Person) -> list[Message]:
    """What the bot sent into somebody's private chat."""
    return person.from_bot


async def test_a_watched_claim_that_is_denied_is_told_with_what_changed_first() -> None:
    async with watching_world() as world:
        alice = world.somebody()
        await world.watches_claim(alice, SNOW.id)
        world.lookup.publishes(DENIED)
        await world.settled()
        (message,) = told(alice)
    lines = message.text.splitlines()
    assert lines[0] == "🔔 News about a claim that you watch"
    assert lines[1] == "It was unanswered; now it is denied, with no independent check known."
    assert lines[2] == "• New: denied by the weather office, 25 November 2026"
    assert lines[4] == "“Snow fell in Cairo in July 2019.”"
    assert "Denied, no independent check known" in message.text
    assert [button.text for row in message.buttons for button in row] == [
        "🔎 Full sourcing",
        "🔕 Stop watching",
    ]


async def test_a_new_appearance_is_told_as_sourcing() -> None:
    async with watching_world() as world:
        alice = world.somebody()
        await world.watches_claim(alice, SNOW.id)
        world.lookup.publishes(replace(SNOW, appearances=(SIGHTING,)))
        await world.settled()
        (message,) = told(alice)
    assert "New in the sourcing:\n• Nile Post (20 Nov 2026)" in message.text
    assert "It was" not in message.text


async def test_the_news_say_how_the_status_came_about_as_the_card_does() -> None:
    async with watching_world() as world:
        alice = world.somebody()
        await world.watches_claim(alice, SNOW.id)
        world.lookup.publishes(replace(DENIED, appearances=(SIGHTING,)))
        await world.settled()
        (message,) = told(alice)
    assert "unanswered until 25 Nov 2026, then denied" in message.text


async def test_a_corrected_rating_and_a_response_that_is_gone_are_told() -> None:
    async with watching_world() as world:
        alice = world.somebody()
        await world.watches_claim(alice, UMBRELLAS.id)
        check = replace(UMBRELLAS.responses[1], rating="Invented")
        world.lookup.publishes(replace(UMBRELLAS, responses=(check,)))
        await world.settled()
        (message,) = told(alice)
    assert "• Corrected: fact-checked as Invented by Check Brazil, 9 March 2021" in message.text
    assert "• 1 response is no longer on record." in message.text


async def test_a_new_snapshot_in_which_nothing_changed_is_no_news() -> None:
    async with watching_world() as world:
        alice = world.somebody()
        await world.watches_claim(alice, SNOW.id)
        world.lookup.publishes(replace(SNOW, summary="A longer wording."))
        await world.settled()
        assert told(alice) == []
        (watch,) = world.watches.of(alice.user_id)
        assert watch.snapshot_id == world.lookup.snapshot.id


async def test_each_change_is_told_once_and_a_change_back_is_told_too() -> None:
    clock = Clock()
    async with watching_world(clock=clock) as world:
        alice = world.somebody()
        await world.watches_claim(alice, SNOW.id)
        for claim in (DENIED, DENIED, SNOW, DENIED):
            world.lookup.publishes(claim)
            await world.settled()
            await world.settled()
            clock.passes(seconds=5)
        assert [message.text.splitlines()[1][:24] for message in told(alice)] == [
            "It was unanswered; now i",
            "It was denied, with no i",
            "It was unanswered; now i",
        ]


async def test_a_withdrawn_claim_is_told_once_with_its_words_and_so_is_its_return() -> None:
    clock = Clock()
    async with watching_world(clock=clock) as world:
        alice = world.somebody()
        await world.watches_claim(alice, SNOW.id)
        for _ in range(2):
            world.lookup.publishes(without=SNOW.id)
            await world.settled()
        clock.passes(seconds=5)
        world.lookup.publishes(DENIED)
        await world.settled()
        gone, returned = told(alice)
    assert gone.text.startswith("🔔 A claim that you watch is no longer in the archive.")
    assert SNOW.text in gone.text
    assert "It is back in the archive; it is denied" in returned.text


async def test_a_merged_claim_is_followed_and_two_watches_of_it_become_one() -> None:
    async with watching_world() as world:
        alice = world.somebody()
        other = Claim("snow3", "It snowed in Cairo.")
        world.lookup.publishes(other)
        await world.watches_claim(alice, SNOW.id)
        await world.watches_claim(alice, other.id)
        world.lookup.merged[other.id] = SNOW.id
        world.lookup.publishes(DENIED, without=other.id)
        await world.settled()
        assert len(told(alice)) == 1
        (watch,) = world.watches.of(alice.user_id)
        assert watch.claim_id == SNOW.id


async def test_a_question_that_finds_a_claim_is_told_forgotten_and_the_claim_watched() -> None:
    async with watching_world() as world:
        alice = world.somebody()
        await world.watches_question(alice, QUESTION)
        world.lookup.answers = {QUESTION: matched(QUESTION, SNOW)}
        world.lookup.publishes(SNOW)
        await world.settled()
        (message,) = told(alice)
        (watch,) = world.watches.of(alice.user_id)
    assert message.text.startswith("🔔 There is now a claim that matches your question")
    assert f"You asked: “{QUESTION}”" in message.text
    assert "I have deleted your question" in message.text
    assert (watch.kind, watch.claim_id, watch.text) == (WatchKind.CLAIM, SNOW.id, SNOW.text)


async def test_a_match_that_was_there_before_is_not_what_they_meant() -> None:
    async with watching_world() as world:
        alice = world.somebody()
        world.lookup.answers = {QUESTION: matched(QUESTION, SNOW)}
        await world.watches_question(alice, QUESTION)
        world.lookup.publishes()
        await world.settled()
        assert told(alice) == []
        world.lookup.answers = {QUESTION: matched(QUESTION, UMBRELLAS)}
        world.lookup.publishes()
        await world.settled()
        (message,) = told(alice)
    assert UMBRELLAS.text in message.text


async def test_one_question_of_two_people_is_asked_once_a_snapshot() -> None:
    async with watching_world() as world:
        alice, bob = world.somebody(), world.somebody("Bob")
        await world.watches_question(alice, QUESTION)
        await world.watches_question(bob, QUESTION)
        world.lookup.asked.clear()
        world.lookup.publishes()
        await world.settled()
        assert world.lookup.asked == [QUESTION]


async def test_a_question_is_forgotten_after_180_days() -> None:
    clock = Clock()
    async with watching_world(clock=clock) as world:
        alice = world.somebody()
        await world.watches_question(alice, QUESTION)
        clock.passes(days=179)
        await world.settled()
        assert len(world.watches.of(alice.user_id)) == 1
        clock.passes(days=1)
        await world.settled()
        assert world.watches.of(alice.user_id) == ()


async def test_a_watch_of_a_claim_that_does_not_exist_ends_at_once() -> None:
    async with watching_world() as world:
        alice = world.somebody()
        await world.watches_claim(alice, "nosuch")
        assert world.watches.of(alice.user_id) == ()


async def test_fifty_watches_are_the_limit_and_one_that_is_there_does_not_count_again() -> None:
    async with watching_world() as world:
        alice = world.somebody()
        for number in range(MAX_WATCHES):
            assert world.watching.watch_question(alice.user_id, alice.chat_id, f"question {number}")
        assert not world.watching.watch_claim(alice.user_id, alice.chat_id, SNOW.id)
        assert not world.watching.watch_question(alice.user_id, alice.chat_id, QUESTION)
        assert world.watching.watch_question(alice.user_id, alice.chat_id, "question 7")
        assert world.watches.count(alice.user_id) == 50


async def test_a_question_without_words_is_not_watched() -> None:
    async with watching_world() as world:
        assert not world.watching.watch_question(1, 1, " \u200b\n")


async def test_what_changed_while_the_bot_was_down_is_told_after_the_start(tmp_path: Path) -> None:
    lookup = ChangingLookup()
    async with LoopbackServer(token=TOKEN) as server:
        async with watching_world(lookup, path=tmp_path / "bot.db", server=server) as world:
            alice = world.somebody()
            await world.watches_claim(alice, SNOW.id)
        lookup.publishes(DENIED)
        async with watching_world(lookup, path=tmp_path / "bot.db", server=server) as world:
            await world.settled()
            await world.settled()
            assert len(told(alice)) == 1
