"""Fit the decision of the lookup on labelled questions, and print what it reaches on held-out ones.

    python benchmarks/fit_decision.py DATASETS --out index/calibrations/default.json

DATASETS is a folder with BEIR folders and `questions/dev.jsonl`. Several kinds of question and of
archive go into the fit, each kind with the same weight: tweets, debate sentences, feed summaries,
questions, long forwards, cross-lingual questions, near misses, unrelated messages, verbatim and
lightly edited repeats, and questions whose claim was taken out of the archive. Weights are bounded
in the direction that makes sense (more overlap never lowers a probability, a conflict never raises
it), so that near misses, which repeat the claim's words, cannot turn the sense of overlap round.
"""

import argparse
import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from scipy.optimize import minimize

from index.decision import Calibration
from index.embedder import load_encoder
from index.evaluation import _claim_id, _lines, open_corpus, read_beir
from index.features import FEATURE_NAMES, judge
from index.home import utc_now
from index.lookup import Lookup
from index.names import Names
from index.query import prepare
from index.search import search
from index.settings import load_settings
from index.snapshots.build import NamedEncoder, Progress

SEED = 7
JUDGED = 24
# +1: may only raise the probability; -1: may only lower it; 0: free.
SIGNS = {
    "cosine": 1,
    "cosine_other": 1,
    "margin": 1,
    "margin_other": 1,
    "asked_covered": 1,
    "claim_covered": 1,
    "rarest_shared": 1,
    "bm25": 1,
    "characters": 1,
    "names_agreeing": 1,
    "names_conflicting": -1,
    "names_missing": -1,
    "numbers_agreeing": 1,
    "numbers_conflicting": -1,
    "negated": -1,
    "asked_length": 0,
}


@dataclass(frozen=True, slots=True)
class Question:
    """One labelled question: gold claim ids, and which to hide from the archive."""

    kind: str
    text: str
    gold: frozenset[str]
    hidden: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Row:
    """The judged candidates of one question."""

    kind: str
    features: np.ndarray  # (n_candidates, n_features)
    is_gold: np.ndarray  # (n_candidates,)
    n_gold: int


class Printing(Progress):
    def start(self, what: str, total: int) -> None:
        print(f"{what} {total}", flush=True)


