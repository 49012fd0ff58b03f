"""HTML text: turns a fragment of HTML in a feed's field into plain text that keeps its links."""

import re
from html.parser import HTMLParser

_TAG = re.compile(r"</?[a-zA-Z][^<>]*>|&(?:[a-zA-Z]{2,8}|#\d{1,6}|#x[0-9a-fA-F]{1,6});")
_BLOCKS = {"p", "br", "div", "li", "ul", "ol", "tr", "blockquote", "h1", "h2", "h3", "h4"}
_SKIPPED = {"script", "style"}


def plain_text(text: str) -> str:
    """Text without markup; a link's address follows its words in parentheses.

    Text that holds neither tags nor entities comes back as it is.
    """
    if not _TAG.search(text):
        return text
    parser = _Text()
    parser.feed(text)
    parser.close()
    return "".join(parser.pieces).strip()


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self._links: list[tuple[str, int]] = []
        self._skipping = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _BLOCKS:
            self.pieces.append("\n")
        elif tag in _SKIPPED:
            self._skipping += 1
        elif tag == "a":
            self._links.append((dict(attrs).get("href") or "", len(self.pieces)))

    def handle_endtag(self, tag: str) -> None:
        if tag in _BLOCKS:
            self.pieces.append("\n")
        elif tag in _SKIPPED:
            self._skipping = max(0, self._skipping - 1)
        elif tag == "a" and self._links:
            address, start = self._links.pop()
            if address.startswith(("http://", "https://")) and address not in "".join(
                self.pieces[start:]
            ):
                self.pieces.append(f" ({address})")

    def handle_data(self, data: str) -> None:
        if not self._skipping:
            self.pieces.append(data)
