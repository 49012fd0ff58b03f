"""Collecting: pairs to train on, and pairs to check with."""

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.labelled import (
    FOLDERS,
    Asked,
    asked_by_hand,
    asked_in_public,
    claims_of_dev,
    read_written,
    unlinked,
)
from benchmarks.pair_model.generating import Generator
from benchmarks.pair_model.pairs import Pair, linked_pairs, read_corpus, wordings, written_pairs
from index.calibrating.questions import keywords
from index.comparison import aligned
from index.embedder import Encoder, load_encoder
from index.names import Names

# How often pairs of a kind are seen, by kind; others once.
REPEATS = {
    "question": 4, "forward": 3, "spoken": 3, "near_miss": 3, "topical": 2, "paraphrase": 2,
    "tweet": 4, "debate": 2,
}  # fmt: skip
# Pairs of these kinds are lightly edited each further time.
_REEDITED = frozenset(REPEATS) - {"debate"}
_N_EDITED, _N_TITLES, _N_GENERATED, _N_MINED, _N_KEYWORDS = 5_000, 6_000, 12_000, 4_000, 4_000
# Of a question, so many of the nearest claims that are not its own are read with it, by its kind.
_N_NEAREST = {
    "question": 3, "forward": 3, "spoken": 3, "tweet": 8, "debate": 8, "unrelated": 8,
    "unlinked": 1, "keywords": 2,
}  # fmt: skip
_SHARE_NEGATED = 0.25
# So many near misses are made out of a pair that is the same, by its kind.
_N_EXCHANGED = {
    "question": 3, "forward": 2, "spoken": 2, "sentence": 1, "tweet": 3, "title": 1,
}  # fmt: skip
# A neighbour nearer than this may be the same claim told again; farther ones are too easy.
_MINED_COSINES = (0.45, 0.72)
# A neighbour of a question's claim nearer than this may be what was asked about.
_SAME_STORY_COSINE = 0.7

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Collected:
    """Pairs.

    Attributes:
        training: Those of some kinds several times.
        checking: Of questions that are not in the other.
    """

    training: list[Pair]
    checking: list[Pair]


def collect(datasets: Path, rng: random.Random) -> Collected:
    """Collect all pairs.

    No question of `dev` is in them, nor is any pair made out of a claim that one is about; a few
    tweets and debate sentences that people linked are about one.
    """
    names = Names.load()
    corpora = {
        key: read_corpus(datasets / name / "corpus.jsonl.gz") for key, name in FOLDERS.items()
    }
    written = read_written()
    mine = [row for row in written if row["split"] == "train"]
    training = list(written_pairs(mine, corpora))
    checking = list(written_pairs([row for row in written if row["split"] != "train"], corpora))
    in_public = list(asked_in_public(datasets))
    for each in in_public:
        (training if each.is_for_training else checking).extend(linked_pairs(each, corpora))
    kept = claims_of_dev(datasets)
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
    searched = _searched(free, rng)
    for each in searched:
        training.extend(linked_pairs(each, corpora))
    asked = (*asked_by_hand(mine), *in_public, *unlinked(datasets), *searched)
    questions = [each for each in asked if each.is_for_training and each.kind in _N_NEAREST]
    encoder = load_encoder("minilm")
    for key, corpus in corpora.items():
        neighbours = _Neighbours(encoder, [(c, row) for k, c, row in free if k == key], rng)
        if key != "euvsdisinfo":  # one story is told there in many claims
            training += neighbours.of_claims(_N_MINED // 2)
        training += neighbours.of_questions(
            [each for each in questions if each.corpus == key], corpus
        )
    training = [again for pair in training for again in _repeated(pair, generator)]
    return Collected(*([_as_read(names, pair) for pair in part] for part in (training, checking)))


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


def _searched(free: Sequence[tuple[str, str, Row]], rng: random.Random) -> list[Asked]:
    """Searches by a few words of claims."""
    found = []
    for key, claim, row in rng.sample(free, _N_KEYWORDS):
        if text := keywords(wordings(row)[0], rng):
            found.append(Asked(key, text, [claim], "keywords", is_for_training=True))
    return found


class _Neighbours:
    """Claims of one corpus, to find those that are near to a claim or a question."""

    def __init__(
        self, encoder: Encoder, free: Sequence[tuple[str, Row]], rng: random.Random
    ) -> None:
        self._encoder = encoder
        self._rng = rng
        self._ids = [claim for claim, _ in free]
        self._texts = [wordings(row)[0] for _, row in free]
        self._vectors = encoder.encode(self._texts)

    def of_claims(self, most: int) -> list[Pair]:
        """Pairs of claims that are near, and others."""
        found = []
        low, high = _MINED_COSINES
        for n in self._rng.sample(range(len(self._texts)), min(len(self._texts), most)):
            cosines = self._vectors @ self._vectors[n]
            near = np.flatnonzero((cosines > low) & (cosines < high))
            if len(near):
                best = near[np.argmax(cosines[near])]
                found.append(Pair(self._texts[n], self._texts[best], False, kind="mined"))
        return found

    def of_questions(self, questions: Sequence[Asked], corpus: Mapping[str, Row]) -> list[Pair]:
        """The nearest claims of each question that do not tell what its own claim tells.

        What nobody linked to a claim may be about one all the same: then nearer ones are left out.
        """
        if not questions:
            return []
        asked = self._encoder.encode_questions([each.text for each in questions])
        own = self._encoder.encode([_first_wording(corpus, each) for each in questions])
        found = []
        for n, each in enumerate(questions):
            cosines = self._vectors @ asked[n]
            if each.claims:
                cosines[self._vectors @ own[n] > _SAME_STORY_COSINE] = -1
            elif each.kind == "unlinked":
                cosines[cosines > _SAME_STORY_COSINE] = -1
            found += [
                Pair(each.text, self._texts[best], False, kind=f"mined {each.kind}")
                for best in np.argsort(-cosines)[: _N_NEAREST[each.kind]]
                if self._ids[best] not in each.claims
            ]
        return found


def _first_wording(corpus: Mapping[str, Row], asked: Asked) -> str:
    return wordings(corpus[asked.claims[0]])[0] if asked.claims else ""
