"""Filing: decides for each imported record which claim it belongs to, and writes it there."""

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from sqlite3 import Row

from sqlite_utils import Database

from index.archive import rows
from index.claims import ClaimState
from index.errors import ArchiveError
from index.records import ImportedClaim, ImportReport, Noted, Reading, Rejected
from index.text import text_key

_ID_CHARS = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's base 32, lower case
_ID_LENGTH = 10


@dataclass(frozen=True, slots=True)
class SourceFile:
    """Where an import comes from.

    Attributes:
        path: As the admin gave it.
        sha256: Of the file's bytes.
        format: The importer's name.
    """

    path: str
    sha256: str
    format: str


class Filing:
    """One import under way, inside one transaction."""

    def __init__(
        self,
        db: Database,
        at: str,
        source: SourceFile,
        *,
        state: ClaimState,
        is_explicit: bool,
    ) -> None:
        self._db = db
        self._at = at
        self._source = source
        self._state = state
        self._is_explicit = is_explicit
        self._why = f"import of {source.path}"
        self._counts = {"new": 0, "joined": 0, "updated": 0, "unchanged": 0, "kept": 0}
        self._touched: dict[str, None] = {}
        self._notes: list[Noted] = []
        self._rejected: list[Rejected] = []

    def run(self, readings: Iterable[Reading]) -> ImportReport:
        """File everything that the importer yields and give the account of it."""
        import_pk = self._db.execute(
            "insert into imports(at, path, sha256, format) values (?, ?, ?, ?)",
            [self._at, self._source.path, self._source.sha256, self._source.format],
        ).lastrowid
        assert import_pk is not None
        for reading in readings:
            match reading:
                case Rejected():
                    self._rejected.append(reading)
                case Noted():
                    self._notes.append(reading)
                case ImportedClaim():
                    self._counts[self._file(reading, import_pk)] += 1
        return self._report(import_pk)

    def _report(self, import_pk: int) -> ImportReport:
        n_records = sum(self._counts.values()) + len(self._rejected)
        self._db.execute(
            "update imports set n_records = ?, n_new = ?, n_joined = ?, n_updated = ?, "
            "n_unchanged = ?, n_kept = ? where pk = ?",
            [n_records, *self._counts.values(), import_pk],
        )
        remarks: list[tuple[str, Rejected | Noted]] = [
            *(("rejected", each) for each in self._rejected),
            *(("noted", each) for each in self._notes),
        ]
        self._db.conn.executemany(
            "insert into import_remarks(import, kind, line, field, reason) values (?, ?, ?, ?, ?)",
            [(import_pk, kind, each.line, each.field, each.reason) for kind, each in remarks],
        )
        return ImportReport(
            import_id=import_pk,
            path=self._source.path,
            format=self._source.format,
            n_records=n_records,
            n_new=self._counts["new"],
            n_joined=self._counts["joined"],
            n_updated=self._counts["updated"],
            n_unchanged=self._counts["unchanged"],
            n_kept=self._counts["kept"],
            rejected=tuple(self._rejected),
            notes=tuple(self._notes),
            claim_ids=tuple(self._touched),
        )

    def _file(self, record: ImportedClaim, import_pk: int) -> str:
        if not text_key(record.text):
            raise ArchiveError(
                f"Line {record.line}: the importer {self._source.format} yielded a claim without "
                "words. This is a bug in that importer; nothing was imported."
            )
        known = self._db.execute(
            "select pk, claim, content_hash, edited_at from records "
            "where feed = ? and record_id = ?",
            [record.feed, record.record_id],
        ).fetchone()
        if known is not None:
            return self._refile(record, known, import_pk)
        wanted = record.state or self._state
        claim_id = self._home(record, wanted)
        outcome = "joined"
        if claim_id is None:
            outcome = "new"
            claim_id = self._open_claim(record, wanted)
        before = self._status(claim_id) if outcome == "joined" else None
        pk = write_record(self._db, record, claim_id, import_pk)
        if outcome == "new":
            self._db.execute("update claims set lead = ? where id = ?", [pk, claim_id])
            log(self._db, self._at, claim_id, "filed", None, str(wanted), self._why)
        else:
            log(self._db, self._at, claim_id, "joined", None, record.feed, self._why)
        self._follow(claim_id, before)
        return outcome

    def _refile(self, record: ImportedClaim, known: Row, import_pk: int) -> str:
        claim_id = known["claim"]
        if self._is_explicit and self._state is ClaimState.PUBLISHED:
            self._publish_draft(claim_id)
        if known["content_hash"] == content_hash(record):
            return "unchanged"
        if known["edited_at"] is not None:
            self._notes.append(
                Noted(record.line, "", f"changed in the feed, but edited here: {claim_id} is kept")
            )
            return "kept"
        before = self._status(claim_id)
        rewrite_record(self._db, record, known["pk"], import_pk)
        log(self._db, self._at, claim_id, "updated", None, record.feed, self._why)
        self._follow(claim_id, before)
        return "updated"

    def _publish_draft(self, claim_id: str) -> None:
        changed = self._db.execute(
            "update claims set state = 'published' where id = ? and state = 'draft'", [claim_id]
        )
        if changed.rowcount:
            log(self._db, self._at, claim_id, "state", "draft", "published", self._why)
            self._touched[claim_id] = None

    def _home(self, record: ImportedClaim, wanted: ClaimState) -> str | None:
        """The claim on file that the record belongs to; None if it is a new one.

        The claim's own id decides where the record gives one (an export of ours). Otherwise
        identical normalised text of any wording on record makes it the same claim. A draft never
        joins a published claim by itself, nor the other way round: an admin decides.
        """
        if record.id is not None:
            row = self._db.execute("select id from claims where id = ?", [record.id]).fetchone()
            return rows.resolve(self._db, record.id) if row else None
        key = text_key(record.text)
        found = self._db.execute(
            "select claims.id, claims.state from claims join records on records.claim = claims.id "
            "where records.text_key = ? union "
            "select claims.id, claims.state from claims join records on records.claim = claims.id "
            "join wordings on wordings.record = records.pk where wordings.text_key = ? "
            "order by claims.id",
            [key, key],
        ).fetchall()
        for row in found:
            if row["state"] in (str(wanted), str(ClaimState.WITHDRAWN)):
                return str(row["id"])
        return None

    def _open_claim(self, record: ImportedClaim, state: ClaimState) -> str:
        for claim_id in _ids(record):
            if not self._db.execute("select 1 from claims where id = ?", [claim_id]).fetchone():
                self._db.execute(
                    "insert into claims(id, state, created_at, updated_at) values (?, ?, ?, ?)",
                    [claim_id, str(state), self._at, self._at],
                )
                return claim_id
        raise AssertionError("ids never run out")

    def _status(self, claim_id: str) -> str:
        return str(rows.read_claim(self._db, claim_id).status)

    def _follow(self, claim_id: str, before: str | None) -> None:
        self._touched[claim_id] = None
        note_change(self._db, self._at, claim_id, before, self._why)


