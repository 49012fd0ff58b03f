"""How long a warm lookup takes, by stage, on an archive of given size.

    python benchmarks/lookup_speed.py QUESTIONS.jsonl CORPUS... [--claims 25000]

CORPUS are BEIR corpora, taken together up to so many claims; QUESTIONS.jsonl has a "text" a line.
The archive is kept under HEARSAY_HOME/evaluation, so a second run starts at once. Stages are timed
in the same run as the whole; on a shared machine read the shares, not the milliseconds.
"""

import argparse
import gzip
import json
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

import index.features
import index.lookup
import index.search
from index.embedder import load_encoder
from index.evaluation import open_corpus
from index.home import utc_now
from index.names import Names
from index.pair_model import PairModel
from index.settings import load_settings
from index.snapshots.build import NamedEncoder, Progress

STAGES = {
    "encode": (),
    "search, with encode": (index.lookup, "search"),
    "rank": (index.lookup, "rank"),
    "judge, with the pair model": (index.lookup, "judge"),
}


class Printing(Progress):
    def start(self, what: str, total: int) -> None:
        print(f"{what} {total}", flush=True)


def timed(found: list[float], function: Callable[..., Any], *args: Any, **named: Any) -> Any:
    start = time.perf_counter()
    result = function(*args, **named)
    found.append((time.perf_counter() - start) * 1000)
    return result


def merged(corpora: list[Path], n_claims: int, out: Path) -> Path:
    lines: list[str] = []
    for path in corpora:
        opening = gzip.open if path.suffix == ".gz" else open
        with opening(path, "rt", encoding="utf-8") as file:
            lines += file
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text("".join(lines[:n_claims]), encoding="utf-8")
    return out


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("questions", type=Path)
    parser.add_argument("corpora", type=Path, nargs="+")
    parser.add_argument("--claims", type=int, default=25_000)
    parser.add_argument("--n", type=int, default=150, help="So many questions.")
    options = parser.parse_args()
    settings = load_settings()
    cache = settings.home / "evaluation"
    encoders = [
        NamedEncoder(name, load_encoder(name, settings.threads)) for name in settings.encoders
    ]
    pair_model = PairModel.bundled(settings.threads)
    corpus = merged(options.corpora, options.claims, cache / "speed.jsonl")
    lookup, _ = open_corpus(
        corpus,
        cache,
        encoders,
        Names.load(),
        now=utc_now,
        pair_model=pair_model,
        progress=Printing(),
    )
    lines = options.questions.read_text(encoding="utf-8").splitlines()
    texts = [json.loads(line)["text"] for line in lines][: options.n]
    short = [text for text in texts if len(text) <= 120]
    long = [text for text in texts if len(text) > 120]
    lookup.warm()
    for text in short[:5]:
        lookup.ask(text)
    found: dict[str, list[float]] = {stage: [] for stage in STAGES}
    for stage, place in STAGES.items():
        if place:
            module, name = place
            setattr(module, name, partial(timed, found[stage], getattr(module, name)))
    for each in encoders:
        each.encoder.encode = partial(timed, found["encode"], each.encoder.encode)  # type: ignore[method-assign]
    print(f"{lookup.snapshot.n_claims:,} claims")
    for what, asked in (("short questions", short), ("long messages", long)):
        if not asked:
            continue
        for times in found.values():
            times.clear()
        whole: list[float] = []
        for text in asked:
            timed(whole, lookup.ask, text)
        print(f"{what}: median {np.median(whole):.1f} ms, p95 {np.quantile(whole, 0.95):.1f} ms")
        for stage, times in found.items():
            print(f"  {stage:<28} {sum(times) / sum(whole):>5.0%}")


if __name__ == "__main__":
    main()
