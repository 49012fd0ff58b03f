"""Train the pair model: is this question that claim? A cross-encoder from mpnet's own weights.

    pip install -e '.[training]'
    python -m benchmarks.pair_model.train DATASETS --cache CACHE --out index/models

DATASETS is a folder with BEIR folders, that of politifact-debates with `unmatched.jsonl.gz`; CACHE
is where all-mpnet-base-v2 is unpacked. The model reads a question and a wording of a claim together
and gives three things: whether they are the same claim, in what aspect they differ, and which words
do. It is trained on hand-written questions (`benchmarks/questions`), on tweets and debate
sentences, which people linked to claims or to none, on titles and texts of one claim, on lightly
edited repeats, and on what is another claim: hand-written near misses, generated ones (one name,
number, date, word or negation exchanged), neighbours that are other claims, messages that are only
on the topic of a claim, and messages that are about none.

It writes `pair.onnx` (int8) with `pair.json`: data, recipe, hashes and figures on questions that it
was not trained on. It takes some seventy minutes on two cores that compute in bfloat16, and hours
on others.
"""

import argparse
import hashlib
import json
import random
import time
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import torch
from torch import nn

from benchmarks.labelled import FOLDERS
from benchmarks.pair_model.collecting import REPEATS, collect
from benchmarks.pair_model.nets import ASPECTS, BACKBONE, N_LAYERS, PairNet, scores, unpacked
from benchmarks.pair_model.pairs import Pair
from benchmarks.pair_model.training import RATE, SEED, train


def report(net: PairNet, pairs: Sequence[Pair]) -> dict[str, object]:
    """Figures on pairs that were not trained on."""
    from sklearn.metrics import roc_auc_score

    logit, aspect, found = scores(net, pairs)
    same = np.array([pair.is_same for pair in pairs])
    kinds = np.array([pair.kind for pair in pairs])
    aspects = np.array([pair.aspect or "" for pair in pairs])
    honest = logit[same & np.isin(kinds, ["question", "forward", "spoken"])]
    near = ~same & (kinds == "near_miss")
    bar = float(np.quantile(honest, 0.25))
    named = np.array([ASPECTS[n] for n in aspect.argmax(1)])
    hand = np.isin(kinds, ["question", "forward", "spoken", "near_miss"])
    return {
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


class _OnePair(nn.Module):
    """The net as it is served: one pair at a time, so nothing is filled up, and nothing masked."""

    def __init__(self, net: PairNet) -> None:
        super().__init__()
        self._net = net

    def forward(self, input_ids: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        told: tuple[torch.Tensor, torch.Tensor, torch.Tensor]
        told = self._net(input_ids, torch.ones_like(input_ids))
        return told


def export(net: PairNet, out: Path) -> None:
    """Write the net as int8 ONNX: dynamic quantisation, per channel.

    Weights take seven bits: with eight, sums of products saturate on processors that have no int8
    dot product (AVX2), and the same pair comes to something else there.
    """
    from onnxruntime.quantization import QuantType, quantize_dynamic

    out.mkdir(parents=True, exist_ok=True)
    plain = out / "pair.fp32.onnx"
    tokens = {1: "tokens"}
    torch.onnx.export(
        _OnePair(net).eval(),
        (torch.ones((1, 12), dtype=torch.long),),
        str(plain),
        input_names=["input_ids"],
        output_names=["same", "aspect", "change"],
        dynamic_axes={"input_ids": tokens, "change": tokens},
        opset_version=17,
        dynamo=False,
    )
    quantize_dynamic(
        plain,
        out / "pair.onnx",
        per_channel=True,
        reduce_range=True,
        weight_type=QuantType.QInt8,
    )
    plain.unlink()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("datasets", type=Path)
    parser.add_argument("--cache", type=Path, required=True, help="Where weights are unpacked.")
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    began = time.monotonic()
    collected = collect(options.datasets, random.Random(SEED))
    counts = {
        name: dict(sorted(Counter(pair.kind for pair in pairs).items()))
        for name, pairs in (("training", collected.training), ("checking", collected.checking))
    }
    print(json.dumps(counts, indent=1))
    net = train(unpacked(options.cache), collected.training)
    told = report(net, collected.checking)
    print(json.dumps(told, indent=1))
    export(net, options.out)
    written = {
        "trained_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "command": "python -m benchmarks.pair_model.train DATASETS --cache CACHE "
        "--out index/models",
        "minutes": round((time.monotonic() - began) / 60),
        "started_from": f"{BACKBONE}, the first {N_LAYERS} layers",
        "datasets": [*sorted(FOLDERS.values()), "benchmarks/questions"],
        "pairs": counts["training"],
        "repeats": REPEATS,
        "epochs": 1,
        "rate": RATE,
        "aspects": ASPECTS,
        "sha256": hashlib.sha256((options.out / "pair.onnx").read_bytes()).hexdigest(),
        "checked_on_other_pairs": told,
    }
    (options.out / "pair.json").write_text(json.dumps(written, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
