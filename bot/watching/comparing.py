"""Comparing: after a new snapshot is published, what is watched is compared with it.

Each watch notes the snapshot that it was compared with, in the transaction that puts its news into
the outbox. So a crash at any point loses nothing: what was not compared is compared again.
"""

import asyncio
import logging
from collections.abc import Iterable, Sequence
from functools import partial

from bot.context import LookupService
from bot.notifying import Clock, Sleep
from bot.quiet import QuietHours
from bot.state import StateDb
from bot.state.outbox import Notification, Outbox
from bot.state.watches import UNREAD, Watch, Watches, WatchKind
from bot.watching.changes import Known
from bot.workers import Workers
from index import Claim, Outcome, UnknownClaimError

_LOG = logging.getLogger(__name__)
NOTIFICATION_KIND = "watch"
# So many claims are read in one go of a worker, a fraction of a second.
_CLAIMS_A_GO = 50
# So many watches are noted in one transaction, some milliseconds.
_WATCHES_A_GO = 500
_IDLE_CHECK_S = 0.2
# A busy bot would never re-ask: after so many checks a question goes in between.
_MAX_IDLE_CHECKS = 50


class Comparer:
    """Compares watches with the snapshot that is served.

    Args:
        lookup: What is served.
        workers: The threads that lookups run in.
        state: Holds the watches and the outbox.
        quiet: When nobody is notified.
        clock: The time now.
        sleep: How to wait for people's questions to be done.
    """

    def __init__(
        self,
        lookup: LookupService,
        workers: Workers,
        state: StateDb,
        quiet: QuietHours,
        *,
        clock: Clock,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self._lookup = lookup
        self._workers = workers
        self._state = state
        self._watches = Watches(state)
        self._outbox = Outbox(state)
        self._quiet = quiet
        self._clock = clock
        self._sleep = sleep
        self._snapshot_id = ""
        self._stopping = False

    def stop(self) -> None:
        """Leave what is not compared yet behind, and end soon."""
        self._stopping = True

    @property
    def snapshot_id(self) -> str:
        """The snapshot that was served when this last looked; "" before."""
        return self._snapshot_id

    async def compare(self) -> int:
        """Compare all that is behind, and return how many notifications were put into the outbox.

        Raises:
            BusyError: The pool is full; what was not compared stays behind.
        """
        now = self._clock()
        self._watches.purge(now)
        self._outbox.purge(now)
        snapshot_id = await self._workers.run(lambda: self._lookup.snapshot.id)
        self._snapshot_id = snapshot_id
        n_new = await self._compare_claims(snapshot_id)
        n_new += await self._ask_again(snapshot_id)
        if n_new:
            _LOG.info("Snapshot %s is news for %d watches", snapshot_id, n_new)
        return n_new

    async def _compare_claims(self, snapshot_id: str) -> int:
        behind = self._watches.behind(WatchKind.CLAIM, snapshot_id)
        n_new = 0
        for start in range(0, len(behind), _CLAIMS_A_GO):
            if self._stopping:
                break
            claim_ids = behind[start : start + _CLAIMS_A_GO]
            read_at, claims = await self._workers.run(partial(self._read, claim_ids))
            for claim_id, claim in zip(claim_ids, claims, strict=True):
                n_new += await self._note_claim(claim_id, claim, read_at)
        return n_new

    def _read(self, claim_ids: Sequence[str]) -> tuple[str, list[Claim | None]]:
        # The id is read first: where a new snapshot comes in between, it is compared again.
        snapshot_id = self._lookup.snapshot.id
        claims: list[Claim | None] = []
        for claim_id in claim_ids:
            try:
                claims.append(self._lookup.claim(claim_id))
            except UnknownClaimError:
                claims.append(None)
        return snapshot_id, claims

    async def _note_claim(self, claim_id: str, claim: Claim | None, snapshot_id: str) -> int:
        if claim is not None and claim.id != claim_id:
            self._watches.follow(claim_id, claim.id)
            claim_id = claim.id
        elif claim is None:
            self._watches.end_claim(claim_id)
        known, text = Known.of(claim).text, claim.text if claim else ""
        n_new = 0
        while watchers := self._watches.watchers(
            WatchKind.CLAIM, claim_id, snapshot_id, _WATCHES_A_GO
        ):
            with self._state.transaction():
                for each in watchers:
                    if each.known == UNREAD:
                        self._watches.read(
                            each.watch_id, known=known, text=text, snapshot_id=snapshot_id
                        )
                news = (each for each in watchers if each.known not in {known, UNREAD})
                n_new += self._put(news, snapshot_id)
                self._watches.compared((each.watch_id for each in watchers), snapshot_id)
            await asyncio.sleep(0)  # let people's questions through
        return n_new

    async def _ask_again(self, snapshot_id: str) -> int:
        n_new = 0
        for question in self._watches.behind(WatchKind.QUESTION, snapshot_id):
            await self._until_idle()
            if self._stopping:
                break
            answer = await self._workers.run(partial(self._lookup.ask, question))
            is_match = answer.outcome is Outcome.MATCH and answer.match is not None
            found = answer.match.claim.id if is_match and answer.match else ""
            n_new += await self._note_question(question, found, answer.snapshot.id)
        return n_new

    async def _note_question(self, question: str, found: str, snapshot_id: str) -> int:
        n_new = 0
        while watchers := self._watches.watchers(
            WatchKind.QUESTION, question, snapshot_id, _WATCHES_A_GO
        ):
            with self._state.transaction():
                for each in watchers:
                    if each.known == UNREAD:
                        # A match in the snapshot of that time is not what its owner meant.
                        known = found if each.snapshot_id in {"", snapshot_id} else ""
                        self._watches.read(
                            each.watch_id, known=known, text=question, snapshot_id=snapshot_id
                        )
                    else:
                        known = each.known
                    if found not in {"", known}:
                        self._watches.found(each.watch_id, found)
                        n_new += self._put((each,), snapshot_id)
                self._watches.compared((each.watch_id for each in watchers), snapshot_id)
            await asyncio.sleep(0)
        return n_new

    async def _until_idle(self) -> None:
        for _ in range(_MAX_IDLE_CHECKS):
            if self._workers.is_idle or self._stopping:
                return
            await self._sleep(_IDLE_CHECK_S)

    def _put(self, watches: Iterable[Watch], snapshot_id: str) -> int:
        now = self._clock()
        due_at = self._quiet.opens_at(now)
        return self._outbox.add(
            (
                Notification(
                    # The same watch can be told of the same snapshot twice only if it was told of
                    # another one in between.
                    f"watch:{each.watch_id}:{each.n_told}:{snapshot_id}",
                    NOTIFICATION_KIND,
                    str(each.watch_id),
                    each.user_id,
                    each.user_id,  # a private chat has the id of its person
                    due_at,
                )
                for each in watches
            ),
            now,
        )
