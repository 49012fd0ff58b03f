"""Table: reads a CSV or TSV file row by row, and refuses bad rows one by one."""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from index.errors import FeedError
from index.fields import one_line
from index.importers.source import BadLine, Source
from index.records import Rejected

DELIMITERS = ",;\t|"
MAX_FIELD_CHARS = 1 << 18


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table.

    Attributes:
        line: The line of the file on which it starts, from 1.
        cells: Cell by folded column name (see `folded`), with white space around it removed.
    """

    line: int
    cells: Mapping[str, str]


class Table:
    """A table with a header, its delimiter found from the head of the file.

    Attributes:
        columns: The column names, as written.
    """

    def __init__(self, source: Source) -> None:
        """Look at the head of the file.

        Raises:
            FeedError: It has no header.
        """
        self._source = source
        self._delimiter, header = _sniff(source)
        self.columns = tuple((one_line(name) or "").strip('"') for name in header)
        if not any(self.columns):
            raise FeedError(f"{source.name} has no header. Expected column names in its first row.")

    def rows(self) -> Iterator[Row | Rejected]:
        """Yield the rows below the header; blank rows are skipped.

        A row is refused that has more or fewer cells than the header, or holds a line or a cell
        that is too long or not in the file's encoding.
        """
        names = [folded(name) for name in self.columns]
        feeder = _Lines(self._source)
        # A limit of the whole process in the csv module; nothing else here reads CSV.
        csv.field_size_limit(MAX_FIELD_CHARS)
        reader = csv.reader(feeder, delimiter=self._delimiter)
        is_header = True
        while True:
            start = feeder.number + 1
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                reason = f"{error}; the row runs to line {feeder.number}: a quote left open?"
                yield Rejected(start, "", reason)
                continue
            if bad := feeder.take_bad():
                yield Rejected(bad[0], "", bad[1])
                continue
            if not any(cell.strip() for cell in cells):
                continue
            if is_header:
                is_header = False
                continue
            while len(cells) > len(names) and not cells[-1].strip():
                cells.pop()
            if len(cells) != len(names):
                reason = f"has {len(cells)} cells; the header has {len(names)}"
                yield Rejected(start, "", reason)
                continue
            # The first of two columns of one name counts.
            pairs = zip(reversed(names), reversed(cells), strict=True)
            yield Row(start, {name: cell.strip() for name, cell in pairs})


def folded(column: str) -> str:
    """A column's name for comparison: case, "_", "-" and white space do not count."""
    return " ".join(column.casefold().replace("_", " ").replace("-", " ").split())


class _Lines:
    """Feeds the csv module, and remembers what it had to leave out."""

    def __init__(self, source: Source) -> None:
        self.number = 0
        self._lines = source.lines()
        self._bad: tuple[int, str] | None = None

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        self.number, line = next(self._lines)
        if isinstance(line, BadLine):
            self._bad = self._bad or (self.number, line.reason)
            # Keeps a quoted field open or closed as the line itself would have left it.
            return '"\n' if line.n_quotes % 2 else "\n"
        return line + "\n"

    def take_bad(self) -> tuple[int, str] | None:
        bad, self._bad = self._bad, None
        return bad


def _sniff(source: Source) -> tuple[str, list[str]]:
    """The delimiter that splits the first row into the most cells, and these cells."""
    lines = [line for line in source.head_text().splitlines(keepends=True)[:200] if line.strip()]
    best: tuple[str, list[str]] = (",", [])
    for delimiter in DELIMITERS:
        try:
            header = next(csv.reader(iter(lines), delimiter=delimiter), [])
        except csv.Error:
            continue
        if len(header) > len(best[1]):
            best = (delimiter, header)
    return best
