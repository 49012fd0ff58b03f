"""Calibrate: `hearsay calibrate`."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict, replace
from pathlib import Path
from typing import Annotated, Any

import typer

from index.calibrating import (
    Calibrated,
    Remembering,
    as_linked,
    run,
)
from index.cli.console import (
    BuildProgress,
    check_outputs,
    console,
    note,
    print_json,
    progress_bar,
)
from index.cli.sources import Archives, check_number, sources_of
from index.decision import Calibration, load_calibration, save_calibration
from index.embedder import load_encoder
from index.errors import SettingsError
from index.evaluation import (
    Question,
    beir_files,
    linked_questions,
    read_beir,
    read_questions,
)
from index.home import utc_now
from index.pair_model import PairModel
from index.settings import Settings, load_settings
from index.snapshots.build import NamedEncoder


def calibrate(
    files: Annotated[
        list[Path], typer.Argument(metavar="FILE...", help="Labelled questions, JSON lines.")
    ],
    corpus: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME=DIR",
            help="Ask questions whose archive is NAME about this BEIR folder, and its own.",
        ),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write it there instead of into use.")
    ] = None,
    scratch: Annotated[
        bool, typer.Option("--from-scratch", help="Do not start from the calibration in use.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Fit ranking and decision to labelled questions, such as `hearsay label` collects.

    Example: hearsay calibrate questions.jsonl
    """
    settings = load_settings()
    folders = dict(map(_folder, corpus or []))
    inputs = [*files, *(path for folder in folders.values() for path in beir_files(folder))]
    check_outputs({"--out": out}, inputs)
    asked = _asked(files, folders)
    check_number(asked)
    encoders = [
        NamedEncoder(name, Remembering(load_encoder(name, settings.threads)))
        for name in settings.encoders
    ]
    pair_model = PairModel.bundled(settings.threads)
    models = tuple(each.encoder.question_model for each in encoders)
    start = _start(models, pair_model, settings, scratch=scratch)
    with progress_bar() as bar, ExitStack() as opened:
        progress = BuildProgress(bar)
        archives = Archives(settings, encoders, pair_model, start, progress, opened)
        sources = list(sources_of(archives, asked, folders))
        task = bar.add_task("Asking", total=None)
        done = run(
            sources,
            start,
            is_from_start=not scratch,
            on_progress=lambda what, n: bar.update(task, description=what, completed=n),
        )
    calibration = replace(done.calibration, provenance=_provenance(files, folders, done))
    path = out or settings.calibration_path
    save_calibration(calibration, path)
    if as_json:
        print_json(calibration.provenance)
        return
    _print(done)
    if out is None:
        note(
            f"In use from the next start or published snapshot on: {path.name}. Delete it to go "
            "back to the shipped one."
        )


def _asked(files: Iterable[Path], folders: Mapping[str, Path]) -> dict[str | None, list[Question]]:
    """What to ask each archive, by its name; without folders only the operator's own, None."""
    written = [question for path in files for question in read_questions(path)]
    if not folders:
        return {None: written}
    others = {each.archive or "your own archive" for each in written if each.archive not in folders}
    if others:
        note(f"Left out, no --corpus for them: questions about {', '.join(sorted(others))}.")
    return {
        name: [*(each for each in written if each.archive == name), *_linked(name, folder)]
        for name, folder in folders.items()
    }


def _linked(name: str, folder: Path) -> Iterator[Question]:
    if (folder / "qrels" / "train.tsv").exists():
        yield from as_linked(linked_questions(read_beir(folder, "train")), f"linked, {name}")


def _start(
    models: Sequence[str], pair_model: PairModel, settings: Settings, *, scratch: bool
) -> Calibration:
    if scratch:
        return Calibration.empty(models, pair_model.name)
    try:
        found = load_calibration(models, pair_model.name, settings.calibration_path)
    except SettingsError:
        note("Your calibration does not fit what is installed: starting from the shipped one.")
        found = load_calibration(models, pair_model.name)
    if isinstance(found, Calibration):
        return found
    raise SettingsError(
        f"No calibration is shipped for {', '.join(models)} with this pair model. Add "
        "--from-scratch, and some hundred labelled questions of every kind."
    )


def _folder(option: str) -> tuple[str, Path]:
    name, equals, folder = option.partition("=")
    if not (name and equals and Path(folder).is_dir()):
        raise SettingsError(
            f"--corpus {option}: expected NAME=DIR, where DIR is a folder in the BEIR layout."
        )
    return name, Path(folder)


def _provenance(
    files: Sequence[Path], folders: Mapping[str, Path], done: Calibrated
) -> dict[str, Any]:
    return {
        "fitted_at": utc_now().isoformat(timespec="seconds"),
        "questions": {path.name: _sha256(path) for path in files},
        "corpora": {
            name: {
                path.name: _sha256(path)
                for path in (*folder.glob("corpus.jsonl*"), folder / "qrels" / "train.tsv")
                if path.exists()
            }
            for name, folder in folders.items()
        },
        "n_questions": done.n_questions,
        "cross_validated": {kind: asdict(each) for kind, each in done.figures.items()},
    }


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _print(done: Calibrated) -> None:
    out = console()
    out.print("By five-fold cross-validation, at the threshold in use:")
    head = ("kind", "n", "right first", "MATCH right", "MATCH wrong")
    out.print(f"  {head[0]:<30}{head[1]:>6}{head[2]:>13}{head[3]:>13}{head[4]:>13}")
    for kind, each in done.figures.items():
        shares = (each.right_first, each.match_right, each.match_wrong)
        cells = "".join(f"{'-' if share is None else f'{share:.3f}':>13}" for share in shares)
        out.print(f"  {kind:<30}{each.n:>6}{cells}")
