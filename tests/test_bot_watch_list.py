"""/watching and the buttons that end a watch, over HTTP."""

from dataclasses import replace
from datetime import date

from botworld import SNOW, UMBRELLAS, sealed
from watchworld import watching_world

from index import Response, ResponseKind

DENIED = replace(
    SNOW, responses=(Response(ResponseKind.DENIAL, "the court", None, date(2026, 11, 25)),)
)


async def test_watching_lists_claims_with_their_status_and_questions_with_their_end() -> None:
    async with watching_world() as world:
        alice = world.somebody()
        await world.watches_claim(alice, SNOW.id)
        await world.watches_question(alice, "what fell in Cairo?")
        alice.says("/watching")
        message = await alice.next_message()
    assert message.text.startswith("You are watching 2 things")
    # 180 days after 26 November 2026.
    assert "1. Your question: “what fell in Cairo?”\n   Kept until 25 May 2027" in message.text
    assert f"2. “{SNOW.text}”\n   As I last told you: unanswered" in message.text
    assert [button.text for row in message.buttons for button in row] == ["✕ 1", "✕ 2"]


async def test_who_watches_nothing_is_told_how_to() -> None:
    async with watching_world() as world:
        alice = world.somebody()
        alice.says("/watching")
        assert (await alice.next_message()).text.startswith("You are watching nothing.")


async def test_a_tap_drops_a_watch_and_shows_the_list_anew() -> None:
    async with watching_world() as world:
        alice = world.somebody()
        await world.watches_claim(alice, SNOW.id)
        await world.watches_claim(alice, UMBRELLAS.id)
        alice.says("/watching")
        message = await alice.next_message()
        tap = alice.taps(message, "✕ 1")
        edited = await alice.next_edit()
        answer = await tap.answer()
    assert answer["text"] == "I no longer watch this for you."
    assert edited is message
    assert UMBRELLAS.text not in edited.text
    assert SNOW.text in edited.text


async def test_a_long_list_has_pages() -> None:
    async with watching_world() as world:
        alice = world.somebody()
        for number in range(9):
            await world.watches_question(alice, f"question {number}")
        alice.says("/watching")
        message = await alice.next_message()
        assert "question 0" not in message.text
        alice.taps(message, "▶")
        page = await alice.next_edit()
        assert page.text.startswith("You are watching 9 things\n\n9. Your question: “question 0”")
        alice.taps(page, "✕ 9")
        assert (await alice.next_edit()).text.startswith("You are watching 8 things\n\n1.")


async def test_in_a_group_the_list_is_a_link_into_the_private_chat() -> None:
    async with watching_world() as world:
        alice = world.somebody()
        await world.watches_claim(alice, SNOW.id)
        group = world.server.group("Beach people", members=[alice, world.server.bot])
        alice.says("/watching@hearsay_bot", in_=group)
        message = await group.next_message()
        assert 'href="https://t.me/hearsay_bot?start=watching"' in message.html
        assert SNOW.text not in message.text
        alice.says("/start watching")
        assert SNOW.text in (await alice.next_message()).text


async def test_stop_watching_under_a_notification_ends_the_watch_and_takes_the_button_away() -> (
    None
):
    async with watching_world() as world:
        alice = world.somebody()
        await world.watches_claim(alice, SNOW.id)
        world.lookup.publishes(DENIED)
        await world.settled()
        message = await alice.next_message()
        tap = alice.taps(message, "🔕 Stop watching")
        assert (await tap.answer())["text"] == "I no longer watch this for you."
        assert world.watches.of(alice.user_id) == ()
        assert [button.text for row in message.buttons for button in row] == ["🔎 Full sourcing"]


async def test_nobody_ends_the_watch_of_somebody_else() -> None:
    async with watching_world() as world:
        alice, mallory = world.somebody(), world.somebody("Mallory")
        await world.watches_claim(alice, SNOW.id)
        await world.watches_claim(mallory, SNOW.id)
        mallory.says("/watching")
        message = await mallory.next_message()
        (watch,) = world.watches.of(alice.user_id)
        for data in (f"u:{watch.watch_id}", f"d:{watch.watch_id}.0"):
            tap = mallory.taps(message, 0, forged_data=sealed(data, mallory))
            assert (await tap.answer())["text"] == "You are not watching this any more."
        assert world.watches.of(alice.user_id) == (watch,)


async def test_forged_numbers_do_no_harm() -> None:
    async with watching_world() as world:
        alice = world.somebody()
        await world.watches_claim(alice, SNOW.id)
        alice.says("/watching")
        message = await alice.next_message()
        for data in ("u:abc", "u:9999999999999999", "d:x.y", "v:zzz", "v:9999999999999999", "d:1"):
            await alice.taps(message, 0, forged_data=sealed(data, alice)).answer()
        assert world.counter.n_done >= 6
