"""Home: reindexing, and opening the lookup with and without an archive of one's own."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tiny import TinyEncoder
from tinyarchive import VOCABULARY, record

from index.answers import Outcome
from index.archive import Archive
from index.archive.filing import SourceFile
from index.claims import ClaimState
from index.errors import ArchiveError, SnapshotError
from index.home import open_lookup, reindex, sample_archive
from index.settings import Settings
from index.snapshots import SnapshotStore


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path, encoders=("tiny",), keep_snapshots=2, _env_file=None)


@pytest.fixture
def archive(settings: Settings) -> Iterator[Archive]:
    with Archive(settings.archive_path) as opened:
        opened.file(
            [record("moon", "The moon is hollow.")],
            SourceFile("feed.jsonl", "0" * 64, "jsonl"),
            state=ClaimState.PUBLISHED,
        )
        yield opened


class Loader:
    """Loads tiny encoders and remembers which."""

    def __init__(self, model: str = "tiny") -> None:
        self.model = model
        self.loaded: list[str] = []

    def __call__(self, name: str) -> TinyEncoder:
        self.loaded.append(name)
        return TinyEncoder(VOCABULARY, model=self.model)


def test_without_an_archive_there_is_nothing_to_reindex(settings: Settings) -> None:
    with pytest.raises(ArchiveError, match="hearsay import"):
        reindex(settings, load=Loader())
    assert list(settings.home.iterdir()) == []


@pytest.mark.usefixtures("archive")
def test_reindexing_publishes(settings: Settings) -> None:
    done = reindex(settings, load=Loader())
    assert (done.is_new, done.manifest.n_claims, done.pruned) == (True, 1, ())
    assert SnapshotStore(settings.snapshots_path).current_id() == done.manifest.id


@pytest.mark.usefixtures("archive")
def test_reindexing_an_unchanged_archive_builds_nothing(settings: Settings) -> None:
    first = reindex(settings, load=Loader())
    again = reindex(settings, load=Loader())
    assert (again.is_new, again.manifest) == (False, first.manifest)
    assert len(SnapshotStore(settings.snapshots_path).ids()) == 1


def test_a_changed_archive_is_built_again_and_old_snapshots_go(
    settings: Settings, archive: Archive
) -> None:
    first = reindex(settings, load=Loader())
    more = [record("bank", "A bank closed.")]
    archive.file(more, SourceFile("feed.jsonl", "1" * 64, "jsonl"), state=ClaimState.PUBLISHED)
    second = reindex(settings, load=Loader())
    archive.withdraw("moon")
    third = reindex(settings, load=Loader())
    assert (second.is_new, second.manifest.n_claims) == (True, 2)
    assert (third.is_new, third.manifest.n_claims) == (True, 1)
    assert third.pruned == (first.manifest.id,)
    ids = SnapshotStore(settings.snapshots_path).ids()
    assert ids == [third.manifest.id, second.manifest.id]


@pytest.mark.usefixtures("archive")
def test_a_model_of_another_version_is_reason_to_build(settings: Settings) -> None:
    reindex(settings, load=Loader("tiny/1"))
    done = reindex(settings, load=Loader("tiny/2"))
    assert done.is_new
    assert [each.model for each in done.manifest.vectors] == ["tiny/2"]


@pytest.mark.usefixtures("archive")
def test_a_damaged_published_snapshot_is_reason_to_build(settings: Settings) -> None:
    first = reindex(settings, load=Loader())
    folder = SnapshotStore(settings.snapshots_path).folder(first.manifest.id)
    (folder / "claims.db").write_bytes(b"junk")
    assert reindex(settings, load=Loader()).is_new


def test_a_reindex_that_fails_leaves_the_published_one(
    settings: Settings, archive: Archive
) -> None:
    first = reindex(settings, load=Loader())
    archive.withdraw("moon")
    with pytest.raises(SnapshotError, match="no published claim"):
        reindex(settings, load=Loader())
    assert SnapshotStore(settings.snapshots_path).current_id() == first.manifest.id


def test_a_first_run_serves_the_sample_and_says_so(settings: Settings) -> None:
    told: list[str] = []
    with open_lookup(settings, load=Loader(), on_progress=told.append) as lookup:
        with sample_archive() as sample:
            n_claims = sample.counts()[ClaimState.PUBLISHED]
        assert lookup.snapshot.is_sample
        assert lookup.snapshot.n_claims == n_claims >= 50
        assert lookup.ask("hello").snapshot.is_sample
    assert "bundled sample archive is used" in told[0]
    assert not settings.archive_path.exists()


def test_the_sample_is_prepared_once(settings: Settings) -> None:
    with open_lookup(settings, load=Loader()) as lookup:
        first = lookup.snapshot
    told: list[str] = []
    with open_lookup(settings, load=Loader(), on_progress=told.append) as lookup:
        assert lookup.snapshot == first
    assert not any("Preparing" in each for each in told)


def test_preparing_the_sample_loads_each_encoder_once(settings: Settings) -> None:
    load = Loader()
    with open_lookup(settings, load=load) as lookup:
        lookup.warm()
    assert load.loaded == ["tiny"]


def test_a_damaged_sample_is_made_anew(settings: Settings) -> None:
    with open_lookup(settings, load=Loader()) as lookup:
        n_claims = lookup.snapshot.n_claims
    (settings.sample_path / "archive.db").write_bytes(b"junk, long enough to look like one " * 99)
    for path in settings.sample_path.glob("archive.db-*"):
        path.unlink()
    for path in settings.sample_path.glob("snapshots/*/claims.db"):
        path.write_bytes(b"junk")
    with open_lookup(settings, load=Loader()) as lookup:
        assert lookup.snapshot.n_claims == n_claims


@pytest.mark.usefixtures("archive")
def test_one_s_own_snapshot_is_served_and_nothing_said(settings: Settings) -> None:
    reindex(settings, load=Loader())
    told: list[str] = []
    with open_lookup(settings, load=Loader(), on_progress=told.append) as lookup:
        assert not lookup.snapshot.is_sample
        assert lookup.ask("the moon is hollow").outcome is Outcome.MATCH
    assert told == []
    assert not settings.sample_path.exists()
