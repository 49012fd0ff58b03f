"""Evaluate: `hearsay evaluate`."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from index.cli.console import BuildProgress, console, print_json, progress_bar
from index.embedder import load_encoder
from index.evaluation import evaluate as evaluate_lookup
from index.evaluation import open_corpus, read_beir
from index.home import utc_now
from index.names import Names
from index.settings import load_settings
from index.snapshots.build import NamedEncoder


def evaluate(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A folder in the BEIR layout.")],
    split: Annotated[str, typer.Option(help="Name of the split: qrels/NAME.tsv.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Measure the lookup on labelled questions over a corpus of its own.

    Example: hearsay evaluate datasets/snopes-tweets --split dev
    """
    settings = load_settings()
    labelled = read_beir(folder, split)
    encoders = [
        NamedEncoder(name, load_encoder(name, settings.threads)) for name in settings.encoders
    ]
    with progress_bar() as bar:
        progress = BuildProgress(bar)
        lookup, ids = open_corpus(
            labelled.corpus,
            settings.home / "evaluation",
            encoders,
            Names.load(),
            now=utc_now,
            progress=progress,
        )
        progress.start("Asking", len(labelled.queries))
        with lookup:
            result = evaluate_lookup(lookup, labelled, ids, progress.advance)
    if as_json:
        print_json(asdict(result))
        return
    out = console()
    out.print(f"{folder.name}, {split}: {result.n_questions} questions, {result.n_claims:,} claims")
    for name, value in result.metrics.items():
        out.print(f"  {name:<7} {value:.4f}")
    out.print(f"  {result.ms_median:.0f} ms a question (median), {result.ms_p95:.0f} ms (95%)")
    out.print("  " + ", ".join(f"{outcome} {n}" for outcome, n in result.outcomes.items()))
