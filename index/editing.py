"""Editing: a claim as YAML that a person edits, and back."""

import io
from collections.abc import Sequence
from typing import Any

from index.claims import Claim
from index.document_reader import UNKNOWN_KEY
from index.errors import FeedError
from index.interchange import claim_to_json, imported_from_json
from index.records import Evidence, ImportedClaim, Rejected

_HEADER = """\
# Claim {id} ({state}, {status}). Save and close to store it; an unchanged file changes nothing.
# The status follows from the responses. Kinds of response: fact-check, denial, confirmation,
# retraction. Dates are YYYY-MM-DD. docs/interchange.md describes every field.
"""
_EVIDENCE = "#\n# Drafted from these sentences:\n"
# What identifies the claim, or is derived, is not for editing.
_FIXED = ("id", "state", "status")


def editing_text(claim: Claim, evidence: Sequence[Evidence] = ()) -> str:
    """The claim as commented YAML, empty fields included so that they can be filled in."""
    from ruamel.yaml import YAML  # noqa: PLC0415 (only `hearsay edit` needs it)

    yaml = YAML()
    yaml.default_flow_style = False
    yaml.allow_unicode = True
    yaml.width = 100
    out = io.StringIO()
    out.write(_HEADER.format(id=claim.id, state=claim.state, status=claim.status))
    if evidence:
        out.write(_EVIDENCE)
        for each in evidence:
            out.write(f"#   {each.field}: {' '.join(each.sentence.split())}\n")
    document = {key: value for key, value in claim_to_json(claim).items() if key not in _FIXED}
    yaml.dump(document, out)
    return out.getvalue()


def edited_record(text: str, claim: Claim) -> ImportedClaim:
    """Read an edited claim back.

    Args:
        text: What the editor left.
        claim: The claim as it was.

    Raises:
        FeedError: It is no YAML, or a field is wrong; the message names every problem.
    """
    from ruamel.yaml import YAML  # noqa: PLC0415
    from ruamel.yaml.error import YAMLError  # noqa: PLC0415

    try:
        document: Any = YAML(typ="safe").load(text)
    except YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f" in line {mark.line + 1}" if mark else ""
        raise FeedError(f"The text is no valid YAML{where}: {error}") from None
    if not isinstance(document, dict):
        raise FeedError("The text holds no claim. Expected fields such as `text: …`.")
    if unknown := [key for key in document if key not in claim_to_json(claim)]:
        raise FeedError(f"Unknown field {unknown[0]!r}. docs/interchange.md lists the fields.")
    fixed = {"id": claim.id, "record_id": claim.id}
    record, notes = imported_from_json(document | fixed, line=1, default_feed="edited")
    if isinstance(record, Rejected):
        field = f"{record.field}: " if record.field else ""
        raise FeedError(f"{field}{record.reason}. Nothing was stored.")
    if unknown := [note.field for note in notes if note.reason == UNKNOWN_KEY]:
        raise FeedError(f"Unknown field {unknown[0]!r}. docs/interchange.md lists the fields.")
    return record