def questions_of(folder: Path, archive: str, rng: random.Random, split: str) -> Iterator[Question]:
    """All kinds of question about one archive; `split` is "fit" or "held-out"."""
    beir = {"snopes": "snopes-tweets", "euvsdisinfo": "euvsdisinfo", "politifact": "politifact-debates"}
    name = {"snopes": "train", "politifact": "train", "euvsdisinfo": "dev"}[archive]
    if split == "held-out":
        name = "dev"
    labelled = read_beir(folder / beir[archive], name)
    qids = sorted(labelled.queries)
    rng.shuffle(qids)
    n = {"snopes": 400, "politifact": 250, "euvsdisinfo": 240}[archive]
    if archive == "euvsdisinfo":
        qids = qids[: len(qids) // 2] if split == "fit" else qids[len(qids) // 2 :]
    for qid in qids[:n]:
        gold = frozenset(_claim_id(each) for each, grade in labelled.qrels[qid].items() if grade)
        kind = {"snopes": "tweet", "politifact": "debate", "euvsdisinfo": "summary"}[archive]
        yield Question(kind, labelled.queries[qid], gold)
        yield Question(f"{kind}, gold removed", labelled.queries[qid], frozenset(), gold)
    rows = list(_lines(labelled.corpus))
    for row in rng.sample(rows, 150):
        gold = frozenset([_claim_id(row["_id"])])
        text = row["text"] or row["title"]
        yield Question("verbatim", edited(text, rng), gold)
    if archive == "politifact":
        unmatched = list(_lines_any(folder / beir[archive] / "unmatched.jsonl.gz"))
        for row in rng.sample(unmatched, 150):
            yield Question("unmatched", row["text"], frozenset())


def hand_written(folder: Path, archive: str) -> Iterator[Question]:
    with (folder / "questions" / "dev.jsonl").open(encoding="utf-8") as file:
        for line in file:
            row = json.loads(line)
            if row["archive"] == archive:
                yield Question(row["kind"], row["text"], frozenset(map(_claim_id, row["gold"])))


def edited(text: str, rng: random.Random) -> str:
    """A lightly edited repeat: case, punctuation, a lead-in, a dropped small word."""
    words = text.split()
    small = [n for n, word in enumerate(words) if word.lower() in {"the", "a", "an", "that", "of"}]
    if small and rng.random() < 0.5:
        del words[rng.choice(small)]
    text = " ".join(words)
    if rng.random() < 0.5:
        text = text.lower().rstrip(".")
    if rng.random() < 0.4:
        text = rng.choice(["Is it true that ", "I heard ", "so apparently ", "Breaking: "]) + text
    return text


def _lines_any(path: Path) -> Iterator[dict[str, str]]:
    import gzip

    with gzip.open(path, "rt", encoding="utf-8") as file:
        yield from map(json.loads, file)


def judged_rows(lookup: Lookup, names: Names, questions: Sequence[Question]) -> list[Row]:
    loaded = lookup._current()
    rows = []
    for question in questions:
        query = prepare(question.text)
        if not query.segments:
            continue
        hits = search(loaded.snapshot, loaded.encoders, names, query)
        if question.hidden:
            numbers = {loaded.snapshot.number(each) for each in question.hidden}
            hits = [hit for hit in hits if hit.claim not in numbers]
        judged = judge(loaded.snapshot, names, query, hits, JUDGED)
        rows.append(
            Row(
                question.kind,
                np.array([each.features.vector() for each in judged]),
                np.array([each.claim.id in question.gold for each in judged]),
                len(question.gold),
            )
        )
    return rows


def fit(rows: Sequence[Row], strength: float = 1e-3) -> tuple[np.ndarray, float]:
    """Bounded logistic regression; every kind of question has the same weight."""
    per_kind: dict[str, int] = {}
    for row in rows:
        per_kind[row.kind] = per_kind.get(row.kind, 0) + 1
    features = np.concatenate([row.features[:12] for row in rows])
    labels = np.concatenate([row.is_gold[:12] for row in rows]).astype(float)
    weight = np.concatenate(
        [np.full(len(row.features[:12]), 1 / per_kind[row.kind]) for row in rows]
    )
    weight /= weight.sum()
    mean, scale = features.mean(0), features.std(0) + 1e-9
    scaled = (features - mean) / scale

    def loss(parameters: np.ndarray) -> tuple[float, np.ndarray]:
        logit = scaled @ parameters[:-1] + parameters[-1]
        value = np.logaddexp(0, logit) - labels * logit
        slope = weight * (1 / (1 + np.exp(-logit)) - labels)
        gradient = np.append(scaled.T @ slope + 2 * strength * parameters[:-1], slope.sum())
        return float(weight @ value + strength * parameters[:-1] @ parameters[:-1]), gradient

    bounds = [
        {1: (0, None), -1: (None, 0), 0: (None, None)}[SIGNS[name]] for name in FEATURE_NAMES
    ]
    start = np.zeros(len(FEATURE_NAMES) + 1)
    found = minimize(loss, start, jac=True, bounds=[*bounds, (None, None)], method="L-BFGS-B")
    weights = found.x[:-1] / scale
    return weights, float(found.x[-1] - weights @ mean)


def top(row: Row, weights: np.ndarray, intercept: float) -> tuple[float, bool]:
    logits = row.features @ weights + intercept
    best = int(np.argmax(logits))
    return float(1 / (1 + np.exp(-logits[best]))), bool(row.is_gold[best])


def report(rows: Sequence[Row], weights: np.ndarray, intercept: float, bar: float) -> dict[str, dict[str, float]]:
    """By kind: right claim first, and share answered MATCH with the right or a wrong claim."""
    found: dict[str, dict[str, float]] = {}
    for kind in sorted({row.kind for row in rows}):
        tops = [top(row, weights, intercept) for row in rows if row.kind == kind]
        found[kind] = {
            "n": len(tops),
            "right_first": float(np.mean([right for _, right in tops])),
            "match_right": float(np.mean([p >= bar and right for p, right in tops])),
            "match_wrong": float(np.mean([p >= bar and not right for p, right in tops])),
        }
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("datasets", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--cache", type=Path, help="Keep judged rows here between runs.")
    options = parser.parse_args()
    settings, names = load_settings(), Names.load()
    encoders = [NamedEncoder(name, load_encoder(name)) for name in settings.encoders]
    parts: dict[str, list[Row]] = {"fit": [], "held-out": []}
    beir = {"snopes": "snopes-tweets", "euvsdisinfo": "euvsdisinfo", "politifact": "politifact-debates"}
    for archive, folder in beir.items():
        lookup, _ = open_corpus(
            options.datasets / folder / "corpus.jsonl.gz",
            settings.home / "evaluation",
            encoders,
            names,
            now=utc_now,
            progress=Printing(),
        )
        for split in parts:
            rng = random.Random(f"{SEED}{archive}{split}")
            questions = list(questions_of(options.datasets, archive, rng, split))
            print(archive, split, len(questions), flush=True)
            parts[split] += judged_rows(lookup, names, questions)
        if archive != "politifact":
            hand = judged_rows(lookup, names, list(hand_written(options.datasets, archive)))
            parts["fit"] += hand
    if options.cache:
        np.save(options.cache, np.array([parts], dtype=object), allow_pickle=True)
    finish(parts, encoders, options.out)


def finish(parts: dict[str, list[Row]], encoders: Sequence[NamedEncoder], out: Path) -> None:
    hand_kinds = {"question", "forward", "cross_lingual", "near_miss", "unrelated"}
    hand = [row for row in parts["fit"] if row.kind in hand_kinds]
    rest = [row for row in parts["fit"] if row.kind not in hand_kinds]
    # Hand-written questions are few: they are checked by cross-validation, five folds.
    folds: list[tuple[float, bool, str]] = []
    for fold in range(5):
        weights, intercept = fit(rest + [row for n, row in enumerate(hand) if n % 5 != fold])
        for row in hand[fold::5]:
            folds.append((*top(row, weights, intercept), row.kind))
    bar = threshold(folds)
    for kind in sorted(hand_kinds):
        tops = [(p, right) for p, right, each in folds if each == kind]
        print(
            f"cross-validated {kind:<14} n={len(tops):3d} right first {np.mean([r for _, r in tops]):.3f} "
            f"MATCH right {np.mean([p >= bar and r for p, r in tops]):.3f} "
            f"MATCH wrong {np.mean([p >= bar and not r for p, r in tops]):.3f}"
        )
    weights, intercept = fit(parts["fit"])
    figures = report(parts["held-out"], weights, intercept, bar)
    for kind, figure in figures.items():
        print(f"held out {kind:<24} " + " ".join(f"{k} {v:.3f}" for k, v in figure.items()))
    for name, weight in zip(FEATURE_NAMES, weights, strict=True):
        print(f"  {name:<22} {weight:+.3f}")
    similar = similar_threshold(folds)
    print("match", round(bar, 3), "similar", round(similar, 3))
    calibration = Calibration(
        models=tuple(each.encoder.model for each in encoders),
        weights={n: round(float(w), 4) for n, w in zip(FEATURE_NAMES, weights, strict=True)},
        intercept=round(intercept, 4),
        match_probability=round(bar, 3),
        similar_probability=round(similar, 3),
        provenance={
            "fitted_at": datetime.now(UTC).isoformat(timespec="seconds"),
            "command": "python benchmarks/fit_decision.py DATASETS --out FILE",
            "datasets": ["snopes-tweets", "euvsdisinfo", "politifact-debates", "questions dev"],
            "n_questions": len(parts["fit"]),
            "held_out": figures,
        },
    )
    from dataclasses import asdict

    out.write_text(json.dumps(asdict(calibration), indent=1) + "\n", encoding="utf-8")


def threshold(folds: Sequence[tuple[float, bool, str]]) -> float:
    """The lowest bar that lets through at most one near miss in ten and no unrelated message."""
    misses = sorted((p for p, _, kind in folds if kind == "near_miss"), reverse=True)
    unrelated = max(p for p, _, kind in folds if kind == "unrelated")
    return max(misses[len(misses) // 10], unrelated) + 1e-3


def similar_threshold(folds: Sequence[tuple[float, bool, str]]) -> float:
    """The bar above which nine in ten near misses and honest questions lie."""
    near = sorted(p for p, right, kind in folds if kind == "near_miss" or right)
    return near[len(near) // 10]


if __name__ == "__main__":
    main()
