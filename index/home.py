"""Home: the one folder of run-time state; opens archive, snapshots and lookup in it."""

import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache, partial
from pathlib import Path

from index.archive import Archive
from index.archive.filing import SourceFile
from index.claims import ClaimState
from index.decision import Decider, load_calibration
from index.embedder import Encoder, load_encoder
from index.errors import ArchiveError, SnapshotError
from index.importers import ReadOptions, choose
from index.importers.source import Source
from index.lookup import Lookup
from index.names import Names
from index.pair_model import PairModel
from index.records import ImportReport, Reading
from index.resources import data_path
from index.settings import Settings
from index.snapshots import Manifest, SnapshotStore, build_snapshot
from index.snapshots.build import NamedEncoder, Progress
from index.snapshots.manifest import read_manifest
from index.snapshots.reader import Snapshot
from index.text import TEXT_VERSION

_SAMPLE_FILE = "sample.jsonl"


@dataclass(frozen=True, slots=True)
class Reindexed:
    """What a reindex came to.

    Attributes:
        manifest: Of the snapshot that is published now.
        is_new: Whether it was built by this reindex; otherwise nothing had changed.
        pruned: Ids of old snapshots that were deleted.
    """

    manifest: Manifest
    is_new: bool
    pruned: tuple[str, ...] = ()


def utc_now() -> datetime:
    """The clock: aware UTC."""
    return datetime.now(UTC)


def import_file(  # noqa: PLR0913 (options of one command)
    archive: Archive,
    path: Path,
    *,
    format_name: str | None = None,
    state: ClaimState | None = None,
    columns: dict[str, str] | None = None,
    feed: str | None = None,
    encode: Callable[[], Encoder] | None = None,
    dry_run: bool = False,
    on_read: Callable[[Source], None] = lambda _: None,
) -> ImportReport:
    """Import one file, all or nothing.

    Args:
        archive: Where to.
        path: The feed or article.
        format_name: Name of the importer; None detects it.
        state: What new claims become; None leaves it to the format (feeds are published, articles
            are drafts).
        columns: For `csv`, our field to the file's column.
        feed: Name of the feed, where the format does not fix one.
        encode: Loads an encoder, for importers that read prose.
        dry_run: Report only.
        on_read: Told of the source after every record, for a progress bar.

    Raises:
        FeedError: The file cannot be read as a feed; nothing was imported.
        ArchiveError: The archive cannot be written; nothing was imported.
    """
    importer = choose(path, format_name)
    options = ReadOptions(
        today=utc_now().date(),
        columns=columns or {},
        feed=feed,
        encode=(lambda texts: encode().encode(texts)) if encode else None,
    )
    with Source.open(path) as source:
        file = SourceFile(path.name, source.sha256(), importer.name)
        readings = _watched(importer.read(source, options), source, on_read)
        return archive.file(
            readings,
            file,
            state=state or importer.default_state,
            is_explicit=state is not None,
            dry_run=dry_run,
        )


def reindex(
    settings: Settings,
    *,
    load: Callable[[str], Encoder] | None = None,
    progress: Progress | None = None,
) -> Reindexed:
    """Build a snapshot of the archive and publish it, unless nothing has changed.

    Raises:
        ArchiveError: There is no archive yet.
        SnapshotError: It cannot be built; the published one stays in use.
        EncoderError: A model is missing.
    """
    if not settings.archive_path.exists():
        raise ArchiveError("There is no archive yet. Import a feed first: `hearsay import FILE`.")
    with Archive(settings.archive_path) as archive:
        return _reindex(settings, archive, settings.snapshots_path, load, progress)


