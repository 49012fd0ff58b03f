"""Calibrate: `hearsay calibrate`."""

import hashlib
import json
import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Annotated, Any

import typer

from index.calibrating import (
    Calibrated,
    LabelledQuestion,
    Remembering,
    Source,
    as_linked,
    repeated_claims,
    run,
    written_questions,
)
from index.cli.console import (
    BuildProgress,
    check_outputs,
    console,
    note,
    print_json,
    progress_bar,
)
from index.decision import Calibration, load_calibration, save_calibration
from index.embedder import Encoder, load_encoder
from index.errors import FeedError, SettingsError
from index.evaluation import (
    Corpus,
    Question,
    beir_files,
    corpus_claim_id,
    find_corpus,
    linked_questions,
    merged,
    missing_claims,
    open_corpus,
    read_beir,
    read_questions,
    read_rows,
)
from index.home import open_lookup, utc_now
from index.names import Names
from index.pair_model import PairModel
from index.settings import Settings, load_settings
from index.snapshots.build import NamedEncoder

_SEED = 7
# So many claims of an archive are repeated, lightly edited, and searched for by a few words.
_N_REPEATED = 150
_FEWEST = 20
# Claims of the small archive: those that are asked about, and as many others.
_N_EXCERPT = 60


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
    _check_number(asked)
    encoders = [
        NamedEncoder(name, Remembering(load_encoder(name, settings.threads)))
        for name in settings.encoders
    ]
    pair_model = PairModel.bundled(settings.threads)
    models = tuple(each.encoder.model for each in encoders)
    start = _start(models, pair_model, settings, scratch=scratch)
    with progress_bar() as bar, ExitStack() as opened:
        progress = BuildProgress(bar)
        archives = _Archives(settings, encoders, pair_model, start, progress, opened)
        sources = list(_sources(archives, asked, folders))
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


def _check_number(asked: Mapping[str | None, Sequence[Question]]) -> None:
    if (n := sum(map(len, asked.values()))) < _FEWEST:
        raise FeedError(
            f"{n} labelled questions are too few to learn from: label at least {_FEWEST} with "
            "`hearsay label`."
        )


def _start(
    models: Sequence[str], pair_model: PairModel, settings: Settings, *, scratch: bool
) -> Calibration:
    if scratch:
        return Calibration.empty(models, pair_model.name)
    found = load_calibration(models, pair_model.name, settings.calibration_path)
    if isinstance(found, Calibration):
        return found
    raise SettingsError(
        f"No calibration is shipped for {', '.join(models)} with this pair model. Add "
        "--from-scratch, and some hundred labelled questions of every kind."
    )


@dataclass(frozen=True, slots=True)
class _Archives:
    """Opens what is asked, and keeps it open until the fit is done."""

    settings: Settings
    encoders: Sequence[NamedEncoder]
    pair_model: PairModel
    start: Calibration
    progress: BuildProgress
    opened: ExitStack

    @property
    def folder(self) -> Path:
        """Where archives of corpora are kept."""
        return self.settings.home / "evaluation"

    def corpus(self, path: Path, names: Names) -> Corpus:
        """A corpus as an archive."""
        lookup, ids = open_corpus(
            path,
            self.folder,
            self.encoders,
            names,
            now=utc_now,
            calibrate=lambda _models, _pair_model: self.start,
            progress=self.progress,
        )
        return Corpus(self.opened.enter_context(lookup), ids)

    def own(self) -> Corpus:
        """The operator's own archive."""
        loaded: dict[str, Encoder] = {each.name: each.encoder for each in self.encoders}
        lookup = open_lookup(
            self.settings,
            load=loaded.__getitem__,
            calibrate=lambda _models, _pair_model: self.start,
            on_progress=note,
        )
        return Corpus(self.opened.enter_context(lookup))

    def source(self, corpus: Corpus, names: Names, questions: Iterable[LabelledQuestion]) -> Source:
        """An archive with its questions, and repeats of its own claims."""
        rng = random.Random(_SEED)  # noqa: S311 (no secret)
        snapshot = corpus.lookup.opened
        numbers = range(snapshot.manifest.n_claims)
        chosen = sorted(rng.sample(numbers, min(len(numbers), _N_REPEATED)))
        claims = [(claim.id, claim.text) for claim in snapshot.claims(chosen)]
        return Source(
            snapshot=snapshot,
            encoders=[each.encoder for each in self.encoders],
            names=names,
            pair_model=self.pair_model,
            questions=[*questions, *repeated_claims(claims, rng)],
        )


def _sources(
    archives: _Archives, asked: Mapping[str | None, Sequence[Question]], folders: Mapping[str, Path]
) -> Iterator[Source]:
    names = Names.load()
    corpora = {
        name: archives.corpus(find_corpus(folders[name]), names) if name else archives.own()
        for name in asked
    }
    asked = {name: _on_file(corpora[name], questions) for name, questions in asked.items()}
    _check_number(asked)
    for name, corpus in corpora.items():
        if name is None:
            yield archives.source(corpus, names, written_questions(asked[name]))
            continue
        # Those of the folder's own split name no archive.
        written = [each for each in asked[name] if each.archive]
        strangers = [
            each for other in asked if other != name for each in asked[other] if each.archive
        ]
        questions = [*written_questions(asked[name], corpus_claim_id)]
        questions += _of_another_archive(strangers, _N_REPEATED)
        yield archives.source(corpus, names, questions)
        excerpt = archives.folder / f"{name}-excerpt.jsonl"
        few = archives.corpus(_excerpt(find_corpus(folders[name]), written, excerpt), names)
        missing = set(missing_claims(few, written))
        told = [(each, each.gold | each.near) for each in written]
        here = [each for each, claims in told if claims and missing.isdisjoint(claims)]
        others = [each for each, claims in told if claims <= missing]
        questions = [*written_questions(here, corpus_claim_id)]
        questions += _of_another_archive(others, len(here))
        yield archives.source(few, names, questions)


def _on_file(corpus: Corpus, questions: Sequence[Question]) -> list[Question]:
    """The questions whose claims the archive has, by the ids of today."""
    missing = set(missing_claims(corpus, questions))
    found, lost = [], []
    for each in questions:
        if gone := (each.gold or each.near) & missing:
            lost.append(min(gone))
        else:
            found.append(merged(corpus, each))
    if lost:
        note(
            f"{len(lost)} of {len(questions)} questions are left out: the archive lacks their "
            f"claims, such as {lost[0]}."
        )
    return found


def _of_another_archive(questions: Iterable[Question], n: int) -> Iterator[LabelledQuestion]:
    """Questions about claims that this archive lacks: no claim is right."""
    fresh = [each for each in questions if each.is_fresh]
    chosen = random.Random(_SEED).sample(fresh, min(len(fresh), n))  # noqa: S311 (no secret)
    for each in written_questions(chosen, corpus_claim_id):
        if not each.hidden:
            yield replace(each, kind=f"{each.kind}, another archive", gold=frozenset())


def _excerpt(corpus: Path, questions: Iterable[Question], path: Path) -> Path:
    """A small archive out of a large one: in a small one, whatever is on the topic stands out."""
    fresh = [each for each in questions if each.is_fresh and each.language == "en"]
    wanted = {claim for each in fresh for claim in each.gold | each.near}
    wanted = set(sorted(wanted)[:_N_EXCERPT])
    every = list(read_rows(corpus))
    wanted |= {row["_id"] for row in every[:: max(len(every) // _N_EXCERPT, 1)]}
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8") as file:
        for row in every:
            if row["_id"] in wanted:
                file.write(json.dumps(row, ensure_ascii=False) + "\n")
    return path


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
