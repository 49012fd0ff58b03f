"""Lookup: `hearsay ask`."""

from typing import Annotated, Any

import typer

from index.answers import Answer, Outcome
from index.cli.console import console, note, print_json
from index.cli.rendering import claim_lines, difference_line
from index.errors import SettingsError
from index.home import open_lookup
from index.interchange import claim_to_json
from index.settings import load_settings

_SHOWN = (
    "id", "text", "status", "title", "summary", "claimants", "appearances", "responses",
)  # fmt: skip


def ask(
    text: Annotated[str, typer.Argument(help="A question or a forwarded message.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    limit: Annotated[int, typer.Option(min=1, max=100, help="How many candidates.")] = 5,
) -> None:
    """Ask the published snapshot, as the bot would.

    Example: hearsay ask "did US helicopters fly ISIS commanders out of Deir ez-Zor?"
    """
    if not text.strip():
        raise SettingsError("There is no question. Example: hearsay ask 'is the moon hollow?'")
    with open_lookup(load_settings(), on_progress=note) as lookup:
        answer = lookup.ask(text, limit=limit)
    if as_json:
        print_json(answer_to_json(answer))
    else:
        _print(answer)


def answer_to_json(answer: Answer) -> dict[str, Any]:
    """The answer as the JSON that `hearsay ask --json` promises."""
    match = answer.match
    document = claim_to_json(match.claim) if match else {}
    return {
        "question": answer.question,
        "outcome": str(answer.outcome),
        "match": match
        and {
            "probability": round(match.probability, 4),
            "matched_text": match.matched_text,
            "asked_text": match.asked_text,
            "route": str(match.route),
            "claim": {key: document[key] for key in _SHOWN},
        },
        "differences": [
            {"aspect": str(each.aspect), "asked": each.asked, "archived": each.archived}
            for each in answer.differences
        ],
        "candidates": [
            {"id": each.id, "text": each.text, "probability": round(each.probability, 4)}
            for each in answer.candidates
        ],
        "snapshot": {
            "id": answer.snapshot.id,
            "n_claims": answer.snapshot.n_claims,
            "as_of": answer.snapshot.as_of.isoformat(),
        },
    }


def _print(answer: Answer) -> None:
    out = console()
    match answer.outcome:
        case Outcome.MATCH:
            out.print("MATCH: this claim is on file.")
        case Outcome.SIMILAR:
            out.print("SIMILAR: not the same claim, but close.")
            for difference in answer.differences:
                out.print("  " + difference_line(difference), markup=False)
        case Outcome.NONE:
            out.print("NONE: no such claim is on file. That proves nothing either way.")
    if answer.match is not None:
        out.print(f"({answer.match.probability:.0%} sure that it is the same claim)\n")
        for line in claim_lines(answer.match.claim):
            out.print(line, markup=False)
    others = answer.candidates[1:] if answer.match else answer.candidates
    if others:
        out.print("\nClosest claims:" if answer.match is None else "\nOther close claims:")
        for each in others:
            out.print(f"  {each.id}  {each.probability:4.0%}  {each.text}", markup=False)
    info = answer.snapshot
    sample = ", the bundled sample" if info.is_sample else ""
    out.print(f"\nSearched {info.n_claims:,} claims{sample}, as of {info.as_of:%d %B %Y}.")
