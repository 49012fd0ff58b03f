"""Card: a claim as a picture for a phone, with who said it and who has answered it.

It says what the message says, in the same words, and like the message it gives no verdict of its
own: a status stands beside those whom it rests on.
"""

import re
from urllib.parse import urlsplit

from bot.markup import Html, bare, text
from bot.messages import Catalogue
from bot.pictures.canvas import MARGIN, WIDTH
from bot.pictures.column import Column
from bot.pictures.direction import is_rtl_language
from bot.pictures.fonts import FontCase, share_showable
from bot.pictures.palette import BAND, HAIRLINE, INK, LOOKS, MUTED, PAPER, Look
from bot.pictures.typesetting import Paragraph, Style, Typesetter
from bot.replies import MAX_SOURCES, claim_block
from bot.sourcing import Entry, claimant_lines, source_entries
from bot.statuses import response_phrase, telling
from index import Claim, RebuttalStatus, SnapshotInfo

# A claim of the greatest length with the longest of everything stays below it.
MAX_HEIGHT = 2900
_NAME = "Hearsay"
_INNER = WIDTH - 2 * MARGIN
_PADDING = 36
_DISC = 76
_BULLET = 12
_INDENT = 34
_REPEAT = 38
_QR = 232
_MAX_CLAIM_LINES = 9
_MAX_CLAIM_CHARS = 420
_MIN_CLAIM_CHARS = 40
_MAX_SOURCE_LINES = 2
_MAX_RESPONSE_LINES = 3
# The shorter the claim, the larger: up to so many characters, so many pixels.
_CLAIM_SIZES = ((70, 68), (150, 58), (260, 50), (_MAX_CLAIM_CHARS, 44))
_MIN_SHARE_SHOWABLE = 0.8
_STRONG = re.compile(r"<b>(.*?)</b>(.*)", re.DOTALL)
_NOT_A_WORD = re.compile(r"^\W+")

_SMALL = Style(29, 400, MUTED)
_LABEL = Style(29, 600, MUTED)
_BODY = Style(34, 400, INK)
_HEADING = Style(34, 700, INK)
_MARK = Style(32, 800, INK)


def is_showable(claim: Claim, words: Catalogue) -> bool:
    """Whether the fonts have nearly all letters of a claim and of our words: can it be read?"""
    texts = (claim.text, words.raw("picture.heading"))
    return all(share_showable(each) >= _MIN_SHARE_SHOWABLE for each in texts)


def claim_png(claim: Claim, snapshot: SnapshotInfo, words: Catalogue, *, link: str | None) -> bytes:
    """Draw a claim's card: 1080 pixels wide, as high as it needs, at most `MAX_HEIGHT`.

    Args:
        claim: The claim.
        snapshot: Where it was read.
        words: The reader's language; a right-to-left one mirrors the page.
        link: Address that shows this claim, for the QR code; None leaves it out.

    Returns:
        A PNG file.
    """
    drawing = _Drawing(claim, snapshot, words)
    page = Column()
    page.under(lambda canvas, top: canvas.box(0, top, WIDTH, 16, drawing.look.strong))
    page.gap(60)
    page.text(drawing.line(words.raw("picture.heading"), _LABEL), MARGIN, _INNER)
    page.gap(14)
    page.text(drawing.claim(), MARGIN, _INNER)
    page.gap(38)
    page.column(drawing.status())
    page.gap(42)
    page.column(drawing.sourcing())
    page.gap(44)
    page.column(drawing.footer(link))
    return page.png(drawing.typesetter)


