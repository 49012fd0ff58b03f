"""Exits: how a command of `hearsay-bot` ends when something is wrong."""

from collections.abc import Iterator
from contextlib import contextmanager

import typer

_FAILED, _USAGE, _INTERRUPTED = 1, 2, 130


@contextmanager
def reported() -> Iterator[None]:
    """Turn our errors into one message on stderr and an exit code.

    Raises:
        typer.Exit: Something is wrong, and has been said.
    """
    from index import HearsayError, SettingsError  # noqa: PLC0415 - heavy

    try:
        yield
    except SettingsError as error:
        typer.echo(f"Error: {error}", err=True)
        raise typer.Exit(_USAGE) from None
    except HearsayError as error:
        typer.echo(f"Error: {error}", err=True)
        raise typer.Exit(_FAILED) from None
    except KeyboardInterrupt:
        raise typer.Exit(_INTERRUPTED) from None
