"""Database: opens archive.db, runs one operation a transaction, and takes the last one back."""

import secrets
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from sqlite_utils import Database

from index.archive import curation, filing, rows, vectors
from index.archive.migrations import migrations
from index.archive.vectors import VectorCache
from index.claims import Claim, ClaimState
from index.errors import ArchiveError
from index.records import Evidence, ImportedClaim, ImportReport, Reading

_BUSY_S = 5.0
_KEPT_OPERATIONS = 20


@dataclass(frozen=True, slots=True)
class Operation:
    """One step that an admin took, which `undo` can take back.

    Attributes:
        id: Counts up.
        at: When, aware UTC.
        what: In words: "import cases.csv (3071 records)".
    """

    id: int
    at: datetime
    what: str


class Archive:
    """The archive of claims. Use it with `with`; one process may write at a time.

    Args:
        path: The SQLite file; made, with its folder, if it is missing. None keeps it in memory.
        now: The clock, giving aware UTC.

    Raises:
        ArchiveError: The file is no archive of ours, is locked, or cannot be written.
    """

    def __init__(self, path: Path | None, *, now: Callable[[], datetime] | None = None) -> None:
        self.path = path
        self._now = now or (lambda: datetime.now(UTC))
        name = "the archive in memory" if path is None else path.name
        with _told(name):
            if path is None:
                connection = sqlite3.connect(":memory:")
            else:
                path.parent.mkdir(parents=True, exist_ok=True)
                connection = sqlite3.connect(path, timeout=_BUSY_S)
            self._db = Database(connection)
            try:
                self._prepare(connection)
            except BaseException:
                self._db.close()
                raise

    def _prepare(self, connection: sqlite3.Connection) -> None:
        connection.row_factory = sqlite3.Row
        connection.execute("pragma journal_mode = wal")
        connection.execute("pragma synchronous = normal")
        if migrations.pending(self._db):
            migrations.apply(self._db)
        connection.execute("pragma foreign_keys = on")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    # Reading.

    def claim(self, claim_id: str) -> Claim:
        """The claim with this id; the id of a merged claim gives the one it went into.

        Raises:
            UnknownClaimError: No claim has it.
        """
        return rows.read_claim(self._db, rows.resolve(self._db, claim_id))

    def claims(self, state: ClaimState | None = None) -> Iterator[Claim]:
        """All claims in order of filing, of one state if given. Merged ones are not listed."""
        return rows.read_claims(self._db, state)

    def records(self, claim_id: str | None = None) -> Iterator[ImportedClaim]:
        """The records as filed, of one claim or of all, the leading record of each claim first."""
        return rows.read_records(self._db, claim_id and rows.resolve(self._db, claim_id))

    def evidence(self, claim_id: str) -> tuple[Evidence, ...]:
        """For a drafted claim: which sentence each value was taken from."""
        records = self.records(claim_id)
        return tuple(each for record in records for each in record.evidence)

    def history(self, claim_id: str) -> list[rows.Event]:
        """What happened to a claim, oldest first."""
        return rows.read_history(self._db, rows.resolve(self._db, claim_id))

    def aliases(self) -> dict[str, str]:
        """Ids of merged claims, each with the id of the claim that it is part of now."""
        return rows.read_aliases(self._db)

    def counts(self) -> dict[ClaimState, int]:
        """How many claims are in each state."""
        return rows.count_claims(self._db)

    def operations(self) -> list[Operation]:
        """Steps that can still be taken back, newest first."""
        found = self._db.execute("select pk, at, what from operations order by pk desc")
        return [
            Operation(row["pk"], datetime.fromisoformat(row["at"]), row["what"]) for row in found
        ]

    def data_version(self) -> str:
        """A stamp that every operation changes, to tell whether a snapshot is behind.

        It is random, so that an archive restored from a backup and changed in another way never
        looks like the one that a snapshot was built from. Undo brings the stamp before it back.
        """
        query = "select stamp from operations order by pk desc limit 1"
        row = self._db.execute(query).fetchone()
        return str(row["stamp"]) if row else "empty"

    @contextmanager
    def reading(self) -> Iterator[None]:
        """What is read inside is of one moment, whatever another process files meanwhile.

        Keep it short, and write nothing inside.
        """
        with _told(self._name):
            self._db.execute("begin")
            try:
                yield
            finally:
                self._db.rollback()

    # Writing: one operation, one transaction.

    def file(
        self,
        readings: Iterable[Reading],
        source: filing.SourceFile,
        *,
        state: ClaimState,
        is_explicit: bool = False,
        dry_run: bool = False,
    ) -> ImportReport:
        """File the records of one feed, all or nothing.

        Args:
            readings: What an importer yields.
            source: The file they come from.
            state: The state of new claims.
            is_explicit: The admin asked for this state, so drafts known already are published too.
            dry_run: Report only; nothing is written.

        Raises:
            ArchiveError: The archive cannot be written; nothing was filed.
            FeedError: From the importer; nothing was filed.
        """
        with self._operation(f"import {source.path}") as (at, cancel):
            filing_ = filing.Filing(self._db, at, source, state=state, is_explicit=is_explicit)
            report = filing_.run(readings)
            if dry_run or not report.claim_ids:
                # Nothing changed, so there is nothing to keep, to undo or to reindex.
                cancel()
                return replace(report, import_id=None, dry_run=dry_run)
            return report

    def publish(self, claim_id: str) -> Claim:
        """Publish a draft, or a withdrawn claim again.

        Raises:
            UnknownClaimError: No claim has that id.
        """
        return self._set_state(claim_id, ClaimState.PUBLISHED)

    def withdraw(self, claim_id: str) -> Claim:
        """Take a claim out of the next snapshot; it stays on file.

        Raises:
            UnknownClaimError: No claim has that id.
        """
        return self._set_state(claim_id, ClaimState.WITHDRAWN)

    def merge(self, keep_id: str, other_ids: Iterable[str]) -> Claim:
        """Move all records of other claims to one; their ids go on resolving to it.

        Raises:
            UnknownClaimError: One of the ids is unknown.
            ArchiveError: A claim would be merged with itself.
        """
        others = list(other_ids)
        with self._operation(f"merge {', '.join(others)} into {keep_id}") as (at, _):
            return curation.merge(self._db, at, keep_id, others)

    def edit(self, claim_id: str, edited: ImportedClaim) -> Claim:
        """Replace a claim's content by what an admin wrote.

        Later imports leave the edited records alone.

        Raises:
            UnknownClaimError: No claim has that id.
        """
        with self._operation(f"edit {claim_id}") as (at, _):
            return curation.edit(self._db, at, claim_id, edited)

    def undo(self) -> Operation:
        """Take back the newest operation.

        Raises:
            ArchiveError: There is nothing to take back.
        """
        if not (operations := self.operations()):
            raise ArchiveError(
                f"Nothing to undo: the archive keeps its last {_KEPT_OPERATIONS} operations, "
                "and there is none."
            )
        newest = operations[0]
        with _told(self._name), self._transaction():
            self._db.execute("pragma defer_foreign_keys = on")
            inverse = self._db.execute(
                "select sql from undo_log where operation = ? order by pk desc", [newest.id]
            ).fetchall()
            for row in inverse:
                self._db.execute(row["sql"])
            self._db.execute("delete from undo_log where operation >= ?", [newest.id])
            self._db.execute("delete from operations where pk = ?", [newest.id])
        return newest

    def vector_cache(self, model: str, dim: int) -> VectorCache:
        """The cache of one model's vectors, by text hash."""
        return vectors.VectorCache(self._db, model, dim, _told)

    def _set_state(self, claim_id: str, state: ClaimState) -> Claim:
        with self._operation(f"{state} {claim_id}") as (at, _):
            return curation.set_state(self._db, at, claim_id, state)

    @property
    def _name(self) -> str:
        return "the archive in memory" if self.path is None else self.path.name

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        # IMMEDIATE: a second writer waits here, before it has read anything.
        self._db.execute("begin immediate")
        try:
            yield
            if self._db.conn.in_transaction:  # not rolled back on purpose
                self._db.commit()
        except BaseException:
            self._db.rollback()
            raise

    @contextmanager
    def _operation(self, what: str) -> Iterator[tuple[str, Callable[[], None]]]:
        """One journalled step: gives its time, and a function that calls it off."""
        at = self._now().isoformat(timespec="seconds")
        with _told(self._name), self._transaction():
            self._db.execute(
                "insert into operations(at, what, stamp) values (?, ?, ?)",
                [at, what, secrets.token_hex(8)],
            )
            yield at, self._db.rollback
            if self._db.conn.in_transaction:
                self._forget_old_operations()

    def _forget_old_operations(self) -> None:
        kept = "select pk from operations order by pk desc limit ?"
        for table, column in (("undo_log", "operation"), ("operations", "pk")):
            self._db.execute(
                f"delete from {table} where {column} not in ({kept})", [_KEPT_OPERATIONS]
            )