def open_lookup(
    settings: Settings,
    *,
    load: Callable[[str], Encoder] | None = None,
    calibrate: Callable[[Sequence[str], str | None], Decider] | None = None,
    on_progress: Callable[[str], None] = lambda _: None,
) -> Lookup:
    """Open the lookup over the published snapshot.

    On a first run, without one, the bundled sample archive is built and served; as soon as a
    snapshot of one's own is published, that one is.

    Args:
        settings: Where everything is.
        load: Loads an encoder by name; None loads the real ones.
        calibrate: Gives the decision, see `Lookup`; None takes the operator's own or the shipped
            one.
        on_progress: Told, a sentence each, what takes time on a first run.

    Raises:
        SnapshotError: The sample cannot be built.
        EncoderError: A model is missing.
    """
    own = SnapshotStore(settings.snapshots_path)
    sample = SnapshotStore(settings.sample_path / "snapshots")
    loading = cache(load or _loader(settings))
    if own.current_id() is None:
        on_progress(
            "No archive has been published yet: the bundled sample archive is used. "
            "`hearsay import FILE` and `hearsay reindex` replace it by your own."
        )
        _build_sample(settings, sample, loading, on_progress)
    return Lookup(
        [own, sample],
        Names.load(),
        loading,
        calibrate=calibrate or partial(load_calibration, own=settings.calibration_path),
        pair_model=PairModel.bundled(settings.threads),
    )


def sample_archive() -> Archive:
    """An archive in memory that holds the bundled sample, to read from where there is none yet."""
    archive = Archive(None)
    _import_sample(archive)
    return archive


def _loader(settings: Settings) -> Callable[[str], Encoder]:
    return lambda name: load_encoder(name, settings.threads)


def _reindex(
    settings: Settings,
    archive: Archive,
    root: Path,
    load: Callable[[str], Encoder] | None,
    progress: Progress | None,
) -> Reindexed:
    store = SnapshotStore(root)
    loading = load or _loader(settings)
    encoders = [NamedEncoder(name, loading(name)) for name in settings.encoders]
    if (current := _up_to_date(encoders, archive, store)) is not None:
        return Reindexed(current, is_new=False)
    manifest = build_snapshot(
        archive, encoders, store, Names.load(), now=utc_now, progress=progress
    )
    store.publish(manifest.id)
    return Reindexed(manifest, is_new=True, pruned=tuple(store.prune(settings.keep_snapshots)))


def _up_to_date(
    encoders: Sequence[NamedEncoder], archive: Archive, store: SnapshotStore
) -> Manifest | None:
    """The published snapshot's manifest, if building again would give the same and it is sound."""
    try:
        if (current := store.current_id()) is None:
            return None
        folder = store.folder(current)
        manifest = read_manifest(folder)
        if (
            manifest.archive_version != archive.data_version()
            or manifest.text_version != TEXT_VERSION
            or [(each.encoder, each.model, each.dim) for each in manifest.vectors]
            != [(each.name, each.encoder.model, each.encoder.dim) for each in encoders]
        ):
            return None
        Snapshot.open(folder).close()
    except SnapshotError:
        return None
    return manifest


def _build_sample(
    settings: Settings,
    store: SnapshotStore,
    load: Callable[[str], Encoder],
    on_progress: Callable[[str], None],
) -> None:
    path = settings.sample_path / "archive.db"
    try:
        with Archive(path) as archive:
            if _import_sample(archive).n_new or store.current_id() is None:
                on_progress("Preparing the sample archive, once, in a few seconds.")
            _reindex(settings, archive, store.root, load, None)
    except ArchiveError:
        # The sample is disposable: a damaged one is made anew.
        shutil.rmtree(settings.sample_path, ignore_errors=True)
        with Archive(path) as archive:
            _import_sample(archive)
            _reindex(settings, archive, store.root, load, None)


def _import_sample(archive: Archive) -> ImportReport:
    return import_file(archive, data_path(_SAMPLE_FILE), format_name="jsonl")


def _watched(
    readings: Iterable[Reading], source: Source, on_read: Callable[[Source], None]
) -> Iterator[Reading]:
    for reading in readings:
        on_read(source)
        yield reading
