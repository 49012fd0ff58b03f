"""Any update that Telegram, or somebody in its place, could send: nothing raises."""

import logging
from typing import Any

import pytest
from botapi.validator import request_problems
from botworld import FakeLookup, matched, running, similar
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.loopback import Fault

TEXTS = st.one_of(
    st.text(max_size=60),
    st.sampled_from(
        [
            "/check",
            "/check x",
            "@hearsay_bot",
            "@hearsay_bot is this true?",
            "/start w_a",
            "",
            "<b>",
        ]
    ),
)
IDS = st.sampled_from([-1001, -5, 0, 5, 7, 2**52])
USERS = st.fixed_dictionaries(
    {"id": IDS, "is_bot": st.booleans(), "first_name": st.text(max_size=5)},
    optional={"language_code": st.text(max_size=4)},
)
CHATS = st.fixed_dictionaries(
    {"id": IDS, "type": st.sampled_from(["private", "group", "supergroup", "channel"])},
    optional={"is_forum": st.booleans()},
)
ENTITIES = st.lists(
    st.fixed_dictionaries(
        {
            "type": st.sampled_from(["mention", "bot_command", "text_mention", "invented"]),
            "offset": st.integers(0, 70),
            "length": st.integers(0, 70),
        }
    ),
    max_size=2,
)
DATES = st.sampled_from([0, 1_790_000_000, 2_000_000_000])
QUOTES = st.fixed_dictionaries({"text": TEXTS, "position": st.integers(0, 9)})


def messages(**more: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(
        {
            "message_id": st.integers(0, 9),
            "date": st.sampled_from([0, 1_790_000_000]),
            "chat": CHATS,
        },
        optional={
            "from": USERS,
            "sender_chat": CHATS,
            "text": TEXTS,
            "caption": TEXTS,
            "entities": ENTITIES,
            "caption_entities": ENTITIES,
            "quote": QUOTES,
            "via_bot": USERS,
            "is_automatic_forward": st.booleans(),
            "is_topic_message": st.booleans(),
            "message_thread_id": st.integers(1, 9),
            "ephemeral_message_id": st.integers(1, 9),
            "guest_query_id": st.text(max_size=4),
            "sticker_of_a_later_version": st.booleans(),
        }
        | more,
    )


ANY_MESSAGE = messages(reply_to_message=messages())
DATA = st.one_of(st.text(max_size=64), st.from_regex(r"1[\w-]{8}[a-z]:[a-z0-9.-]{1,20}"))
UPDATES = st.one_of(
    *(
        st.tuples(st.just(kind), ANY_MESSAGE)
        for kind in ("message", "edited_message", "guest_message", "channel_post")
    ),
    st.tuples(
        st.just("inline_query"),
        st.fixed_dictionaries(
            {"id": st.just("1"), "from": USERS, "query": TEXTS, "offset": st.text(max_size=3)}
        ),
    ),
    st.tuples(
        st.just("callback_query"),
        st.fixed_dictionaries(
            {"id": st.just("1"), "from": USERS, "chat_instance": st.just("1")},
            optional={"data": DATA, "message": ANY_MESSAGE, "inline_message_id": st.just("i")},
        ),
    ),
    st.tuples(st.just("kind_of_a_later_version"), st.just({"a": 1})),
)


class Anything(FakeLookup):
    """Finds something close for every other question."""

    def ask(self, question: str, *, limit: int = 5) -> Any:
        return matched(question) if len(question) % 2 else similar(question)


@pytest.mark.filterwarnings("ignore")
async def test_no_update_whatever_raises_out_of_the_application(
    caplog: pytest.LogCaptureFixture, bot_api_violations: list[str]
) -> None:
    caplog.set_level(logging.ERROR)
    async with running(Anything(), keeps=True, notifies=True) as world:
        world.server.world.updates.allowed = None
        n_sent = 0

        def send(update: tuple[str, dict[str, Any]]) -> None:
            nonlocal n_sent
            kind, payload = update
            world.server.world.updates.allowed = (kind,)
            world.server.world.updates.push(kind, payload, 1)
            n_sent += 1

        @settings(
            max_examples=150, deadline=None, suppress_health_check=list(HealthCheck), database=None
        )
        @given(UPDATES)
        def push(update: tuple[str, dict[str, Any]]) -> None:
            send(update)

        push()
        await world.counter.finished(n_sent)
        world.server.world.updates.allowed = None
        alice = world.server.user("Alice")
        alice.says("/help")
        assert (await alice.next_message()).text.startswith("How to ask")
    programming = ("AttributeError", "TypeError", "KeyError", "IndexError", "AssertionError")
    ours = [record.getMessage() for record in caplog.records]
    assert not [line for line in ours if any(name in line for name in programming)]
    bot_api_violations.clear()  # the updates break the specification on purpose


@pytest.mark.parametrize("kind", ["callback_query", "inline_query", "guest_message"])
async def test_a_refusal_of_an_answer_is_logged_and_the_bot_goes_on(kind: str) -> None:
    methods = {
        "callback_query": "answerCallbackQuery",
        "inline_query": "answerInlineQuery",
        "guest_message": "answerGuestQuery",
    }
    async with running(Anything(), keeps=True, notifies=True) as world:
        world.server.fail(Fault(methods[kind], code=400, description="SOMETHING_INVALID", times=2))
        alice = world.server.user("Alice")
        alice.says("a court banned umbrellas!")
        card = await alice.next_message()
        if kind == "callback_query":
            alice.taps(card, 0, forged_data="x")
        elif kind == "inline_query":
            alice.inline("a court banned umbrellas!")
        else:
            alice.summons("@hearsay_bot umbrellas!", in_=world.server.group("Far", [alice]))
        await world.counter.finished(2)
        alice.says("/help")
        assert (await alice.next_message()).text.startswith("How to ask")


QUESTIONS = st.text(min_size=1, max_size=300).filter(str.strip)


async def test_any_question_gives_requests_that_the_bot_api_accepts() -> None:
    questions: list[str] = []

    @settings(
        max_examples=60, deadline=None, suppress_health_check=list(HealthCheck), database=None
    )
    @given(QUESTIONS)
    def collect(question: str) -> None:
        questions.append(question)

    collect()
    async with running(Anything(), keeps=True, notifies=True) as world:
        alice = world.server.user("Alice")
        group = world.server.group("Beach", [alice, world.server.bot])
        for question in questions:
            for kind in ("private", "inline", "group"):
                if kind == "private":
                    alice.says(question)
                elif kind == "inline":
                    alice.inline(question[:256])
                else:
                    alice.says(f"@hearsay_bot {question}", in_=group)
        await world.counter.finished(3 * len(questions))
        refused = [call for call in world.server.calls if call.status == 400]
        problems = [
            problem
            for call in world.server.calls
            for problem in request_problems(call.method, call.values)
        ]
    assert problems == []
    # Whispers to people of a group that the bot does not rule are the only ones refused.
    assert {call.body["description"] for call in refused if call.body} <= {
        "Bad Request: CHAT_ADMIN_REQUIRED"
    }
