"""Calibrate: `hearsay calibrate`."""

import hashlib
import json
import random
from collections.abc import Iterator, Sequence
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
    linked_questions,
    repeated_claims,
    run,
    written_questions,
)
from index.cli.console import BuildProgress, console, note, print_json, progress_bar
from index.decision import Calibration, load_calibration, save_calibration
from index.embedder import Encoder, load_encoder
from index.errors import FeedError, SettingsError
from index.evaluation import corpus_claim_id, find_corpus, open_corpus, read_beir, read_rows
from index.home import open_lookup, utc_now
from index.lookup import Lookup
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
    rows = [row for path in files for row in _read(path)]
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
        sources = list(_sources(archives, rows, corpus or []))
        task = bar.add_task("Asking", total=None)
        done = run(
            sources,
            start,
            is_from_start=not scratch,
            on_progress=lambda what, n: bar.update(task, description=what, completed=n),
        )
    calibration = replace(done.calibration, provenance=_provenance(files, corpus or [], done))
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


def _read(path: Path) -> Iterator[dict[str, Any]]:
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise FeedError(f"{path.name} cannot be read: expected JSON lines in UTF-8.") from error
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            row["text"], row["gold"]
        except (ValueError, KeyError, TypeError) as error:
            raise FeedError(
                f'{path.name}, line {number}: expected a JSON object with "text" and "gold" (ids '
                "of the claims that it is about). `hearsay label` writes such files."
            ) from error
        yield row


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

    def corpus(self, path: Path, names: Names) -> tuple[Lookup, dict[str, str]]:
        """A corpus as an archive, and the corpus id of each claim id."""
        lookup, ids = open_corpus(
            path,
            self.folder,
            self.encoders,
            names,
            now=utc_now,
            calibrate=lambda _models, _pair_model: self.start,
            progress=self.progress,
        )
        return self.opened.enter_context(lookup), ids

    def own(self) -> Lookup:
        """The operator's own archive."""
        loaded: dict[str, Encoder] = {each.name: each.encoder for each in self.encoders}
        lookup = open_lookup(
            self.settings,
            load=loaded.__getitem__,
            calibrate=lambda _models, _pair_model: self.start,
            on_progress=note,
        )
        return self.opened.enter_context(lookup)

    def source(self, lookup: Lookup, names: Names, questions: list[LabelledQuestion]) -> Source:
        """An archive with its questions, and repeats of its own claims."""
        rng = random.Random(_SEED)  # noqa: S311 (no secret)
        snapshot = lookup.opened
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
    archives: _Archives, rows: Sequence[dict[str, Any]], corpora: Sequence[str]
) -> Iterator[Source]:
    names = Names.load()
    folders = dict(_folder(each) for each in corpora)
    for name, folder in folders.items():
        labelled = read_beir(folder, "train") if _has_train(folder) else None
        path = find_corpus(folder)
        lookup, _ = archives.corpus(path, names)
        mine = [row for row in rows if row.get("archive") == name]
        questions = [*written_questions(mine, corpus_claim_id)]
        if labelled is not None:
            qrels = {
                qid: [claim for claim, grade in found.items() if grade]
                for qid, found in labelled.qrels.items()
            }
            questions += linked_questions(
                labelled.queries, qrels, f"linked, {name}", corpus_claim_id
            )
        strangers = [row for row in rows if row.get("archive") in folders and row not in mine]
        questions += _of_another_archive(strangers, _N_REPEATED)
        yield archives.source(lookup, names, questions)
        few = _excerpt(path, mine, archives.folder / f"{name}-excerpt.jsonl")
        lookup, ids = archives.corpus(few, names)
        there = set(ids.values())
        told = [(row, {*row["gold"], *row.get("near", ())}) for row in mine]
        asked = [row for row, claims in told if claims and claims <= there]
        others = [row for row, claims in told if there.isdisjoint(claims)]
        questions = [*written_questions(asked, corpus_claim_id)]
        questions += _of_another_archive(others, len(asked))
        yield archives.source(lookup, names, questions)
    mine = [row for row in rows if row.get("archive") not in folders]
    if folders and mine:
        missing = sorted({str(row.get("archive")) for row in mine})
        note(f"Left out, no --corpus for them: questions about {', '.join(missing)}.")
    if folders:
        return
    if len(mine) < _FEWEST:
        raise FeedError(
            f"{len(mine)} labelled questions are too few to learn from: label at least {_FEWEST} "
            "with `hearsay label`."
        )
    yield archives.source(archives.own(), names, list(written_questions(mine)))


def _of_another_archive(rows: Sequence[dict[str, Any]], n: int) -> Iterator[LabelledQuestion]:
    """Questions about claims that this archive lacks: no claim is right."""
    fresh = [row for row in rows if row.get("split") != "train"]
    chosen = random.Random(_SEED).sample(fresh, min(len(fresh), n))  # noqa: S311 (no secret)
    for each in written_questions(chosen, corpus_claim_id):
        if not each.hidden:
            yield replace(each, kind=f"{each.kind}, another archive", gold=frozenset())


def _excerpt(corpus: Path, rows: Sequence[dict[str, Any]], path: Path) -> Path:
    """A small archive out of a large one: in a small one, whatever is on the topic stands out."""
    fresh = [row for row in rows if row.get("split") != "train" and row["lang"] == "en"]
    wanted = {claim for row in fresh for claim in (*row["gold"], *row.get("near", ()))}
    wanted = set(sorted(wanted)[:_N_EXCERPT])
    every = list(read_rows(corpus))
    wanted |= {str(row["_id"]) for row in every[:: max(len(every) // _N_EXCERPT, 1)]}
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8") as file:
        for row in every:
            if str(row["_id"]) in wanted:
                file.write(json.dumps(row, ensure_ascii=False) + "\n")
    return path


def _folder(option: str) -> tuple[str, Path]:
    name, equals, folder = option.partition("=")
    if not (name and equals and Path(folder).is_dir()):
        raise SettingsError(
            f"--corpus {option}: expected NAME=DIR, where DIR is a folder in the BEIR layout."
        )
    return name, Path(folder)


def _has_train(folder: Path) -> bool:
    return (folder / "qrels" / "train.tsv").exists()


def _provenance(files: Sequence[Path], corpora: Sequence[str], done: Calibrated) -> dict[str, Any]:
    folders = dict(map(_folder, corpora))
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
        out.print(
            f"  {kind:<30}{each.n:>6}{each.right_first:>13.3f}{each.match_right:>13.3f}"
            f"{each.match_wrong:>13.3f}"
        )
