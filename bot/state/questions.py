"""Questions that people passed on to the editors, kept until they expire or are forgotten."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Protocol

from sqlite_utils import Database, Migrations

from bot.state.database import StateDb, StateError
from index import clean

MIGRATIONS = Migrations("passed_on")

# The kind of notification for those whose question was answered.
ANSWERED = "answered"
KEEP_DAYS = 90
MAX_OPEN = 2_000
MAX_OPEN_EACH = 20
_MAX_CHARS = 4_000
_NOT_IT = "not_it:"
_COLUMNS = (
    "id, text, language, reason, shown_claim_id, user_id, chat_id, asked_at, state, "
    "answer_claim_id, why, closed_at"
)


@MIGRATIONS(name="0001_passed_on")
def _passed_on(db: Database) -> None:
    db.execute(
        """create table passed_on (
            id integer primary key autoincrement,
            text text not null,
            language text not null,
            reason text not null check (reason in ('unanswered', 'not_it')),
            shown_claim_id text not null default '',
            user_id integer not null,
            chat_id integer not null,
            asked_at text not null,
            state text not null default 'open' check (state in ('open', 'answered', 'dismissed')),
            answer_claim_id text not null default '',
            why text not null default '',
            closed_at text
        )"""
    )
    db.execute("create index passed_on_by_user on passed_on (user_id)")
    db.execute("create index passed_on_by_state on passed_on (state, asked_at)")


class Reason(StrEnum):
    """Why a question was passed on."""

    UNANSWERED = "unanswered"
    NOT_IT = "not_it"


class QuestionState(StrEnum):
    """What became of a question."""

    OPEN = "open"
    ANSWERED = "answered"
    DISMISSED = "dismissed"


class UnknownQuestionError(StateError):
    """There is no such question, or it is no longer open."""


@dataclass(frozen=True, slots=True)
class PassedOn:
    """A question that somebody passed on.

    Attributes:
        id: Its number.
        text: As it was asked.
        language: The asker's language, "" where it is not known.
        reason: Why it was passed on.
        shown_claim_id: The claim that was shown and was not it; "" where none was shown.
        user_id: Who passed it on.
        chat_id: Where.
        asked_at: When, UTC.
        state: What became of it.
        answer_claim_id: The claim that an editor answered it with, else "".
        why: Why an editor dismissed it, in the editor's words; may be "".
        closed_at: When it was answered or dismissed, UTC; None while it is open.
    """

    id: int
    text: str
    language: str
    reason: Reason
    shown_claim_id: str
    user_id: int
    chat_id: int
    asked_at: datetime
    state: QuestionState
    answer_claim_id: str
    why: str
    closed_at: datetime | None


class Notifier(Protocol):
    """Sees to it that notifications go out, each key once."""

    def enqueue(self, key: str, user_id: int, chat_id: int, kind: str, about: str) -> object:
        """Take a notification; one whose key is known already changes nothing.

        Args:
            key: Says what is told; the same news has the same key.
            user_id: Whom it is for.
            chat_id: Where it goes.
            kind: Who words it.
            about: Id of what it is about, never a text.
        """


class PassedOnQuestions:
    """The questions on file.

    Args:
        db: The bot's database.
        notifier: Tells those who asked; in the same database, so that nothing is lost between.
        now: The clock, UTC.
        keep_days: Questions older than so many days are deleted.
    """

    def __init__(
        self,
        db: StateDb,
        notifier: Notifier,
        now: Callable[[], datetime],
        keep_days: int = KEEP_DAYS,
    ) -> None:
        self._db = db
        self._notifier = notifier
        self._now = now
        self._keep_days = keep_days

    def pass_on(self, user_id: int, chat_id: int, text: str, language: str, reason: str) -> bool:
        """Keep a question for the editors; the same one of the same person is kept once.

        Args:
            user_id: Who passes it on.
            chat_id: Where.
            text: The question.
            language: Its asker's language ("pt-BR"), "" if unknown.
            reason: "unanswered", or "not_it:<id of the claim shown>".

        Returns:
            Whether it is on file now; False where it says nothing or this person has too many.
        """
        wording = clean(text[:_MAX_CHARS])
        kind, shown = (
            (Reason.NOT_IT, reason.removeprefix(_NOT_IT))
            if reason.startswith(_NOT_IT)
            else (Reason.UNANSWERED, "")
        )
        if not wording:
            return False
        with self._db.transaction():
            self.purge(self._now())
            mine = self._db.rows(
                "select text from passed_on where user_id = ? and state = 'open'", [user_id]
            )
            if wording in {row["text"] for row in mine}:
                return True
            if len(mine) >= MAX_OPEN_EACH:
                return False
            self._db.execute(
                "insert into passed_on (text, language, reason, shown_claim_id, user_id, chat_id, "
                "asked_at) values (?, ?, ?, ?, ?, ?, ?)",
                [wording, language[:16], kind, shown, user_id, chat_id, self._now().isoformat()],
            )
            self._db.execute(
                "delete from passed_on where state = 'open' and id not in "
                "(select id from passed_on where state = 'open' order by id desc limit ?)",
                [MAX_OPEN],
            )
        return True

    def open(self) -> tuple[PassedOn, ...]:
        """The open questions, oldest first."""
        return self._in_state(QuestionState.OPEN)

    def answered(self) -> tuple[PassedOn, ...]:
        """The answered questions, oldest first."""
        return self._in_state(QuestionState.ANSWERED)

    def question(self, question_id: int) -> PassedOn:
        """One question, in whatever state.

        Raises:
            UnknownQuestionError: There is none.
        """
        row = self._db.row(f"select {_COLUMNS} from passed_on where id = ?", [question_id])
        if row is None:
            raise UnknownQuestionError(
                f"There is no question {question_id}. `hearsay-bot questions list` shows the open "
                "ones; old ones are deleted, and so are those of people who asked to be forgotten."
            )
        return _question(row)

    def answer(self, question_ids: Sequence[int], claim_id: str) -> tuple[PassedOn, ...]:
        """Answer open questions with a claim, and notify each who asked, once.

        What is no longer open is left alone.

        Args:
            question_ids: The questions.
            claim_id: The claim; that it exists is the caller's to check.

        Returns:
            The questions that this answered.
        """
        with self._db.transaction():
            asked = self._close(question_ids, QuestionState.ANSWERED, claim_id=claim_id)
            for each in {each.user_id: each for each in reversed(asked)}.values():
                # In private, wherever it was asked: a group has not asked to be told.
                key = f"{ANSWERED}:{each.id}"
                self._notifier.enqueue(key, each.user_id, each.user_id, ANSWERED, str(each.id))
        return asked

    def dismiss(self, question_ids: Sequence[int], why: str = "") -> tuple[PassedOn, ...]:
        """Dismiss open questions; nobody is notified. What is no longer open is left alone.

        Returns:
            The questions that this dismissed.
        """
        with self._db.transaction():
            return self._close(question_ids, QuestionState.DISMISSED, why=why)

    def purge(self, now: datetime) -> int:
        """Delete what is older than it may be.

        Args:
            now: The moment, aware.

        Returns:
            How many were deleted.
        """
        oldest = now - timedelta(days=self._keep_days)
        done = self._db.execute("delete from passed_on where asked_at < ?", [oldest.isoformat()])
        return done.rowcount

    def forget(self, user_id: int) -> int:
        """Delete everything that a person passed on.

        Returns:
            How many questions that were.
        """
        return self._db.execute("delete from passed_on where user_id = ?", [user_id]).rowcount

    def export(self, user_id: int) -> list[dict[str, Any]]:
        """Everything that is on file about a person, for that person."""
        rows = self._db.rows(
            f"select {_COLUMNS} from passed_on where user_id = ? order by id", [user_id]
        )
        return [dict(row) for row in rows]

    def _in_state(self, state: QuestionState) -> tuple[PassedOn, ...]:
        self.purge(self._now())
        rows = self._db.rows(
            f"select {_COLUMNS} from passed_on where state = ? order by asked_at, id", [state]
        )
        return tuple(map(_question, rows))

    def _close(
        self,
        question_ids: Sequence[int],
        state: QuestionState,
        *,
        claim_id: str = "",
        why: str = "",
    ) -> tuple[PassedOn, ...]:
        closed: list[PassedOn] = []
        for question_id in dict.fromkeys(question_ids):
            done = self._db.execute(
                "update passed_on set state = ?, answer_claim_id = ?, why = ?, closed_at = ? "
                "where id = ? and state = 'open'",
                [state, claim_id, why, self._now().isoformat(), question_id],
            )
            if done.rowcount:
                closed.append(self.question(question_id))
        return tuple(closed)


def _question(row: Any) -> PassedOn:
    closed_at = row["closed_at"]
    return PassedOn(
        id=row["id"],
        text=row["text"],
        language=row["language"],
        reason=Reason(row["reason"]),
        shown_claim_id=row["shown_claim_id"],
        user_id=row["user_id"],
        chat_id=row["chat_id"],
        asked_at=datetime.fromisoformat(row["asked_at"]),
        state=QuestionState(row["state"]),
        answer_claim_id=row["answer_claim_id"],
        why=row["why"],
        closed_at=datetime.fromisoformat(closed_at) if closed_at else None,
    )
