"""Lookup: following what is published while questions run."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from lookups import BANK, CHIP, MOON, matched, opened
from tiny import TinyEncoder
from tinyarchive import VOCABULARY, World, names, record

from index.answers import Outcome
from index.embedder import Encoder
from index.errors import SnapshotError
from index.lookup import Lookup
from index.snapshots import SnapshotStore


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = World(tmp_path)
    made.publish(MOON, CHIP, BANK)
    yield made
    made.archive.close()


@pytest.fixture
def lookup(world: World) -> Iterator[Lookup]:
    with opened(world) as made:
        yield made


def test_the_snapshot_that_is_searched_is_told(world: World, lookup: Lookup) -> None:
    info = lookup.snapshot
    assert (info.id, info.n_claims, info.models) == (world.store.current_id(), 3, ("tiny",))
    assert not info.is_sample
    assert lookup.ask("moon").snapshot == info


def test_nothing_published_says_what_to_run(tmp_path: Path) -> None:
    with (
        Lookup([SnapshotStore(tmp_path)], names(), lambda _: TinyEncoder("")) as lookup,
        pytest.raises(SnapshotError, match="hearsay import"),
    ):
        lookup.ask("moon")


def test_one_s_own_snapshot_replaces_the_sample(tmp_path: Path) -> None:
    sample, own = World(tmp_path / "sample"), World(tmp_path / "own")
    sample.publish(MOON)
    with opened(own, sample=sample.store) as lookup:
        assert lookup.snapshot.is_sample
        assert matched(lookup.ask("the moon is hollow")) == "moon"
        own.publish(BANK)
        assert not lookup.snapshot.is_sample
        assert lookup.ask("the moon is hollow").outcome is Outcome.NONE
    sample.archive.close()
    own.archive.close()


def test_a_new_snapshot_is_picked_up(world: World, lookup: Lookup) -> None:
    assert lookup.ask("did the bridge fall, fell").outcome is Outcome.NONE
    new = world.publish(record("bridge", "The bridge fell."))
    assert matched(lookup.ask("the bridge fell")) == "bridge"
    assert lookup.snapshot.id == new.id


def test_rollback_is_followed(world: World, lookup: Lookup) -> None:
    before = world.store.current_id()
    world.publish(record("bridge", "The bridge fell."))
    assert lookup.ask("the bridge fell").outcome is Outcome.MATCH
    world.store.rollback()
    assert lookup.ask("the bridge fell").outcome is Outcome.NONE
    assert lookup.snapshot.id == before


def test_a_damaged_new_snapshot_is_refused_and_the_old_one_stays(
    world: World, lookup: Lookup, caplog: pytest.LogCaptureFixture
) -> None:
    before = lookup.snapshot
    bad = world.publish(record("bridge", "The bridge fell."))
    (world.store.folder(bad.id) / "claims.db").write_bytes(b"junk")
    for _ in range(3):
        assert matched(lookup.ask("the moon is hollow")) == "moon"
    assert lookup.snapshot == before
    refused = [each.getMessage() for each in caplog.records if each.levelname == "ERROR"]
    assert len(refused) == 1
    assert bad.id in refused[0]
    assert "hearsay reindex" in refused[0]
    good = world.store.publish(world.build().id)
    assert lookup.snapshot.id == good.id


def test_a_snapshot_of_another_model_is_refused(world: World, lookup: Lookup) -> None:
    before = lookup.snapshot
    world.encoder = TinyEncoder(VOCABULARY, model="tiny/2")
    world.publish(record("bridge", "The bridge fell."))
    assert matched(lookup.ask("the moon is hollow")) == "moon"
    assert lookup.snapshot == before


def test_a_snapshot_of_another_model_says_what_to_run(world: World) -> None:
    with (
        opened(world, load=lambda _: TinyEncoder(VOCABULARY, model="tiny/2")) as lookup,
        pytest.raises(SnapshotError, match=r"built with tiny, .* tiny/2\. Run `hearsay reindex`"),
    ):
        lookup.warm()


def test_a_pointer_that_cannot_be_read_leaves_the_old_one_in_use(
    world: World, lookup: Lookup
) -> None:
    before = lookup.snapshot
    pointer = world.store.root / "current"
    pointer.unlink()
    pointer.mkdir()
    assert matched(lookup.ask("the moon is hollow")) == "moon"
    assert lookup.snapshot == before


def test_a_pruned_snapshot_goes_on_serving_until_the_new_one_is_loaded(
    world: World, lookup: Lookup
) -> None:
    lookup.warm()
    new = world.publish(record("bridge", "The bridge fell."))
    world.store.prune(1)
    assert world.store.ids() == [new.id]
    assert matched(lookup.ask("the moon is hollow")) == "moon"
    assert lookup.snapshot.id == new.id


def test_questions_in_threads_never_fail_while_snapshots_change(world: World) -> None:
    stop, begun = threading.Event(), threading.Barrier(5)

    def ask_on(lookup: Lookup) -> list[tuple[str, str | None]]:
        def ask() -> tuple[str, str | None]:
            answer = lookup.ask("hollow our moon?")
            return answer.snapshot.id, matched(answer)

        seen = [ask()]
        begun.wait()
        while not stop.is_set():
            seen.append(ask())
        return [*seen, ask()]

    with opened(world) as lookup, ThreadPoolExecutor(4) as pool:
        published = [lookup.snapshot.id]
        asking = [pool.submit(ask_on, lookup) for _ in range(4)]
        begun.wait()
        try:
            for n in range(6):
                manifest = world.publish(record(f"new{n}", f"A bank closed branch {n}."))
                published.append(manifest.id)
                world.store.prune(2)
            # Whoever asks while it is being loaded still gets the one before.
            while lookup.ask("moon").snapshot.id != published[-1]:
                pass
        finally:
            stop.set()
        seen = [each.result() for each in asking]
    for answers in seen:
        assert {claim for _, claim in answers} == {"moon"}
        assert {snapshot for snapshot, _ in answers} <= set(published)
        assert (answers[0][0], answers[-1][0]) == (published[0], published[-1])


def test_each_encoder_is_loaded_once(world: World) -> None:
    loaded: list[str] = []

    def load(name: str) -> Encoder:
        loaded.append(name)
        return world.encoder

    with opened(world, load=load) as lookup:
        lookup.warm()
        world.publish(record("bridge", "The bridge fell."))
        lookup.warm()
    assert loaded == ["tiny"]
