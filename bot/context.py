"""Context: what every handler can reach, typed."""

import time
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Protocol

from telegram import Update
from telegram.constants import ChatType
from telegram.ext import Application, CallbackContext

from bot.admins import Admins
from bot.budgets import Budgets
from bot.messages import Catalogue, Catalogues
from bot.newest import NewestQueries
from bot.operations.metrics import Metrics
from bot.outgoing.bot import OutgoingBot
from bot.state import StateDb
from bot.state.languages import Languages
from bot.state.questions import PassedOnQuestions
from bot.state.statistics import Statistics
from bot.workers import Workers
from index import Answer, Claim, SnapshotInfo

_KEY = "deps"


class LookupService(Protocol):
    """What the bot needs of `index.Lookup`; called from several threads at once."""

    def ask(self, question: str, *, limit: int = 5) -> Answer:
        """Look a question up."""
        ...

    def claim(self, claim_id: str) -> Claim:
        """Read one claim.

        Raises:
            UnknownClaimError: There is no such claim.
        """
        ...

    def group(self, questions: Sequence[str]) -> list[list[int]]:
        """Group questions that ask the same, as positions."""
        ...

    @property
    def snapshot(self) -> SnapshotInfo:
        """What is searched."""
        ...


class WatchService(Protocol):
    """What handlers need of `bot.watching.Watching`."""

    def watch_claim(
        self, user_id: int, chat_id: int, claim_id: str, language: str | None = None
    ) -> bool:
        """Tell somebody when a claim changes; False where they watch too much already."""
        ...

    def watch_question(
        self, user_id: int, chat_id: int, text: str, language: str | None = None
    ) -> bool:
        """Tell somebody when a claim matches a question; False where they watch too much."""
        ...

    def running(self, bot: OutgoingBot) -> AbstractAsyncContextManager[None]:
        """Compare and notify while the context is open."""
        ...


@dataclass(frozen=True, slots=True)
class Deps:
    """What handlers work with.

    Attributes:
        lookup: The lookup; call it through `workers` only.
        workers: The threads that lookups run in.
        catalogues: The words that users read.
        state: What the bot itself remembers.
        typing_after_s: Seconds after which a private chat is shown that the bot is at work.
        budgets: How much one person or group may ask; by default without limit.
        admins: Who is an admin of a group.
        late_s: Seconds after which an unanswered message counts as old; 0: never.
        clock: Returns Unix time in seconds.
        questions: What people passed on to the editors; None where nobody keeps it.
        statistics: Counts answers; None where nobody does.
        editors: Ids of the accounts that work on the queue.
        watches: Begins watches and notifies; None where nobody can be told anything later.
        metrics: What is counted.
        inline: Which inline query of each person is the newest.
        inline_pause_s: Seconds that an inline query waits for a newer one before it is looked up.
    """

    lookup: LookupService
    workers: Workers
    catalogues: Catalogues
    state: StateDb
    typing_after_s: float = 0.7
    budgets: Budgets = field(default_factory=Budgets)
    admins: Admins = field(default_factory=Admins)
    late_s: float = 3600.0
    clock: Callable[[], float] = time.time
    questions: PassedOnQuestions | None = None
    statistics: Statistics | None = None
    editors: frozenset[int] = frozenset()
    watches: WatchService | None = None
    metrics: Metrics = field(default_factory=Metrics)
    inline: NewestQueries = field(default_factory=NewestQueries)
    inline_pause_s: float = 0.3

    def now(self) -> datetime:
        """This moment, in UTC."""
        return datetime.fromtimestamp(self.clock(), UTC)


class Context(CallbackContext[OutgoingBot, dict[Any, Any], dict[Any, Any], dict[str, Deps]]):
    """The context of one update."""

    @property
    def deps(self) -> Deps:
        """What handlers work with."""
        return self.bot_data[_KEY]

    def words_for(self, update: Update) -> Catalogue:
        """The words for an update, in a language chosen or given.

        In a group it is the group's choice; without one, and everywhere else, the choice of the
        person; without one, the language of their Telegram; else English.
        """
        chosen, chat, user = (
            Languages(self.deps.state),
            update.effective_chat,
            update.effective_user,
        )
        language = None
        if chat is not None and chat.type in {ChatType.GROUP, ChatType.SUPERGROUP}:
            language = chosen.of_chat(chat.id)
        if language is None and user is not None:
            language = chosen.of_person(user.id) or user.language_code
        return self.deps.catalogues.of(language)


App = Application[OutgoingBot, Context, dict[Any, Any], dict[Any, Any], dict[str, Deps], None]


def provide(application: App, deps: Deps) -> None:
    """Make `deps` reachable for the handlers of an application."""
    application.bot_data[_KEY] = deps


def deps_of(application: App) -> Deps:
    """What the handlers of an application work with."""
    return application.bot_data[_KEY]