def note_change(db: Database, at: str, claim_id: str, before: str | None, why: str) -> None:
    """Mark a claim as touched, and record its rebuttal status where that has changed."""
    after = str(rows.read_claim(db, claim_id).status)
    if before != after:
        log(db, at, claim_id, "status", before, after, why)
    db.execute("update claims set updated_at = ? where id = ?", [at, claim_id])


def log(
    db: Database,
    at: str,
    claim_id: str,
    event: str,
    before: str | None,
    after: str | None,
    why: str,
) -> None:
    """Append one line to a claim's history."""
    db.execute(
        "insert into history(claim, at, event, before, after, why) values (?, ?, ?, ?, ?, ?)",
        [claim_id, at, event, before, after, why],
    )


def content_hash(record: ImportedClaim) -> str:
    """SHA-256 of what a record says, whatever its line and state, to tell a changed one."""
    content = asdict(replace(record, line=0, state=None, id=None))
    return hashlib.sha256(json.dumps(content, default=str, sort_keys=True).encode()).hexdigest()


def write_record(db: Database, record: ImportedClaim, claim_id: str, import_pk: int | None) -> int:
    """Insert a record with everything that hangs on it; gives its key."""
    pk = db.execute(
        "insert into records(feed, record_id, content_hash, import, claim, line, text, text_key, "
        "title, summary, body, language) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            record.feed,
            record.record_id,
            content_hash(record),
            import_pk,
            claim_id,
            record.line,
            record.text,
            text_key(record.text),
            record.title,
            record.summary,
            record.body,
            record.language,
        ],
    ).lastrowid
    assert pk is not None
    _write_parts(db, record, pk)
    return pk


