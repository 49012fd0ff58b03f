"""Desk: what an editor does with the queue, as replies."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from telegram import Message

from bot.answering import looked_up, read
from bot.context import Context
from bot.editors.charts import drawn_stats
from bot.editors.groups import Group, grouped, holding
from bot.editors.pages import (
    answered_reply,
    confirm_reply,
    dismissed_reply,
    empty_reply,
    group_reply,
    stats_reply,
)
from bot.editors.taps import DeskTap
from bot.messages import Catalogue
from bot.reply import Reply
from bot.sender import Photo
from bot.state.questions import PassedOnQuestions
from bot.state.statistics import Statistics, Stats
from index import UnknownClaimError

_N_CANDIDATES = 5
_MAX_DAYS = 366
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Desk:
    """The desk as one editor sees it, for one update.

    Attributes:
        context: The update's context.
        message: The message that the editor wrote, or under which a button was tapped.
        words: The editor's language.
        questions: The questions on file.
        statistics: The answers, counted.
    """

    context: Context
    message: Message
    words: Catalogue
    questions: PassedOnQuestions
    statistics: Statistics

    async def page(self, place: int) -> Reply:
        """The group at a place in the queue, from 0; the first one where there is none.

        Raises:
            BusyError: The lookup is.
        """
        groups = await self._groups()
        if not groups:
            return empty_reply(self.words)
        place = place if place < len(groups) else 0
        return await self._page(groups, place)

    async def page_of(self, tap: DeskTap) -> Reply:
        """The group that a button is about; if it is gone, the one at its place.

        Raises:
            BusyError: The lookup is.
        """
        groups = await self._groups()
        group = holding(groups, tap.question_id)
        if group is None:
            return await self.page(tap.place)
        return await self._page(groups, groups.index(group))

    async def confirm(self, tap: DeskTap, claim_id: str) -> Reply | None:
        """Ask whether to answer with a claim; None where the group is gone.

        Raises:
            BusyError: The lookup is.
            UnknownClaimError: There is no such claim.
        """
        claim, snapshot = await self._run(partial(read, self.context, claim_id))
        group = await self._seen(tap)
        if group is None:
            return None
        return confirm_reply(group, claim, snapshot, self.words, place=tap.place)

    async def answer(self, tap: DeskTap) -> Reply | None:
        """Answer a group with a claim; None where the group is gone.

        Raises:
            BusyError: The lookup is.
            UnknownClaimError: There is no such claim.
        """
        claim, _ = await self._run(partial(read, self.context, tap.claim_id))
        group = await self._seen(tap)
        done = self.questions.answer(group.ids, claim.id) if group else ()
        if not done:
            return None
        return answered_reply(claim, Group(done).n_people, self.words, place=tap.place)

    async def dismiss(self, tap: DeskTap) -> Reply | None:
        """Dismiss a group; None where it is gone.

        Raises:
            BusyError: The lookup is.
        """
        group = await self._seen(tap)
        done = self.questions.dismiss(group.ids) if group else ()
        return dismissed_reply(Group(done), self.words, place=tap.place) if done else None

    async def stats(self, n_days: int) -> Reply:
        """What was answered over some days, at most a year.

        Raises:
            BusyError: The lookup is.
        """
        waiting = self.questions.open()
        stats, texts = await self._counted(n_days)
        n_askers = len({each.user_id for each in waiting})
        return stats_reply(stats, texts, len(waiting), n_askers, self.words)

    async def chart(self, n_days: int) -> Photo:
        """The same as a picture; takes up to a second, in the pool.

        Raises:
            BusyError: The lookup is.
        """
        stats, texts = await self._counted(n_days)
        return await self._run(partial(drawn_stats, stats, texts, self.words))

    async def _counted(self, n_days: int) -> tuple[Stats, dict[str, str]]:
        stats = self.statistics.stats(min(max(n_days, 1), _MAX_DAYS))
        return stats, await self._run(partial(self._texts, [each.name for each in stats.claims]))

    async def _page(self, groups: list[Group], place: int) -> Reply:
        asked = groups[place].questions[0].text
        ask = self.context.deps.lookup.ask
        answer = await self._run(partial(ask, asked, limit=_N_CANDIDATES))
        return group_reply(groups[place], answer, self.words, place=place, n_groups=len(groups))

    async def _groups(self) -> list[Group]:
        waiting = self.questions.open()
        return await self._run(partial(grouped, waiting, self.context.deps.lookup.group))

    async def _seen(self, tap: DeskTap) -> Group | None:
        """What is left of the group that the editor saw."""
        group = holding(await self._groups(), tap.question_id)
        return group.up_to(tap.last_id) if group else None

    def _texts(self, claim_ids: Sequence[str]) -> dict[str, str]:
        texts: dict[str, str] = {}
        for claim_id in claim_ids:
            try:
                texts[claim_id] = self.context.deps.lookup.claim(claim_id).text
            except UnknownClaimError:
                continue  # withdrawn since
        return texts

    async def _run(self, work: Callable[[], Result]) -> Result:
        return await looked_up(self.context, self.message, work)
