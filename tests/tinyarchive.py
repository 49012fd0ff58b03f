"""A tiny archive with snapshots of it, for tests of what is built on them."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import count
from pathlib import Path

from tiny import TinyEncoder

from index.archive import Archive
from index.archive.filing import SourceFile
from index.claims import Appearance, ClaimState, Response
from index.names import Names
from index.records import ImportedClaim
from index.snapshots import Manifest, SnapshotStore, build_snapshot
from index.snapshots.build import NamedEncoder

VOCABULARY = "moon hollow vaccine chip bank closed bridge fell"
_START = datetime(2026, 11, 22, 12, tzinfo=UTC)
_ticks = count()


@cache
def names() -> Names:
    """The real table of names, read once."""
    return Names.load()


def tick() -> datetime:
    """A clock that is a second later every time."""
    return _START + timedelta(seconds=next(_ticks))


def record(
    claim_id: str,
    text: str,
    *,
    title: str | None = None,
    summary: str | None = None,
    body: str | None = None,
    alternatives: tuple[str, ...] = (),
    appearances: tuple[Appearance, ...] = (),
    responses: tuple[Response, ...] = (),
) -> ImportedClaim:
    return ImportedClaim(
        record_id=claim_id,
        line=1,
        text=text,
        feed="feed",
        id=claim_id,
        title=title,
        summary=summary,
        body=body,
        alternatives=alternatives,
        appearances=appearances,
        responses=responses,
    )


class World:
    """An archive, its snapshots and one tiny encoder, under one folder."""

    def __init__(self, root: Path) -> None:
        self.archive = Archive(root / "archive.db")
        self.store = SnapshotStore(root / "snapshots")
        self.encoder = TinyEncoder(VOCABULARY)

    def file(self, *records: ImportedClaim, state: ClaimState = ClaimState.PUBLISHED) -> None:
        self.archive.file(records, SourceFile("feed.jsonl", "0" * 64, "jsonl"), state=state)

    def build(self, *, now: Callable[[], datetime] = tick) -> Manifest:
        encoders = [NamedEncoder("tiny", self.encoder)]
        return build_snapshot(self.archive, encoders, self.store, names(), now=now)

    def publish(self, *records: ImportedClaim) -> Manifest:
        """File records, build a snapshot and publish it."""
        self.file(*records)
        return self.store.publish(self.build().id)
