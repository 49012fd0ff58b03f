"""The command `hearsay-bot`: runs the bot, or opens a chat with it in the terminal."""

import io
import logging
import os
import stat
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:  # heavy: imported where they are used, so that --help is instant
    from bot.context import Deps
    from bot.settings import BotSettings

_LOG = logging.getLogger("bot")
_FAILED, _USAGE, _INTERRUPTED = 1, 2, 130

app = typer.Typer(
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.callback(invoke_without_command=True)
def default(context: typer.Context) -> None:
    """Hearsay's Telegram bot: who said it, based on what, and who has answered it.

    Without a command it runs the bot if there is a token, and else opens a chat in the terminal,
    or with what is piped in.
    """
    if context.invoked_subcommand is not None:
        return
    with _reported():
        settings = _settings()
        if settings.token is not None:
            _run(settings)
        elif _has_partner():
            typer.echo("No TELEGRAM_BOT_TOKEN: opening a chat instead.", err=True)
            _chat(settings)
        else:
            settings.require_token()


@app.command()
def run() -> None:
    """Run the bot on Telegram until it is stopped (SIGTERM or Ctrl-C).

    Example: TELEGRAM_BOT_TOKEN_FILE=/run/secrets/token hearsay-bot run
    """
    with _reported():
        _run(_settings())


@app.command()
def chat() -> None:
    """Talk to the bot in the terminal, without Telegram and without a token.

    Example: echo "did a court ban umbrellas?" | hearsay-bot chat
    """
    with _reported():
        _chat(_settings())


def main() -> None:
    """Entry point of the script `hearsay-bot`."""
    app(prog_name="hearsay-bot")


def _settings() -> "BotSettings":
    from bot.settings import load_bot_settings  # noqa: PLC0415

    return load_bot_settings()


def _run(settings: "BotSettings") -> None:
    import asyncio  # noqa: PLC0415

    from bot.app import build_application  # noqa: PLC0415
    from bot.logs import set_up_logging  # noqa: PLC0415
    from bot.polling import check_token, serve  # noqa: PLC0415

    set_up_logging(settings.log_level, secrets=(settings.require_token(),))
    asyncio.run(check_token(settings))
    with _opened(settings, _LOG.info) as deps:
        asyncio.run(serve(build_application(settings, deps)))


def _chat(settings: "BotSettings") -> None:
    from rich.console import Console  # noqa: PLC0415

    from bot.chat import chat as talk  # noqa: PLC0415
    from bot.logs import set_up_logging  # noqa: PLC0415

    if isinstance(sys.stdin, io.TextIOWrapper):
        sys.stdin.reconfigure(errors="replace")  # a pipe may hold anything
    set_up_logging("WARNING" if settings.log_level == "INFO" else settings.log_level)
    with _opened(settings, lambda note: typer.echo(note, err=True)) as deps:
        talk(settings, deps, questions=sys.stdin, console=Console(), notes=Console(stderr=True))


def _has_partner() -> bool:
    """Whether stdin is somebody to talk to: a terminal, a pipe or a file of questions.

    A service has none: its stdin is /dev/null, a socket (the journal's) or closed.
    """
    if sys.stdin is None:
        return False
    mode = os.fstat(sys.stdin.fileno()).st_mode
    return sys.stdin.isatty() or stat.S_ISFIFO(mode) or stat.S_ISREG(mode)


@contextmanager
def _opened(settings: "BotSettings", on_progress: Callable[[str], None]) -> "Iterator[Deps]":
    """Open the lookup, its models loaded, and the threads it runs in; close both at the end."""
    from contextlib import closing  # noqa: PLC0415

    from bot.context import Deps  # noqa: PLC0415
    from bot.messages import load_catalogues  # noqa: PLC0415
    from bot.workers import Workers  # noqa: PLC0415
    from index import load_settings, open_lookup  # noqa: PLC0415

    workers = Workers(settings.lookup_workers, settings.lookup_queue, settings.lookup_timeout_s)
    with closing(open_lookup(load_settings(), on_progress=on_progress)) as lookup, workers:
        on_progress("Loading the models and the archive")
        lookup.warm()
        yield Deps(lookup, workers, load_catalogues())


@contextmanager
def _reported() -> Iterator[None]:
    """Turn our errors into one message on stderr and an exit code."""
    from index import HearsayError, SettingsError  # noqa: PLC0415

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


if __name__ == "__main__":
    main()
