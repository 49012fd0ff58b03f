"""Lookup: answers questions out of the published snapshot, and follows it when a new one comes."""

import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from index.answers import Answer, Candidate, Match, Outcome, Route, SnapshotInfo
from index.claims import Claim
from index.decision import Decider, load_calibration
from index.embedder import Encoder
from index.errors import HearsayError, SnapshotError
from index.features import Judged, judge
from index.names import Names
from index.query import Query, prepare
from index.search import search
from index.snapshots import Snapshot, SnapshotStore
from index.words import content_terms

logger = logging.getLogger(__name__)

_JUDGED = 24


@dataclass(frozen=True, slots=True)
class _Loaded:
    """A snapshot with what it takes to search it."""

    snapshot: Snapshot
    encoders: tuple[Encoder, ...]
    decider: Decider
    info: SnapshotInfo


class Lookup:
    """Answers questions. Thread-safe; use it with `with`, or close it.

    Args:
        stores: Where published snapshots are looked for, the first store that has one wins; a
            later one holds the bundled sample.
        names: The table of name variants.
        load: Loads an encoder by its name in the settings.
    """

    def __init__(
        self,
        stores: Sequence[SnapshotStore],
        names: Names,
        load: Callable[[str], Encoder],
    ) -> None:
        self._stores = stores
        self._names = names
        self._load = load
        self._encoders: dict[str, Encoder] = {}
        self._loaded: _Loaded | None = None
        self._refused: str | None = None
        self._loading = threading.Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the snapshot. No question may be under way."""
        if self._loaded is not None:
            self._loaded.snapshot.close()
            self._loaded = None

    def warm(self) -> None:
        """Load the published snapshot and its models now, so that the first question is quick.

        Raises:
            SnapshotError: There is none, or it is damaged.
            EncoderError: A model of it is missing.
        """
        loaded = self._current()
        for encoder in loaded.encoders:
            encoder.encode(["warm"])

    @property
    def snapshot(self) -> SnapshotInfo:
        """What is being searched."""
        return self._current().info

    def claim(self, claim_id: str) -> Claim:
        """A published claim by its id, or by an id that was merged into it.

        Raises:
            UnknownClaimError: There is none.
        """
        snapshot = self._current().snapshot
        return snapshot.claim(snapshot.number(claim_id))

    def ask(self, question: str, *, limit: int = 5) -> Answer:
        """Answer a question with the closest claim and an honest outcome.

        Args:
            question: What somebody wrote or forwarded.
            limit: At most so many candidates are returned.

        Raises:
            SnapshotError: No snapshot is published.
        """
        loaded = self._current()
        query = prepare(question)
        if (answer := _exact(loaded, query)) is not None:
            return answer
        if not any(content_terms(segment) for segment in query.segments):
            return Answer(question, Outcome.NONE, None, (), (), loaded.info)
        return self._search(loaded, query, limit)

    def _search(self, loaded: _Loaded, query: Query, limit: int) -> Answer:
        hits = search(loaded.snapshot, loaded.encoders, self._names, query)
        judged = judge(loaded.snapshot, self._names, query, hits, _JUDGED)
        decider = loaded.decider
        ranked = sorted(
            ((decider.probability(each.features), each) for each in judged),
            key=lambda pair: -pair[0],
        )
        candidates = tuple(
            Candidate(each.claim.id, each.claim.text, probability)
            for probability, each in ranked[:limit]
        )
        if not ranked:
            return Answer(query.original, Outcome.NONE, None, (), (), loaded.info)
        probability, best = ranked[0]
        outcome = decider.outcome(probability)
        match = None if outcome is Outcome.NONE else _match(best, probability)
        differences = best.comparison.differences if outcome is Outcome.SIMILAR else ()
        return Answer(query.original, outcome, match, differences, candidates, loaded.info)

    def _current(self) -> _Loaded:
        """The published snapshot, loaded. A damaged new one leaves the old one in use."""
        store, wanted = self._published()
        loaded = self._loaded
        if loaded is not None and wanted in {loaded.info.id, self._refused}:
            return loaded
        if loaded is not None and not self._loading.acquire(blocking=False):
            return loaded  # somebody is loading it; nobody waits for that
        if loaded is None:
            self._loading.acquire()
        try:
            return self._switch(store, wanted)
        finally:
            self._loading.release()

    def _switch(self, store: SnapshotStore, wanted: str) -> _Loaded:
        before = self._loaded
        if before is not None and before.info.id == wanted:
            return before
        try:
            self._loaded = self._open(store, wanted)
        except HearsayError as error:
            if before is None:
                raise
            self._refused = wanted
            logger.error(
                "Snapshot %s is refused, %s stays in use: %s", wanted, before.info.id, error
            )
            return before
        # The old one is not closed: a question may still be reading it. It goes with its last user.
        logger.info("Serving snapshot %s (%d claims)", wanted, self._loaded.info.n_claims)
        return self._loaded

    def _published(self) -> tuple[SnapshotStore, str]:
        for store in self._stores:
            if (current := store.current_id()) is not None:
                return store, current
        raise SnapshotError(
            "No snapshot is published yet. Import a feed with `hearsay import`, then run "
            "`hearsay reindex`."
        )

    def _open(self, store: SnapshotStore, snapshot_id: str) -> _Loaded:
        snapshot = Snapshot.open(store.folder(snapshot_id))
        try:
            encoders = tuple(self._encoder(each.encoder) for each in snapshot.manifest.vectors)
            for encoder, told in zip(encoders, snapshot.manifest.vectors, strict=True):
                if (encoder.model, encoder.dim) != (told.model, told.dim):
                    raise SnapshotError(
                        f"Snapshot {snapshot_id} was built with {told.model}, installed is "
                        f"{encoder.model}. Run `hearsay reindex`."
                    )
        except BaseException:
            snapshot.close()
            raise
        manifest = snapshot.manifest
        models = tuple(encoder.model for encoder in encoders)
        info = SnapshotInfo(
            id=manifest.id,
            n_claims=manifest.n_claims,
            as_of=manifest.built_at,
            models=models,
            is_sample=store is not self._stores[0],
        )
        return _Loaded(snapshot, encoders, load_calibration(models), info)

    def _encoder(self, name: str) -> Encoder:
        if name not in self._encoders:
            self._encoders[name] = self._load(name)
        return self._encoders[name]


def _match(judged: Judged, probability: float) -> Match:
    return Match(judged.claim, probability, judged.matched_text, judged.asked_text)


def _exact(loaded: _Loaded, query: Query) -> Answer | None:
    """The exact routes: an address that one claim has on record; an identical wording."""
    snapshot = loaded.snapshot
    routes = [
        *((Route.URL, url, snapshot.by_url(url)) for url in query.urls),
        *((Route.TEXT, text, snapshot.by_text(text)) for text in query.segments),
    ]
    for route, asked, numbers in routes:
        if len(numbers) == 1:
            claim = snapshot.claim(numbers[0])
            match = Match(claim, 1.0, claim.text if route is Route.URL else asked, asked, route)
            candidate = Candidate(claim.id, claim.text, 1.0)
            return Answer(query.original, Outcome.MATCH, match, (), (candidate,), loaded.info)
    return None
