"""Duplicates: proposes claims on file that may be the same, for an admin to merge."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from index.archive import Archive
from index.backends.faiss_flat import FaissFlat
from index.claims import Claim, ClaimState
from index.comparison import Comparison, claim_wording, compare
from index.embedder import Encoder, Vectors, embed, n_missing
from index.names import Names
from index.passages import passages_of
from index.snapshots.build import Progress

_NEIGHBOURS = 12
_BATCH = 2_000
_MIN_PROBABILITY = 0.1

# Logistic regression over pairs of archived texts, fitted by
# `python benchmarks/fit_duplicates.py DIR` on EUvsDisinfo summaries and titles of the same case
# (2026-11-23: 95% of the best tenth of 1,335 pairs are the same; Brier score .059).
_INTERCEPT = -13.46
_COSINE = 10.07
_COSINE_OTHER = 4.89
_NAME_CONFLICT = -0.46
_NUMBER_CONFLICT = -0.15
_NEGATED = 0.0


@dataclass(frozen=True, slots=True)
class DuplicatePair:
    """Two claims that may be the same.

    Attributes:
        claims: Their ids, the one to keep first: published before draft, then the older one.
        probability: Chance that they are the same, in [0, 1].
        reason: Why they are proposed, in words.
        texts: Their texts, in the same order.
    """

    claims: tuple[str, str]
    probability: float
    reason: str
    texts: tuple[str, str]


def find_duplicates(
    archive: Archive, encoders: Sequence[Encoder], names: Names, *, progress: Progress | None = None
) -> list[DuplicatePair]:
    """All pairs of claims, drafts included, that look the same, best first.

    Raises:
        ArchiveError: The archive cannot be read.
    """
    telling = progress or Progress()
    claims = [
        claim
        for state in (ClaimState.PUBLISHED, ClaimState.DRAFT)
        for claim in archive.claims(state)
    ]
    owners, texts = _texts(claims)
    if len(claims) < 2:
        return []
    tables = [_vectors(archive, encoder, texts, telling) for encoder in encoders]
    telling.start("Comparing", len(texts) * len(tables))
    near: dict[tuple[int, int], tuple[int, int]] = {}
    for vectors in tables:
        for neighbours in _neighbours(vectors, telling):
            # Published claims come before drafts, older ones before newer: the first one stays.
            one, other = sorted(neighbours, key=owners.__getitem__)
            rows = (one, other)
            pair = (int(owners[rows[0]]), int(owners[rows[1]]))
            known = near.get(pair)
            if pair[0] != pair[1] and (
                known is None or _closeness(tables, *rows) > _closeness(tables, *known)
            ):
                near[pair] = rows
    pairs = [
        _pair(names, claims[pair[0]], claims[pair[1]], texts, rows, tables)
        for pair, rows in near.items()
        if _plain_probability(tables, *rows) >= _MIN_PROBABILITY
    ]
    likely = [pair for pair in pairs if pair.probability >= _MIN_PROBABILITY]
    return sorted(likely, key=lambda pair: (-pair.probability, pair.claims))


def _texts(claims: Sequence[Claim]) -> tuple[NDArray[np.int64], list[str]]:
    pairs = [(n, each.text) for n, claim in enumerate(claims) for each in passages_of(claim)]
    return np.array([n for n, _ in pairs], dtype=np.int64), [text for _, text in pairs]


def _vectors(
    archive: Archive, encoder: Encoder, texts: Sequence[str], progress: Progress
) -> Vectors:
    cache = archive.vector_cache(encoder.model, encoder.dim)
    progress.start(f"Embedding with {encoder.model}", n_missing(cache, texts))
    return embed(encoder, cache, texts, progress.advance)


def _neighbours(vectors: Vectors, progress: Progress) -> list[tuple[int, int]]:
    backend = FaissFlat.build(vectors)
    found: list[tuple[int, int]] = []
    for start in range(0, len(vectors), _BATCH):
        batch = vectors[start : start + _BATCH]
        _, rows = backend.search(batch, _NEIGHBOURS)
        found += [
            (start + place, int(row)) for place, nearest in enumerate(rows) for row in nearest
        ]
        progress.advance(len(batch))
    return found


def _closeness(tables: Sequence[Vectors], one: int, other: int) -> float:
    return float(sum(table[one] @ table[other] for table in tables))


def _logit(tables: Sequence[Vectors], one: int, other: int) -> float:
    first, last = (float(tables[n][one] @ tables[n][other]) for n in (0, -1))
    return _INTERCEPT + _COSINE * first + _COSINE_OTHER * last


def _plain_probability(tables: Sequence[Vectors], one: int, other: int) -> float:
    return 1 / (1 + math.exp(-_logit(tables, one, other)))


def _pair(
    names: Names,
    one: Claim,
    other: Claim,
    texts: Sequence[str],
    rows: tuple[int, int],
    tables: Sequence[Vectors],
) -> DuplicatePair:
    comparison = compare(names, texts[rows[0]], other, texts[rows[1]])
    logit = (
        _logit(tables, *rows)
        + _NAME_CONFLICT * comparison.n_conflicting
        + _NUMBER_CONFLICT * comparison.n_numbers_conflicting
        + _NEGATED * comparison.is_negated
    )
    cosine = float(tables[0][rows[0]] @ tables[0][rows[1]])
    return DuplicatePair(
        claims=(one.id, other.id),
        probability=1 / (1 + math.exp(-logit)),
        reason=_reason(names, one, other, cosine, comparison),
        texts=(one.text, other.text),
    )


def _reason(names: Names, one: Claim, other: Claim, cosine: float, comparison: Comparison) -> str:
    parts = [f"their wordings are {max(cosine, 0):.0%} alike"]
    mine = {each.name: each.surface for each in names.find(claim_wording(one))}
    theirs = {each.name for each in names.find(claim_wording(other))}
    if shared := [surface for name, surface in mine.items() if name in theirs]:
        parts.append(f"both name {', '.join(shared[:5])}")
    days = {each.published_on for each in one.appearances} & {
        each.published_on for each in other.appearances
    } - {None}
    if days:
        parts.append(f"both were seen on {min(day for day in days if day)}")
    if comparison.differences:
        said = [f"{each.asked or '—'} / {each.archived or '—'}" for each in comparison.differences]
        parts.append(f"but check: {'; '.join(said[:3])}")
    return "; ".join(parts)
