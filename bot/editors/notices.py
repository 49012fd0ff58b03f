"""Notices: tells those who passed a question on that an editor has answered it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from bot.context import LookupService
from bot.editors.pages import outcome_reply
from bot.messages import Catalogues
from bot.notifying import Worded
from bot.state import StateDb
from bot.state.outbox import Notification, Outbox
from bot.state.questions import PassedOnQuestions, QuestionState, UnknownQuestionError
from bot.workers import Workers
from index import Claim, SnapshotInfo, UnknownClaimError


class OutboxNotifier:
    """Puts notifications into the outbox of the same database.

    Args:
        db: The bot's database.
        now: The clock, UTC.
    """

    def __init__(self, db: StateDb, now: Callable[[], datetime]) -> None:
        self._outbox = Outbox(db)
        self._now = now

    def enqueue(self, key: str, user_id: int, chat_id: int, kind: str, about: str) -> int:
        """Take a notification, to be sent as soon as may be; a known key changes nothing.

        Returns:
            How many are new: 1 or 0.
        """
        now = self._now()
        return self._outbox.add([Notification(key, kind, about, user_id, chat_id, now)], now)


@dataclass(frozen=True, slots=True)
class AnsweredNotices:
    """Words the notifications of the kind `ANSWERED` when they are sent.

    Attributes:
        questions: The questions on file.
        lookup: Reads the claim.
        workers: The threads in which it does.
        catalogues: The words.
    """

    questions: PassedOnQuestions
    lookup: LookupService
    workers: Workers
    catalogues: Catalogues

    async def compose(self, notification: Notification) -> Worded | None:
        """The message; None where the question was forgotten, or its claim withdrawn, since.

        Raises:
            BusyError: Not now.
        """
        try:
            question = self.questions.question(int(notification.about))
        except UnknownQuestionError:
            return None
        if question.state is not QuestionState.ANSWERED:
            return None
        try:
            claim, snapshot = await self.workers.run(partial(self._read, question.answer_claim_id))
        except UnknownClaimError:
            return None
        words = self.catalogues.of(question.language)
        return Worded(outcome_reply(question, claim, snapshot, words), _nothing_else)

    def cancel(self, user_id: int) -> None:
        """Forget the questions of somebody who cannot be told of an answer."""
        self.questions.forget(user_id)

    def _read(self, claim_id: str) -> tuple[Claim, SnapshotInfo]:
        return self.lookup.claim(claim_id), self.lookup.snapshot


def _nothing_else() -> None:
    """What was told is on file already: the question is answered."""
