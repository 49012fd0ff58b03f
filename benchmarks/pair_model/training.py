"""Training: the loop."""

import random
import time
from collections.abc import Sequence
from pathlib import Path

import torch
from torch import nn

from benchmarks.pair_model.nets import ASPECTS, PairNet, Reader, batches
from benchmarks.pair_model.pairs import Pair

SEED = 11
# Learning rate of the body; the heads, which begin at nothing, learn faster. It rises shortly and
# falls to nothing.
RATE = 4e-5
_HEADS_FASTER = 6
# Labels count as this sure: some are wrong.
_SURE = 0.98
# By how much the losses of the other two heads count.
_ASPECT_SHARE, _CHANGE_SHARE = 0.2, 0.3


def train(folder: Path, pairs: Sequence[Pair]) -> PairNet:
    """Train a net: every pair is read once, but for the rest that fills no batch.

    Args:
        folder: Where the language model lies that it starts from.
        pairs: What it reads.
    """
    torch.manual_seed(SEED)
    reader, net = Reader(), PairNet(folder)
    rows = [reader.row(pair) for pair in pairs]
    order = batches(rows, random.Random(SEED))
    optimizer, schedule = _optimizer(net, len(order))
    net.train()
    began, n_seen, running = time.monotonic(), 0, 0.0
    for step, numbers in enumerate(order, 1):
        ids, mask, changes = reader.tensors([rows[n] for n in numbers])
        with torch.autocast("cpu", dtype=torch.bfloat16):
            told = net(ids, mask)
        loss = _loss(told, [pairs[n] for n in numbers], changes)
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
    net: PairNet, n_steps: int
) -> tuple[torch.optim.Optimizer, torch.optim.lr_scheduler.LRScheduler]:
    body = [p for p in net.body.parameters() if p.requires_grad]
    heads = [p for n, p in net.named_parameters() if not n.startswith("body")]
    rates = [RATE, RATE * _HEADS_FASTER]
    optimizer = torch.optim.AdamW(
        [{"params": p, "lr": lr} for p, lr in zip((body, heads), rates, strict=True)],
        weight_decay=0.01,
        fused=True,
    )
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, rates, total_steps=n_steps, pct_start=0.06, anneal_strategy="linear"
    )
    return optimizer, schedule


def _loss(
    told: tuple[torch.Tensor, torch.Tensor, torch.Tensor],
    pairs: Sequence[Pair],
    changes: torch.Tensor,
) -> torch.Tensor:
    logit, aspects, tokens = told
    target = torch.tensor([_SURE if pair.is_same else 1 - _SURE for pair in pairs])
    loss = nn.functional.binary_cross_entropy_with_logits(logit.float(), target)
    aspect = torch.tensor([ASPECTS.index(pair.aspect) if pair.aspect else -100 for pair in pairs])
    if (aspect >= 0).any():
        loss = loss + _ASPECT_SHARE * nn.functional.cross_entropy(aspects.float(), aspect)
    known = changes >= 0
    if known.any():
        loss = loss + _CHANGE_SHARE * nn.functional.binary_cross_entropy_with_logits(
            tokens.float()[known], changes[known]
        )
    return loss
