"""Search: finds candidate claims for a query, through every encoder and through the words."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from index.embedder import Encoder
from index.names import Names
from index.query import Query
from index.snapshots import Snapshot
from index.snapshots.build import name_term
from index.words import content_terms

# How many passages an encoder, and how many claims the words, may propose for each segment.
_PER_ENCODER = 40
_PER_WORDS = 40
# Scores of more claims than are proposed: another retriever may propose them.
_SCORED_BY_WORDS = 400
_MAX_CANDIDATES = 80
# Weights of the full-text columns wording, summary, body and names.
_COLUMN_WEIGHTS = (1.0, 0.7, 0.3, 0.8)
_MAX_MATCH_TERMS = 32


@dataclass(frozen=True, slots=True)
class Hit:
    """A candidate claim with what each retriever says of it.

    Attributes:
        claim: Its number in the snapshot.
        segment: The segment of the query that is nearest to it, by number.
        passage: Its passage that is nearest to that segment, by number.
        cosines: Best cosine by encoder, in the snapshot's order.
        bm25: Best BM25 score over the segments; 0 where the words did not find it.
    """

    claim: int
    segment: int
    passage: int
    cosines: tuple[float, ...]
    bm25: float


def search(
    snapshot: Snapshot, encoders: Sequence[Encoder], names: Names, query: Query
) -> list[Hit]:
    """Gather candidates, nearest first by the sum of cosines.

    Args:
        snapshot: What to search.
        encoders: The snapshot's encoders, in its order.
        names: The table of name variants.
        query: At least one segment.
    """
    embedded = [encoder.encode(query.segments) for encoder in encoders]
    bm25 = _by_words(snapshot, names, query)
    proposed = dict.fromkeys(sorted(bm25, key=lambda claim: -bm25[claim])[:_PER_WORDS])
    for encoder, vectors in zip(encoders, embedded, strict=True):
        _, rows = snapshot.backends[encoder.model].search(vectors, _PER_ENCODER)
        proposed |= dict.fromkeys(snapshot.claim_of_passage[rows.ravel()].tolist())
    hits = [_score(snapshot, encoders, embedded, claim, bm25.get(claim, 0.0)) for claim in proposed]
    hits.sort(key=lambda hit: (-sum(hit.cosines), hit.claim))
    return hits[:_MAX_CANDIDATES]


def _score(
    snapshot: Snapshot,
    encoders: Sequence[Encoder],
    embedded: Sequence[NDArray[np.float32]],
    claim: int,
    bm25: float,
) -> Hit:
    passages = snapshot.passages_of(claim)
    tables = [
        vectors @ snapshot.backends[encoder.model].vectors(passages).T
        for encoder, vectors in zip(encoders, embedded, strict=True)
    ]
    total = np.sum(tables, axis=0)
    segment, passage = np.unravel_index(int(np.argmax(total)), total.shape)
    return Hit(
        claim=claim,
        segment=int(segment),
        passage=int(passages[passage]),
        cosines=tuple(float(np.clip(table[segment].max(), -1, 1)) for table in tables),
        bm25=bm25,
    )


def _by_words(snapshot: Snapshot, names: Names, query: Query) -> dict[int, float]:
    best: dict[int, float] = {}
    for segment in query.segments:
        if match := match_expression(snapshot, names, segment):
            for claim, score in snapshot.by_words(match, _COLUMN_WEIGHTS, _SCORED_BY_WORDS):
                best[claim] = max(score, best.get(claim, 0.0))
    return best


def match_expression(snapshot: Snapshot, names: Names, text: str) -> str:
    """The FTS5 query for a text: its rarest content words and its names; "" if it has none."""
    found = [*content_terms(text), *(name_term(each.name) for each in names.find(text))]
    frequencies = snapshot.document_frequencies(found) if found else {}
    rare = sorted(frequencies, key=lambda term: frequencies[term])[:_MAX_MATCH_TERMS]
    return " OR ".join(f'"{term}"' for term in rare)


def content_of(names: Names, text: str) -> frozenset[str]:
    """What a text is about: its stemmed content words, each name as one term in any spelling."""
    mentions = names.find(text)
    rest, start = [], 0
    for mention in mentions:
        rest.append(text[start : mention.start])
        start = mention.end
    plain = content_terms(" ".join([*rest, text[start:]]))
    return frozenset(plain) | {name_term(each.name) for each in mentions}
