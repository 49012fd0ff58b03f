"""Lookup: `hearsay ask`."""

from typing import Annotated, Any

import typer

from index.answers import Answer
from index.cli.console import console, note, print_json
from index.cli.rendering import answer_lines, explanation_lines
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
    explain: Annotated[
        bool, typer.Option("--explain", help="Say why: what agrees, what differs, what it weighs.")
    ] = False,
) -> None:
    """Ask the published snapshot, as the bot would.

    Example: hearsay ask "did US helicopters fly ISIS commanders out of Deir ez-Zor?"
    """
    if not text.strip():
        raise SettingsError("There is no question. Example: hearsay ask 'is the moon hollow?'")
    # Bytes that are no UTF-8 reach us as lone surrogates, which no stream takes back.
    readable = text.encode(errors="surrogateescape").decode(errors="replace")
    with open_lookup(load_settings(), on_progress=note) as lookup:
        answer = lookup.ask(readable, limit=limit)
    if as_json:
        content = answer_to_json(answer)
        print_json(content | {"explanation": _explanation(answer)} if explain else content)
        return
    out = console()
    for line in (*answer_lines(answer), *(explanation_lines(answer) if explain else ())):
        out.print(line, markup=False)


def _explanation(answer: Answer) -> dict[str, Any] | None:
    why = answer.explanation
    if why is None:
        return None
    return {
        "agreed": list(why.agreed),
        "missing": list(why.missing),
        "conflicts": [
            {"aspect": str(each.aspect), "asked": each.asked, "archived": each.archived}
            for each in why.conflicts
        ],
        "held_back": why.held_back and str(why.held_back),
        "signals": [
            {
                "part": each.part,
                "name": each.name,
                "value": round(each.value, 4),
                "weight": each.weight,
            }
            for each in why.signals
        ],
    }


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
