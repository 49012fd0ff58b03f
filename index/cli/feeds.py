"""Feeds: `hearsay import`."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import Progress as RichProgress
from rich.progress import TaskID

from index.archive import Archive
from index.claims import ClaimState
from index.cli.console import console, note, print_json, progress_bar
from index.embedder import Encoder, load_encoder
from index.errors import ArchiveError, FeedError, SettingsError
from index.home import import_file
from index.importers.source import Source
from index.records import ImportReport, Noted, Rejected
from index.settings import Settings, load_settings

_SHOWN_REJECTED = 20
_SHOWN_NOTES = 10
EXIT_REJECTED = 3


def import_(
    paths: Annotated[list[Path], typer.Argument(metavar="PATH...", help="Feeds or articles.")],
    format_name: Annotated[
        str | None, typer.Option("--format", help="Name of the format; detected if not given.")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Report what would happen; write nothing.")
    ] = False,
    publish: Annotated[
        bool, typer.Option("--publish", help="Publish new claims, articles' drafts too.")
    ] = False,
    draft: Annotated[
        bool, typer.Option("--draft", help="Keep new claims as drafts, feeds' too.")
    ] = False,
    column: Annotated[
        list[str] | None,
        typer.Option("--column", help="For csv: FIELD=COLUMN, such as text=Statement."),
    ] = None,
    feed: Annotated[
        str | None, typer.Option(help="For csv and jsonl: name of the feed; the file's by default.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,
) -> None:
    """Import feeds and articles into the archive; each file all or nothing.

    Example: hearsay import factchecks.jsonl euvsdisinfo.csv.gz
    """
    if publish and draft:
        raise typer.BadParameter("Choose one of --publish and --draft.")
    state = ClaimState.PUBLISHED if publish else ClaimState.DRAFT if draft else None
    settings = load_settings()
    columns = _columns(column or [])
    reports: list[ImportReport] = []
    failed: list[str] = []
    with _archive(settings, dry_run=dry_run) as archive, progress_bar() as bar:
        encoder = _LazyEncoder(settings)
        for path in paths:
            task = bar.add_task(path.name, total=None)
            try:
                report = import_file(
                    archive,
                    path,
                    format_name=format_name,
                    state=state,
                    columns=columns,
                    feed=feed,
                    encode=encoder,
                    dry_run=dry_run,
                    on_read=_watching(bar, task),
                )
            except (FeedError, ArchiveError) as error:
                failed.append(str(error))
                note(f"hearsay: {error}")
            else:
                reports.append(report)
                if not as_json:
                    _print(report)
            finally:
                bar.remove_task(task)
    if as_json:
        print_json([_as_json(report) for report in reports])
    if failed:
        raise typer.Exit(1)
    if any(report.n_rejected for report in reports):
        raise typer.Exit(EXIT_REJECTED)


def _archive(settings: Settings, *, dry_run: bool) -> Archive:
    # A dry run on a fresh home leaves no trace, not even an empty archive.
    missing = not settings.archive_path.exists()
    return Archive(None if dry_run and missing else settings.archive_path)


def _columns(pairs: list[str]) -> dict[str, str]:
    columns = dict(pair.partition("=")[::2] for pair in pairs)
    if bad := [field for field, name in columns.items() if not (field and name)]:
        raise SettingsError(
            f"--column takes FIELD=COLUMN, such as --column text=Statement; got {bad[0]!r}."
        )
    return columns


class _LazyEncoder:
    """Loads the first encoder when an importer asks for it, and only once."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._encoder: Encoder | None = None

    def __call__(self) -> Encoder:
        if self._encoder is None:
            self._encoder = load_encoder(self._settings.encoders[0], self._settings.threads)
        return self._encoder


def _watching(bar: RichProgress, task: TaskID) -> "_Watch":
    return _Watch(bar, task)


class _Watch:
    """Moves the bar by the share of the file that has been read."""

    def __init__(self, bar: RichProgress, task: TaskID) -> None:
        self._bar = bar
        self._task = task

    def __call__(self, source: Source) -> None:
        self._bar.update(self._task, total=source.size, completed=source.position)


def _as_json(report: ImportReport) -> dict[str, object]:
    return asdict(report) | {"n_rejected": report.n_rejected}


def _print(report: ImportReport) -> None:
    out = console()
    would = "would be " if report.dry_run else ""
    parts = [
        f"{report.n_new:,} {would}new",
        f"{report.n_joined:,} joined a claim on file",
        f"{report.n_updated:,} updated",
        f"{report.n_unchanged:,} unchanged",
        f"{report.n_kept:,} kept as edited here",
        f"{report.n_rejected:,} rejected",
    ]
    shown = [part for part in parts if not part.startswith("0 ")]
    out.print(
        f"{report.path} ({report.format}): {report.n_records:,} "
        f"record{'' if report.n_records == 1 else 's'}: "
        f"{', '.join(shown) or 'nothing to do'}.",
        markup=False,
    )
    _print_remarks("Rejected", report.rejected, _SHOWN_REJECTED)
    _print_remarks("Note", report.notes, _SHOWN_NOTES)
    if report.import_id is not None and report.n_new + report.n_joined + report.n_updated:
        note("Next: `hearsay drafts` to review drafts, `hearsay reindex` to serve what is new.")


def _print_remarks(what: str, remarks: Sequence[Rejected | Noted], shown: int) -> None:
    for each in remarks[:shown]:
        field = f", {each.field}" if each.field else ""
        note(f"  {what}: line {each.line}{field}: {each.reason}")
    if len(remarks) > shown:
        note(f"  … and {len(remarks) - shown:,} more; --json lists all. By reason:")
        for reason, n in Counter(each.reason for each in remarks).most_common(5):
            note(f"    {n:,} times: {reason}")
