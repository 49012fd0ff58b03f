"""App: the list of all commands of `hearsay`, and what an error looks like at the terminal."""

import sys
from typing import Annotated

import click
import typer

from index.cli import calibrate, claims, curate, evaluate, feeds, label, lookup, snapshots
from index.errors import HearsayError, SettingsError

_INTERRUPTED = 130

app = typer.Typer(
    name="hearsay",
    help="The archive of known claims: import, review, index and ask.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)

# In the order in which an admin meets them.
app.command("import")(feeds.import_)
app.command("reindex")(snapshots.reindex)
app.command("ask")(lookup.ask)
app.command("status")(snapshots.status)
app.command("snapshots")(snapshots.list_)
app.command("rollback")(snapshots.rollback)
app.command("list")(claims.list_)
app.command("show")(claims.show)
app.command("drafts")(claims.drafts)
app.command("export")(claims.export)
app.command("edit")(curate.edit)
app.command("publish")(curate.publish)
app.command("withdraw")(curate.withdraw)
app.command("duplicates")(curate.duplicates)
app.command("merge")(curate.merge)
app.command("undo")(curate.undo)
app.command("label")(label.label)
app.command("evaluate")(evaluate.evaluate)
app.command("calibrate")(calibrate.calibrate)


def _version(value: bool) -> None:
    if value:
        from importlib.metadata import version  # noqa: PLC0415

        typer.echo(version("hearsay-bot"))
        raise typer.Exit


@app.callback()
def _root(
    _: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """The archive of known claims: import, review, index and ask."""


def main() -> None:
    """Run the command; every error that we raise is one clear sentence and an exit status."""
    try:
        app()
    except SettingsError as error:
        _fail(str(error), 2)
    except HearsayError as error:
        _fail(str(error), 1)
    except click.ClickException as error:  # from $EDITOR; typer reports wrong usage by itself
        _fail(error.format_message(), 1)
    except OSError as error:
        _fail(f"{error.filename or 'The system'}: {error.strerror or error}.", 1)
    except SystemExit as end:
        if end.code == _INTERRUPTED:
            _fail("Interrupted. What was under way was not kept; all stored before is.", end.code)
        raise


def _fail(message: str, status: int) -> None:
    print(f"hearsay: {message}", file=sys.stderr)  # noqa: T201
    sys.exit(status)
