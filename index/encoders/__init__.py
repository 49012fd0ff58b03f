"""Encoders: embedding models, one module each, and the one that a name in the settings means."""

from pathlib import Path

from index.encoders.encoder import Encoder, Vectors, checked

__all__ = ["Encoder", "Vectors", "checked", "load_encoder"]


def load_encoder(name: str, threads: int = 0) -> Encoder:
    """Load an encoder by its name in the settings.

    Args:
        name: "minilm" or "use-multilingual" (both inside their wheels), or the folder or hub name
            of any sentence-transformers model.
        threads: CPU threads; 0 takes every core.

    Raises:
        EncoderError: There is no such model.
    """
    # Each brings libraries that take time to import, and few processes need all of them.
    if name == "use-multilingual":
        from index.encoders.use_multilingual import UseMultilingualEncoder  # noqa: PLC0415

        return UseMultilingualEncoder(threads)
    if name == "minilm":
        from index.encoders.minilm import MiniLmEncoder  # noqa: PLC0415

        return MiniLmEncoder(threads)
    from index.encoders.sentence_transformer import SentenceTransformerEncoder  # noqa: PLC0415

    path = Path(name).expanduser()
    if path.is_dir():
        return SentenceTransformerEncoder(path.name, str(path), threads)
    return SentenceTransformerEncoder(name, name, threads)
