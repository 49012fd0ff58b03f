"""Interchange: claims as JSON documents, the one codec for feeds, exports, snapshots and `--json`.

`docs/interchange.md` describes the documents field by field.
"""

import hashlib
from collections.abc import Mapping
from datetime import date
from typing import Any

from index.claims import Appearance, Claim, ClaimState, Response
from index.document_reader import CLAIM_KEYS, RECORD_KEYS, DocumentReader
from index.errors import FeedError
from index.records import ImportedClaim, Noted, Rejected
from index.text import text_key


def claim_to_json(claim: Claim) -> dict[str, Any]:
    """The document of a claim: every key always present, null where nothing is known."""
    return {
        "id": claim.id,
        "text": claim.text,
        "state": claim.state.value,
        "status": claim.status.value,
        "title": claim.title,
        "summary": claim.summary,
        "body": claim.body,
        "language": claim.language,
        "alternatives": list(claim.alternatives),
        "claimants": list(claim.claimants),
        "appearances": [_appearance_to_json(each) for each in claim.appearances],
        "responses": [_response_to_json(each) for each in claim.responses],
        "topics": list(claim.topics),
        "places": list(claim.places),
        "event_dates": [each.isoformat() for each in claim.event_dates],
    }


def dump_claim(
    claim: Claim, *, feed: str | None = None, record_id: str | None = None
) -> dict[str, Any]:
    """The document of a claim as a record of a feed: what `hearsay export` writes, one a line.

    Args:
        claim: The claim.
        feed: Name of the feed it is to belong to; None leaves that to who imports it.
        record_id: Its id within that feed; None takes the claim's id.
    """
    record: dict[str, Any] = {"record_id": record_id or claim.id}
    if feed is not None:
        record["feed"] = feed
    return record | claim_to_json(claim)


def record_to_json(record: ImportedClaim) -> dict[str, Any]:
    """The document of a filed record: what `hearsay export` writes, one a line.

    Read again it gives the same record under the same claim, so that an archive that already has
    it is not changed. Keys without a value are left out.
    """
    document = {
        "id": record.id,
        "feed": record.feed,
        "record_id": record.record_id,
        "text": record.text,
        "state": record.state.value if record.state else None,
        "title": record.title,
        "summary": record.summary,
        "body": record.body,
        "language": record.language,
        "alternatives": list(record.alternatives),
        "claimants": list(record.claimants),
        "appearances": [_present(_appearance_to_json(each)) for each in record.appearances],
        "responses": [_present(_response_to_json(each)) for each in record.responses],
        "topics": list(record.topics),
        "places": list(record.places),
        "event_dates": [each.isoformat() for each in record.event_dates],
        "evidence": [
            {"field": each.field, "value": each.value, "sentence": each.sentence}
            for each in record.evidence
        ],
    }
    return _present(document)


def _present(document: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in document.items() if value not in (None, [])}


def claim_from_json(document: Any) -> Claim:
    """The claim that `claim_to_json` wrote, or that a person edited.

    Raises:
        FeedError: The document is not of that form; the message names every problem.
    """
    reader = DocumentReader()
    record = reader.claim(document, keys=CLAIM_KEYS)
    if record is not None and record["id"] is None and "id" not in reader.paths_at_fault():
        reader.problems.append(("id", "is missing; expected the claim's id"))
    if reader.problems or record is None:
        raise FeedError(
            "Not a claim document:\n  "
            + "\n  ".join(f"{path or 'document'}: {reason}" for path, reason in reader.problems)
            + "\nSee docs/interchange.md for the fields."
        )
    return Claim(**(record | {"state": record["state"] or ClaimState.PUBLISHED}))


def imported_from_json(
    document: Any, *, line: int, default_feed: str, today: date | None = None
) -> tuple[ImportedClaim | Rejected, tuple[Noted, ...]]:
    """Read one record of a feed, with remarks on what was ignored or could not be read.

    A fact-check that has a rating but no verdict gets `ratings.classify`.

    Args:
        document: The parsed JSON value.
        line: Where it stands in the file, from 1.
        default_feed: The feed's name where the record names none.
        today: Dates after this day are refused; None allows them.

    Returns:
        The record, or one `Rejected` that names all its problems; and the remarks.
    """
    reader = DocumentReader(today=today)
    record = reader.claim(document, keys=RECORD_KEYS)
    feed = reader.text(document, "feed") or default_feed
    record_id = reader.text(document, "record_id")
    evidence = reader.items(document, "evidence", reader.evidence)
    if reader.problems or record is None:
        (path, reason), *others = reader.problems
        rest = "".join(f"; {other or 'record'}: {why}" for other, why in others)
        return Rejected(line, path, reason + rest), ()
    record["responses"] = tuple(reader.classified(record["responses"]))
    record["appearances"] = tuple(reader.linked(record["appearances"]))
    claim = ImportedClaim(
        record_id=record_id or record["id"] or _derived_id(record),
        line=line,
        feed=feed,
        evidence=evidence,
        **record,
    )
    return claim, tuple(Noted(line, path, reason) for path, reason in reader.notes)


def _appearance_to_json(appearance: Appearance) -> dict[str, Any]:
    return {
        "outlet": appearance.outlet,
        "url": appearance.url,
        "archive_url": appearance.archive_url,
        "published_on": _iso(appearance.published_on),
        "language": appearance.language,
        "based_on": appearance.based_on,
        "repeats": appearance.repeats,
    }


def _response_to_json(response: Response) -> dict[str, Any]:
    return {
        "kind": response.kind.value,
        "by": response.by,
        "url": response.url,
        "published_on": _iso(response.published_on),
        "rating": response.rating,
        "verdict": response.verdict.value if response.verdict else None,
        "summary": response.summary,
    }


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _derived_id(record: Mapping[str, Any]) -> str:
    """An id for a record that brings none: the same text seen at the same places has the same."""
    seen = [each.url or each.outlet or "" for each in record["appearances"]]
    answered = [each.url or each.by for each in record["responses"]]
    parts = [text_key(record["text"]), *sorted(seen), "", *sorted(answered)]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:20]
