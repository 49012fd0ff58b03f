"""Snapshots: built whole or not at all, verified, published by one move, rolled back, pruned."""

import errno
import gc
import json
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tiny import TinyEncoder
from tinyarchive import VOCABULARY, World, record

from index.archive import Archive
from index.archive.filing import SourceFile
from index.backends.faiss_flat import FaissFlat
from index.claims import Appearance, ClaimState, Response, ResponseKind
from index.errors import SnapshotError, UnknownClaimError
from index.snapshots import Manifest, Snapshot, SnapshotStore
from index.snapshots.manifest import file_sha256, read_manifest
from index.snapshots.store import replace_file

MOON = record(
    "moon",
    "The moon is hollow.",
    summary="A club says that the moon is hollow.",
    alternatives=("Nothing is inside the moon.",),
    appearances=(Appearance("Herald", "https://herald.example/moon", "https://web.example/1"),),
    responses=(Response(ResponseKind.DENIAL, "A space agency", "https://agency.example/no"),),
)
BANK = record("bank", "A bank closed.", body="The bridge beside it fell the same night.")


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = World(tmp_path)
    made.file(MOON, BANK)
    yield made
    made.archive.close()


@pytest.fixture
def opened(world: World) -> Iterator[Snapshot]:
    snapshot = Snapshot.open(world.store.folder(world.build().id))
    yield snapshot
    snapshot.close()


def test_the_manifest_says_what_was_built(world: World) -> None:
    manifest = world.build()
    folder = world.store.folder(manifest.id)
    assert (manifest.n_claims, manifest.n_passages) == (2, 4)
    assert [(each.model, each.encoder, each.dim) for each in manifest.vectors] == [
        ("tiny", "tiny", 9)
    ]
    assert manifest.archive_version == world.archive.data_version()
    assert set(manifest.sha256) == {"claims.db", "vectors.tiny.faiss"}
    assert {path.name for path in folder.iterdir()} == {*manifest.sha256, "manifest.json"}
    assert read_manifest(folder) == manifest


def test_a_snapshot_gives_back_the_claims_of_the_archive(world: World, opened: Snapshot) -> None:
    assert opened.claims([1, 0]) == [world.archive.claim("bank"), world.archive.claim("moon")]
    assert opened.number("bank") == 1
    first, last = opened.passages([0, 3])
    assert (first.text, last.text) == ("The moon is hollow.", "A bank closed.")
    assert first.terms == {"moon", "hollow"}
    assert opened.passages_of(0).tolist() == [0, 1, 2]
    assert opened.passages_of(1).tolist() == [3]


def test_the_vectors_are_those_of_the_passages(world: World, opened: Snapshot) -> None:
    expected = world.encoder.encode([each.text for each in opened.passages(range(4))])
    assert np.array_equal(opened.backends["tiny"].vectors(np.arange(4)), expected)


@pytest.mark.parametrize(
    "url",
    [
        "http://www.herald.example/moon/?utm_source=x",
        "https://web.example/1",
        "https://agency.example/no#top",
    ],
)
def test_pages_of_appearances_and_responses_are_routes(opened: Snapshot, url: str) -> None:
    assert opened.by_url(url) == [0]
    assert opened.by_url("https://herald.example/other") == []


def test_every_wording_is_a_route_and_the_summary_is_none(opened: Snapshot) -> None:
    assert opened.by_text("the MOON is hollow!") == [0]
    assert opened.by_text("nothing is inside the moon") == [0]
    assert opened.by_text("A club says that the moon is hollow.") == []


def test_words_find_the_body_too(opened: Snapshot) -> None:
    assert [claim for claim, _ in opened.by_words('"bridg"', (1, 1, 1, 1), 9)] == [1]
    assert opened.by_words('"bridg"', (1, 1, 1, 1), 9)[0][1] > 0
    assert opened.document_frequencies(["moon", "bridg", "nowhere"]) == {"moon": 1, "bridg": 1}


