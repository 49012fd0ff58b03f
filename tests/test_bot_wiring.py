"""From a button to what follows later: the features of the bot meet in one conversation."""

from dataclasses import replace
from datetime import date

from botworld import SNOW, UMBRELLAS, FakeLookup, matched, running, similar
from watchworld import ChangingLookup, watching_world

from bot.state.chats import Chats, GroupSettings
from index import Response, ResponseKind

CLAIM = "a court in Brazil banned umbrellas"
OTHER = "a court in Chile banned umbrellas"
UNKNOWN = "a lake in Peru turned into lemonade"
RETRACTION = Response(
    ResponseKind.RETRACTION, "Beach Gazette", "https://gazette.example/sorry", date(2026, 11, 25)
)


async def test_the_button_under_an_answer_leads_to_the_news_about_the_claim() -> None:
    lookup = ChangingLookup({CLAIM: matched(CLAIM)})
    async with watching_world(lookup) as world:
        alice = world.somebody()
        alice.says(CLAIM)
        card = await alice.next_message()
        notice = await alice.taps(card, "🔔 Tell me if this changes").answer()
        assert notice["text"].startswith("I will tell you here")
        await world.settled()
        lookup.publishes(replace(UMBRELLAS, responses=(*UMBRELLAS.responses, RETRACTION)))
        await world.settled()
        news = await alice.next_message()
        assert "Beach Gazette" in news.text
        assert UMBRELLAS.text in news.text
        ended = await alice.taps(news, "🔕 Stop watching").answer()
        assert ended["text"]
        assert world.watches.of(alice.user_id) == ()


async def test_the_button_under_no_answer_leads_to_the_claim_that_is_published_later() -> None:
    lookup = ChangingLookup()
    async with watching_world(lookup) as world:
        alice = world.somebody()
        alice.says(UNKNOWN)
        none = await alice.next_message()
        await alice.taps(none, "🔔 Tell me if this gets answered").answer()
        await world.settled()
        lookup.answers = {UNKNOWN: matched(UNKNOWN, SNOW)}
        lookup.publishes()
        await world.settled()
        assert SNOW.text in (await alice.next_message()).text


async def test_a_question_that_is_passed_on_is_answered_at_the_desk_and_told() -> None:
    async with running(keeps=True, notifies=True) as world:
        alice, erin = world.server.user("Alice"), world.server.user("Erin")
        object.__setattr__(world.deps, "editors", frozenset([erin.user_id]))
        alice.says(UNKNOWN)
        await alice.taps(await alice.next_message(), "📨 Pass the question on").answer()
        erin.says("/queue")
        page = await erin.next_message()
        assert UNKNOWN in page.text
        await erin.taps(page, "1").answer()
        await erin.next_edit()
        await erin.taps(page, "Yes, tell them").answer()
        assert world.deps.watches is not None
        world.deps.watches.look()
        told = await alice.next_message()
        assert f"“{UNKNOWN}”" in told.text
        assert SNOW.text in told.text


async def test_the_button_of_an_editor_is_worth_nothing_to_somebody_else() -> None:
    async with running(keeps=True) as world:
        alice, erin = world.server.user("Alice"), world.server.user("Erin")
        object.__setattr__(world.deps, "editors", frozenset([erin.user_id]))
        erin.says("/stats")
        data = (await erin.next_message()).button("7 days").data
        alice.says(CLAIM)
        tap = alice.taps(await alice.next_message(), 0, forged_data=data)
        assert (await tap.answer())["text"].startswith("This button is too old.")


async def test_in_a_group_that_wants_short_answers_a_weak_one_still_goes_to_the_asker_whole() -> (
    None
):
    async with running(FakeLookup({OTHER: similar(OTHER)})) as world:
        alice = world.server.user("Alice")
        group = world.server.group("Beach", members=[alice, world.server.bot])
        group.promote(world.server.bot)
        chosen = GroupSettings(is_short=True)
        Chats(world.state).choose(group.chat_id, "supergroup", chosen, world.deps.now())
        alice.says(f"/check {OTHER}", in_=group)
        seen = await group.next_whisper()
        assert seen.receiver is alice.user
        assert "Denied by the court" in seen.text


async def test_in_a_group_who_has_not_started_the_bot_is_told_to_before_an_answer_can_come() -> (
    None
):
    async with running(FakeLookup({CLAIM: matched(CLAIM)}), keeps=True) as world:
        alice, bob = world.server.user("Alice"), world.server.user("Bob")
        bob.says("/help")
        await bob.next_message()
        group = world.server.group("Beach", members=[alice, bob, world.server.bot])
        told = {}
        for person in (alice, bob):
            person.says(f"@hearsay_bot {CLAIM}", in_=group)
            asked = person.taps(await group.next_message(), "Not what I asked: tell the editors")
            told[person.user.first_name] = await asked.answer()
    assert "press Start" in told["Alice"]["text"]
    assert told["Alice"]["show_alert"] is True
    assert "press Start" not in told["Bob"]["text"]


async def test_what_was_kept_by_buttons_is_told_and_forgotten() -> None:
    async with running(FakeLookup({CLAIM: matched(CLAIM)}), keeps=True, notifies=True) as world:
        alice = world.server.user("Alice")
        alice.says(CLAIM)
        card = await alice.next_message()
        await alice.taps(card, "🔔 Tell me if this changes").answer()
        await alice.taps(card, "Not what I asked: tell the editors").answer()
        alice.says("/my_data")
        told = (await alice.next_message()).text
        assert "umbrella1" in told
        assert CLAIM in told
        alice.says("/forget_me")
        await alice.taps(await alice.next_message(), 0).answer()
        tables = ("watches", "passed_on", "answered")
        for table in tables:
            assert not world.state.rows(
                f"select * from {table} where user_id = ?", [alice.user_id]
            ), table
