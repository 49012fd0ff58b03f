"""Train the pair model: is this question that claim? A cross-encoder from MiniLM's own weights.

    python -m benchmarks.pair_model.train DATASETS --teacher CACHE --out index/models

DATASETS is a folder with BEIR folders. The model reads a question and a wording of a claim together
and gives three things: whether they are the same claim, in what aspect they differ, and which words
do. It is trained on hand-written questions (`benchmarks/questions`), on tweets and debate sentences
that people linked to claims, on titles and texts of one claim, on lightly edited repeats, and on
near misses: hand-written ones, generated ones (one name, number, date, word or negation exchanged),
and neighbours that are other claims.

A teacher eight times its size learns first, from the same pairs, and then says of every pair, and
of others that nobody labelled, how likely the two are the same. It starts from all-mpnet-base-v2;
CACHE is where that is unpacked and where the trained teacher is kept: if one is there, it is not
trained anew. Without `--teacher` there are only the labels.

It writes `pair.onnx` (int8) with `pair.json`: data, recipe, hashes and figures on questions that it
was not trained on. Teacher and pupil take some two hours on two cores that know bfloat16.
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

from benchmarks.pair_model.collecting import FOLDERS, REPEATS, Collected, collect
from benchmarks.pair_model.nets import ASPECTS, PairNet, Reader, minilm, mpnet, scores
from benchmarks.pair_model.pairs import Pair
from benchmarks.pair_model.training import SEED, Recipe, labels, train

_TEACHER = Recipe(rate=3e-5)
_ALONE = Recipe(rate=1e-4)
_TAUGHT = Recipe(rate=1e-4, epochs=2, teacher_share=0.7)


def taught(collected: Collected, cache: Path) -> tuple[list[Pair], np.ndarray, dict[str, object]]:
    """All pairs, what labels and the teacher together say of them, and the teacher's figures."""
    backbone = mpnet(cache)
    kept = cache / "teacher.pt"
    if kept.exists():
        net = PairNet(backbone)
        net.load_state_dict(torch.load(kept, weights_only=True))
    else:
        net = train(backbone, collected.training, labels(collected.training).tolist(), _TEACHER)
        torch.save(net.state_dict(), kept)
    reader = Reader(backbone)
    pairs = [*collected.training, *collected.unlabelled]
    said = 1 / (1 + np.exp(-scores(net, reader, pairs)[0]))
    n, share = len(collected.training), _TAUGHT.teacher_share
    said[:n] = share * said[:n] + (1 - share) * labels(collected.training)
    return pairs, said, report(net, reader, collected.checking)


def report(net: PairNet, reader: Reader, pairs: Sequence[Pair]) -> dict[str, object]:
    """Figures on pairs that were not trained on."""
    from sklearn.metrics import roc_auc_score

    logit, aspect, found = scores(net, reader, pairs)
    same = np.array([pair.is_same for pair in pairs])
    kinds = np.array([pair.kind for pair in pairs])
    aspects = np.array([pair.aspect or "" for pair in pairs])
    honest = logit[same & np.isin(kinds, ["question", "forward"])]
    near = ~same & (kinds == "near_miss")
    bar = float(np.quantile(honest, 0.25))
    named = np.array([ASPECTS[n] for n in aspect.argmax(1)])
    hand = np.isin(kinds, ["question", "forward", "near_miss"])
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


def export(net: PairNet, out: Path) -> None:
    """Write the net as int8 ONNX: dynamic quantisation, per channel.

    Weights take seven bits: with eight, sums of products saturate on processors that have no int8
    dot product (AVX2), and the same pair comes to something else there.
    """
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
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--teacher", type=Path, help="Where the teacher is unpacked and kept.")
    options = parser.parse_args()
    began = time.monotonic()
    collected = collect(options.datasets, random.Random(SEED))
    counts = {
        name: dict(sorted(Counter(pair.kind for pair in pairs).items()))
        for name, pairs in (
            ("training", collected.training),
            ("checking", collected.checking),
            ("unlabelled", collected.unlabelled),
        )
    }
    print(json.dumps(counts, indent=1))
    told: dict[str, object] = {}
    if options.teacher:
        recipe = _TAUGHT
        pairs, targets, told["teacher"] = taught(collected, options.teacher)
    else:
        recipe = _ALONE
        pairs, targets = collected.training, labels(collected.training)
    net = train(minilm(), pairs, targets.tolist(), recipe)
    told["pupil"] = report(net, Reader(minilm()), collected.checking)
    print(json.dumps(told, indent=1))
    export(net, options.out)
    taught_by = " --teacher CACHE" if options.teacher else ""
    written = {
        "trained_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "command": f"python -m benchmarks.pair_model.train DATASETS{taught_by} --out index/models",
        "minutes": round((time.monotonic() - began) / 60),
        "started_from": minilm().name,
        "teacher_started_from": "all-mpnet-base-v2" if options.teacher else None,
        "datasets": [*sorted(FOLDERS.values()), "benchmarks/questions"],
        "pairs": counts["training"],
        "unlabelled": counts["unlabelled"] if options.teacher else {},
        "repeats": REPEATS,
        "epochs": recipe.epochs,
        "rate": recipe.rate,
        "teacher_share": recipe.teacher_share,
        "aspects": ASPECTS,
        "sha256": hashlib.sha256((options.out / "pair.onnx").read_bytes()).hexdigest(),
        "checked_on_other_claims": told,
    }
    (options.out / "pair.json").write_text(json.dumps(written, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
