"""Editors in Telegram: the queue, its buttons and replies, statistics; invisible to others."""

from functools import partial

import pytest
from botworld import SNOW, UMBRELLAS, WORDS, BotWorld, FakeLookup, matched, now
from botworld import running as running_with
from hypothesis import given
from hypothesis import strategies as st

from bot.editors.taps import DeskAction, DeskTap, parse_desk_tap
from bot.loopback import Message, Person
from bot.profile import Menu, menu
from bot.state.outbox import Notification, Outbox

running = partial(running_with, clock=lambda: now().timestamp(), keeps=True)
UNKNOWN = "I do not know that command."


def editor_in(world: BotWorld) -> Person:
    """A person who is put on the list of editors while the bot runs."""
    person = world.server.user("Erin")
    object.__setattr__(world.deps, "editors", frozenset([person.user_id]))
    return person


def pass_on(world: BotWorld, *texts: str, reason: str = "unanswered") -> None:
    """Different people pass on these questions, in private."""
    assert world.deps.questions is not None
    for user_id, text in enumerate(texts, start=501):
        assert world.deps.questions.pass_on(user_id, user_id, text, "en", reason)


def told(world: BotWorld) -> list[Notification]:
    """What waits in the outbox, in order."""
    outbox, found = Outbox(world.deps.state), []
    while (each := outbox.take(now(), 60)) is not None:
        found.append(each)
    return sorted(found, key=lambda each: each.about)


async def shown(editor: Person, label: str, page: Message) -> Message:
    """Tap a button and wait until the page has changed."""
    await editor.taps(page, label).answer()
    return await editor.next_edit()


async def test_the_queue_shows_the_group_that_most_people_ask_about() -> None:
    async with running() as world:
        editor = editor_in(world)
        pass_on(world, "snow fell", "bridge in Peru fell", "bridge fell?")
        editor.says("/queue")
        text = (await editor.next_message()).text
    assert text.startswith("Question 1 of 2")
    assert "Asked by 2 people, last on 24 November 2026." in text
    assert "“bridge in Peru fell”" in text
    assert "“bridge fell?”" in text
    assert f"1. {SNOW.text}" in text


async def test_a_question_that_was_not_met_names_the_claim_that_was_shown() -> None:
    async with running() as world:
        editor = editor_in(world)
        pass_on(world, "snow fell", reason="not_it:umbrella1")
        editor.says("/queue")
        assert "(not what was meant: claim umbrella1)" in (await editor.next_message()).text


async def test_an_empty_queue_says_so() -> None:
    async with running() as world:
        editor = editor_in(world)
        editor.says("/queue")
        assert (await editor.next_message()).text == "No question waits for an answer."


@pytest.mark.parametrize("command", ["/queue", "/stats"])
async def test_for_everybody_else_the_commands_do_not_exist(command: str) -> None:
    async with running() as world:
        editor_in(world)
        pass_on(world, "snow fell")
        alice = world.server.user("Alice")
        alice.says(command)
        assert (await alice.next_message()).text.startswith(UNKNOWN)


async def test_in_a_group_even_an_editor_gets_no_queue() -> None:
    async with running() as world:
        editor = editor_in(world)
        group = world.server.group("Desk", members=[editor, world.server.bot])
        editor.says("/queue", in_=group)
        await world.counter.finished(1)
        assert group.from_bot == []


def test_the_commands_are_in_the_menu_of_editors_only() -> None:
    usual = {each.command for each in menu(WORDS, Menu.PRIVATE)}
    editors = {each.command for each in menu(WORDS, Menu.EDITORS)}
    assert editors - usual == {"queue", "stats"}
    assert not {"queue", "stats"} & {
        each.command for whose in (Menu.GROUPS, Menu.ADMINS) for each in menu(WORDS, whose)
    }


async def test_answering_asks_first_then_tells_everybody_who_asked() -> None:
    async with running() as world:
        editor = editor_in(world)
        pass_on(world, "snow one", "snow two")
        editor.says("/queue")
        page = await editor.next_message()
        await shown(editor, "1", page)
        assert page.text.startswith("Answer 2 people with this claim?")
        assert told(world) == []
        await shown(editor, "Yes, tell them", page)
        assert page.text == f"Answered. 2 people will be told:\n“{SNOW.text}”"
        assert [(each.kind, each.user_id, each.about) for each in told(world)] == [
            ("answered", 501, "1"),
            ("answered", 502, "2"),
        ]


async def test_what_came_in_after_the_page_was_shown_is_not_answered_with_it() -> None:
    async with running() as world:
        editor = editor_in(world)
        pass_on(world, "snow one")
        editor.says("/queue")
        page = await editor.next_message()
        assert world.deps.questions is not None
        world.deps.questions.pass_on(777, 777, "snow elsewhere", "en", "unanswered")
        await shown(editor, "1", page)
        await shown(editor, "Yes, tell them", page)
        assert [each.user_id for each in told(world)] == [501]
        assert [each.text for each in world.deps.questions.open()] == ["snow elsewhere"]