class _Drawing:
    """The parts of one card."""

    def __init__(self, claim: Claim, snapshot: SnapshotInfo, words: Catalogue) -> None:
        self._claim = claim
        self._snapshot = snapshot
        self._words = words
        self.look: Look = LOOKS[claim.status]
        language = claim.language or words.language
        self.typesetter = Typesetter(FontCase(language), is_rtl=is_rtl_language(words.language))

    def line(self, html: str, style: Style, width: float = _INNER, *, lines: int = 1) -> Paragraph:
        return self.typesetter.paragraph(bare(html), style, width, max_lines=lines)

    def claim(self) -> Paragraph:
        """The claim in quotation marks, cut at a word until it fits."""
        n_chars = _MAX_CLAIM_CHARS
        while True:
            quoted = bare(claim_block(self._claim, self._words, n_chars))
            style = Style(_claim_size(len(quoted)), 700, INK, 1.28)
            paragraph = self.typesetter.paragraph(
                quoted, style, _INNER, max_lines=_MAX_CLAIM_LINES, own_way=True
            )
            if not paragraph.is_cut or n_chars <= _MIN_CLAIM_CHARS:
                return paragraph
            n_chars = int(n_chars * 0.85)

    def status(self) -> Column:
        """The panel with symbol, word, and who it rests on."""
        word, note = self._status_words()
        start = MARGIN + _PADDING + _DISC + 28
        width = WIDTH - MARGIN - _PADDING - start
        said = Column()
        said.text(self.line(word, Style(46, 800, self.look.strong), width, lines=2), start, width)
        for phrase in (note, *self._responses()):
            if phrase:
                said.gap(8)
                paragraph = self.line(phrase, _BODY, width, lines=_MAX_RESPONSE_LINES)
                said.text(paragraph, start, width)
        height = max(said.height, _DISC) + 2 * _PADDING - 8
        panel = Column()
        panel.under(
            lambda canvas, top: canvas.box(MARGIN, top, _INNER, height, self.look.tint, radius=28)
        )
        disc_start = MARGIN + _PADDING
        panel.under(
            lambda canvas, top: canvas.disc(disc_start, top + _PADDING, _DISC, self.look.strong)
        )
        symbol = self.line(self.look.symbol, Style(42, 700, PAPER, 1.0))
        symbol_top = _PADDING + (_DISC - symbol.height) / 2
        panel.under(
            lambda canvas, top: canvas.centred(symbol, disc_start + _DISC / 2, top + symbol_top)
        )
        panel.under(lambda canvas, top: said.paint(canvas, top + _PADDING - 4))
        panel.gap(height)
        return panel

    def sourcing(self) -> Column:
        """Who said it: attributions, then the sources with their repeats."""
        column = Column()
        claimants = claimant_lines(self._claim, self._words)
        entries = source_entries(self._claim, self._words, full=False)
        if not entries and not claimants:
            column.text(self.line(self._words("card.no_sourcing"), _SMALL, lines=2), MARGIN, _INNER)
            return column
        column.text(self.line(self._words("card.sourcing"), _HEADING), MARGIN, _INNER)
        for attribution in claimants:
            column.gap(12)
            column.text(self.line(attribution, _BODY, lines=2), MARGIN, _INNER)
        for entry in entries[:MAX_SOURCES]:
            column.gap(12)
            column.column(self._entry(entry))
        if n_more := len(entries[MAX_SOURCES:]):
            column.gap(12)
            more = self._words("source.more", n=n_more)
            column.text(self.line(more, _SMALL), MARGIN + _INDENT, _INNER - _INDENT)
        return column

    def footer(self, link: str | None) -> Column:
        """The archive's date, the link and our name, beside the QR code."""
        date = self._words.long_date(self._snapshot.as_of.date())
        key = "picture.sample_archive" if self._snapshot.is_sample else "picture.archive"
        width = _INNER - (_QR + 40 if link else 0)
        said = Column()
        said.text(self.line(_NAME, _MARK, width), MARGIN, width)
        said.gap(4)
        said.text(self.line(self._words(key, date=date), _SMALL, width, lines=2), MARGIN, width)
        if link:
            said.gap(18)
            said.text(self.line(self._words("picture.scan"), _LABEL, width, lines=2), MARGIN, width)
            said.text(self.line(_without_scheme(link), _SMALL, width, lines=3), MARGIN, width)
        height = max(said.height, _QR if link else 0) + 64
        band = Column()
        band.under(lambda canvas, top: canvas.box(0, top, WIDTH, height, BAND))
        band.under(lambda canvas, top: canvas.box(0, top, WIDTH, 2, HAIRLINE))
        said_top = (height - said.height) / 2
        band.under(lambda canvas, top: said.paint(canvas, top + said_top))
        if link:
            place = (WIDTH - MARGIN - _QR, (height - _QR) / 2)
            band.under(lambda canvas, top: canvas.qr(link, place[0], top + place[1], _QR))
        band.gap(height)
        return band

    def _status_words(self) -> tuple[str, str]:
        """The status in the message's own words: the word, and what is said beside it."""
        date = self._words.long_date(self._snapshot.as_of.date())
        html = self._words(f"status.{self._claim.status}", date=date)
        found = _STRONG.search(html)
        word, note = (found[1], found[2]) if found else (html, "")
        return _NOT_A_WORD.sub("", bare(word)), _sentence(_NOT_A_WORD.sub("", bare(note)))

    def _responses(self) -> list[str]:
        if self._claim.status is RebuttalStatus.UNANSWERED:
            return []
        shown = telling(self._claim.responses)
        phrases = [_sentence(bare(response_phrase(each, self._words))) for each in shown]
        if n_more := len(self._claim.responses) - len(shown):
            phrases.append(_sentence(bare(self._words("status.more", n=n_more))))
        return phrases

    def _entry(self, entry: Entry) -> Column:
        indent = _INDENT + (_REPEAT if entry.is_repeat else 0)
        source: Html = entry.source
        if entry.is_repeat:
            source = self._words("picture.repeated", source=source)
        width = _INNER - indent
        paragraph = self.line(source, _BODY, width, lines=_MAX_SOURCE_LINES)
        middle = _BODY.line_height / 2
        column = Column()
        if entry.is_repeat:
            corner = MARGIN + _INDENT + 2
            column.under(lambda canvas, top: canvas.box(corner, top - 8, 3, middle + 8, MUTED))
            column.under(lambda canvas, top: canvas.box(corner, top + middle - 3, 20, 3, MUTED))
        else:
            column.under(
                lambda canvas, top: canvas.disc(
                    MARGIN + 2, top + middle - _BULLET / 2, _BULLET, self.look.strong
                )
            )
        column.text(paragraph, MARGIN + indent, width)
        return column


def _claim_size(n_chars: int) -> int:
    return next((size for most, size in _CLAIM_SIZES if n_chars <= most), _CLAIM_SIZES[-1][1])


def _sentence(phrase: str) -> str:
    return phrase[:1].upper() + phrase[1:]


def _without_scheme(link: str) -> Html:
    """An address as people write it: without its scheme."""
    return text(link.removeprefix(f"{urlsplit(link).scheme}://"), 120)
