"""Article importer: a plain-text or HTML article about a claim becomes one drafted record."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from index.claims import ClaimState
from index.importers.source import Source
from index.records import Reading

if TYPE_CHECKING:
    from index.importers import ReadOptions

_HTML = re.compile(
    r"^\s*(?:<!--.*?-->\s*)*<(?:!doctype|html|head|body|article)\b", re.IGNORECASE | re.DOTALL
)
_PROSE = re.compile(r"(?:[^\W\d_][\w'\u2019-]*[,;]?\s+){7,}")
_DATA = re.compile(r"^\s*[\[{]")
_HEAD_BYTES = 1 << 14


class ArticleImporter:
    """Articles about a claim; files drafts, since rules can misread a text."""

    name = "article"
    default_state = ClaimState.DRAFT
    detection_rank = 90

    def detects(self, source: Source) -> bool:
        """Whether the head is an HTML page or prose: a run of words, and no data format."""
        head = source.head_text(_HEAD_BYTES)
        if _HTML.match(head):
            return True
        return not _DATA.match(head) and _PROSE.search(head) is not None

    def read(self, source: Source, options: "ReadOptions") -> Iterator[Reading]:
        """Yield the one claim that the article reports, or why it reports none.

        Raises:
            FeedError: The file cannot be read to its end, or is too long for an article.
        """
        # The parts load Babel, trafilatura and lexicons; `hearsay --help` must not wait for them.
        from index.articles.drafting import draft  # noqa: PLC0415

        yield draft(source.text(), today=options.today, encode=options.encode)


IMPORTER = ArticleImporter()