def rewrite_record(db: Database, record: ImportedClaim, pk: int, import_pk: int | None) -> None:
    """Replace what a record says; it stays under its claim.

    Without an import it is an admin's edit: the hash of what the feed said is kept, so that the
    feed's next change is seen.
    """
    for table in ("wordings", "record_claimants", "appearances", "responses", "tags", "evidence"):
        db.execute(f"delete from {table} where record = ?", [pk])
    db.execute(
        "update records set content_hash = coalesce(?, content_hash), "
        "import = coalesce(?, import), line = ?, text = ?, text_key = ?, title = ?, summary = ?, "
        "body = ?, language = ? where pk = ?",
        [
            import_pk and content_hash(record),
            import_pk,
            record.line,
            record.text,
            text_key(record.text),
            record.title,
            record.summary,
            record.body,
            record.language,
            pk,
        ],
    )
    _write_parts(db, record, pk)


def _write_parts(db: Database, record: ImportedClaim, pk: int) -> None:
    many = db.conn.executemany
    many(
        "insert into wordings(record, text, text_key) values (?, ?, ?)",
        [(pk, text, text_key(text)) for text in record.alternatives],
    )
    for name in record.claimants:
        db.execute("insert into claimants(name) values (?) on conflict do nothing", [name])
        db.execute(
            "insert into record_claimants(record, claimant) select ?, pk from claimants "
            "where name = ?",
            [pk, name],
        )
    many(
        "insert into appearances(record, outlet, url, archive_url, published_on, language, "
        "based_on, repeats) values (?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (
                pk,
                each.outlet,
                each.url,
                each.archive_url,
                each.published_on and each.published_on.isoformat(),
                each.language,
                each.based_on,
                each.repeats,
            )
            for each in record.appearances
        ],
    )
    many(
        "insert into responses(record, kind, by, url, published_on, rating, verdict, summary) "
        "values (?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (
                pk,
                str(each.kind),
                each.by,
                each.url,
                each.published_on and each.published_on.isoformat(),
                each.rating,
                each.verdict and str(each.verdict),
                each.summary,
            )
            for each in record.responses
        ],
    )
    many("insert into tags(record, kind, value) values (?, ?, ?)", list(_tags(record, pk)))
    many(
        "insert into evidence(record, field, value, sentence) values (?, ?, ?, ?)",
        [(pk, each.field, each.value, each.sentence) for each in record.evidence],
    )


def _tags(record: ImportedClaim, pk: int) -> Iterator[tuple[int, str, str]]:
    yield from ((pk, "topic", value) for value in record.topics)
    yield from ((pk, "place", value) for value in record.places)
    yield from ((pk, "event_date", day.isoformat()) for day in record.event_dates)


def _ids(record: ImportedClaim) -> Iterator[str]:
    """Ids for a new claim, best first: its own, then ones made of its text and record."""
    if record.id is not None:
        yield record.id
    seed = text_key(record.text)
    while True:
        number = int.from_bytes(hashlib.sha256(seed.encode()).digest()[:8])
        yield "".join(_ID_CHARS[number >> 5 * place & 31] for place in range(_ID_LENGTH))
        seed += f"\0{record.feed}\0{record.record_id}"
