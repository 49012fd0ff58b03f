"""Questions passed on: kept, closed, forgotten, and ranked in groups."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from bot.editors.groups import grouped, holding
from bot.editors.notices import OutboxNotifier
from bot.state import MIGRATIONS, StateDb
from bot.state.outbox import Outbox
from bot.state.questions import (
    MAX_OPEN_EACH,
    PassedOnQuestions,
    QuestionState,
    Reason,
    UnknownQuestionError,
)

ALICE, BOB, GROUP = 11, 12, -100


class Clock:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.at = datetime(2026, 11, 24, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.at


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def db() -> Iterator[StateDb]:
    with StateDb(None, MIGRATIONS) as opened:
        yield opened


@pytest.fixture
def questions(db: StateDb, clock: Clock) -> PassedOnQuestions:
    return PassedOnQuestions(db, OutboxNotifier(db, clock), clock, keep_days=90)


def texts(questions: PassedOnQuestions) -> list[str]:
    return [each.text for each in questions.open()]


def by_first_letter(asked: list[str]) -> list[list[int]]:
    letters = dict.fromkeys(text[0] for text in asked)
    return [[n for n, text in enumerate(asked) if text[0] == letter] for letter in letters]


def notified(db: StateDb, clock: Clock) -> list[tuple[str, int, int, str]]:
    outbox, found = Outbox(db), []
    while (each := outbox.take(clock(), 60)) is not None:
        found.append((each.kind, each.user_id, each.chat_id, each.about))
        outbox.sent(each.notification_id, clock())
    return found


def test_a_question_is_kept_as_it_was_asked(questions: PassedOnQuestions, clock: Clock) -> None:
    assert questions.pass_on(ALICE, GROUP, "A  bridge\x00 fell?", "pt-BR", "unanswered")
    (kept,) = questions.open()
    assert (kept.text, kept.language, kept.reason) == ("A bridge fell?", "pt-BR", Reason.UNANSWERED)
    assert (kept.user_id, kept.chat_id, kept.asked_at) == (ALICE, GROUP, clock.at)
    assert (kept.state, kept.closed_at) == (QuestionState.OPEN, None)


@pytest.mark.parametrize(("reason", "shown"), [("not_it:snow2", "snow2"), ("not_it:", "")])
def test_the_claim_that_was_not_meant_is_kept(
    questions: PassedOnQuestions, reason: str, shown: str
) -> None:
    questions.pass_on(ALICE, ALICE, "A bridge fell?", "en", reason)
    (kept,) = questions.open()
    assert (kept.reason, kept.shown_claim_id) == (Reason.NOT_IT, shown)


def test_the_same_question_of_the_same_person_is_kept_once(questions: PassedOnQuestions) -> None:
    for user_id in (ALICE, ALICE, BOB):
        assert questions.pass_on(user_id, user_id, "A bridge fell?", "en", "unanswered")
    assert [each.user_id for each in questions.open()] == [ALICE, BOB]


def test_nothing_but_spaces_is_not_kept(questions: PassedOnQuestions) -> None:
    assert not questions.pass_on(ALICE, ALICE, " \u200b\n", "en", "unanswered")
    assert questions.open() == ()


def test_one_person_has_a_bounded_number_of_open_questions(questions: PassedOnQuestions) -> None:
    for n in range(MAX_OPEN_EACH):
        assert questions.pass_on(ALICE, ALICE, f"question {n}", "en", "unanswered")
    assert not questions.pass_on(ALICE, ALICE, "one more", "en", "unanswered")
    assert questions.pass_on(BOB, BOB, "one more", "en", "unanswered")


def test_all_open_questions_are_bounded_and_the_oldest_goes(
    questions: PassedOnQuestions, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.state.questions.MAX_OPEN", 2)
    for user_id in (1, 2, 3):
        questions.pass_on(user_id, user_id, f"question {user_id}", "en", "unanswered")
    assert texts(questions) == ["question 2", "question 3"]


def test_a_question_expires(questions: PassedOnQuestions, clock: Clock) -> None:
    questions.pass_on(ALICE, ALICE, "old", "en", "unanswered")
    clock.at += timedelta(days=1)
    questions.pass_on(ALICE, ALICE, "young", "en", "unanswered")
    clock.at += timedelta(days=89, seconds=1)
    assert texts(questions) == ["young"]


def test_answering_tells_each_who_asked_once(
    questions: PassedOnQuestions, db: StateDb, clock: Clock
) -> None:
    questions.pass_on(ALICE, GROUP, "one", "en", "unanswered")
    questions.pass_on(ALICE, GROUP, "two", "en", "unanswered")
    questions.pass_on(BOB, BOB, "three", "en", "unanswered")
    done = questions.answer([1, 2, 3], "snow2")
    assert [each.answer_claim_id for each in done] == ["snow2"] * 3
    assert {each.state for each in done} == {QuestionState.ANSWERED}
    assert notified(db, clock) == [("answered", ALICE, ALICE, "1"), ("answered", BOB, BOB, "3")]
    assert questions.open() == ()


def test_what_is_closed_is_not_answered_again(
    questions: PassedOnQuestions, db: StateDb, clock: Clock
) -> None:
    questions.pass_on(ALICE, ALICE, "one", "en", "unanswered")
    questions.dismiss([1], "no claim")
    assert questions.answer([1], "snow2") == ()
    assert notified(db, clock) == []
    assert questions.question(1).why == "no claim"


def test_answering_is_done_whole_or_not_at_all(db: StateDb, clock: Clock) -> None:
    class Broken:
        def enqueue(self, *_: object) -> None:
            raise ZeroDivisionError

    questions = PassedOnQuestions(db, Broken(), clock)
    questions.pass_on(ALICE, ALICE, "one", "en", "unanswered")
    with pytest.raises(ZeroDivisionError):
        questions.answer([1], "snow2")
    assert texts(questions) == ["one"]


def test_an_unknown_question_is_told_with_what_to_do(questions: PassedOnQuestions) -> None:
    with pytest.raises(UnknownQuestionError, match="questions list"):
        questions.question(7)


def test_forgetting_deletes_what_a_person_passed_on(questions: PassedOnQuestions) -> None:
    questions.pass_on(ALICE, ALICE, "one", "en", "unanswered")
    questions.pass_on(BOB, BOB, "two", "en", "unanswered")
    assert [row["text"] for row in questions.export(ALICE)] == ["one"]
    assert questions.forget(ALICE) == 1
    assert questions.export(ALICE) == []
    assert texts(questions) == ["two"]


def test_groups_are_ranked_by_people_then_by_the_last_question(
    questions: PassedOnQuestions, clock: Clock
) -> None:
    asked = [(1, "a1"), (1, "a2"), (1, "a3"), (2, "b1"), (3, "b2"), (4, "c1")]
    for user_id, text in asked:
        questions.pass_on(user_id, user_id, text, "en", "unanswered")
        clock.at += timedelta(hours=1)
    groups = grouped(questions.open(), by_first_letter)
    assert [[each.text for each in group.questions] for group in groups] == [
        ["b1", "b2"],  # two people
        ["c1"],  # one person, later
        ["a1", "a2", "a3"],
    ]
    assert groups[0].n_people == 2
    assert holding(groups, 2) is groups[2]
    assert holding(groups, 99) is None


def test_a_group_is_answered_only_as_far_as_it_was_seen(questions: PassedOnQuestions) -> None:
    for user_id in (1, 2, 3):
        questions.pass_on(user_id, user_id, "a", "en", "unanswered")
    (group,) = grouped(questions.open(), by_first_letter)
    seen = group.up_to(2)
    assert seen is not None
    assert seen.ids == (1, 2)
    assert group.up_to(0) is None
    assert [each.text for each in group.wordings] == ["a"]
