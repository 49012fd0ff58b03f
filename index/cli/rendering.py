"""Rendering: an answer and a claim as lines of plain text for the terminal."""

import math
from collections.abc import Iterator

from index.answers import Answer, Difference, HeldBack, Outcome, Route
from index.claims import Appearance, Claim, Response

# What each part of the decision asks.
_PARTS = {
    "nearness": "Is it the story that was asked about?",
    "sameness": "Does it say the same of it?",
}
_HELD_BACK = {
    HeldBack.EXCLUDED: "likely enough, but what was compared, or the pair model, excludes it",
    HeldBack.TIE: "likely enough, but another story fits as well",
    HeldBack.VAGUE: "likely enough, but the question says too little",
}


def answer_lines(answer: Answer) -> Iterator[str]:
    """An answer, readable: the outcome, the closest claim, other close ones, what was searched."""
    yield _outcome(answer)
    yield from (f"  {difference_line(each)}" for each in answer.differences)
    match = answer.match
    if match is not None:
        if match.route is Route.URL:
            yield "The page in your question is on record for it."
        yield f"Chance that it is the same claim: {match.probability:.0%}"
        yield ""
        yield from claim_lines(match.claim)
    others = [each for each in answer.candidates if not match or each.id != match.claim.id]
    if others:
        yield ""
        yield "Other close claims:" if match else "Closest claims:"
        yield from (f"  {each.id}  {each.probability:4.0%}  {each.text}" for each in others)
    info = answer.snapshot
    sample = ", the bundled sample" if info.is_sample else ""
    yield ""
    yield f"Searched {info.n_claims:,} claims{sample}, as of {info.as_of.date()}."


def explanation_lines(answer: Answer) -> Iterator[str]:
    """Why: what the question and the first candidate share, what not, and what was weighed."""
    why = answer.explanation
    yield ""
    if why is None:
        yield "Why: an address or a wording on record decided; nothing was weighed."
        return
    yield f"Why, for {answer.candidates[0].id}:"
    yield f"  agreed   {', '.join(why.agreed) or '(nothing)'}"
    yield f"  missing  {', '.join(why.missing) or '(nothing)'}"
    yield from (f"  differs  {difference_line(each)}" for each in why.conflicts)
    if why.held_back is not None:
        yield f"  no match {_HELD_BACK[why.held_back]}"
    for part, meaning in _PARTS.items():
        signals = [each for each in why.signals if each.part == part]
        if not signals:
            continue
        logit = sum(each.contribution for each in signals)
        yield f"  {meaning} Chance {1 / (1 + math.exp(-logit)):.2f}, logit {logit:+.3f}:"
        yield f"    {'signal':<22}{'value':>9}{'weight':>9}{'adds':>9}"
        for each in sorted(signals, key=lambda signal: -abs(signal.contribution)):
            yield (
                f"    {each.name:<22}{each.value:>9.3f}{each.weight:>+9.3f}"
                f"{each.contribution:>+9.3f}"
            )


def claim_lines(claim: Claim) -> Iterator[str]:
    """A claim, readable: text, status, who said it where and based on what, who answered."""
    yield claim.text
    yield f"  id {claim.id} · {claim.state} · {claim.status}"
    if claim.title and claim.title != claim.text:
        yield f"  title       {claim.title}"
    if claim.summary:
        yield f"  summary     {claim.summary}"
    for label, values in (
        ("claimants", claim.claimants),
        ("places", claim.places),
        ("dates", tuple(day.isoformat() for day in claim.event_dates)),
        ("topics", claim.topics),
    ):
        if values:
            yield f"  {label:<11} {', '.join(values)}"
    yield from _block("seen", [_appearance(each) for each in claim.appearances])
    yield from _block("answered", [_response(each) for each in claim.responses])
    yield from _block("also worded", list(claim.alternatives))


def _outcome(answer: Answer) -> str:
    match answer.outcome:
        case Outcome.MATCH:
            return "MATCH: this claim is on file."
        case Outcome.SIMILAR if answer.differences:
            return "SIMILAR: another claim, but close. They differ:"
        case Outcome.SIMILAR:
            return "SIMILAR: close to a claim on file, but perhaps not the same."
        case Outcome.NONE:
            return "NONE: no such claim is on file. That proves nothing either way."


def difference_line(difference: Difference) -> str:
    """A difference in words."""
    if not difference.archived:
        return f"{difference.aspect}: only the question says {difference.asked!r}"
    if not difference.asked:
        return f"{difference.aspect}: only the archived claim says {difference.archived!r}"
    return f"{difference.aspect}: asked {difference.asked!r}, archived {difference.archived!r}"


def _block(label: str, lines: list[str]) -> Iterator[str]:
    for n, line in enumerate(lines):
        yield f"  {label if n == 0 else '':<11} {line}"


def _appearance(each: Appearance) -> str:
    parts = [
        each.published_on.isoformat() if each.published_on else "undated",
        each.outlet or "unnamed outlet",
        f"({each.language})" if each.language else "",
        f"based on {each.based_on}" if each.based_on else "",
        f"repeats {each.repeats}" if each.repeats else "",
        each.url or "",
        f"archived at {each.archive_url}" if each.archive_url else "",
    ]
    return " ".join(part for part in parts if part)


def _response(each: Response) -> str:
    rating = f": {each.rating} [{each.verdict}]" if each.rating else ""
    parts = [
        each.published_on.isoformat() if each.published_on else "undated",
        f"{each.kind} by {each.by}{rating}",
        each.url or "",
        f"\n              {each.summary}" if each.summary else "",
    ]
    return " ".join(part for part in parts if part)
