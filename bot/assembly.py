"""Assembly: puts together what handlers work with, on one lookup and one bot.db."""

from bot.budgets import Budgets
from bot.context import Deps, LookupService
from bot.editors.notices import AnsweredNotices, OutboxNotifier
from bot.messages import Catalogues
from bot.operations.metrics import Metrics
from bot.settings import BotSettings
from bot.state import StateDb
from bot.state.questions import ANSWERED, PassedOnQuestions
from bot.state.stamps import utc_now
from bot.state.statistics import Statistics
from bot.watching.service import Timing, Watching
from bot.workers import Workers


def assembled(
    settings: BotSettings,
    lookup: LookupService,
    workers: Workers,
    catalogues: Catalogues,
    state: StateDb,
    metrics: Metrics,
    *,
    serving: bool,
) -> Deps:
    """What handlers work with.

    Args:
        settings: The bot's settings.
        lookup: The lookup.
        workers: The threads that it runs in.
        catalogues: The words that users read.
        state: What the bot remembers; opened in the thread in which the bot runs.
        metrics: What is counted.
        serving: Whether it is for Telegram: only there is what one person may ask limited.
    """
    notifier = OutboxNotifier(state, utc_now)
    questions = PassedOnQuestions(state, notifier, utc_now, settings.questions_days)
    notices = {ANSWERED: AnsweredNotices(questions, lookup, workers, catalogues)}
    return Deps(
        lookup,
        workers,
        catalogues,
        state,
        budgets=Budgets(settings.rates if serving else {}),
        late_s=settings.late_s,
        questions=questions,
        statistics=Statistics(state, utc_now),
        editors=frozenset(settings.admins if serving else ()),
        metrics=metrics,
        watches=Watching(lookup, workers, state, catalogues, Timing(settings.quiet), notices),
    )
