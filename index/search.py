"""Search: finds candidate claims for a query, through every encoder and through the words."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.content import name_term
from index.embedder import Encoder
from index.names import Names
from index.query import Query
from index.snapshots import Snapshot
from index.words import content_terms, is_english

# How many passages an encoder proposes for the whole message, and for each of its sentences.
_PER_WHOLE = 80
_PER_SENTENCE = 24
# How many claims the words propose for each segment.
_PER_WORDS = 60
# Scores of more claims than are proposed: another retriever may propose them.
_SCORED_BY_WORDS = 400
_MAX_CANDIDATES = 60
# Weights of the cosines of the first encoder, which knows English best, and of the last one, which
# knows other languages; and what the best score by words adds. Recall of the right claim is best
# near these. See docs/lookup.md.
_WEIGHTS_ENGLISH = (0.8, 0.2, 0.12)
_WEIGHTS_FOREIGN = (0.3, 0.7, 0.3)
# Weights of the full-text columns wording, summary, body and names.
_COLUMN_WEIGHTS = (1.0, 0.7, 0.3, 0.8)
_MAX_MATCH_TERMS = 32
# A term in more claims than this tells little and takes most of the time; the rarest few stay. See
# docs/lookup.md.
_COMMON_SHARE, _COMMON_CLAIMS = 0.05, 100
_FEWEST_MATCH_TERMS = 6


@dataclass(frozen=True, slots=True)
class Hit:
    """A candidate claim with what each retriever says of it.

    Attributes:
        claim: Its number in the snapshot.
        segment: The segment of the query that is nearest to it, by number.
        passage: Its passage that is nearest to that segment, by number.
        cosines: Best cosine of that segment by encoder, in the snapshot's order.
        whole: Best cosine of the whole message, likewise.
        mean: Mean cosine of that segment over all passages of the claim, likewise.
        bm25: Best BM25 score over the segments; 0 where the words did not find it.
    """

    claim: int
    segment: int
    passage: int
    cosines: tuple[float, ...]
    whole: tuple[float, ...]
    mean: tuple[float, ...]
    bm25: float


def search(
    snapshot: Snapshot,
    encoders: Sequence[Encoder],
    names: Names,
    query: Query,
    hidden: Collection[int] = frozenset(),
    *,
    spread: Callable[..., Iterable[Any]] = map,
) -> list[Hit]:
    """Gather candidates, nearest first by a plain sum of what the retrievers say.

    Args:
        snapshot: What to search.
        encoders: The snapshot's encoders, in its order.
        names: The table of name variants.
        query: At least one segment.
        hidden: Numbers of claims to leave out.
        spread: Maps a function over the encoders, as `map` does; one of a pool of threads lets
            them work side by side.
    """
    found = spread(lambda encoder: _by_meaning(snapshot, encoder, query), encoders)
    bm25 = _by_words(snapshot, names, query)
    proposed = set(sorted(bm25, key=lambda claim: -bm25[claim])[:_PER_WORDS])
    embedded = []
    for vectors, passages in found:
        embedded.append(vectors)
        proposed.update(snapshot.claim_of_passage[passages].tolist())
    claims = sorted(proposed.difference(hidden))
    if not claims:
        return []
    return _nearest(snapshot, encoders, query, embedded, claims, bm25)


def _by_meaning(
    snapshot: Snapshot, encoder: Encoder, query: Query
) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Vectors of the segments, and the passages that an encoder proposes."""
    encode = encoder.encode_questions if is_english(query.text) else encoder.encode
    vectors = encode(query.segments)
    # One call for all segments: it reads every vector of the archive, and that is what takes time.
    _, rows = snapshot.backends[encoder.model].search(vectors, _PER_WHOLE)
    return vectors, np.concatenate([rows[0], rows[1:, :_PER_SENTENCE].ravel()])


def _nearest(
    snapshot: Snapshot,
    encoders: Sequence[Encoder],
    query: Query,
    embedded: Sequence[NDArray[np.float32]],
    claims: Sequence[int],
    bm25: dict[int, float],
) -> list[Hit]:
    """Score the claims, in one go over all their passages, and keep the best."""
    ranges = [snapshot.passages_of(claim) for claim in claims]
    rows = np.concatenate(ranges)
    tables = np.array(
        [
            vectors @ snapshot.backends[encoder.model].vectors(rows).T
            for encoder, vectors in zip(encoders, embedded, strict=True)
        ]
    )  # (n_encoders, n_segments, n_passages)
    weights, words_weight = _weights(query, len(encoders))
    total = np.tensordot(weights, tables, axes=1)
    starts = np.cumsum([0, *(len(each) for each in ranges)])[:-1]
    by_words = np.array([bm25.get(claim, 0.0) for claim in claims])
    scores = np.maximum.reduceat(total.max(axis=0), starts)
    scores += words_weight * by_words / (by_words.max() or 1.0)
    hits = []
    for n in np.argsort(-scores, kind="stable")[:_MAX_CANDIDATES].tolist():
        passages = ranges[n]
        mine = tables[:, :, starts[n] : starts[n] + len(passages)]
        weighted = total[:, starts[n] : starts[n] + len(passages)]
        segment, passage = divmod(int(weighted.argmax()), len(passages))
        hits.append(
            Hit(
                claim=claims[n],
                segment=segment,
                passage=int(passages[passage]),
                cosines=_cosines(mine[:, segment].max(axis=1)),
                whole=_cosines(mine[:, 0].max(axis=1)),
                mean=_cosines(mine[:, segment].mean(axis=1)),
                bm25=float(by_words[n]),
            )
        )
    return hits


def _weights(query: Query, n_encoders: int) -> tuple[NDArray[np.float64], float]:
    """Of the encoders, (n_encoders,), and of the words."""
    first, last, by_words = _WEIGHTS_ENGLISH if is_english(query.text) else _WEIGHTS_FOREIGN
    weights = np.zeros(n_encoders)
    weights[0] += first
    weights[-1] += last
    return weights, by_words


def _cosines(found: NDArray[np.float32]) -> tuple[float, ...]:
    return tuple(max(-1.0, min(1.0, each)) for each in found.tolist())


def _by_words(snapshot: Snapshot, names: Names, query: Query) -> dict[int, float]:
    best: dict[int, float] = {}
    for segment in query.segments:
        if match := match_expression(snapshot, names, segment):
            for claim, score in snapshot.by_words(match, _COLUMN_WEIGHTS, _SCORED_BY_WORDS):
                best[claim] = max(score, best.get(claim, 0.0))
    return best


def match_expression(snapshot: Snapshot, names: Names, text: str) -> str:
    """The FTS5 query for a text, of its content words and its names; "" if it has none.

    What is common in the archive is left out, unless little else is there.
    """
    found = [*content_terms(text), *(name_term(each.name) for each in names.find(text))]
    frequencies = snapshot.document_frequencies(found) if found else {}
    most = max(_COMMON_CLAIMS, _COMMON_SHARE * snapshot.manifest.n_claims)
    rare = [
        term
        for n, term in enumerate(sorted(frequencies, key=lambda term: frequencies[term]))
        if n < _FEWEST_MATCH_TERMS or (n < _MAX_MATCH_TERMS and frequencies[term] <= most)
    ]
    return " OR ".join(f'"{term}"' for term in rare)
