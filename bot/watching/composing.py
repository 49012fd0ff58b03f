"""Composing: words a watch's notification when it is sent, from what its owner knows till then."""

from bot.context import LookupService
from bot.messages import Catalogue, Catalogues
from bot.notifying import Worded
from bot.state import StateDb
from bot.state.outbox import Notification
from bot.state.watches import Watch, Watches, WatchKind
from bot.watching.changes import Known, change
from bot.watching.notices import change_reply, found_reply, gone_reply
from bot.workers import Workers
from index import Claim, SnapshotInfo, UnknownClaimError


class WatchComposer:
    """Words the notifications of watches.

    Several changes that wait together are told in one message, and one that was taken back
    meanwhile in none.

    Args:
        lookup: Where claims are read.
        workers: The threads that this runs in.
        state: Holds the watches.
        catalogues: The words.
    """

    def __init__(
        self, lookup: LookupService, workers: Workers, state: StateDb, catalogues: Catalogues
    ) -> None:
        self._lookup = lookup
        self._workers = workers
        self._watches = Watches(state)
        self._catalogues = catalogues

    async def compose(self, notification: Notification) -> Worded | None:
        """The message; None where the watch was ended or its owner knows all there is.

        Raises:
            BusyError: No worker is free.
        """
        watch = self._watches.get(int(notification.about))
        if watch is None or watch.claim_id is None:
            return None
        claim_id = watch.claim_id
        claim, snapshot = await self._workers.run(lambda: self._read(claim_id))
        words = self._catalogues.of(watch.language)
        if watch.kind is WatchKind.QUESTION:
            return self._found(watch, claim, snapshot, words)
        return self._changed(watch, claim, snapshot, words)

    def cancel(self, user_id: int) -> None:
        """End all watches of somebody who cannot be written to."""
        self._watches.forget(user_id)

    def _read(self, claim_id: str) -> tuple[Claim | None, SnapshotInfo]:
        snapshot = self._lookup.snapshot
        try:
            return self._lookup.claim(claim_id), snapshot
        except UnknownClaimError:
            return None, snapshot

    def _found(
        self, watch: Watch, claim: Claim | None, snapshot: SnapshotInfo, words: Catalogue
    ) -> Worded | None:
        if claim is None:  # withdrawn again: look on
            self._watches.found(watch.watch_id, None)
            return None
        other = self._watches.of_claim(watch.user_id, claim.id)
        watch_id = other.watch_id if other else watch.watch_id
        return Worded(
            found_reply(watch, claim, snapshot, words, watch_id=watch_id),
            lambda: self._watches.turn_to_claim(
                watch.watch_id,
                claim.id,
                known=Known.of(claim).text,
                text=claim.text,
                snapshot_id=snapshot.id,
            ),
        )

    def _changed(
        self, watch: Watch, claim: Claim | None, snapshot: SnapshotInfo, words: Catalogue
    ) -> Worded | None:
        known = Known.parse(watch.known)
        now = Known.of(claim).text
        if now == watch.known:
            self._watches.compared((watch.watch_id,), snapshot.id)
            return None
        if claim is None:
            reply, shown = gone_reply(watch, snapshot, words), watch.text
        else:
            found = change(known, claim)
            reply = change_reply(found, claim, snapshot, words, watch_id=watch.watch_id)
            shown = claim.text
        return Worded(
            reply,
            lambda: self._watches.told(
                watch.watch_id, known=now, text=shown, snapshot_id=snapshot.id
            ),
        )
