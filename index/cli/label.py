"""Label: `hearsay label`."""

import sys
from functools import partial
from pathlib import Path
from typing import Annotated

import click
import typer
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from index.claims import Claim
from index.cli.console import check_outputs, console, note
from index.cli.rendering import claim_lines
from index.home import open_lookup, utc_now
from index.labelling import Labels, Page, Session, read_unlabelled
from index.settings import load_settings
from index.text import clean, clean_lines, shorten

_MAX_CHARS = 200
_MAX_CHARS_NAMES = 50


def label(
    questions: Annotated[
        Path, typer.Argument(metavar="QUESTIONS", help="A question a line, or JSON lines.")
    ],
    out: Annotated[
        Path,
        typer.Option(
            metavar="LABELLED.jsonl", help="Save judgements here; what it holds is not asked again."
        ),
    ],
    limit: Annotated[int, typer.Option(min=1, max=9, help="How many candidates at a time.")] = 5,
) -> None:
    """Say which claims of your archive questions are about, a key a question.

    Example: hearsay label questions.txt --out labelled.jsonl
    """
    check_outputs({"--out": out}, [questions])
    asked, labels = read_unlabelled(questions), Labels(out)
    with open_lookup(load_settings(), on_progress=note) as lookup:
        lookup.warm()
        session = Session(asked, labels, lookup, _Terminal(), limit=limit, now=utc_now)
        try:
            session.run()
        finally:  # Ctrl-C is a way to quit
            left = f"{session.n_left:,} left" if session.n_left else "none left"
            console().print(
                f"{session.n_judged:,} labelled now, {len(labels):,} in {out.name}, {left}. "
                f"From 20 on: `hearsay calibrate {out}`."
            )


class _Terminal:
    """The operator at a terminal; or a pipe, a character a key."""

    def __init__(self) -> None:
        self._print = partial(console().print, soft_wrap=False)

    def show(self, what: Page | Claim | str) -> None:
        match what:
            case Page():
                self._show_page(what)
            case Claim():
                for line in claim_lines(what):
                    self._print(line)
            case str():
                self._print(what)

    def key(self) -> str:
        """The next key in lower case; white space is no key, so that Enter does nothing."""
        key = " "
        while key.isspace():
            key = click.getchar() if sys.stdin.isatty() else sys.stdin.read(1)
        if not key:
            raise EOFError
        return key.lower()

    def _show_page(self, page: Page) -> None:
        self._print(f"\nQuestion {page.position:,} of {page.n_questions:,}", style="dim")
        asked = Text(clean_lines(page.question.text), style="bold")
        self._print(Padding(asked, (0, 0, 0, 2), expand=False))
        grid = Table.grid(padding=(0, 2, 0, 0))
        grid.add_column(style="bold")
        grid.add_column(justify="right", min_width=len("100%"))
        grid.add_column()
        for n, each in enumerate(page.choices, start=1):
            text = shorten(clean(each.claim.text), _MAX_CHARS)
            grid.add_row(f"  {n}", f"{each.probability:.0%}", text)
            if said := _said(each.claim):
                grid.add_row("", "", Text(said, style="dim"))
        self._print()
        self._print(grid if page.choices else "  There are no candidates.")
        which = f"1-{len(page.choices)}".removesuffix("-1")
        these = f"{which} this claim  n near miss  " if page.choices else ""
        self._print(f"\n{these}0 none  m more  s skip  u undo  q quit  ? help", style="dim")


def _said(claim: Claim) -> str:
    """Who said it, and since when."""
    names = claim.claimants or tuple(each.outlet for each in claim.appearances if each.outlet)
    dates = [each.published_on for each in claim.appearances if each.published_on]
    parts = [
        shorten(", ".join(dict.fromkeys(names)), _MAX_CHARS_NAMES),
        *map(str, sorted(dates)[:1]),
    ]
    return " · ".join(part for part in parts if part)
