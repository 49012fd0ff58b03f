"""Sources: the archives that `hearsay calibrate` asks, and what it asks each of them."""

import json
import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

from index.calibrating import LabelledQuestion, Source, repeated_claims, written_questions
from index.cli.console import BuildProgress, note
from index.decision import Calibration
from index.errors import FeedError
from index.evaluation import (
    Corpus,
    Question,
    corpus_claim_id,
    find_corpus,
    merged,
    missing_claims,
    open_corpus,
    read_rows,
)
from index.home import open_lookup, utc_now
from index.names import Names
from index.pair_model import PairModel
from index.settings import Settings
from index.snapshots.build import NamedEncoder

_SEED = 7
# So many claims of an archive are repeated, lightly edited, and searched for by a few words.
_N_REPEATED = 150
_FEWEST = 20
# Claims of the small archive: those that are asked about, and as many others.
_N_EXCERPT = 60


def check_number(asked: Mapping[str | None, Sequence[Question]]) -> None:
    """Raise `FeedError` if there are too few questions to learn from."""
    if (n := sum(map(len, asked.values()))) < _FEWEST:
        raise FeedError(
            f"{n} labelled questions are too few to learn from: label at least {_FEWEST} with "
            "`hearsay label`."
        )


@dataclass(frozen=True, slots=True)
class Archives:
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
        loaded = {each.name: each.encoder for each in self.encoders}
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


def sources_of(
    archives: Archives, asked: Mapping[str | None, Sequence[Question]], folders: Mapping[str, Path]
) -> Iterator[Source]:
    """Every archive with its questions, and a small one out of each corpus with some of them.

    Args:
        archives: Opens them.
        asked: The questions, by the name of the archive; None is the operator's own.
        folders: The corpora, by name.

    Raises:
        FeedError: Too few of the questions are about claims on file.
    """
    names = Names.load()
    corpora = {
        name: archives.corpus(find_corpus(folders[name]), names) if name else archives.own()
        for name in asked
    }
    asked = {name: _on_file(corpora[name], questions) for name, questions in asked.items()}
    check_number(asked)
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
