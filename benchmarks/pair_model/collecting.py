"""Collecting: pairs to train on, and pairs to check with."""

import json
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.pair_model.generating import Generator
from benchmarks.pair_model.pairs import Pair, labelled_pairs, read_corpus, wordings, written_pairs
from index.calibrating.questions import is_for_training
from index.comparison import aligned
from index.embedder import Encoder, load_encoder
from index.evaluation import read_beir
from index.names import Names
from index.query import prepare

QUESTIONS = Path(__file__).parents[1] / "questions"
FOLDERS = {
    "snopes": "snopes-tweets",
    "euvsdisinfo": "euvsdisinfo",
    "politifact": "politifact-debates",
}
# How often pairs of a kind are seen, by kind; others once.
REPEATS = {
    "question": 4, "forward": 3, "sentence": 1, "near_miss": 3, "near_paraphrase": 1,
    "paraphrase": 2, "tweet": 4, "debate": 2,
}  # fmt: skip
# Of those such shares are read, by kind, else all: what fits into an hour.
SHARES = {
    "edited": 0.5, "exchanged": 0.8, "forward": 0.75, "generated": 0.5, "mined": 0.6,
    "mined question": 0.7, "near_miss": 0.75, "near_paraphrase": 0.7, "paraphrase": 0.6,
    "question": 0.75, "title": 0.6, "tweet": 0.75,
}  # fmt: skip
# Pairs of these kinds are lightly edited each further time.
_REEDITED = frozenset(("question", "forward", "sentence", "near_miss", "paraphrase", "tweet"))
_N_EDITED, _N_TITLES, _N_GENERATED, _N_MINED = 5_000, 8_000, 8_000, 4_000
# So many claims of a corpus are looked through for neighbours.
_N_NEIGHBOURS = 9_000
_SHARE_NEGATED = 0.25
# So many near misses are made out of a pair that is the same, by its kind.
_N_EXCHANGED = {"question": 3, "forward": 2, "sentence": 1, "tweet": 3, "title": 1}
# A neighbour nearer than this may be the same claim told again; farther ones are too easy.
_MINED_COSINES = (0.45, 0.72)

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Collected:
    """Pairs.

    Attributes:
        training: Those of some kinds several times.
        checking: Of claims and questions that are not in the other.
    """

    training: list[Pair]
    checking: list[Pair]


@dataclass(frozen=True, slots=True)
class _Asked:
    """A question's text with the claim that it is about, or nearly about."""

    corpus: str
    text: str
    claim: str


