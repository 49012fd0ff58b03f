"""Embedder: turns texts into unit vectors through an encoder, and never the same text twice."""

from collections.abc import Callable, Iterator, Sequence
from typing import Protocol

from index.encoders import Encoder, Vectors, checked, load_encoder
from index.text import text_hash

__all__ = ["Encoder", "VectorStore", "Vectors", "checked", "embed", "load_encoder", "n_missing"]

# Texts are embedded in chunks that are stored before the next one starts.
_CHUNK = 512


class VectorStore(Protocol):
    """A cache of one model's vectors by text hash."""

    def missing(self, hashes: Sequence[str]) -> list[str]:
        """Those of the hashes that have no vector yet, each once, in order."""

    def load(self, hashes: Sequence[str]) -> Vectors:
        """Vectors (n, dim) of n hashes."""

    def store(self, hashes: Sequence[str], vectors: Vectors) -> None:
        """Keep vectors (n, dim) for n hashes."""


def embed(
    encoder: Encoder,
    cache: VectorStore,
    texts: Sequence[str],
    on_progress: Callable[[int], None] = lambda _: None,
) -> Vectors:
    """Vectors of texts through the cache: only texts new to it are embedded.

    What an interrupted run had embedded is in the cache already.

    Args:
        encoder: The model.
        cache: Its vectors so far.
        texts: n texts, repeats allowed.
        on_progress: Told the number of texts that each step embedded.

    Returns:
        float32 (n, dim), unit rows.
    """
    hashes = [text_hash(text) for text in texts]
    by_hash = dict(zip(hashes, texts, strict=True))
    # Texts of like length share a batch, so that little of it is padding.
    missing = sorted(cache.missing(hashes), key=lambda each: len(by_hash[each]))
    for chunk in _chunks(missing):
        cache.store(chunk, encoder.encode([by_hash[each] for each in chunk]))
        on_progress(len(chunk))
    return cache.load(hashes)


def n_missing(cache: VectorStore, texts: Sequence[str]) -> int:
    """How many different texts `embed` would have to embed."""
    return len(cache.missing([text_hash(text) for text in texts]))


def _chunks(hashes: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(hashes), _CHUNK):
        yield hashes[start : start + _CHUNK]