def test_only_published_claims_enter(world: World) -> None:
    world.file(record("draft", "A bridge fell."), state=ClaimState.DRAFT)
    world.archive.withdraw("bank")
    with_moon_only = Snapshot.open(world.store.folder(world.build().id))
    assert with_moon_only.manifest.n_claims == 1
    with pytest.raises(UnknownClaimError, match="bank"):
        with_moon_only.number("bank")
    with_moon_only.close()


def test_the_id_of_a_merged_claim_goes_on_resolving(world: World) -> None:
    world.archive.merge("moon", ["bank"])
    snapshot = Snapshot.open(world.store.folder(world.build().id))
    assert snapshot.number("bank") == snapshot.number("moon") == 0
    snapshot.close()


def test_without_a_published_claim_there_is_nothing_to_build(world: World) -> None:
    world.archive.withdraw("moon")
    world.archive.withdraw("bank")
    with pytest.raises(SnapshotError, match="hearsay import"):
        world.build()
    assert world.store.ids() == []


def test_a_snapshot_that_nobody_holds_closes_its_file(world: World) -> None:
    snapshot = Snapshot.open(world.store.folder(world.build().id))
    connection = snapshot._connection
    del snapshot
    gc.collect()
    with pytest.raises(sqlite3.ProgrammingError, match="closed"):
        connection.execute("select 1")


# Damage, one kind at a time.


def rewrite(folder: Path, **changes: Any) -> None:
    path = folder / "manifest.json"
    path.write_text(json.dumps(json.loads(path.read_text("utf-8")) | changes), "utf-8")


def resign(folder: Path) -> None:
    """Make the hashes fit again, as for a file that was wrong from the start."""
    files = json.loads((folder / "manifest.json").read_text("utf-8"))["sha256"]
    rewrite(folder, sha256={name: file_sha256(folder / name) for name in files})


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-100])


def swap_vectors(folder: Path, vectors: np.ndarray) -> None:
    FaissFlat.build(vectors).write(folder / "vectors.tiny.faiss")
    resign(folder)


def lose_claim(folder: Path) -> None:
    connection = sqlite3.connect(folder / "claims.db")
    connection.execute("delete from claims where n = 1")
    connection.commit()
    connection.close()
    resign(folder)


def junk_claims(folder: Path) -> None:
    (folder / "claims.db").write_bytes(b"junk" * 4096)
    resign(folder)


def junk_vectors(folder: Path) -> None:
    (folder / "vectors.tiny.faiss").write_bytes(b"junk")
    resign(folder)


DAMAGE: dict[str, Callable[[Path], None]] = {
    "claims cut": lambda folder: cut(folder / "claims.db"),
    "vectors cut": lambda folder: cut(folder / "vectors.tiny.faiss"),
    "claims gone": lambda folder: (folder / "claims.db").unlink(),
    "vectors gone": lambda folder: (folder / "vectors.tiny.faiss").unlink(),
    "claims junk": junk_claims,
    "vectors junk": junk_vectors,
    "manifest gone": lambda folder: (folder / "manifest.json").unlink(),
    "manifest cut": lambda folder: cut(folder / "manifest.json"),
    "manifest no object": lambda folder: (folder / "manifest.json").write_text("[]", "utf-8"),
    "manifest lacks": lambda folder: rewrite(folder, sha256=None),
    "manifest of another snapshot": lambda folder: rewrite(folder, id="20200101-000000-abcd"),
    "layout": lambda folder: rewrite(folder, format=99),
    "text version": lambda folder: rewrite(folder, text_version="0"),
    "count of claims": lambda folder: rewrite(folder, n_claims=3),
    "count of passages": lambda folder: rewrite(folder, n_passages=5),
    "dimension": lambda folder: rewrite(
        folder,
        vectors=[{"model": "tiny", "encoder": "tiny", "dim": 8, "file": "vectors.tiny.faiss"}],
    ),
    "no vectors": lambda folder: rewrite(folder, vectors=[]),
    "claim lost": lose_claim,
    "vector lost": lambda folder: swap_vectors(folder, np.eye(9, dtype=np.float32)[:3]),
}


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE)
def test_a_damaged_snapshot_is_refused_and_the_published_one_stays(
    world: World, damage: Callable[[Path], None]
) -> None:
    good = world.store.publish(world.build().id)
    bad = world.build()
    damage(world.store.folder(bad.id))
    with pytest.raises(SnapshotError, match=r"`hearsay (reindex|rollback)`"):
        Snapshot.open(world.store.folder(bad.id))
    with pytest.raises(SnapshotError, match=r"`hearsay (reindex|rollback)`"):
        world.store.publish(bad.id)
    assert world.store.current_id() == good.id


