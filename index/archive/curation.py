"""Curation: what an admin does to claims on file: publish, withdraw, merge, edit."""

from collections.abc import Sequence
from dataclasses import replace

from sqlite_utils import Database

from index.archive import rows
from index.archive.filing import log, note_change, rewrite_record
from index.claims import Claim, ClaimState
from index.errors import ArchiveError
from index.records import ImportedClaim


def set_state(db: Database, at: str, claim_id: str, state: ClaimState) -> Claim:
    """Put a claim into a state and say so in its history."""
    resolved = rows.resolve(db, claim_id)
    claim = rows.read_claim(db, resolved)
    if claim.state is not state:
        db.execute(
            "update claims set state = ?, updated_at = ? where id = ?", [state, at, resolved]
        )
        log(db, at, resolved, "state", str(claim.state), str(state), "an admin's command")
    return replace(claim, state=state)


def merge(db: Database, at: str, keep_id: str, other_ids: Sequence[str]) -> Claim:
    """Move the records of other claims to one, which leads as before."""
    keep = rows.resolve(db, keep_id)
    others = list(dict.fromkeys(rows.resolve(db, each) for each in other_ids))
    if not others or keep in others:
        raise ArchiveError(
            f"{keep_id} cannot be merged with itself (or one of the others was merged into it "
            "before). Give two claims that differ."
        )
    before = str(rows.read_claim(db, keep).status)
    for other in others:
        db.execute("update records set claim = ? where claim = ?", [keep, other])
        db.execute(
            "update claims set merged_into = ?, updated_at = ? where id = ?", [keep, at, other]
        )
        log(db, at, keep, "merged", other, keep, "an admin's merge")
        log(db, at, other, "merged", other, keep, "an admin's merge")
    note_change(db, at, keep, before, "an admin's merge")
    return rows.read_claim(db, keep)


def edit(db: Database, at: str, claim_id: str, edited: ImportedClaim) -> Claim:
    """Replace a claim's content by what an admin wrote, as its leading record.

    The records that it was composed of keep their identity, so that a re-import knows them, but
    their content moves into the edited one: a value that the admin removed stays removed.
    """
    resolved = rows.resolve(db, claim_id)
    before = str(rows.read_claim(db, resolved).status)
    row = db.execute(
        "select records.pk, feed, record_id from records join claims on claims.lead = records.pk "
        "where claims.id = ?",
        [resolved],
    ).fetchone()
    lead = replace(edited, feed=row["feed"], record_id=row["record_id"])
    rewrite_record(db, lead, row["pk"], None)
    db.execute("update records set edited_at = ? where claim = ?", [at, resolved])
    others = db.execute(
        "select pk, feed, record_id, line from records where claim = ? and pk != ?",
        [resolved, row["pk"]],
    ).fetchall()
    for other in others:
        bare = ImportedClaim(
            record_id=other["record_id"], line=other["line"], text=edited.text, feed=other["feed"]
        )
        rewrite_record(db, bare, other["pk"], None)
    log(db, at, resolved, "edited", None, None, "an admin's edit")
    note_change(db, at, resolved, before, "an admin's edit")
    return rows.read_claim(db, resolved)
