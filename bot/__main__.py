"""The command `hearsay-bot`: runs the bot, or opens a chat with it in the terminal."""

import io
import logging
import os
import stat
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli_questions import app as questions_app
from bot.exits import reported as _reported

if TYPE_CHECKING:  # heavy: imported where they are used, so that --help is instant
    from bot.checking.findings import Finding
    from bot.context import Deps
    from bot.settings import BotSettings
    from index import Lookup

_LOG = logging.getLogger("bot")

app = typer.Typer(
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.add_typer(questions_app, name="questions")


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


@app.command()
def check(
    *,
    offline: Annotated[bool, typer.Option("--offline", help="Do not ask Telegram.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the findings as JSON.")] = False,
) -> None:
    """Look at everything that a start needs: settings, disk, Telegram, archive, models.

    Each line says ok, warn or fail, and what to do. It ends with 0 if nothing failed, with 2 if a
    setting is wrong, else with 1. A bot that runs is not disturbed.

    Example: hearsay-bot check --offline
    """
    import json  # noqa: PLC0415

    from bot.checking.findings import exit_code, to_json  # noqa: PLC0415

    found = []
    for finding in _findings(offline=offline):
        found.append(finding)
        if not as_json:
            typer.echo("\n".join(finding.lines()))
    if as_json:
        typer.echo(json.dumps(to_json(found), ensure_ascii=False, indent=2))
    raise typer.Exit(exit_code(found))


def main() -> None:
    """Entry point of the script `hearsay-bot`."""
    app(prog_name="hearsay-bot")


def _settings() -> "BotSettings":
    from bot.settings import load_bot_settings  # noqa: PLC0415

    return load_bot_settings()


def _run(settings: "BotSettings") -> None:
    import asyncio  # noqa: PLC0415

    from bot.app import build_application  # noqa: PLC0415
    from bot.delivery.intake import webhook_of  # noqa: PLC0415
    from bot.logs import set_up_logging  # noqa: PLC0415
    from bot.operations.running import observed  # noqa: PLC0415
    from bot.serving import check_token, serve  # noqa: PLC0415

    async def serve_observed(deps: "Deps") -> None:
        application = build_application(settings, deps)
        async with observed(application, settings):
            await serve(application, webhook)

    webhook = webhook_of(settings)
    hidden = (settings.require_token(), *((webhook.secret,) if webhook else ()))
    set_up_logging(settings.log_level, settings.log_format, secrets=hidden)
    asyncio.run(check_token(settings))
    with _opened(settings, _LOG.info, serving=True) as deps:
        asyncio.run(serve_observed(deps))


def _findings(*, offline: bool) -> "Iterator[Finding]":
    import asyncio  # noqa: PLC0415

    from bot.checking.answers import answer_findings  # noqa: PLC0415
    from bot.checking.connection import connection_findings  # noqa: PLC0415
    from bot.checking.findings import fail, ok  # noqa: PLC0415
    from bot.checking.intake import intake_findings  # noqa: PLC0415
    from bot.checking.machine import machine_findings  # noqa: PLC0415
    from bot.logs import set_up_logging  # noqa: PLC0415
    from index import SettingsError, load_settings  # noqa: PLC0415

    try:
        settings, home = _settings(), load_settings().home
    except SettingsError as error:
        yield fail("settings", str(error), "Mend the variables that it names.", is_setting=True)
        return
    secrets = (settings.token.get_secret_value(),) if settings.token else ()
    set_up_logging("WARNING", settings.log_format, secrets=secrets)
    yield ok("settings", "All of them can be used.")
    yield from machine_findings(home)
    yield from intake_findings(settings)
    if not offline:
        yield from asyncio.run(connection_findings(settings))
    yield from answer_findings(lambda: _warm_lookup(lambda note: typer.echo(note, err=True)))


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
def _opened(
    settings: "BotSettings", on_progress: Callable[[str], None], *, serving: bool = False
) -> "Iterator[Deps]":
    """Open the lookup, its models loaded, its threads, and the bot's state; close all at the end.

    Args:
        settings: The bot's settings.
        on_progress: Takes a line about what is going on.
        serving: Whether it is for Telegram: only then is bot.db kept, and only then is what one
            person may ask limited. The people of a chat in the terminal are none of Telegram's.
    """
    from bot.assembly import assembled  # noqa: PLC0415
    from bot.messages import load_catalogues  # noqa: PLC0415
    from bot.operations.lookups import CountedLookup  # noqa: PLC0415
    from bot.operations.metrics import Metrics  # noqa: PLC0415
    from bot.state import MIGRATIONS, StateDb  # noqa: PLC0415
    from bot.state.database import FILE_NAME  # noqa: PLC0415
    from bot.workers import Workers  # noqa: PLC0415
    from index import load_settings  # noqa: PLC0415

    workers = Workers(settings.lookup_workers, settings.lookup_queue, settings.lookup_timeout_s)
    path = load_settings().home / FILE_NAME if serving else None
    with (
        _warm_lookup(on_progress) as lookup,
        workers,
        StateDb(path, MIGRATIONS) as state,
    ):
        metrics = Metrics()
        counted = CountedLookup(lookup, metrics)
        yield assembled(
            settings, counted, workers, load_catalogues(), state, metrics, serving=serving
        )


@contextmanager
def _warm_lookup(on_progress: Callable[[str], None]) -> "Iterator[Lookup]":
    from contextlib import closing  # noqa: PLC0415

    from index import load_settings, open_lookup  # noqa: PLC0415

    with closing(open_lookup(load_settings(), on_progress=on_progress)) as lookup:
        on_progress("Loading the models and the archive")
        lookup.warm()
        yield lookup


if __name__ == "__main__":
    main()
