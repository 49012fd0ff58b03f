"""Claims: `hearsay list`, `show`, `drafts` and `export`."""

import json
from typing import Annotated

import typer

from index.claims import Claim, ClaimState
from index.cli.console import console, note, print_json, print_table, reading_archive
from index.cli.rendering import claim_lines
from index.interchange import claim_to_json, record_to_json
from index.settings import load_settings

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def list_(
    state: Annotated[ClaimState | None, typer.Option(help="Only claims of this state.")] = None,
    as_json: Json = False,
) -> None:
    """List the claims of the archive, in order of filing.

    Example: hearsay list --state published
    """
    with reading_archive(load_settings()) as archive:
        claims = archive.claims(state)
        if as_json:
            print_json([claim_to_json(claim) for claim in claims])
        else:
            _print_table(list(claims))


def drafts(as_json: Json = False) -> None:
    """List the drafts that wait for an admin.

    Example: hearsay drafts
    """
    list_(ClaimState.DRAFT, as_json)


def show(
    claim_id: Annotated[str, typer.Argument(metavar="ID")],
    as_json: Json = False,
) -> None:
    """Print one claim readably: sourcing, responses, the sentences it was drafted from, history.

    Example: hearsay show 4k2m9x0a7c
    """
    with reading_archive(load_settings()) as archive:
        claim = archive.claim(claim_id)
        evidence = archive.evidence(claim_id)
        events = archive.history(claim_id)
        records = [f"{each.feed}/{each.record_id}" for each in archive.records(claim_id)]
    if as_json:
        print_json(
            claim_to_json(claim)
            | {
                "records": records,
                "evidence": [
                    {"field": each.field, "value": each.value, "sentence": each.sentence}
                    for each in evidence
                ],
                "history": [
                    {
                        "at": each.at.isoformat(),
                        "event": each.event,
                        "before": each.before,
                        "after": each.after,
                        "why": each.why,
                    }
                    for each in events
                ],
            }
        )
        return
    out = console()
    for line in claim_lines(claim):
        out.print(line, markup=False)
    if evidence:
        out.print("\nDrafted from an article; check each value against its sentence:")
        for each in evidence:
            out.print(f"  {each.field}: {each.value}\n      “{each.sentence}”", markup=False)
    out.print("\nRecords: " + ", ".join(records), markup=False)
    out.print("History:")
    for event in events:
        change = " → ".join(each for each in (event.before, event.after) if each)
        out.print(f"  {event.at:%Y-%m-%d %H:%M} {event.event} {change} ({event.why})", markup=False)


def export(
    claim_id: Annotated[
        list[str] | None, typer.Argument(metavar="[ID]...", help="Only these claims.")
    ] = None,
) -> None:
    """Write the archive's records as JSON Lines, the format that `hearsay import` reads.

    Example: hearsay export > archive.jsonl
    """
    with reading_archive(load_settings()) as archive:
        wanted: list[str | None] = [*claim_id] if claim_id else [None]
        for each in wanted:
            for record in archive.records(each):
                typer.echo(json.dumps(record_to_json(record), ensure_ascii=False))


def _print_table(claims: list[Claim]) -> None:
    if not claims:
        note("None.")
        return
    print_table(
        ("id", "state", "status", "claim"),
        [(claim.id, str(claim.state), str(claim.status), claim.text) for claim in claims],
    )
