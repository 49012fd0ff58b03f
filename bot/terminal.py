"""Terminal: a bot's message as text for a terminal, from Telegram HTML."""

from html.parser import HTMLParser

from rich.style import Style
from rich.text import Text

_STYLES = {
    "b": Style(bold=True),
    "strong": Style(bold=True),
    "i": Style(italic=True),
    "em": Style(italic=True),
    "u": Style(underline=True),
    "s": Style(strike=True),
    "code": Style(color="cyan"),
    "pre": Style(color="cyan"),
    "blockquote": Style(dim=True),
}


def to_text(html: str, *, spell_links: bool) -> Text:
    """Telegram HTML as styled text.

    Args:
        html: What Telegram would show.
        spell_links: Write each address behind its words, for a place where nothing can be clicked.
    """
    reader = _Reader(spell_links=spell_links)
    reader.feed(html)
    reader.close()
    return reader.text


class _Reader(HTMLParser):
    def __init__(self, *, spell_links: bool) -> None:
        super().__init__(convert_charrefs=True)
        self.text = Text()
        self._spell_links = spell_links
        self._open: list[tuple[str, Style, str]] = []
        self._said = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        address = dict(attrs).get("href") or ""
        style = _STYLES.get(tag, Style())
        if address:
            style = Style(underline=True, link=None if self._spell_links else address)
        self._open.append((tag, style, address))
        self._said = ""

    def handle_endtag(self, tag: str) -> None:
        while self._open:
            name, _, address = self._open.pop()
            if address and self._spell_links and address != self._said:
                self.text.append(f" <{address}>")
            if name == tag:
                return

    def handle_data(self, data: str) -> None:
        self._said += data
        self.text.append(data, Style.combine([Style(), *(style for _, style, _ in self._open)]))
