"""JSON lines: our own interchange format, one claim document a line, and the export format."""

from collections.abc import Iterator
from dataclasses import replace

from index.claims import ClaimState
from index.document_reader import UNKNOWN_KEY
from index.importers import ReadOptions
from index.importers.json_entries import NotJsonError, parse_json
from index.importers.source import BadLine, Source
from index.interchange import imported_from_json
from index.records import Reading, Rejected


class JsonLines:
    """The importer of docs/interchange.md."""

    name = "jsonl"
    default_state = ClaimState.PUBLISHED
    detection_rank = 20

    def detects(self, source: Source) -> bool:
        """Whether the first line is a JSON object with a text and without schema.org's keys."""
        head = source.head_text()
        first = next((line for line in head.splitlines() if line.strip()), "")
        try:
            document = parse_json(first)
        except NotJsonError:
            # A first line longer than the head, or a broken one: its beginning has to do.
            return first.lstrip().startswith("{") and '"text"' in first and '"@' not in first
        return isinstance(document, dict) and "text" in document and "@type" not in document

    def read(self, source: Source, options: ReadOptions) -> Iterator[Reading]:
        """Yield one record a line; blank lines are skipped, unknown keys remarked on once."""
        unknown: set[str] = set()
        default_feed = options.feed or source.stem
        for number, line in source.lines():
            if isinstance(line, BadLine):
                yield Rejected(number, "", line.reason)
                continue
            if not line.strip():
                continue
            try:
                document = parse_json(line)
            except NotJsonError as error:
                yield Rejected(number, "", str(error))
                continue
            record, notes = imported_from_json(
                document, line=number, default_feed=default_feed, today=options.today
            )
            # An export keeps the feed that each record came from, unless told otherwise.
            if options.feed and not isinstance(record, Rejected):
                record = replace(record, feed=options.feed)
            yield record
            for note in notes:
                if note.reason != UNKNOWN_KEY:
                    yield note
                elif note.field not in unknown:
                    unknown.add(note.field)
                    yield note


IMPORTER = JsonLines()
