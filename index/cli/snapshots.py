"""Snapshots: `hearsay reindex`, `snapshots`, `rollback` and `status`."""

from typing import Annotated, Any

import typer

from index.archive import Archive
from index.cli.console import BuildProgress, console, note, print_json, print_table, progress_bar
from index.errors import SnapshotError
from index.home import reindex as reindex_archive
from index.settings import load_settings
from index.snapshots import Manifest, Snapshot, SnapshotStore

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def reindex(as_json: Json = False) -> None:
    """Build a snapshot of the published claims and publish it; running bots pick it up.

    Example: hearsay reindex
    """
    settings = load_settings()
    with progress_bar() as bar:
        done = reindex_archive(settings, progress=BuildProgress(bar))
    manifest = done.manifest
    if as_json:
        print_json(_as_json(manifest) | {"is_new": done.is_new, "pruned": list(done.pruned)})
    elif done.is_new:
        console().print(
            f"Published snapshot {manifest.id}: {manifest.n_claims:,} claims, "
            f"{manifest.n_passages:,} texts."
        )
    else:
        console().print(f"Nothing has changed: snapshot {manifest.id} is up to date.")


def list_(as_json: Json = False) -> None:
    """List the snapshots, newest first; the published one is marked.

    Example: hearsay snapshots
    """
    store = SnapshotStore(load_settings().snapshots_path)
    current = store.current_id()
    found = list(zip(store.ids(), store.manifests(), strict=True))
    if as_json:
        print_json(
            [
                {"id": snapshot_id, "is_current": snapshot_id == current}
                | (_as_json(each) if isinstance(each, Manifest) else {"error": str(each)})
                for snapshot_id, each in found
            ]
        )
        return
    if not found:
        note("No snapshot yet. Run `hearsay reindex`.")
        return
    rows: list[tuple[str, ...]] = []
    for snapshot_id, each in found:
        mark = "→" if snapshot_id == current else ""
        if isinstance(each, Manifest):
            models = ", ".join(vectors.model for vectors in each.vectors)
            rows.append((mark, each.id, f"{each.n_claims:,}", f"{each.n_passages:,}", models))
        else:
            rows.append((mark, snapshot_id, "damaged", "", ""))
    print_table(("", "snapshot", "claims", "texts", "models"), rows)


def rollback(
    snapshot_id: Annotated[
        str | None, typer.Argument(metavar="[ID]", help="The one before the current, if omitted.")
    ] = None,
) -> None:
    """Publish an earlier snapshot again; the archive stays as it is.

    Example: hearsay rollback
    """
    manifest = SnapshotStore(load_settings().snapshots_path).rollback(snapshot_id)
    console().print(
        f"Published snapshot {manifest.id} again: {manifest.n_claims:,} claims. "
        "The next `hearsay reindex` builds a new one from the archive."
    )


def status(as_json: Json = False) -> None:
    """Say what the archive holds, what is published, and whether the two agree.

    Example: hearsay status
    """
    settings = load_settings()
    content: dict[str, Any] = {"home": str(settings.home), "archive": None, "snapshot": None}
    version = None
    if settings.archive_path.exists():
        with Archive(settings.archive_path) as archive:
            counts = {str(state): n for state, n in archive.counts().items()}
            content["archive"] = {"claims": counts}
            version = archive.data_version()
    store = SnapshotStore(settings.snapshots_path)
    problem = None
    try:
        if (current := store.current_id()) is not None:
            opened = Snapshot.open(store.folder(current))
            opened.close()
            found = opened.manifest
            encoders = tuple(each.encoder for each in found.vectors)
            content["snapshot"] = _as_json(found) | {
                "is_up_to_date": found.archive_version == version and encoders == settings.encoders
            }
    except SnapshotError as error:
        problem = str(error)
    content["problem"] = problem
    if as_json:
        print_json(content)
    else:
        _print_status(content)
    if problem is not None:
        raise SnapshotError(problem)


def _print_status(content: dict[str, Any]) -> None:
    out = console()
    out.print(f"home      {content['home']}", markup=False)
    if content["archive"] is None:
        out.print(
            "archive   none yet: the bundled sample is used. `hearsay import FILE` starts it."
        )
    else:
        counts = content["archive"]["claims"]
        out.print("archive   " + ", ".join(f"{n:,} {state}" for state, n in counts.items()))
    if content["problem"] is not None:
        return  # said on stderr
    if content["snapshot"] is None:
        out.print("snapshot  none published: run `hearsay reindex`.")
        return
    snapshot = content["snapshot"]
    freshness = "up to date" if snapshot["is_up_to_date"] else "behind: run `hearsay reindex`"
    out.print(f"snapshot  {snapshot['id']}: {snapshot['n_claims']:,} claims, {freshness}")
    out.print("models    " + ", ".join(each["model"] for each in snapshot["models"]))


def _as_json(manifest: Manifest) -> dict[str, Any]:
    return {
        "id": manifest.id,
        "n_claims": manifest.n_claims,
        "n_passages": manifest.n_passages,
        "as_of": manifest.built_at.isoformat(),
        "models": [{"model": each.model, "dim": each.dim} for each in manifest.vectors],
    }
