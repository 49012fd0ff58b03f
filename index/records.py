"""Records: what an importer yields for each entry of a feed, before the archive files it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from index.claims import Appearance, ClaimState, Response


@dataclass(frozen=True, slots=True)
class Evidence:
    """The sentence of an article that a drafted value was taken from, for an admin to check.

    Attributes:
        field: Which value, as a path: "text", "claimants[0]", "responses[1].by".
        value: The value, as drafted.
        sentence: The sentence of the article, word for word.
    """

    field: str
    value: str
    sentence: str


@dataclass(frozen=True, slots=True)
class ImportedClaim:
    """One record of a feed, read and typed; the archive decides which claim it belongs to.

    Attributes:
        record_id: The record's id within its feed: the same record has the same id every time.
        line: Where it stands in the file (line of a text file, or ordinal of a JSON entry), from 1.
        text: The claim as one sentence.
        feed: Which feed the record belongs to; with `record_id` it is the key of idempotency.
        id: The claim's own id, where the feed is one that we exported.
        state: The state the feed asks for; None leaves it to the import's options.
        title, summary, body, language, alternatives, claimants, appearances, responses, topics,
        places, event_dates: As on `Claim`.
        evidence: For drafted records, which sentence each value was taken from.
    """

    record_id: str
    line: int
    text: str
    feed: str
    id: str | None = None
    state: ClaimState | None = None
    title: str | None = None
    summary: str | None = None
    body: str | None = None
    language: str | None = None
    alternatives: tuple[str, ...] = ()
    claimants: tuple[str, ...] = ()
    appearances: tuple[Appearance, ...] = ()
    responses: tuple[Response, ...] = ()
    topics: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    event_dates: tuple[date, ...] = ()
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class Rejected:
    """A record that was not imported, and why. The rest of its feed goes on.

    Attributes:
        line: Where it stands in the file, from 1.
        field: The field at fault, in the feed's own name; "" where the whole record is.
        reason: What was found and what was expected, as a sentence part without a full stop.
    """

    line: int
    field: str
    reason: str


@dataclass(frozen=True, slots=True)
class Noted:
    """Something in an imported record that an admin should know: an unknown rating, a lost value.

    Attributes: as on `Rejected`.
    """

    line: int
    field: str
    reason: str


# What an importer yields: a record to file, a record refused, or a remark beside a record.
Reading = ImportedClaim | Rejected | Noted


@dataclass(frozen=True, slots=True)
class ImportReport:
    """The exact account of one import.

    `n_records = n_new + n_joined + n_updated + n_unchanged + n_kept + len(rejected)`.

    Attributes:
        import_id: The import's id for `hearsay undo`; None for a dry run.
        path: The file, as given.
        format: The importer's name.
        n_records: Records read, rejected ones included.
        n_new: Records that became a new claim.
        n_joined: New records that joined a claim already on file, as a further appearance or
            response.
        n_updated: Records known from an earlier import whose content has changed.
        n_unchanged: Records known from an earlier import, the same as then.
        n_kept: Changed records that were left alone because an admin has edited them since.
        n_rejected: Records that were not imported.
        rejected: Which, and why, in file order.
        notes: What else an admin should know, in file order.
        claim_ids: Claims that this import created or touched, in order of first touch.
        dry_run: Whether nothing was written.
    """

    import_id: int | None
    path: str
    format: str
    n_records: int = 0
    n_new: int = 0
    n_joined: int = 0
    n_updated: int = 0
    n_unchanged: int = 0
    n_kept: int = 0
    rejected: Sequence[Rejected] = ()
    notes: Sequence[Noted] = ()
    claim_ids: Sequence[str] = ()
    dry_run: bool = False

    @property
    def n_rejected(self) -> int:
        """How many records were not imported."""
        return len(self.rejected)
