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
import pickle
import random
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from scipy.optimize import minimize

from index.decision import Calibration, is_excluded
from index.embedder import load_encoder
from index.evaluation import corpus_claim_id, open_corpus, read_beir, read_rows
from index.features import FEATURE_NAMES, Features, judge
from index.home import utc_now
from index.lookup import Lookup
from index.names import Names
from index.query import prepare
from index.search import search
from index.settings import load_settings
from index.snapshots.build import NamedEncoder, Progress

BEIR = {
    "snopes": "snopes-tweets",
    "euvsdisinfo": "euvsdisinfo",
    "politifact": "politifact-debates",
}
SEED = 7
# A wrong MATCH is the worst that can happen; a MATCH shown as SIMILAR still shows the claim.
MATCH_PROBABILITY = 0.65
SIMILAR_PROBABILITY = 0.2
# Keep 99.2% of the fit's right matches in English (of 653) and all 25 in other languages; see
# `Calibration.match_cosine`.
MATCH_COSINE = 0.6
MATCH_COSINE_FOREIGN = 0.5
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
    "cosine_english": 1,
    "margin_english": 1,
    "cosine_foreign": 1,
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
    name = {"snopes": "train", "politifact": "train", "euvsdisinfo": "dev"}[archive]
    if split == "held-out":
        name = "dev"
    labelled = read_beir(folder / BEIR[archive], name)
    qids = sorted(labelled.queries)
    rng.shuffle(qids)
    n = {"snopes": 400, "politifact": 250, "euvsdisinfo": 240}[archive]
    if archive == "euvsdisinfo":
        qids = qids[: len(qids) // 2] if split == "fit" else qids[len(qids) // 2 :]
    for qid in qids[:n]:
        gold = frozenset(
            corpus_claim_id(each) for each, grade in labelled.qrels[qid].items() if grade
        )
        kind = {"snopes": "tweet", "politifact": "debate", "euvsdisinfo": "summary"}[archive]
        yield Question(kind, labelled.queries[qid], gold)
        yield Question(f"{kind}, gold removed", labelled.queries[qid], frozenset(), gold)
    rows = list(read_rows(labelled.corpus))
    for row in rng.sample(rows, 150):
        gold = frozenset([corpus_claim_id(row["_id"])])
        text = row["text"] or row["title"]
        yield Question("verbatim", edited(text, rng), gold)
        if found := keywords(text, rng):
            yield Question("keywords", found, gold)
            yield Question("keywords, gold removed", found, frozenset(), gold)
    if archive == "politifact":
        unmatched = list(unmatched_rows(folder / BEIR[archive] / "unmatched.jsonl.gz"))
        for row in rng.sample(unmatched, 150):
            yield Question("unmatched", row["text"], frozenset())


def hand_written(folder: Path, archive: str) -> Iterator[Question]:
    """The hand-written questions; those with a claim are asked again without it.

    Without these, a long or a foreign question would count as evidence for a match.
    """
    with (folder / "questions" / "dev.jsonl").open(encoding="utf-8") as file:
        for row in map(json.loads, file):
            if row["archive"] != archive:
                continue
            gold = frozenset(map(corpus_claim_id, row["gold"]))
            yield Question(row["kind"], row["text"], gold)
            if gold:
                yield Question(f"{row['kind']}, gold removed", row["text"], frozenset(), gold)


def keywords(text: str, rng: random.Random) -> str | None:
    """A search as people type it: some of a claim's longer words, in its order."""
    words = [word.strip(".,;:!?\"'()\u201c\u201d") for word in text.split()]
    long = [n for n, word in enumerate(words) if len(word) > 3 or word.isupper()]
    if len(long) < 4:
        return None
    return " ".join(words[n] for n in sorted(rng.sample(long, min(len(long), rng.randint(3, 5)))))


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


def unmatched_rows(path: Path) -> Iterator[dict[str, str]]:
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


def kind_weights(kinds: Sequence[str]) -> np.ndarray:
    """Weights under which every kind of question counts the same; they sum to one."""
    counts = {kind: kinds.count(kind) for kind in set(kinds)}
    weights = np.array([1 / counts[kind] for kind in kinds])
    return weights / weights.sum()


def fit(
    features: np.ndarray, labels: np.ndarray, kinds: Sequence[str], strength: float = 1e-4
) -> tuple[np.ndarray, float]:
    """Bounded logistic regression over rows of features; gives weights and intercept."""
    weight = kind_weights(kinds)
    mean, scale = features.mean(0), features.std(0) + 1e-9
    scaled = (features - mean) / scale

    def loss(parameters: np.ndarray) -> tuple[float, np.ndarray]:
        logit = scaled @ parameters[:-1] + parameters[-1]
        value = np.logaddexp(0, logit) - labels * logit
        slope = weight * (1 / (1 + np.exp(-logit)) - labels)
        gradient = np.append(scaled.T @ slope + 2 * strength * parameters[:-1], slope.sum())
        return float(weight @ value + strength * parameters[:-1] @ parameters[:-1]), gradient

    by_sign = {1: (0, None), -1: (None, 0), 0: (None, None)}
    bounds = [by_sign[SIGNS[name]] for name in FEATURE_NAMES] + [(None, None)]
    start = np.zeros(len(FEATURE_NAMES) + 1)
    found = minimize(loss, start, jac=True, bounds=bounds, method="L-BFGS-B")
    weights = found.x[:-1] / scale
    return weights, float(found.x[-1] - weights @ mean)


def fit_ranking(rows: Sequence[Row], strength: float = 1e-4) -> np.ndarray:
    """Which candidate: conditional logistic regression (softmax) within each question."""
    asked = [row for row in rows if row.is_gold.any()]
    every = np.concatenate([row.features for row in asked])
    scale = every.std(0) + 1e-9
    tables = [row.features / scale for row in asked]
    weight = kind_weights([row.kind for row in asked])
    # What is the same for all candidates of a question, or only repeats a cosine, stays out.
    idle = {"margin", "margin_other", "margin_english"}

    def loss(parameters: np.ndarray) -> tuple[float, np.ndarray]:
        value, gradient = strength * parameters @ parameters, 2 * strength * parameters
        for row, table, share in zip(asked, tables, weight, strict=True):
            logits = table @ parameters
            chances = np.exp(logits - logits.max())
            chances /= chances.sum()
            value -= share * np.log(chances[row.is_gold].sum() + 1e-12)
            target = chances * row.is_gold / (chances[row.is_gold].sum() + 1e-12)
            gradient = gradient + share * table.T @ (chances - target)
        return float(value), gradient

    by_sign = {1: (0, None), -1: (None, 0), 0: (None, None)}
    bounds = [(0, 0) if name in idle else by_sign[SIGNS[name]] for name in FEATURE_NAMES]
    start = np.zeros(len(FEATURE_NAMES))
    found = minimize(loss, start, jac=True, bounds=bounds, method="L-BFGS-B")
    return np.asarray(found.x / scale)


def best_of(rows: Sequence[Row], ranking: np.ndarray) -> tuple[np.ndarray, np.ndarray, list[str]]:
    """The best-ranked candidate of each question: features, whether it is right, kind."""
    places = [int(np.argmax(row.features @ ranking)) for row in rows]
    features = np.array([row.features[n] for row, n in zip(rows, places, strict=True)])
    right = np.array([row.is_gold[n] for row, n in zip(rows, places, strict=True)])
    return features, right, [row.kind for row in rows]


def probabilities(features: np.ndarray, weights: np.ndarray, intercept: float) -> np.ndarray:
    return 1 / (1 + np.exp(-(features @ weights + intercept)))


def excluded(features: np.ndarray) -> np.ndarray:
    """Candidates that cannot be a match whatever their probability, as the product decides it."""
    rows = [Features(*row) for row in features]
    english = [row.cosine_foreign <= 0 for row in rows]
    near = [
        row.cosine >= MATCH_COSINE if it else row.cosine_foreign >= MATCH_COSINE_FOREIGN
        for row, it in zip(rows, english, strict=True)
    ]
    return np.array([is_excluded(row) or not it for row, it in zip(rows, near, strict=True)])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("datasets", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--cache", type=Path, help="Keep judged rows here between runs.")
    parser.add_argument("--archives", nargs="+", default=list(BEIR), choices=list(BEIR))
    options = parser.parse_args()
    settings, names = load_settings(), Names.load()
    encoders = [NamedEncoder(name, load_encoder(name)) for name in settings.encoders]
    if options.cache and options.cache.exists():
        finish(pickle.loads(options.cache.read_bytes()), encoders, options)
        return
    parts: dict[str, list[Row]] = {"fit": [], "held-out": []}
    for archive, folder in ((each, BEIR[each]) for each in options.archives):
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
        options.cache.write_bytes(pickle.dumps(parts))
    finish(parts, encoders, options)


def finish(
    parts: dict[str, list[Row]], encoders: Sequence[NamedEncoder], options: argparse.Namespace
) -> None:
    """Fit, check by cross-validation and on what was held out, and write the calibration."""
    hand_kinds = {"question", "forward", "cross_lingual", "near_miss", "unrelated"}
    is_hand = [row.kind.removesuffix(", gold removed") in hand_kinds for row in parts["fit"]]
    hand = [row for row, it in zip(parts["fit"], is_hand, strict=True) if it]
    rest = [row for row, it in zip(parts["fit"], is_hand, strict=True) if not it]
    folds: dict[str, list[tuple[float, bool]]] = {}
    # Hand-written questions are few: they are checked by cross-validation, five folds.
    for fold in range(5):
        train = rest + [row for n, row in enumerate(hand) if n % 5 != fold]
        ranking = fit_ranking(train)
        features, right, kinds = best_of(train, ranking)
        weights, intercept = fit(features, right.astype(float), kinds)
        collect(folds, hand[fold::5], ranking, weights, intercept)
    show("cross-validated", folds)
    ranking = fit_ranking(parts["fit"])
    features, right, kinds = best_of(parts["fit"], ranking)
    weights, intercept = fit(features, right.astype(float), kinds)
    held_out: dict[str, list[tuple[float, bool]]] = {}
    collect(held_out, parts["held-out"], ranking, weights, intercept)
    figures = show("held out", held_out)
    for name, rank, weight in zip(FEATURE_NAMES, ranking, weights, strict=True):
        print(f"  {name:<22} ranking {rank:+.3f} decision {weight:+.3f}")
    calibration = Calibration(
        models=tuple(each.encoder.model for each in encoders),
        ranking={n: round(float(w), 4) for n, w in zip(FEATURE_NAMES, ranking, strict=True)},
        weights={n: round(float(w), 4) for n, w in zip(FEATURE_NAMES, weights, strict=True)},
        intercept=round(intercept, 4),
        match_probability=MATCH_PROBABILITY,
        match_cosine=MATCH_COSINE,
        match_cosine_foreign=MATCH_COSINE_FOREIGN,
        similar_probability=SIMILAR_PROBABILITY,
        provenance={
            "fitted_at": datetime.now(UTC).isoformat(timespec="seconds"),
            "command": "python benchmarks/fit_decision.py DATASETS --out FILE --archives "
            + " ".join(options.archives),
            "datasets": [*(BEIR[each] for each in options.archives), "questions dev"],
            "n_questions": len(parts["fit"]),
            "cross_validated": show("", folds, quiet=True),
            "held_out": figures,
        },
    )
    options.out.write_text(json.dumps(asdict(calibration), indent=1) + "\n", encoding="utf-8")


def collect(
    found: dict[str, list[tuple[float, bool]]],
    rows: Sequence[Row],
    ranking: np.ndarray,
    weights: np.ndarray,
    intercept: float,
) -> None:
    """Add probability and rightness of each question's best candidate; 0 where it is excluded."""
    features, right, kinds = best_of(rows, ranking)
    chances = np.where(excluded(features), 0, probabilities(features, weights, intercept))
    for kind, chance, is_right in zip(kinds, chances, right, strict=True):
        found.setdefault(kind, []).append((float(chance), bool(is_right)))


def show(
    label: str, found: dict[str, list[tuple[float, bool]]], *, quiet: bool = False
) -> dict[str, dict[str, float]]:
    """By kind: right claim first, and share answered MATCH with the right or a wrong claim."""
    figures = {}
    for kind, tops in sorted(found.items()):
        bar = MATCH_PROBABILITY
        figures[kind] = {
            "n": len(tops),
            "right_first": round(float(np.mean([right for _, right in tops])), 3),
            "match_right": round(float(np.mean([p >= bar and right for p, right in tops])), 3),
            "match_wrong": round(float(np.mean([p >= bar and not right for p, right in tops])), 3),
        }
        if not quiet:
            print(f"{label} {kind:<24} " + " ".join(f"{k} {v}" for k, v in figures[kind].items()))
    return figures


if __name__ == "__main__":
    main()
