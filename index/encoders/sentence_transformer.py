"""SentenceTransformerEncoder: any sentence-transformers model as an encoder."""

import logging
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from index.encoders.encoder import Vectors, checked
from index.errors import EncoderError

_BATCH = 64


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
        self.model = self.question_model = model
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

    def encode_questions(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors, float32 (n, dim)."""
        return self.encode(texts)


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
