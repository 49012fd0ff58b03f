"""Rows: reads claims, records and history out of archive.db, and turns rows into our types."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from sqlite3 import Row

from sqlite_utils import Database

from index.claims import Appearance, Claim, ClaimState, Response, ResponseKind, Verdict
from index.errors import UnknownClaimError
from index.records import Evidence, ImportedClaim
from index.sourcing import compose

_BATCH = 500


@dataclass(frozen=True, slots=True)
class Event:
    """One line of a claim's history.

    Attributes:
        at: When, aware UTC.
        event: "filed", "joined", "updated", "edited", "merged", "state" or "status".
        before: The value before, for "state" and "status".
        after: The value after.
        why: The step that caused it.
    """

    at: datetime
    event: str
    before: str | None
    after: str | None
    why: str


def resolve(db: Database, claim_id: str) -> str:
    """Follow merges to the claim that an id stands for now.

    Raises:
        UnknownClaimError: No claim has it.
    """
    wanted = claim_id
    while True:
        row = db.execute("select merged_into from claims where id = ?", [wanted]).fetchone()
        if row is None:
            raise UnknownClaimError(
                f"No claim has the id {claim_id!r}. `hearsay list` shows the ids."
            )
        if row["merged_into"] is None:
            return wanted
        wanted = row["merged_into"]


def read_claim(db: Database, claim_id: str) -> Claim:
    """Compose one claim; the id must be resolved."""
    return next(_composed(db, [claim_id]))


def read_claims(db: Database, state: ClaimState | None) -> Iterator[Claim]:
    """Compose all claims of a state, or of every state, in order of filing."""
    ids = claim_ids(db, state)
    for start in range(0, len(ids), _BATCH):
        yield from _composed(db, ids[start : start + _BATCH])


def claim_ids(db: Database, state: ClaimState | None = None) -> list[str]:
    """Ids of all claims that are not merged into another, in order of filing."""
    where, values = ("", []) if state is None else (" and state = ?", [str(state)])
    query = f"select id from claims where merged_into is null{where} order by pk"
    return [row["id"] for row in db.execute(query, values)]


def read_records(db: Database, claim_id: str | None) -> Iterator[ImportedClaim]:
    """Records as filed, claim by claim, the leading record of each first."""
    ids = [claim_id] if claim_id else claim_ids(db)
    for start in range(0, len(ids), _BATCH):
        for _, _, records in _grouped(db, ids[start : start + _BATCH]):
            yield from records


def read_aliases(db: Database) -> dict[str, str]:
    """Ids of merged claims with what each stands for now."""
    merged = db.execute("select id from claims where merged_into is not null").fetchall()
    return {row["id"]: resolve(db, row["id"]) for row in merged}


def count_claims(db: Database) -> dict[ClaimState, int]:
    """How many claims are in each state."""
    query = "select state, count(*) n from claims where merged_into is null group by state"
    found = {row["state"]: row["n"] for row in db.execute(query)}
    return {state: found.get(str(state), 0) for state in ClaimState}


def read_history(db: Database, claim_id: str) -> list[Event]:
    """The history of a claim, oldest first."""
    found = db.execute("select * from history where claim = ? order by pk", [claim_id])
    return [
        Event(
            datetime.fromisoformat(row["at"]), row["event"], row["before"], row["after"], row["why"]
        )
        for row in found
    ]


def _composed(db: Database, ids: Sequence[str]) -> Iterator[Claim]:
    for claim_id, state, records in _grouped(db, ids):
        yield compose(claim_id, state, records)


def _grouped(
    db: Database, ids: Sequence[str]
) -> Iterator[tuple[str, ClaimState, list[ImportedClaim]]]:
    marks = ",".join("?" * len(ids))
    found = db.execute(
        "select records.*, claims.state, claims.pk claim_pk from records "
        f"join claims on claims.id = records.claim where claims.id in ({marks}) "
        "order by claims.pk, records.pk != claims.lead, records.pk",
        list(ids),
    ).fetchall()
    parts = _Parts(db, [row["pk"] for row in found])
    for claim_id, rows in groupby(found, key=lambda row: row["claim"]):
        members = list(rows)
        state = ClaimState(members[0]["state"])
        yield claim_id, state, [parts.record(row, state) for row in members]


class _Parts:
    """The child rows of a batch of records, fetched with one query a table."""

    def __init__(self, db: Database, record_pks: Sequence[int]) -> None:
        self._db = db
        self._pks = record_pks
        self._wordings = self._fetch("wordings")
        self._appearances = self._fetch("appearances")
        self._responses = self._fetch("responses")
        self._tags = self._fetch("tags")
        self._evidence = self._fetch("evidence")
        self._claimants = self._fetch(
            "record_claimants join claimants on claimants.pk = record_claimants.claimant",
            columns="record_claimants.pk, record_claimants.record, claimants.name",
            order="record_claimants.pk",
        )

    def _fetch(self, table: str, *, columns: str = "*", order: str = "pk") -> dict[int, list[Row]]:
        found: dict[int, list[Row]] = defaultdict(list)
        for start in range(0, len(self._pks), _BATCH):
            pks = self._pks[start : start + _BATCH]
            marks = ",".join("?" * len(pks))
            query = f"select {columns} from {table} where record in ({marks}) order by {order}"
            for row in self._db.execute(query, list(pks)):
                found[row["record"]].append(row)
        return found

    def record(self, row: Row, state: ClaimState) -> ImportedClaim:
        pk = row["pk"]
        tags = {
            kind: tuple(tag["value"] for tag in self._tags[pk] if tag["kind"] == kind)
            for kind in ("topic", "place", "event_date")
        }
        return ImportedClaim(
            record_id=row["record_id"],
            line=row["line"],
            text=row["text"],
            feed=row["feed"],
            id=row["claim"],
            state=state,
            title=row["title"],
            summary=row["summary"],
            body=row["body"],
            language=row["language"],
            alternatives=tuple(each["text"] for each in self._wordings[pk]),
            claimants=tuple(each["name"] for each in self._claimants[pk]),
            appearances=tuple(_appearance(each) for each in self._appearances[pk]),
            responses=tuple(_response(each) for each in self._responses[pk]),
            topics=tags["topic"],
            places=tags["place"],
            event_dates=tuple(date.fromisoformat(day) for day in tags["event_date"]),
            evidence=tuple(
                Evidence(each["field"], each["value"], each["sentence"])
                for each in self._evidence[pk]
            ),
        )


def _appearance(row: Row) -> Appearance:
    return Appearance(
        outlet=row["outlet"],
        url=row["url"],
        archive_url=row["archive_url"],
        published_on=_day(row["published_on"]),
        language=row["language"],
        based_on=row["based_on"],
        repeats=row["repeats"],
    )


def _response(row: Row) -> Response:
    return Response(
        kind=ResponseKind(row["kind"]),
        by=row["by"],
        url=row["url"],
        published_on=_day(row["published_on"]),
        rating=row["rating"],
        verdict=Verdict(row["verdict"]) if row["verdict"] else None,
        summary=row["summary"],
    )


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
