"""Console: what the commands share at the terminal: data on stdout, the rest on stderr."""

import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
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
from rich.table import Table
from rich.text import Text

from index.archive import Archive
from index.errors import SettingsError
from index.home import sample_archive
from index.settings import Settings
from index.snapshots.build import Progress

# What claims and feeds say is printed as it is: "[sic]" is no markup, ":tada:" no emoji.
_plain = partial(Console, highlight=False, markup=False, emoji=False, soft_wrap=True)

errors = _plain(stderr=True)


def console() -> Console:
    """The console for data; made anew, so that it follows a redirected stdout."""
    return _plain()


def note(text: str) -> None:
    """Say something beside the data, on stderr."""
    errors.print(text, markup=False)


def print_table(headers: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Print rows: aligned and wrapped on a terminal, else one line each, cells parted by tabs."""
    out = console()
    if not out.is_terminal:
        for row in (headers, *rows):
            typer.echo("\t".join(row))
        return
    table = Table(*headers, box=None, pad_edge=False)
    for row in rows:
        table.add_row(*row)
    out.print(table)


def print_json(content: Any) -> None:
    """Print data as JSON on stdout."""
    typer.echo(json.dumps(content, ensure_ascii=False, indent=2))


def check_outputs(outputs: Mapping[str, Path | None], inputs: Iterable[Path]) -> None:
    """Make sure, before long work begins, that its results can be written and overwrite no input.

    Args:
        outputs: What will be written, by its option; None where that is not given.
        inputs: What is read.

    Raises:
        SettingsError: An output cannot be written, or is an input or another output.
    """
    taken = [*inputs]
    for option, path in outputs.items():
        if path is None:
            continue
        folder = path.absolute().parent
        if path.is_dir() or not (folder.is_dir() and os.access(folder, os.W_OK)):
            raise SettingsError(
                f"{option} {path} cannot be written. Expected a file in a folder that exists and "
                "may be written to."
            )
        if any(_is_same(path, each) for each in taken):
            raise SettingsError(
                f"{option} {path} would overwrite what this command reads or writes besides. Name "
                "another file."
            )
        taken.append(path)


def _is_same(one: Path, other: Path) -> bool:
    both = one.exists() and other.exists()
    return one.samefile(other) if both else one.resolve() == other.resolve()


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
        TextColumn("{task.description}", markup=False),
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
