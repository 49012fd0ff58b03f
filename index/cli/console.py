"""Console: what the commands share at the terminal: data on stdout, the rest on stderr."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import typer
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    ProgressColumn,
    SpinnerColumn,
    Task,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
)
from rich.progress import Progress as RichProgress
from rich.text import Text

from index.archive import Archive
from index.home import sample_archive
from index.settings import Settings
from index.snapshots.build import Progress

errors = Console(stderr=True, highlight=False, soft_wrap=True)


def console() -> Console:
    """The console for data; made anew, so that it follows a redirected stdout."""
    return Console(highlight=False, soft_wrap=True)


def note(text: str) -> None:
    """Say something beside the data, on stderr."""
    errors.print(text, markup=False)


def print_json(content: Any) -> None:
    """Print data as JSON on stdout."""
    typer.echo(json.dumps(content, ensure_ascii=False, indent=2))


class BuildProgress(Progress):
    """A progress bar with rate and time left; on a terminal only."""

    def __init__(self, bar: RichProgress) -> None:
        self._bar = bar
        self._task: TaskID | None = None

    def start(self, what: str, total: int) -> None:
        """A step with this many units begins."""
        self._task = self._bar.add_task(what, total=max(total, 1), completed=0 if total else 1)

    def advance(self, n: int) -> None:
        """So many more units are done."""
        if self._task is not None:
            self._bar.advance(self._task, n)


class _Rate(ProgressColumn):
    def render(self, task: Task) -> Text:
        return Text(f"{task.speed:,.0f}/s" if task.speed else "")


@contextmanager
def progress_bar() -> Iterator[RichProgress]:
    """A bar with count, rate and time left, on stderr, while it is a terminal."""
    with RichProgress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        _Rate(),
        TimeRemainingColumn(),
        console=errors,
        transient=True,
        disable=not errors.is_terminal,
    ) as bar:
        yield bar


@contextmanager
def reading_archive(settings: Settings) -> Iterator[Archive]:
    """The archive, or, as long as there is none, the bundled sample in its place."""
    if settings.archive_path.exists():
        with Archive(settings.archive_path) as archive:
            yield archive
        return
    note("No archive yet: this is the bundled sample. `hearsay import FILE` starts your own.")
    with sample_archive() as archive:
        yield archive
