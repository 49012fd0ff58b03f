"""Admission: budgets before any lookup, one calm notice, and hostile text."""

import pytest
from botworld import UMBRELLAS, FakeLookup, matched, running
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from bot.budgets import Rate, Scope

CLAIM = "a court in Brazil banned umbrellas"
PERSON = {Scope.PERSON: [Rate(2, 600.0)]}


def knows() -> FakeLookup:
    return FakeLookup({CLAIM: matched(CLAIM)})


async def test_who_asks_too_much_gets_one_calm_line_and_nothing_is_looked_up() -> None:
    async with running(knows(), rates=PERSON) as world:
        alice, bob = world.server.user("Alice"), world.server.user("Bob")
        for n in range(5):
            alice.says(CLAIM)
            await world.counter.finished(n + 1)
        assert len(world.lookup.asked) == 2
        assert [m.text[:24] for m in alice.from_bot[2:]] == ["That was a lot at once. "]
        bob.says(CLAIM)
        assert UMBRELLAS.text in (await bob.next_message()).text


async def test_a_group_has_a_budget_of_its_own() -> None:
    async with running(knows(), rates={Scope.GROUP: [Rate(2, 600.0)]}) as world:
        people = [world.server.user(name) for name in ("Alice", "Bob", "Carol", "Dan")]
        group = world.server.group("Beach people", [*people, world.server.bot])
        for n, person in enumerate(people, start=1):
            person.says(f"/check {CLAIM}", in_=group)
            await world.counter.finished(n)
        assert len(world.lookup.asked) == 2
        assert len(group.from_bot) == 3
        assert "I take a short break here" in group.from_bot[2].text
        people[3].says(CLAIM)
        assert UMBRELLAS.text in (await people[3].next_message()).text


async def test_channels_that_write_in_a_group_do_not_share_one_budget() -> None:
    async with running(knows(), rates=PERSON) as world:
        alice = world.server.user("Alice")
        group = world.server.group("Beach people", [alice, world.server.bot])
        channels = [world.server.channel(title) for title in ("One", "Two")]
        for n in range(4):
            group.says_as_channel(channels[n % 2], f"@hearsay_bot {CLAIM}")
            await world.counter.finished(n + 1)
        assert len(world.lookup.asked) == 4


async def test_help_costs_nothing() -> None:
    async with running(rates=PERSON) as world:
        alice = world.server.user("Alice")
        for _ in range(4):
            alice.says("/help")
            assert (await alice.next_message()).text.startswith("How to ask")


async def test_taps_have_a_budget_and_are_answered_even_beyond_it() -> None:
    async with running(knows(), rates={Scope.TAPS: [Rate(1, 600.0)]}) as world:
        alice = world.server.user("Alice")
        alice.says(CLAIM)
        card = await alice.next_message()
        notices = [(await alice.taps(card, 0).answer())["text"] for _ in range(3)]
        await world.counter.finished(4)
        assert notices == ["", "Too many taps at once. Please wait a little.", ""]
        assert len(alice.from_bot) == 2


@pytest.mark.parametrize(
    "hostile",
    [
        "lemonade \ud800 lake",
        "\udfff\ud800",
        "Z" + "\u0489" * 4000,
        "\u3164" * 50,
        "\U000f0000 lake",
    ],
)
async def test_hostile_text_is_answered_like_any_other(hostile: str) -> None:
    read = hostile.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    async with running(FakeLookup({read: matched(read)})) as world:
        alice = world.server.user("Alice")
        alice.says(hostile)
        reply = await alice.next_message()
    assert reply.text.startswith(("This is a known claim", "👋"))


async def test_a_text_beyond_the_limit_is_looked_up_in_part_and_the_answer_says_so() -> None:
    asked = f"{CLAIM} {'x' * 4096}"[:4096]
    async with running(FakeLookup({asked: matched(asked)})) as world:
        alice = world.server.user("Alice")
        alice.says(f"{CLAIM} {'x' * 9000}")
        reply = await alice.next_message()
        assert world.lookup.asked == [asked]
    assert reply.text.startswith("Your text is very long. I looked up its first 4,096 characters.")


TEXTS = st.text(alphabet=st.characters(), min_size=1, max_size=300)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(TEXTS, min_size=1, max_size=12))
@example(["#A\ud800"])
async def test_whatever_people_write_is_answered(texts: list[str]) -> None:
    said = [f"x {text}" for text in texts]
    async with running() as world:
        alice = world.server.user("Alice")
        for n, text in enumerate(said, start=1):
            alice.says(text)
            await world.counter.finished(n)
        assert len(alice.from_bot) == len(said)
        assert not any(m.text.startswith("Something went wrong") for m in alice.from_bot)
