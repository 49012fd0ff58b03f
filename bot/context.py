"""Context: what every handler can reach, typed."""

from dataclasses import dataclass
from typing import Any, Protocol

from telegram import Update
from telegram.ext import Application, CallbackContext, ExtBot

from bot.messages import Catalogue, Catalogues
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

    @property
    def snapshot(self) -> SnapshotInfo:
        """What is searched."""
        ...


@dataclass(frozen=True, slots=True)
class Deps:
    """What handlers work with.

    Attributes:
        lookup: The lookup; call it through `workers` only.
        workers: The threads that lookups run in.
        catalogues: The words that users read.
        typing_after_s: Seconds after which a private chat is shown that the bot is at work.
    """

    lookup: LookupService
    workers: Workers
    catalogues: Catalogues
    typing_after_s: float = 0.7


class Context(CallbackContext[ExtBot[None], dict[Any, Any], dict[Any, Any], dict[str, Deps]]):
    """The context of one update."""

    @property
    def deps(self) -> Deps:
        """What handlers work with."""
        return self.bot_data[_KEY]

    def words_for(self, update: Update) -> Catalogue:
        """The words in the language of the user who sent the update."""
        user = update.effective_user
        return self.deps.catalogues.of(user.language_code if user else None)


App = Application[ExtBot[None], Context, dict[Any, Any], dict[Any, Any], dict[str, Deps], None]


def provide(application: App, deps: Deps) -> None:
    """Make `deps` reachable for the handlers of an application."""
    application.bot_data[_KEY] = deps


def deps_of(application: App) -> Deps:
    """What the handlers of an application work with."""
    return application.bot_data[_KEY]