def collect(datasets: Path, rng: random.Random) -> Collected:
    """Collect all pairs; neither a question of `dev` nor a claim that it is about is in them."""
    names = Names.load()
    corpora = {
        key: read_corpus(datasets / name / "corpus.jsonl.gz") for key, name in FOLDERS.items()
    }
    written = _read_written()
    mine = [row for row in written if row["split"] == "train"]
    training = list(written_pairs(mine, corpora))
    checking = list(written_pairs([row for row in written if row["split"] != "train"], corpora))
    questions = _asked(mine, "question")
    for key, kind in (("snopes", "tweet"), ("politifact", "debate")):
        labelled = read_beir(datasets / FOLDERS[key], "train")
        gold = _gold(labelled.qrels)
        ours = {qid: claims for qid, claims in gold.items() if is_for_training(qid)}
        others = {qid: claims for qid, claims in gold.items() if not is_for_training(qid)}
        training += labelled_pairs(labelled.queries, ours, corpora[key], kind)
        checking += labelled_pairs(labelled.queries, others, corpora[key], kind)
        questions += [
            _Asked(key, prepare(labelled.queries[qid]).segments[0], claims[0])
            for qid, claims in ours.items()
        ]
    kept = _kept(datasets)
    free = [
        (key, claim, row)
        for key, corpus in corpora.items()
        for claim, row in corpus.items()
        if claim not in kept[key] and all(len(text.split()) > 3 for text in wordings(row) or [""])
    ]
    texts = [wordings(row)[0] for _, _, row in free]
    generator = Generator(rng.sample(texts, min(len(texts), 12_000)), names, rng)
    made = _repeats_and_near_misses([row for _, _, row in free], generator, rng)
    cut = len(made) // 25
    checking += made[:cut]
    training += made[cut:]
    training += _exchanged(training, generator, rng)
    honest = [pair for pair in checking if pair.kind == "question"]
    checking += _exchanged(honest, generator, rng)
    encoder = load_encoder("minilm")
    for key, corpus in corpora.items():
        neighbours = _Neighbours(encoder, [(c, row) for k, c, row in free if k == key], rng)
        about = [(each, corpus[each.claim]) for each in questions if each.corpus == key]
        if key != "euvsdisinfo":  # one story is told there in many claims
            training += neighbours.of_claims(_N_MINED // 2)
        training += neighbours.of_questions(about)
    training = [again for pair in training for again in _repeated(pair, generator)]
    training = [pair for pair in training if rng.random() < SHARES.get(pair.kind, 1)]
    return Collected(*([_as_read(names, pair) for pair in part] for part in (training, checking)))


def _read_written() -> list[dict[str, Any]]:
    return [
        json.loads(line)
        for path in sorted(QUESTIONS.glob("*.jsonl"))
        for line in path.read_text(encoding="utf-8").splitlines()
    ]


def _asked(rows: Sequence[Row], kind: str) -> list[_Asked]:
    return [
        _Asked(row["archive"], prepare(row["text"]).segments[0], (row["gold"] or row["near"])[0])
        for row in rows
        if row["kind"] == kind and row["lang"] == "en"
    ]


def _gold(qrels: Mapping[str, Mapping[str, int]]) -> dict[str, list[str]]:
    return {qid: [claim for claim, grade in found.items() if grade] for qid, found in qrels.items()}


def _kept(datasets: Path) -> dict[str, set[str]]:
    """By corpus, the claims that `dev` questions are about: they are in no pair."""
    kept: dict[str, set[str]] = {key: set() for key in FOLDERS}
    for key in ("snopes", "politifact"):
        gold = _gold(read_beir(datasets / FOLDERS[key], "dev").qrels)
        kept[key] |= {claim for claims in gold.values() for claim in claims}
    dev = datasets / "questions" / "dev.jsonl"
    for row in map(json.loads, dev.read_text(encoding="utf-8").splitlines()):
        kept[row["archive"]] |= {*row["gold"], *row["near"]}
    return kept


def _as_read(names: Names, pair: Pair) -> Pair:
    """The pair as the lookup shows it to the model: what both name is written alike."""
    return replace(pair, asked=aligned(names, pair.asked, pair.archived))


def _exchanged(pairs: Sequence[Pair], generator: Generator, rng: random.Random) -> list[Pair]:
    found = []
    for pair in pairs:
        most = _N_EXCHANGED.get(pair.kind, 0) if pair.is_same else 0
        made = generator.exchanged(pair) if most else []
        # Any sentence can be negated, and few read naturally then.
        made = [each for each in made if each.aspect != "negation" or rng.random() < _SHARE_NEGATED]
        found += rng.sample(made, min(len(made), most))
    return found


def _repeated(pair: Pair, generator: Generator) -> Iterator[Pair]:
    """A pair as often as its kind is seen."""
    yield pair
    for _ in range(REPEATS.get(pair.kind, 1) - 1):
        is_reedited = pair.kind in _REEDITED
        yield replace(pair, asked=generator.edited(pair.asked)) if is_reedited else pair


def _repeats_and_near_misses(
    free: Sequence[Row], generator: Generator, rng: random.Random
) -> list[Pair]:
    found: list[Pair] = []
    for row in rng.sample(free, _N_EDITED):
        text = rng.choice(wordings(row))
        found.append(Pair(generator.edited(text), text, True, kind="edited"))
    for row in rng.sample(free, _N_TITLES):
        # A subtitle tells the story in other words, and is no wording that the archive matches.
        subtitle = (row.get("metadata") or {}).get("subtitle")
        texts = wordings(row)
        if asked := [each for each in (*texts[1:], subtitle) if each]:
            one = rng.choice(asked)
            said = generator.edited(one) if rng.random() < 0.4 else one
            found.append(Pair(said, texts[0], True, kind="title"))
    made: list[Pair] = []
    for row in rng.sample(free, len(free)):
        if len(made) >= _N_GENERATED:
            break
        made += _generated(wordings(row), generator, rng)
    found += made
    rng.shuffle(found)
    return found


def _generated(texts: list[str], generator: Generator, rng: random.Random) -> list[Pair]:
    """One near miss of a claim, beside each wording in which what it exchanges stands."""
    asked = rng.choice(texts)
    if not (nears := generator.near_misses(asked)):
        return []
    rare = {"action", "object", "number", "date"}
    near = rng.choices(nears, [3 if each.aspect in rare else 1 for each in nears])[0]
    change = near.archived_change.casefold()
    return [
        replace(
            near,
            asked=generator.edited(near.asked) if rng.random() < 0.5 else near.asked,
            archived=text,
        )
        for text in texts
        if text == asked or (change and change in text.casefold())
    ]


class _Neighbours:
    """Claims of one corpus, to find those that are near to a claim or a question."""

    def __init__(
        self, encoder: Encoder, free: Sequence[tuple[str, Row]], rng: random.Random
    ) -> None:
        self._encoder = encoder
        self._rng = rng
        self._rows = rng.sample(free, min(len(free), _N_NEIGHBOURS))
        self._texts = [wordings(row)[0] for _, row in self._rows]
        self._vectors = encoder.encode(self._texts)

    def of_claims(self, most: int) -> list[Pair]:
        """Pairs of claims that are near, and others."""
        found = []
        low, high = _MINED_COSINES
        for n in self._rng.sample(range(len(self._rows)), min(len(self._rows), most)):
            cosines = self._vectors @ self._vectors[n]
            near = np.flatnonzero((cosines > low) & (cosines < high))
            if len(near):
                best = near[np.argmax(cosines[near])]
                found.append(Pair(self._texts[n], self._texts[best], False, kind="mined"))
        return found

    def of_questions(self, about: Sequence[tuple[_Asked, Row]]) -> list[Pair]:
        """The two nearest claims of each question that do not tell what its own claim tells."""
        if not about:
            return []
        asked = self._encoder.encode([each.text for each, _ in about])
        golds = self._encoder.encode([wordings(row)[0] for _, row in about])
        found = []
        for n, (each, _) in enumerate(about):
            cosines = self._vectors @ asked[n]
            cosines[self._vectors @ golds[n] > 0.7] = -1
            found += [
                Pair(each.text, self._texts[best], False, kind="mined question")
                for best in np.argsort(-cosines)[:2]
                if self._rows[best][0] != each.claim
            ]
        return found
