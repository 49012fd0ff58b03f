"""Importers: one module a feed format; each turns a file into records and refuses bad ones.

A new format is one new module here that defines `IMPORTER`. An importer never sees the archive
and never imports another importer; it reads a `Source` and yields `Reading`s, streaming.
"""

import importlib
import pkgutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypeAlias

from index.claims import ClaimState
from index.errors import FeedError
from index.importers.source import Source
from index.records import Reading

if TYPE_CHECKING:  # numpy takes longer to load than the command line to answer `--help`
    import numpy as np
    from numpy.typing import NDArray

Encode: TypeAlias = "Callable[[Sequence[str]], NDArray[np.float32]]"


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """What an importer may need beside the file.

    Attributes:
        columns: For `csv`: our field name to the file's column name.
        feed: Name of the feed, where the format does not fix one; None takes the file's stem.
        today: The day to read relative dates against and to reject future ones by.
        encode: Gives unit vectors (n, dim) for n texts; loads its model on first use.
    """

    today: date
    columns: Mapping[str, str] = field(default_factory=dict)
    feed: str | None = None
    encode: "Encode | None" = None


class Importer(Protocol):
    """One feed format."""

    name: str
    default_state: ClaimState
    detection_rank: int

    def detects(self, source: Source) -> bool:
        """Whether the head of the file looks like this format."""

    def read(self, source: Source, options: ReadOptions) -> Iterator[Reading]:
        """Yield the file's records in order, without holding it in memory.

        Raises:
            FeedError: The file as a whole is not of this format.
        """


def importers() -> dict[str, Importer]:
    """All importers by name, in the order in which detection asks them."""
    modules = (
        importlib.import_module(f"{__name__}.{module.name}")
        for module in pkgutil.iter_modules(__path__)
    )
    found = [module.IMPORTER for module in modules if hasattr(module, "IMPORTER")]
    return {each.name: each for each in sorted(found, key=lambda each: each.detection_rank)}


def choose(path: Path, name: str | None) -> Importer:
    """The importer called `name`, or the first that recognises the file.

    Raises:
        FeedError: The name is unknown, or no importer recognises the file.
    """
    known = importers()
    if name is not None:
        if name not in known:
            raise FeedError(f"No format is called {name!r}. Known: {', '.join(known)}.")
        return known[name]
    with Source.open(path) as source:
        for importer in known.values():
            if importer.detects(source):
                return importer
    raise FeedError(
        f"{path.name}: no known format. Name one with --format ({', '.join(known)}); a table with "
        "other columns takes --format csv with --column, an article takes --format article."
    )