def test_a_damaged_snapshot_is_listed_as_such(world: World) -> None:
    good, bad = world.build(), world.build()
    cut(world.store.folder(bad.id) / "manifest.json")
    listed = world.store.manifests()
    assert isinstance(listed[0], SnapshotError)
    assert listed[1] == good


# Publishing.


def test_nothing_is_published_by_building(world: World) -> None:
    world.build()
    assert world.store.current_id() is None


def test_publishing_makes_it_current(world: World) -> None:
    manifest = world.build()
    assert world.store.publish(manifest.id) == manifest
    assert SnapshotStore(world.store.root).current_id() == manifest.id


def test_publishing_moves_one_file_into_place(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = world.store.publish(world.build().id)
    new = world.build()
    seen: list[str | None] = []

    def replace(source: Path, target: Path) -> Path:
        # Until the very move the old pointer is whole, and the new one is written out.
        seen.extend([world.store.current_id(), source.read_text("ascii")])
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "replace", replace)
    with pytest.raises(SnapshotError, match="No space left"):
        world.store.publish(new.id)
    assert seen == [old.id, f"{new.id}\n"]
    assert world.store.current_id() == old.id
    assert [path.name for path in world.store.root.glob(".current*")] == []


@pytest.mark.parametrize("snapshot_id", ["20200101-000000-abcd", "..", "", "current", "/etc"])
def test_an_unknown_snapshot_is_refused(world: World, snapshot_id: str) -> None:
    with pytest.raises(SnapshotError, match="hearsay snapshots"):
        world.store.publish(snapshot_id)


def test_replacing_a_file_leaves_nothing_beside_it(tmp_path: Path) -> None:
    replace_file(tmp_path / "current", b"one")
    replace_file(tmp_path / "current", b"two")
    assert (tmp_path / "current").read_bytes() == b"two"
    assert [path.name for path in tmp_path.iterdir()] == ["current"]


# Rolling back and pruning.


def three(world: World) -> list[Manifest]:
    found = [world.build() for _ in range(3)]
    world.store.publish(found[-1].id)
    return found


def test_snapshots_are_listed_newest_first(world: World) -> None:
    found = three(world)
    assert world.store.ids() == [each.id for each in reversed(found)]
    assert world.store.manifests() == found[::-1]


def test_rollback_goes_one_back_each_time(world: World) -> None:
    first, second, _ = three(world)
    assert world.store.rollback() == second
    assert world.store.rollback() == first
    assert world.store.current_id() == first.id
    with pytest.raises(SnapshotError, match="no earlier snapshot"):
        world.store.rollback()
    assert world.store.current_id() == first.id


def test_rollback_to_an_id_goes_either_way(world: World) -> None:
    first, _, third = three(world)
    world.store.rollback(first.id)
    assert world.store.current_id() == first.id
    world.store.rollback(third.id)
    assert world.store.current_id() == third.id


def test_rollback_passes_over_a_damaged_one(world: World) -> None:
    first, second, _ = three(world)
    cut(world.store.folder(second.id) / "claims.db")
    assert world.store.rollback() == first


def test_prune_keeps_the_newest(world: World) -> None:
    first, second, third = three(world)
    assert world.store.prune(2) == [first.id]
    assert world.store.ids() == [third.id, second.id]