@contextmanager
def _told(name: str) -> Iterator[None]:
    """Turn what SQLite says into a sentence that says what to do."""
    try:
        yield
    except sqlite3.Error as error:
        code = getattr(error, "sqlite_errorname", "")
        raise ArchiveError(_sentence(name, code, str(error))) from error
    except OSError as error:
        raise ArchiveError(
            f"{name} cannot be opened: {error.strerror}. Check HEARSAY_HOME and its permissions."
        ) from error


def _sentence(name: str, code: str, detail: str) -> str:
    if code.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return (
            f"{name} is being written by another command. Nothing was changed; "
            "run this one again when that has ended."
        )
    if code.startswith(("SQLITE_FULL", "SQLITE_IOERR")):
        return (
            f"{name} cannot be written ({detail}). Nothing was changed; free some disk space "
            "and run the command again."
        )
    if code.startswith(("SQLITE_NOTADB", "SQLITE_CORRUPT")):
        return (
            f"{name} is no archive of Hearsay or is damaged ({detail}). Restore it from a backup, "
            "or move it away and import again."
        )
    if code.startswith(("SQLITE_READONLY", "SQLITE_CANTOPEN")):
        return (
            f"{name} cannot be opened for writing ({detail}). Check that HEARSAY_HOME is the right "
            "folder, belongs to you and is not mounted read-only."
        )
    return f"{name}: {detail} ({code or 'SQLite'})."
