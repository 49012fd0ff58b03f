"""Evaluate: `hearsay evaluate`."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from index.cli.console import (
    BuildProgress,
    check_outputs,
    console,
    note,
    print_json,
    progress_bar,
)
from index.cli.figures import evaluation_lines, evaluation_to_json
from index.decision import load_calibration
from index.embedder import load_encoder
from index.errors import SettingsError
from index.evaluation import (
    Corpus,
    Question,
    ask_all,
    beir_files,
    find_corpus,
    linked_questions,
    measure,
    missing_claims,
    open_corpus,
    plot,
    read_beir,
    read_questions,
    require_matplotlib,
    write_rows,
)
from index.home import open_lookup, utc_now
from index.names import Names
from index.pair_model import PairModel
from index.settings import Settings, load_settings
from index.snapshots.build import NamedEncoder

_SHOWN = 3


def evaluate(
    folder: Annotated[
        Path | None,
        typer.Argument(
            metavar="[DIR]", help="A folder in the BEIR layout; without it, your own archive."
        ),
    ] = None,
    split: Annotated[
        str | None, typer.Option(metavar="NAME", help="Ask the questions of DIR/qrels/NAME.tsv.")
    ] = None,
    questions: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Ask these labelled questions, JSON lines.")
    ] = None,
    archive: Annotated[
        str | None, typer.Option(metavar="NAME", help="Of FILE, only those whose archive is NAME.")
    ] = None,
    remove_gold: Annotated[
        bool,
        typer.Option(
            "--remove-gold", help="Ask again with the claims hidden that a question is about."
        ),
    ] = False,
    rows: Annotated[
        Path | None, typer.Option(metavar="OUT.jsonl", help="Write what each question came to.")
    ] = None,
    plot_to: Annotated[
        Path | None,
        typer.Option("--plot", metavar="OUT.png", help="Draw reliability, precision and recall."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Measure the lookup on labelled questions, over a corpus of its own or your archive.

    Example: hearsay evaluate datasets/snopes-tweets --split dev --remove-gold
    """
    settings = load_settings()
    _check(folder, split, questions, archive)
    inputs = [*([questions] if questions else []), *(beir_files(folder) if folder else [])]
    check_outputs({"--rows": rows, "--plot": plot_to}, inputs)
    if plot_to is not None:
        require_matplotlib()
    asking, title = _questions(folder, split, questions, archive)
    with _corpus(folder, settings) as corpus:
        missing = missing_claims(corpus, asking)
        if missing:
            shown = ", ".join(missing[:_SHOWN]) + (", …" if len(missing) > _SHOWN else "")
            note(
                f"{len(missing)} claims that questions are about are not in the archive, and count "
                f"as not found: {shown}."
            )
        with progress_bar() as bar:
            progress = BuildProgress(bar)
            progress.start("Asking", len(asking))
            asked = ask_all(corpus, asking, remove_gold=remove_gold, on_progress=progress.advance)
        evaluation = measure(asked, corpus.lookup.snapshot.n_claims)
    if rows is not None:
        write_rows(asked, rows, remove_gold=remove_gold)
    if plot_to is not None:
        plot(asked, plot_to, title)
    if as_json:
        print_json(evaluation_to_json(evaluation) | {"missing_claims": missing})
        return
    out = console()
    out.print(f"{title}: {evaluation.n_questions} questions, {evaluation.n_claims:,} claims")
    for line in evaluation_lines(evaluation):
        out.print(line)


def _check(
    folder: Path | None, split: str | None, questions: Path | None, archive: str | None
) -> None:
    if (split is None) == (questions is None):
        raise SettingsError(
            "Say what to ask: either DIR --split NAME, for the questions of a folder, or "
            "--questions FILE, with DIR or without."
        )
    if split is not None and folder is None:
        raise SettingsError("--split names questions of a folder. Expected DIR --split NAME.")
    if archive is not None and questions is None:
        raise SettingsError("--archive chooses among questions of a file. Add --questions FILE.")


def _questions(
    folder: Path | None, split: str | None, questions: Path | None, archive: str | None
) -> tuple[list[Question], str]:
    """What to ask, and how to call it."""
    if questions is not None:
        about = [f"about {archive}"] if archive else []
        where = [folder.resolve().name] if folder else []
        found = read_questions(questions, archive)
        return found, ", ".join([*where, " ".join([questions.name, *about])])
    assert folder is not None
    assert split is not None
    return linked_questions(read_beir(folder, split)), f"{folder.resolve().name}, {split}"


@contextmanager
def _corpus(folder: Path | None, settings: Settings) -> Iterator[Corpus]:
    if folder is None:
        with open_lookup(settings, on_progress=note) as lookup:
            yield Corpus(lookup)
        return
    path = find_corpus(folder)
    encoders = [
        NamedEncoder(name, load_encoder(name, settings.threads)) for name in settings.encoders
    ]
    with progress_bar() as bar:
        lookup, ids = open_corpus(
            path,
            settings.home / "evaluation",
            encoders,
            Names.load(),
            now=utc_now,
            calibrate=partial(load_calibration, own=settings.calibration_path),
            pair_model=PairModel.bundled(settings.threads),
            progress=BuildProgress(bar),
        )
    with lookup:
        yield Corpus(lookup, ids)
