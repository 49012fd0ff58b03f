"""Markup: the one place where text becomes Telegram HTML, and where its length is kept.

Telegram knows a handful of tags and refuses a whole message for anything else, so text is cut
*before* it is escaped, never after, and a `Page` takes a part only if it fits.
Rules: https://core.telegram.org/bots/api#html-style
"""

import re
import unicodedata
from collections.abc import Callable, Iterable
from html import escape, unescape
from urllib.parse import urlsplit

import regex

from index import clean, shorten

# Telegram counts 4096 characters after parsing. Counting the tags as well stays below it and
# also below the 100 entities that a message may hold.
MAX_CHARS = 4096
_MAX_URL_CHARS = 500
_MAX_MARKS = 3
# Tibetan and some Indic syllables stack more signs than that, all without a combining class.
_MAX_SIGNS = 8
# Seen as nothing or as a gap of any width, and not among the controls that `clean` takes out.
_UNSEEN = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2065\u2800\u3164\uffa0\ufff0-\ufffb\ufffe\uffff"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a]"
)
_GRAPHEME = regex.compile(r"\X")
_MENTION = re.compile(r"@(?=\w)")
_TAG = re.compile(r"<[^>]*>")
_LINK = re.compile(r'<a href="([^"]*)">(.*?)</a>', re.DOTALL)


class Html(str):
    """Text that is Telegram HTML already; every other string is escaped before it is shown."""

    __slots__ = ()


def text(value: str, max_chars: int = MAX_CHARS) -> Html:
    """Escape text from anywhere, on one line, as at most `max_chars` characters of HTML.

    Invisible and bidirectional control characters go, towers of combining marks are cut down,
    and an @ is kept from notifying whoever bears that name.
    """
    shown = _MENTION.sub("@\u2060", _without_towers(clean(_UNSEEN.sub("", value))))
    room = max_chars
    while len(html := escape(shorten(shown, room), quote=False)) > max_chars:
        room -= max(1, (len(html) - max_chars) // 5)
    return Html(html)


def head(value: str, max_chars: int) -> str:
    """The first characters of a text, at most `max_chars`, with none that people see cut in two.

    A single one that is longer than that, a tower of marks, is cut all the same.
    """
    if len(value) <= max_chars:
        return value
    end = 0
    # One character more than fits shows whether the last one goes on.
    for found in _GRAPHEME.finditer(value[: max_chars + 1]):
        if found.end() > max_chars:
            break
        end = found.end()
    return value[: end or max_chars]


def foldable(html: Html) -> Html:
    """The same as a quotation that shows its first lines until it is tapped."""
    return Html(f"<blockquote expandable>{html}</blockquote>")


def link(html: Html, url: str | None) -> Html:
    """The same as a link, or as it is where there is no address that Telegram could open."""
    if url is None or (address := web_address(url)) is None:
        return html
    return Html(f'<a href="{escape(address)}">{html}</a>')


def web_address(url: str) -> str | None:
    """The address if it is http(s), has a host and is of a sane length; else None."""
    address = clean(url).replace(" ", "%20")
    try:
        parts = urlsplit(address)
    except ValueError:
        return None
    if parts.scheme.lower() not in {"http", "https"} or not parts.hostname:
        return None
    return address if len(escape(address)) <= _MAX_URL_CHARS else None


def host(url: str | None) -> str | None:
    """The host a link leads to, without "www."; None where `link` would make no link."""
    if url is None or (address := web_address(url)) is None:
        return None
    return (urlsplit(address).hostname or "").removeprefix("www.") or None


def join(parts: Iterable[Html], separator: str = "\n") -> Html:
    """Parts of HTML as one; the separator is our own and not escaped."""
    return Html(separator.join(parts))


def plain(html: str) -> str:
    """What a reader sees of our own HTML, links as "name (address)": for a client without HTML."""
    spelled = _LINK.sub(r"\2 (\1)", html)
    return unescape(_TAG.sub("", spelled))


def bare(html: str) -> str:
    """What a reader sees of our own HTML, without the addresses of links."""
    return unescape(_TAG.sub("", html))


class Page:
    """Blocks of one message, each taken only if the whole stays within Telegram's limit.

    Args:
        footer: The last block, always there; its room is kept free from the start.
        max_chars: Limit for the whole, tags included.
    """

    def __init__(self, footer: Html = Html(""), max_chars: int = MAX_CHARS) -> None:  # noqa: B008
        self._footer = footer
        self._blocks: list[Html] = []
        self._room = max_chars - (len(footer) + 2 if footer else 0)

    def add(self, block: Html) -> bool:
        """Add a block, with a blank line before it; False where it does not fit."""
        cost = len(block) + (2 if self._blocks else 0)
        if not block or cost > self._room:
            return False
        self._blocks.append(block)
        self._room -= cost
        return True

    def add_list(
        self, heading: Html, lines: Iterable[Html], rest: "Rest", share: float = 1.0
    ) -> None:
        """Add a heading and as many lines as fit; `rest` words how many were left out.

        Args:
            heading: The block's first line.
            lines: The lines, most telling first.
            rest: The wording for what is left out.
            share: How much of the room that is left the block may take, in (0, 1].
        """
        wanted = tuple(lines)
        room = int(self._room * share)
        for n_shown in range(len(wanted), 0, -1):
            block = join((heading, *wanted[:n_shown], *rest(len(wanted) - n_shown)))
            if len(block) <= room and self.add(block):
                return

    def html(self) -> Html:
        """The whole message."""
        return join((*self._blocks, *((self._footer,) if self._footer else ())), "\n\n")


Wording = Callable[[int], Html]


class Rest:
    """Words for what a list leaves out: the lines cut here plus those never listed.

    Args:
        wording: Gives the line for a number, such as "and 12 more".
        n_before: How many were left out before the page was laid out.
    """

    def __init__(self, wording: Wording, n_before: int = 0) -> None:
        self._wording = wording
        self._n_before = n_before

    def __call__(self, n_cut: int) -> tuple[Html, ...]:
        """The line for `n_cut` more, or nothing where nothing is left out."""
        n_left_out = n_cut + self._n_before
        return (self._wording(n_left_out),) if n_left_out else ()


def _without_towers(value: str) -> str:
    kept: list[str] = []
    n_marks = n_signs = 0
    for character in value:
        category = unicodedata.category(character)
        n_signs = n_signs + 1 if category in {"Mn", "Me"} else 0
        is_mark = category == "Me" or unicodedata.combining(character)
        n_marks = n_marks + 1 if is_mark else n_marks if n_signs else 0
        if n_marks <= _MAX_MARKS and n_signs <= _MAX_SIGNS:
            kept.append(character)
    return "".join(kept)
