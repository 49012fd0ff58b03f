"""Rendering: a claim as lines of plain text for the terminal."""

from collections.abc import Iterator

from index.answers import Difference
from index.claims import Appearance, Claim, Response


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
