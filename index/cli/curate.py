"""Curate: `hearsay edit`, `publish`, `withdraw`, `duplicates`, `merge` and `undo`."""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import click
import typer

from index.archive import Archive
from index.claims import Claim, ClaimState
from index.cli.console import BuildProgress, console, note, print_json, progress_bar
from index.duplicates import find_duplicates
from index.editing import edited_record, editing_text
from index.embedder import load_encoder
from index.errors import ArchiveError, FeedError
from index.names import Names
from index.settings import Settings, load_settings

Ids = Annotated[list[str], typer.Argument(metavar="ID...")]


def edit(claim_id: Annotated[str, typer.Argument(metavar="ID")]) -> None:
    """Open a claim in $EDITOR as YAML; it is checked when you save, and nothing wrong is stored.

    Example: hearsay edit 4k2m9x0a7c
    """
    with _archive(load_settings()) as archive:
        claim = archive.claim(claim_id)
        evidence = archive.evidence(claim_id)
        text = before = editing_text(claim, evidence)
        while True:
            changed = click.edit(text, extension=".yaml")
            if changed is None or changed == before:
                console().print("Nothing was changed.")
                return
            try:
                record = edited_record(changed, claim)
            except FeedError as error:
                note(f"hearsay: {error}")
                if not _wants_to_edit_again():
                    kept = _keep(changed, claim_id)
                    raise FeedError(f"Nothing was changed. Your text is in {kept}.") from None
                text = changed
            else:
                claim = archive.edit(claim_id, record)
                break
    console().print(f"Saved {claim.id}: {claim.text}", markup=False)
    note("`hearsay reindex` serves it, once it is published.")


def publish(claim_ids: Ids) -> None:
    """Publish drafts, or withdrawn claims again; the next reindex serves them.

    Example: hearsay publish 4k2m9x0a7c
    """
    _each(claim_ids, lambda archive, claim_id: archive.publish(claim_id))


def withdraw(claim_ids: Ids) -> None:
    """Take claims out of the next snapshot; they stay on file.

    Example: hearsay withdraw 4k2m9x0a7c
    """
    _each(claim_ids, lambda archive, claim_id: archive.withdraw(claim_id))


def duplicates(
    claim_ids: Annotated[
        list[str] | None, typer.Argument(metavar="[ID]...", help="Only pairs with these claims.")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, help="At most so many pairs.")] = 50,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, all pairs.")] = False,
) -> None:
    """Propose claims that look the same, best first, each with its reason; you decide.

    Pairs with a draft come before all others.

    Example: hearsay duplicates
    """
    settings = load_settings()
    with _archive(settings) as archive, progress_bar() as bar:
        wanted = {archive.claim(each).id for each in claim_ids or ()}
        drafts = {claim.id for claim in archive.claims(ClaimState.DRAFT)}
        encoders = [load_encoder(name, settings.threads) for name in settings.encoders]
        found = find_duplicates(archive, encoders, Names.load(), progress=BuildProgress(bar))
    pairs = [pair for pair in found if not wanted or wanted & {*pair.claims}]
    if as_json:
        print_json(
            [
                {
                    "claims": list(pair.claims),
                    "probability": round(pair.probability, 4),
                    "reason": pair.reason,
                    "texts": list(pair.texts),
                }
                for pair in pairs
            ]
        )
        return
    out = console()
    # Someone waits for a draft; the sort is stable, so best first holds within each part.
    for pair in sorted(pairs, key=lambda each: drafts.isdisjoint(each.claims))[:limit]:
        out.print(f"{pair.probability:4.0%}  hearsay merge {' '.join(pair.claims)}", markup=False)
        for text in pair.texts:
            out.print(f"        {text}", markup=False)
        out.print(f"        because {pair.reason}", markup=False)
    note(f"{len(pairs):,} pairs." if len(pairs) <= limit else f"{len(pairs):,} pairs; best shown.")


def merge(
    keep: Annotated[str, typer.Argument(metavar="KEEP", help="The claim that stays.")],
    others: Annotated[list[str], typer.Argument(metavar="OTHER...")],
) -> None:
    """Make several claims one; the ids of the others go on resolving to it.

    Example: hearsay merge 4k2m9x0a7c 0b8s1d6f3e
    """
    with _archive(load_settings()) as archive:
        claim = archive.merge(keep, others)
    console().print(
        f"{claim.id} now has {len(claim.appearances)} appearances and {len(claim.responses)} "
        f"responses: {claim.text}",
        markup=False,
    )
    note("`hearsay undo` takes this back; `hearsay reindex` serves it.")


def undo() -> None:
    """Take back the newest step: an import, a merge, an edit, a publish or a withdrawal.

    Example: hearsay undo
    """
    with _archive(load_settings()) as archive:
        undone = archive.undo()
    console().print(f"Taken back: {undone.what}, of {undone.at:%Y-%m-%d %H:%M} UTC.", markup=False)
    note("`hearsay reindex` serves the archive as it is now.")


@contextmanager
def _archive(settings: Settings) -> Iterator[Archive]:
    if not settings.archive_path.exists():
        raise ArchiveError("There is no archive yet. Start one with `hearsay import FILE`.")
    with Archive(settings.archive_path) as archive:
        yield archive


def _each(claim_ids: list[str], change: Callable[[Archive, str], Claim]) -> None:
    with _archive(load_settings()) as archive:
        for claim_id in claim_ids:
            claim = change(archive, claim_id)
            console().print(f"{claim.id} is {claim.state}: {claim.text}", markup=False)
    note("`hearsay reindex` serves the change.")


def _wants_to_edit_again() -> bool:
    try:
        return typer.confirm("Edit again?", default=True, err=True)
    except typer.Abort:  # nobody there, or interrupted: the text must not be lost
        return False


def _keep(text: str, claim_id: str) -> Path:
    with tempfile.NamedTemporaryFile(
        "w", encoding="utf-8", prefix=f"hearsay-{claim_id}-", suffix=".yaml", delete=False
    ) as file:
        file.write(text)
    return Path(file.name)
