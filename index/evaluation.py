"""Evaluation: how well the lookup finds the claims of labelled questions (BEIR folders)."""

import csv
import gzip
import hashlib
import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from index.archive import Archive
from index.archive.filing import SourceFile
from index.claims import ClaimState
from index.errors import FeedError
from index.lookup import Lookup
from index.names import Names
from index.records import ImportedClaim
from index.snapshots import SnapshotStore, build_snapshot
from index.snapshots.build import NamedEncoder, Progress

_DEPTH = 20


@dataclass(frozen=True, slots=True)
class LabelledSet:
    """Labelled questions over a corpus.

    Attributes:
        corpus: Where the claims stand: `corpus.jsonl`, plain or gzipped.
        queries: Question by id.
        qrels: For each question, the ids of its claims with their relevance.
    """

    corpus: Path
    queries: Mapping[str, str]
    qrels: Mapping[str, Mapping[str, int]]


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The figures of one evaluation.

    Attributes:
        n_questions: How many questions were asked.
        n_claims: How many claims the corpus holds.
        metrics: By name: "MAP@1", "MAP@5", "MRR", "hit@1", "hit@5", "hit@20", all in [0, 1].
        ms_median: Median milliseconds a question, warm.
        ms_p95: 95th percentile of the same.
        outcomes: How many questions came to each outcome.
    """

    n_questions: int
    n_claims: int
    metrics: Mapping[str, float]
    ms_median: float
    ms_p95: float
    outcomes: Mapping[str, int]


def read_beir(folder: Path, split: str) -> LabelledSet:
    """Read a folder in the BEIR layout.

    Raises:
        FeedError: A file is missing or malformed; the message says which.
    """
    qrels_path = folder / "qrels" / f"{split}.tsv"
    corpus = next(
        (path for name in ("corpus.jsonl.gz", "corpus.jsonl") if (path := folder / name).exists()),
        None,
    )
    queries_path = folder / "queries.jsonl"
    missing = [path.name for path in (qrels_path, queries_path) if not path.exists()]
    if corpus is None or missing:
        raise FeedError(
            f"{folder.name} is no BEIR folder: {', '.join(missing) or 'corpus.jsonl'} is missing. "
            "Expected corpus.jsonl(.gz), queries.jsonl and qrels/SPLIT.tsv."
        )
    qrels: dict[str, dict[str, int]] = {}
    with qrels_path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            try:
                qrels.setdefault(row["query-id"], {})[row["corpus-id"]] = int(row["score"])
            except (KeyError, TypeError, ValueError) as error:
                raise FeedError(
                    f"{qrels_path.name}: expected the columns query-id, corpus-id and score."
                ) from error
    if not qrels:
        raise FeedError(f"{qrels_path.name} labels no question. Expected a row for each.")
    texts = {each["_id"]: each.get("text") for each in read_rows(queries_path)}
    queries = {qid: text for qid in qrels if isinstance(text := texts.get(qid), str)}
    if lost := [qid for qid in qrels if qid not in queries]:
        raise FeedError(
            f"{qrels_path.name} names questions that queries.jsonl lacks, or has without a text: "
            f"{lost[0]}."
        )
    return LabelledSet(corpus, queries, qrels)


def open_corpus(
    corpus: Path,
    cache: Path,
    encoders: Sequence[NamedEncoder],
    names: Names,
    *,
    now: Callable[[], Any],
    progress: Progress | None = None,
) -> tuple[Lookup, dict[str, str]]:
    """Index a corpus, or reuse what an earlier evaluation indexed, and open a lookup over it.

    Args:
        corpus: `corpus.jsonl`, plain or gzipped.
        cache: A folder for archives of evaluated corpora; each has its own by content.
        encoders: The encoders to use.
        names: The table of name variants.
        now: The clock.
        progress: Told how far it is.

    Returns:
        The lookup, and the corpus id of each claim id.
    """
    content = corpus.read_bytes()
    digest = hashlib.sha256(content).hexdigest()
    home = cache / digest[:16]
    store = SnapshotStore(home / "snapshots")
    ids = {corpus_claim_id(each["_id"]): str(each["_id"]) for each in read_rows(corpus)}
    with Archive(home / "archive.db") as archive:
        source = SourceFile(corpus.name, digest, "beir")
        archive.file(_claims(corpus), source, state=ClaimState.PUBLISHED)
        manifest = build_snapshot(archive, encoders, store, names, now=now, progress=progress)
    store.publish(manifest.id)
    store.prune(1)
    by_name = {each.name: each.encoder for each in encoders}
    return Lookup([store], names, lambda name: by_name[name]), ids


def evaluate(
    lookup: Lookup,
    labelled: LabelledSet,
    corpus_ids: Mapping[str, str],
    on_progress: Callable[[int], None] = lambda _: None,
) -> Evaluation:
    """Ask every question and measure the ranking.

    Metrics are those of ir-measures (trec_eval's definitions): AP@k, RR and Success@k.
    """
    import ir_measures  # noqa: PLC0415
    from ir_measures import AP, RR, Success  # noqa: PLC0415

    lookup.warm()
    run: list[Any] = []
    elapsed: list[float] = []
    outcomes: dict[str, int] = {}
    for qid, text in labelled.queries.items():
        start = time.perf_counter()
        answer = lookup.ask(text, limit=_DEPTH)
        elapsed.append((time.perf_counter() - start) * 1000)
        outcomes[str(answer.outcome)] = outcomes.get(str(answer.outcome), 0) + 1
        run += [
            ir_measures.ScoredDoc(qid, corpus_ids[each.id], float(_DEPTH - place))
            for place, each in enumerate(answer.candidates)
        ]
        on_progress(1)
    qrels = [
        ir_measures.Qrel(qid, claim, relevance)
        for qid, relevant in labelled.qrels.items()
        for claim, relevance in relevant.items()
    ]
    wanted = {
        "MAP@1": AP @ 1,
        "MAP@5": AP @ 5,
        "MRR": RR,
        "hit@1": Success @ 1,
        "hit@5": Success @ 5,
        "hit@20": Success @ 20,
    }
    found = ir_measures.calc_aggregate(list(wanted.values()), qrels, run)
    elapsed.sort()
    return Evaluation(
        n_questions=len(labelled.queries),
        n_claims=lookup.snapshot.n_claims,
        metrics={name: float(found[measure]) for name, measure in wanted.items()},
        ms_median=elapsed[len(elapsed) // 2],
        ms_p95=elapsed[int(len(elapsed) * 0.95)],
        outcomes=outcomes,
    )


def _claims(corpus: Path) -> Iterator[ImportedClaim]:
    for line, each in enumerate(read_rows(corpus), start=1):
        metadata = each.get("metadata") or {}
        text, title = each.get("text") or "", each.get("title") or ""
        yield ImportedClaim(
            record_id=str(each["_id"]),
            line=line,
            text=text or title,
            feed="beir",
            id=corpus_claim_id(each["_id"]),
            title=title if text else None,
            summary=metadata.get("subtitle") or None,
            language=metadata.get("lang"),
        )


def corpus_claim_id(corpus_id: object) -> str:
    """The id that a claim of an evaluated corpus has in its archive."""
    return hashlib.sha256(str(corpus_id).encode()).hexdigest()[:16]


def read_rows(path: Path) -> Iterator[dict[str, Any]]:
    """The rows of a BEIR file, plain or gzipped, each with an `_id`.

    Raises:
        FeedError: A line is no such row; the message says which.
    """
    open_file = gzip.open if path.suffix == ".gz" else open
    with open_file(path, "rb") as file:
        for number, line in enumerate(file, start=1):
            if not line.strip():
                continue
            try:
                row = json.loads(line)
                row["_id"]
            except (ValueError, KeyError, TypeError) as error:
                raise FeedError(
                    f"{path.name}, line {number}: expected a JSON object with an _id, in UTF-8."
                ) from error
            yield row
