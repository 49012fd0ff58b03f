"""Lookup: answers questions out of the published snapshot, and follows it when a new one comes."""

import logging
import threading
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from itertools import accumulate
from types import TracebackType
from typing import Self

from index.answers import (
    Answer,
    Candidate,
    Explanation,
    HeldBack,
    Match,
    Outcome,
    Route,
    SnapshotInfo,
)
from index.claims import Claim
from index.content import split_by
from index.decision import Decider, are_tied, load_calibration
from index.embedder import Encoder
from index.errors import HearsayError, SnapshotError
from index.features import N_JUDGED, Judged, judge, rank, tell_the_same
from index.grouping import Grouper
from index.names import Names
from index.pair_model import PairModel
from index.query import Query, prepare
from index.search import search
from index.snapshots import Snapshot, SnapshotStore
from index.snapshots.manifest import VectorFile
from index.spelling import respelled
from index.words import content_terms

logger = logging.getLogger(__name__)

# Encoders that work side by side; of one question there are two.
_SIDE_BY_SIDE = 2


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
        calibrate: Gives the decision for the models that read questions and the name of the pair
            model; the shipped one by default.
        pair_model: Reads question and claim together; None does without.
    """

    def __init__(
        self,
        stores: Sequence[SnapshotStore],
        names: Names,
        load: Callable[[str], Encoder],
        *,
        calibrate: Callable[[Sequence[str], str | None], Decider] = load_calibration,
        pair_model: PairModel | None = None,
    ) -> None:
        self._calibrate = calibrate
        self._pair_model = pair_model
        self._stores = stores
        self._names = names
        self._grouper = Grouper(names)
        self._load = load
        self._encoders: dict[str, Encoder] = {}
        self._loaded: _Loaded | None = None
        self._refused: str | None = None
        self._loading = threading.Lock()
        self._threads = ThreadPoolExecutor(_SIDE_BY_SIDE, thread_name_prefix="encoder")

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
        self._threads.shutdown()
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
            loaded.snapshot.backends[encoder.model].search(encoder.encode(["warm"]), 1)
            encoder.encode_questions(["warm"])
        loaded.snapshot.document_frequencies(())  # reads the vocabulary
        if self._pair_model is not None:
            self._pair_model.judge("warm", "warm")

    @property
    def snapshot(self) -> SnapshotInfo:
        """What is being searched."""
        return self._current().info

    @property
    def opened(self) -> Snapshot:
        """The snapshot itself: for calibrating, which looks behind the answers."""
        return self._current().snapshot

    def claim(self, claim_id: str) -> Claim:
        """A published claim by its id, or by an id that was merged into it.

        Raises:
            UnknownClaimError: There is none.
        """
        snapshot = self._current().snapshot
        return snapshot.claim(snapshot.number(claim_id))

    def ask(
        self, question: str, *, limit: int = 5, hidden: Collection[str] = frozenset()
    ) -> Answer:
        """Answer a question with the closest claim and an honest outcome.

        Args:
            question: What somebody wrote or forwarded.
            limit: At most so many candidates are returned.
            hidden: Ids of claims to leave out, as if they were not in the archive: for evaluation.

        Raises:
            SnapshotError: No snapshot is published.
        """
        loaded = self._current()
        query = prepare(question)
        out = {loaded.snapshot.number(claim_id) for claim_id in hidden}
        page = _page_claim(loaded.snapshot, query, out)
        if page is not None and not query.has_statement:
            return _exact(loaded, query, Route.URL, *page)
        for segment in query.segments:
            if (claim := _only(loaded.snapshot.by_text(segment), out)) is not None:
                return _exact(loaded, query, Route.TEXT, segment, claim)
        if not any(content_terms(segment) for segment in query.segments):
            return Answer(question, Outcome.NONE, None, (), (), loaded.info)
        query = respelled(query, loaded.snapshot.document_frequencies)
        found = self._search(loaded, query, limit, out)
        return found if page is None else _beside_page(loaded, found, page[1], limit)

    def group(self, questions: Sequence[str]) -> list[list[int]]:
        """Group questions that ask the same, as positions: `Grouper.group` with these encoders.

        Raises:
            SnapshotError: No snapshot is published.
        """
        return self._grouper.group(questions, self._current().encoders)

    def _search(self, loaded: _Loaded, query: Query, limit: int, hidden: Collection[int]) -> Answer:
        judged, rest = self._judged(loaded, query, hidden)
        if not judged:
            return Answer(query.original, Outcome.NONE, None, (), (), loaded.info)
        decider, best = loaded.decider, judged[0]
        # A lower rank never shows a higher chance. What was not looked at closely has next to none.
        chances = accumulate(map(decider.probability, judged), min)
        shown = [
            Candidate(each.claim.id, each.claim.text, chance)
            for each, chance in zip(judged, chances, strict=True)
        ]
        others = loaded.snapshot.claims(rest[: max(limit - len(shown), 0)])
        shown += [Candidate(claim.id, claim.text, 0.0) for claim in others]
        outcome, held_back = self._outcome(loaded, query, judged)
        match = None if outcome is Outcome.NONE else _match(best, shown[0].probability)
        differences = best.differences if outcome is Outcome.SIMILAR else ()
        return Answer(
            question=query.original,
            outcome=outcome,
            match=match,
            differences=differences,
            candidates=tuple(shown[:limit]),
            snapshot=loaded.info,
            explanation=self._explanation(best, decider, held_back),
        )

    def _outcome(
        self, loaded: _Loaded, query: Query, judged: Sequence[Judged]
    ) -> tuple[Outcome, HeldBack | None]:
        outcome = loaded.decider.outcome(judged[0])
        if outcome is not Outcome.MATCH:
            return outcome, HeldBack.EXCLUDED if loaded.decider.excludes(judged[0]) else None
        if not query.names_something:
            return Outcome.SIMILAR, HeldBack.VAGUE
        if not self._stands_out(loaded, judged):
            return Outcome.SIMILAR, HeldBack.TIE
        return outcome, None

    def _stands_out(self, loaded: _Loaded, judged: Sequence[Judged]) -> bool:
        """Whether no other story would be as good a match; if one is, only the asker can tell."""
        best, decider = judged[0], loaded.decider
        return all(
            not are_tied(decider, best, each)
            or decider.outcome(each) is not Outcome.MATCH
            or tell_the_same(loaded.snapshot, self._names, best, each)
            for each in judged[1:]
        )

    def _explanation(
        self, best: Judged, decider: Decider, held_back: HeldBack | None
    ) -> Explanation:
        agreed, missing = split_by(self._names, best.asked_text, best.terms)
        signals = decider.signals(best)
        return Explanation(tuple(agreed), tuple(missing), best.differences, signals, held_back)

    def _judged(
        self, loaded: _Loaded, query: Query, hidden: Collection[int]
    ) -> tuple[list[Judged], list[int]]:
        """The best candidates, judged, best first; and the numbers of the others, in order."""
        spread = self._threads.map
        hits = search(loaded.snapshot, loaded.encoders, self._names, query, hidden, spread=spread)
        if not hits:
            return [], []
        decider = loaded.decider
        ranked = rank(loaded.snapshot, self._names, query, hits, decider.rank)
        judged = judge(
            loaded.snapshot, self._names, self._pair_model, query, ranked, N_JUDGED, spread=spread
        )
        rest = [hit.claim for hit in ranked.hits[len(judged) :]]
        judged.sort(key=lambda each: -decider.rerank(each))
        return judged, rest

    def _current(self) -> _Loaded:
        """The published snapshot, loaded. A damaged new one leaves the old one in use."""
        loaded = self._loaded
        try:
            store, wanted = self._published()
        except SnapshotError:
            if loaded is None:
                raise
            return loaded
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
            logger.error(  # noqa: TRY400 (the sentence is for an operator, who needs no trace)
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
                _check_model(snapshot_id, encoder, told)
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
        pair_name = self._pair_model.name if self._pair_model else None
        decider = self._calibrate([each.question_model for each in encoders], pair_name)
        return _Loaded(snapshot, encoders, decider, info)

    def _encoder(self, name: str) -> Encoder:
        if name not in self._encoders:
            self._encoders[name] = self._load(name)
        return self._encoders[name]


def _check_model(snapshot_id: str, encoder: Encoder, told: VectorFile) -> None:
    if (encoder.model, encoder.dim) != (told.model, told.dim):
        raise SnapshotError(
            f"Snapshot {snapshot_id} was built with {told.model}, installed is {encoder.model}. "
            "Run `hearsay reindex`."
        )


def _match(judged: Judged, probability: float) -> Match:
    return Match(judged.claim, probability, judged.matched_text, judged.asked_text)


def _only(numbers: Sequence[int], hidden: Collection[int]) -> int | None:
    shown = [number for number in numbers if number not in hidden]
    return shown[0] if len(shown) == 1 else None


def _page_claim(
    snapshot: Snapshot, query: Query, hidden: Collection[int]
) -> tuple[str, int] | None:
    """An address in the question that exactly one claim has on record, and that claim."""
    found = ((url, _only(snapshot.by_url(url), hidden)) for url in query.urls)
    return next(((url, number) for url, number in found if number is not None), None)


def _exact(loaded: _Loaded, query: Query, route: Route, asked: str, number: int) -> Answer:
    """The answer of an exact route: an address on record, or an identical wording."""
    claim = loaded.snapshot.claim(number)
    match = Match(claim, 1.0, claim.text if route is Route.URL else asked, asked, route)
    candidate = Candidate(claim.id, claim.text, 1.0)
    return Answer(query.original, Outcome.MATCH, match, (), (candidate,), loaded.info)


def _beside_page(loaded: _Loaded, found: Answer, page: int, limit: int) -> Answer:
    """The answer for words that come with a page on record.

    Words that are a known claim themselves decide. Else the page's claim is shown, and called the
    same only if it is also the one that the words are nearest to, without a difference: whoever
    sends a page may say something else beside it.
    """
    if found.outcome is Outcome.MATCH:
        return found
    claim = loaded.snapshot.claim(page)
    if found.match is not None and found.match.claim.id == claim.id:
        match = replace(found.match, route=Route.URL)
        outcome = Outcome.SIMILAR if found.differences else Outcome.MATCH
        return replace(found, outcome=outcome, match=match)
    match = Match(claim, 0.0, claim.text, found.question, Route.URL)
    own = Candidate(claim.id, claim.text, 0.0)
    others = (each for each in found.candidates if each.id != claim.id)
    candidates = (own, *others)[:limit]
    return replace(
        found, outcome=Outcome.SIMILAR, match=match, differences=(), candidates=candidates
    )
