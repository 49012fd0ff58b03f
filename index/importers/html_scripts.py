"""HTML scripts: finds the JSON-LD blocks of HTML pages, also in dumps of many pages."""

import re
from collections.abc import Iterator

from index.importers.source import BadLine, Source

_MAX_BLOCK_CHARS = 1 << 21
_START = re.compile(r"<script\b[^<>]*application/ld\+json[^<>]*>", re.IGNORECASE)
_END = re.compile(r"</script\s*>", re.IGNORECASE)
_CDATA = re.compile(r"^\s*(?://)?\s*<!\[CDATA\[|(?://)?\s*\]\]>\s*$|^\s*<!--|-->\s*$")
# A tag cut in two by the end of a chunk has to be kept for the next one.
_OVERLAP_CHARS = 2000


def json_ld_blocks(source: Source) -> Iterator[str | BadLine]:
    """Yield the content of each `<script type="application/ld+json">`, in order.

    A block of more than two million characters, or one without an end, is a `BadLine`.

    Raises:
        FeedError: The file cannot be read to its end.
    """
    text = ""
    start: re.Match[str] | None = None
    for chunk in source.chunks():
        text += chunk
        while True:
            if start is None:
                start = _START.search(text)
                if start is None:
                    text = text[-_OVERLAP_CHARS:]
                    break
                text = text[start.end() :]
            end = _END.search(text)
            if end is None:
                if len(text) > _MAX_BLOCK_CHARS:
                    yield BadLine(f"is a script of more than {_MAX_BLOCK_CHARS:,} characters", 0)
                    start, text = None, text[-_OVERLAP_CHARS:]
                    continue
                break
            yield _CDATA.sub("", text[: end.start()])
            start, text = None, text[end.end() :]
    if start is not None:
        yield BadLine("is a script without an end: the page is cut off", 0)
