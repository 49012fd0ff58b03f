"""Training: one loop for both nets, on labels, on what a teacher says, or on both."""

import random
import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import nn

from benchmarks.pair_model.nets import ASPECTS, Backbone, PairNet, Reader, batches
from benchmarks.pair_model.pairs import Pair

SEED = 11
# Labels count as this sure: some are wrong.
_SURE = 0.98
# By how much the losses of the other two heads count.
_ASPECT_SHARE, _CHANGE_SHARE = 0.2, 0.3


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a net is trained.

    Attributes:
        rate: Learning rate of the body; its heads, which begin at nothing, learn faster. In each
            epoch it rises shortly and falls to nothing.
        epochs: How often each pair is seen.
        teacher_share: How much of the target is the teacher's word, where there is a label too.
    """

    rate: float
    epochs: int = 1
    teacher_share: float = 0.0


def train(
    backbone: Backbone, pairs: Sequence[Pair], targets: Sequence[float], recipe: Recipe
) -> PairNet:
    """Train a net.

    Args:
        backbone: What it starts from.
        pairs: What it reads.
        targets: The chance of "the same claim" for each pair, in [0, 1].
        recipe: How.
    """
    torch.manual_seed(SEED)
    rng = random.Random(SEED)
    reader, net = Reader(backbone), PairNet(backbone)
    rows = [reader.row(pair) for pair in pairs]
    # Half of all weights, and most words are in no pair: they stay as they were learned.
    net.body.embeddings.word_embeddings.weight.requires_grad_(False)
    net.train()
    began, n_seen = time.monotonic(), 0
    for _ in range(recipe.epochs):
        order = batches(rows, rng)
        optimizer, schedule = _optimizer(net, recipe.rate, len(order))
        running = 0.0
        for step, numbers in enumerate(order, 1):
            ids, mask, types, changes = reader.tensors([rows[n] for n in numbers])
            with torch.autocast("cpu", dtype=torch.bfloat16):
                told = net(ids, mask, types)
            chosen = [pairs[n] for n in numbers]
            loss = _loss(told, chosen, torch.tensor([targets[n] for n in numbers]), changes)
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(net.parameters(), 1.0)
            optimizer.step()
            schedule.step()
            n_seen += len(numbers)
            running = 0.98 * running + 0.02 * loss.item()
            if step % 100 == 0:
                speed = n_seen / (time.monotonic() - began)
                print(f"step {step}/{len(order)} loss {running:.3f} {speed:.0f}/s", flush=True)
    net.eval()
    return net


def _optimizer(
    net: PairNet, rate: float, n_steps: int
) -> tuple[torch.optim.Optimizer, torch.optim.lr_scheduler.LRScheduler]:
    body = [p for p in net.body.parameters() if p.requires_grad]
    heads = [p for n, p in net.named_parameters() if not n.startswith("body")]
    rates = [rate, rate * 6]
    optimizer = torch.optim.AdamW(
        [{"params": p, "lr": lr} for p, lr in zip((body, heads), rates, strict=True)],
        weight_decay=0.01,
        fused=True,
    )
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, rates, total_steps=n_steps, pct_start=0.06, anneal_strategy="linear"
    )
    return optimizer, schedule


def labels(pairs: Sequence[Pair]) -> np.ndarray:
    """The chance of "the same claim" that the labels give, float (n,)."""
    return np.where([pair.is_same for pair in pairs], _SURE, 1 - _SURE)


def _loss(
    told: tuple[torch.Tensor, torch.Tensor, torch.Tensor],
    pairs: Sequence[Pair],
    target: torch.Tensor,
    changes: torch.Tensor,
) -> torch.Tensor:
    logit, aspects, tokens = told
    loss = nn.functional.binary_cross_entropy_with_logits(logit.float(), target.float())
    aspect = torch.tensor([ASPECTS.index(pair.aspect) if pair.aspect else -100 for pair in pairs])
    if (aspect >= 0).any():
        loss = loss + _ASPECT_SHARE * nn.functional.cross_entropy(aspects.float(), aspect)
    known = changes >= 0
    if known.any():
        loss = loss + _CHANGE_SHARE * nn.functional.binary_cross_entropy_with_logits(
            tokens.float()[known], changes[known]
        )
    return loss