async def test_replying_with_the_id_of_another_claim_answers_with_that_one() -> None:
    async with running() as world:
        editor = editor_in(world)
        pass_on(world, "snow one")
        editor.says("/queue")
        page = await editor.next_message()
        editor.says("umbrella1", reply_to=page)
        asked = await editor.next_message()
        assert UMBRELLAS.text in asked.text
        await shown(editor, "Yes, tell them", asked)
        assert [each.user_id for each in told(world)] == [501]


@pytest.mark.parametrize("reply", ["nosuch", "what do you mean?"])
async def test_a_reply_that_is_no_claim_s_id_says_what_one_looks_like(reply: str) -> None:
    async with running() as world:
        editor = editor_in(world)
        pass_on(world, "snow one")
        editor.says("/queue")
        editor.says(reply, reply_to=await editor.next_message())
        assert (await editor.next_message()).text.startswith("No published claim has that id.")


async def test_dismissing_tells_nobody_and_goes_on_with_the_next() -> None:
    async with running() as world:
        editor = editor_in(world)
        pass_on(world, "snow one", "bridge two")
        editor.says("/queue")
        page = await editor.next_message()
        await shown(editor, "Dismiss", page)
        assert page.text.startswith("Dismissed 1 question. Nobody is told:")
        await shown(editor, "Next ▶", page)
        assert page.text.startswith("Question 1 of 1")
        assert told(world) == []


async def test_a_group_that_somebody_has_dealt_with_is_not_answered_again() -> None:
    async with running() as world:
        editor = editor_in(world)
        pass_on(world, "snow one")
        editor.says("/queue")
        page = await editor.next_message()
        assert world.deps.questions is not None
        world.deps.questions.dismiss([1])
        answer = await editor.taps(page, "1").answer()
        assert answer["text"] == "Somebody has dealt with that question already."


async def test_an_editor_s_button_does_nothing_for_others() -> None:
    async with running(FakeLookup({"x y z": matched("x y z")})) as world:
        editor_in(world)
        pass_on(world, "snow one")
        alice = world.server.user("Alice")
        alice.says("x y z")
        page = await alice.next_message()
        forged = DeskTap(DeskAction.ANSWER, 0, 1, 1, "umbrella1").data
        answer = await alice.taps(page, 0, forged_data=forged).answer()
        assert answer["text"].startswith("This button is too old")
        assert told(world) == []


async def test_who_is_no_longer_an_editor_cannot_tap_the_old_pages() -> None:
    async with running() as world:
        editor = editor_in(world)
        pass_on(world, "snow one")
        editor.says("/queue")
        page = await editor.next_message()
        object.__setattr__(world.deps, "editors", frozenset())
        assert (await editor.taps(page, "Dismiss").answer())["text"].startswith("This button")
        editor.says("umbrella1", reply_to=page)
        assert (await editor.next_message()).text.startswith("Nothing known")


async def test_the_statistics_count_what_was_answered() -> None:
    async with running(FakeLookup({"x y z": matched("x y z")})) as world:
        editor = editor_in(world)
        alice = world.server.user("Alice")
        for question in ("x y z", "a lake in Peru turned into lemonade", "hello"):
            alice.says(question)
            await alice.next_message()
        editor.says("/stats")
        page = await editor.next_message()
        assert page.text.startswith("The last 30 days\n2 answers")
        assert "Outcomes: the same claim 1 · nothing known 1" in page.text
        assert f"1. {UMBRELLAS.text} (1)" in page.text
        assert "0 questions wait in the queue" in page.text
        chart = await editor.next_message()
        assert chart.upload is not None
        assert chart.upload.content.startswith(b"\x89PNG")
        await shown(editor, "7 days", page)
        assert page.text.startswith("The last 7 days")
        await editor.taps(page, "As a chart").answer()
        assert (await editor.next_message()).text.startswith("The last 7 days")


@given(st.text(max_size=80))
def test_no_text_breaks_the_reading_of_taps(data: str) -> None:
    tap = parse_desk_tap(data)
    assert tap is None or tap.data.encode() <= data.encode() + b"~"


@pytest.mark.parametrize("action", list(DeskAction))
def test_a_tap_is_read_as_it_was_written_and_fits_beside_a_seal(action: DeskAction) -> None:
    if action in {DeskAction.SHOW, DeskAction.STATS, DeskAction.CHART}:
        tap = DeskTap(action, 9999)
    else:
        claim_id = "a" * 16 if action in {DeskAction.ASK, DeskAction.ANSWER} else ""
        tap = DeskTap(action, 9999, 999_999_999, 999_999_999, claim_id)
    assert parse_desk_tap(tap.data) == tap
    assert len(tap.data) <= 55


@pytest.mark.parametrize(
    "data", ["", "e:", "e:n", "e:n.", "e:a.1.1.0", "e:d.1.1.0.abc", "e:x.1", "e:n.1.2", "E:n.1"]
)
def test_anything_else_is_no_tap(data: str) -> None:
    assert parse_desk_tap(data) is None