def test_prune_never_deletes_the_current_one(world: World) -> None:
    first, second, third = three(world)
    world.store.publish(first.id)
    assert world.store.prune(1) == [second.id]
    assert world.store.ids() == [third.id, first.id]


# Builds that fail.


def left_behind(world: World) -> list[str]:
    return sorted(path.name for path in world.store.root.iterdir() if path.name != ".lock")


class Interrupting:
    """An encoder that is interrupted while it works."""

    model = "tiny"
    dim = 9

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        raise KeyboardInterrupt


def test_an_interrupted_build_leaves_no_folder(world: World) -> None:
    tiny, world.encoder = world.encoder, Interrupting()  # type: ignore[assignment]
    with pytest.raises(KeyboardInterrupt):
        world.build()
    assert left_behind(world) == []
    world.encoder = tiny
    manifest = world.build()
    assert left_behind(world) == [manifest.id]


def test_what_a_killed_build_left_is_cleared_away_by_the_next(world: World) -> None:
    stale = world.store.root / ".building-20200101-000000-abcd"
    stale.mkdir(parents=True)
    (stale / "claims.db").write_bytes(b"half")
    assert world.store.ids() == []
    assert left_behind(world) == [stale.name]
    manifest = world.build()
    assert left_behind(world) == [manifest.id]


def test_a_second_build_at_once_is_told_to_wait(world: World) -> None:
    with (
        world.store.building("20200101-000000-abcd"),
        pytest.raises(SnapshotError, match=r"Another `hearsay reindex` is running\. Wait"),
    ):
        world.build()
    assert world.store.ids() == ["20200101-000000-abcd"]


@pytest.mark.parametrize(
    ("where", "error"),
    [
        ("index.snapshots.build.FaissFlat.write", OSError(errno.ENOSPC, "No space left on device")),
        (
            "index.snapshots.build._write_claims",
            sqlite3.OperationalError("database or disk is full"),
        ),
        ("index.snapshots.store._sync", OSError(errno.ENOSPC, "No space left on device")),
    ],
)
def test_a_full_disk_is_a_sentence_and_leaves_what_was_published(
    world: World, monkeypatch: pytest.MonkeyPatch, where: str, error: Exception
) -> None:
    good = world.store.publish(world.build().id)

    def fail(*_: object) -> None:
        raise error

    with monkeypatch.context() as patched:
        patched.setattr(where, fail)
        with pytest.raises(SnapshotError, match=r"published one stays in use.*disk space"):
            world.build()
    assert left_behind(world) == [good.id, "current"]
    assert world.store.current_id() == good.id
    world.build()


def test_ids_sort_by_time_within_a_second(world: World) -> None:
    at = datetime(2026, 11, 22, 12, 0, 0, 300_000, tzinfo=UTC)
    first = world.build(now=lambda: at)
    second = world.build(now=lambda: at + timedelta(microseconds=500))
    assert first.id == "20261122-120000-4ccc"
    assert world.store.ids() == [second.id, first.id]


def test_a_text_is_embedded_once_ever(world: World) -> None:
    world.build()
    assert len(world.encoder.encoded) == 4
    world.file(record("bridge", "A bridge fell."))
    world.build()
    assert world.encoder.encoded[4:] == ["A bridge fell."]


def test_what_is_filed_while_a_build_runs_is_left_to_the_next(world: World) -> None:
    class Meanwhile(TinyEncoder):
        def encode(self, texts: Sequence[str]) -> np.ndarray:
            with Archive(world.archive.path) as other:
                source = SourceFile("late.jsonl", "1" * 64, "jsonl")
                other.file([record("late", "A bridge fell.")], source, state=ClaimState.PUBLISHED)
            return super().encode(texts)

    world.encoder = Meanwhile(VOCABULARY)
    manifest = world.build()
    assert manifest.n_claims == 2
    assert manifest.archive_version != world.archive.data_version()
