"""Chart: what people asked, as one picture for editors. Numbers and claims, never people.

Drawn like the cards, with Pillow: the labels are in any script, which a plotting library would set
in one font for all.
"""

from dataclasses import dataclass, replace
from datetime import date

from bot.markup import bare, text
from bot.messages import Catalogue
from bot.pictures.canvas import MARGIN, WIDTH, Canvas
from bot.pictures.column import Column, Paint
from bot.pictures.direction import is_rtl_language
from bot.pictures.fonts import FontCase
from bot.pictures.palette import HAIRLINE, INK, MATCH, MUTED, NONE, SIMILAR
from bot.pictures.typesetting import Paragraph, Style, Typesetter

MAX_HEIGHT = 2400
MAX_DAYS = 92
MAX_LANGUAGES = 6
MAX_TOP_CLAIMS = 6
_INNER = WIDTH - 2 * MARGIN
_PLOT_HEIGHT = 380
_AXIS = 124
_NUMBER_WIDTH = 150
_SWATCH = 26
_BAR = 18
_LABEL_WIDTH = 300
_MAX_CLAIM_CHARS = 160
_GRID_LINES = 4

_TITLE = Style(52, 800, INK)
_HEADING = Style(34, 700, INK)
_BODY = Style(32, 400, INK)
_NUMBER = Style(32, 700, INK)
_SMALL = Style(28, 400, MUTED)


@dataclass(frozen=True, slots=True)
class DayCounts:
    """The questions of one day by outcome.

    Attributes:
        day: Which day, UTC.
        n_match: How many found the same claim.
        n_similar: How many found only a close one.
        n_none: How many found nothing.
    """

    day: date
    n_match: int = 0
    n_similar: int = 0
    n_none: int = 0

    @property
    def n_questions(self) -> int:
        """All of them."""
        return self.n_match + self.n_similar + self.n_none


@dataclass(frozen=True, slots=True)
class LanguageCount:
    """How many questions came from people with one language.

    Attributes:
        language: BCP-47 code.
        n_questions: How many.
    """

    language: str
    n_questions: int


@dataclass(frozen=True, slots=True)
class ClaimCount:
    """How often a claim was the answer.

    Attributes:
        text: The claim.
        n_questions: How many questions found it.
    """

    text: str
    n_questions: int


@dataclass(frozen=True, slots=True)
class Stats:
    """What the chart shows.

    Attributes:
        days: Every day of the period, oldest first, also those without a question; the last
            `MAX_DAYS` are shown.
        languages: Most frequent first; the first `MAX_LANGUAGES` are shown.
        top_claims: Most frequent first; the first `MAX_TOP_CLAIMS` are shown.
    """

    days: tuple[DayCounts, ...]
    languages: tuple[LanguageCount, ...] = ()
    top_claims: tuple[ClaimCount, ...] = ()


def stats_png(stats: Stats, words: Catalogue) -> bytes:
    """Draw the chart: 1080 pixels wide, as high as it needs, at most `MAX_HEIGHT`.

    Args:
        stats: The numbers.
        words: The reader's language; a right-to-left one mirrors the page, time included.

    Returns:
        A PNG file.
    """
    drawing = _Drawing(stats, words)
    page = Column()
    page.gap(56)
    page.column(drawing.head())
    page.gap(40)
    if drawing.n_questions:
        page.column(drawing.plot())
        page.gap(24)
        page.column(drawing.legend())
    for section in (drawing.languages(), drawing.top_claims()):
        if section.height:
            page.gap(48)
            page.column(section)
    page.gap(64)
    return page.png(drawing.typesetter)


class _Drawing:
    """The parts of one chart."""

    def __init__(self, stats: Stats, words: Catalogue) -> None:
        self._words = words
        self._days = stats.days[-MAX_DAYS:]
        self._languages = stats.languages[:MAX_LANGUAGES]
        self._top_claims = stats.top_claims[:MAX_TOP_CLAIMS]
        self.n_questions = sum(day.n_questions for day in self._days)
        self.typesetter = Typesetter(
            FontCase(words.language), is_rtl=is_rtl_language(words.language)
        )

    def head(self) -> Column:
        """The title, the period, and the share of known claims."""
        words = self._words
        column = Column()
        column.text(self._line(words("picture.stats"), _TITLE), MARGIN, _INNER)
        if self._days:
            first, last = (words.long_date(self._days[n].day) for n in (0, -1))
            period = words("picture.period", first=first, last=last)
            column.text(self._line(period, _SMALL), MARGIN, _INNER)
        column.gap(20)
        if not self.n_questions:
            column.text(self._line(words("picture.no_questions"), _BODY), MARGIN, _INNER)
            return column
        n_match = sum(day.n_match for day in self._days)
        total = words("picture.total", n=self.n_questions)
        matched = words("picture.matched", percent=round(100 * n_match / self.n_questions))
        column.text(self._line(total, _NUMBER), MARGIN, _INNER)
        column.text(self._line(matched, _BODY), MARGIN, _INNER)
        return column

    def plot(self) -> Column:
        """A bar a day: known claims at the bottom, then close ones, then nothing known."""
        top_value = _round_up(max(day.n_questions for day in self._days))
        column = Column()
        column.text(self._line(self._words("picture.per_day"), _HEADING), MARGIN, _INNER)
        column.gap(24)
        start, width = MARGIN + _AXIS, _INNER - _AXIS
        step = width / len(self._days)

        def paint(canvas: Canvas, top: float) -> None:
            self._paint_grid(canvas, top, top_value)
            for number, day in enumerate(self._days):
                bar = max(2.0, min(step * 0.72, 64.0))
                left = start + number * step + (step - bar) / 2
                n_below = 0
                for n, colour in zip(_stack(day), (MATCH, SIMILAR, NONE), strict=True):
                    # Whole pixels, so that no line of paper shows between two parts.
                    low = round(_PLOT_HEIGHT * n_below / top_value)
                    high = round(_PLOT_HEIGHT * (n_below + n) / top_value)
                    if n:
                        canvas.box(left, top + _PLOT_HEIGHT - high, bar, high - low, colour)
                    n_below += n

        column.add(_PLOT_HEIGHT, paint)
        column.gap(10)
        column.column(self._dates(start, step))
        return column

    def legend(self) -> Column:
        """What the colours stand for, in the order of the bars, with totals."""
        column = Column()
        totals = [sum(part) for part in zip(*map(_stack, self._days), strict=True)]
        keys = ("picture.match", "picture.similar", "picture.none")
        colours = (MATCH, SIMILAR, NONE)
        for key, colour, total in zip(keys, colours, totals, strict=True):
            column.under(_swatch(colour))
            column.column(self._row(self._words(key), total, MARGIN + _SWATCH + 18))
        return column

    def languages(self) -> Column:
        """A bar for each language."""
        column = Column()
        if not self._languages:
            return column
        column.text(self._line(self._words("picture.languages"), _HEADING), MARGIN, _INNER)
        most = max(1, *(each.n_questions for each in self._languages))
        start, room = MARGIN + _LABEL_WIDTH, _INNER - _LABEL_WIDTH - 130
        for each in self._languages:
            name = self._line(self._words.language_name(each.language), _BODY, _LABEL_WIDTH - 24)
            number = self._line(self._number(each.n_questions), _NUMBER, 130)
            length = max(4.0, room * each.n_questions / most)
            column.gap(10)
            column.under(_painted(name, MARGIN, _LABEL_WIDTH - 24))
            column.under(_bar(start, length, (_BODY.line_height - _BAR) / 2))
            column.text(number, start + length + 16, 130)
        return column

    def top_claims(self) -> Column:
        """The claims that were the answer most often."""
        column = Column()
        if not self._top_claims:
            return column
        column.text(self._line(self._words("picture.top"), _HEADING), MARGIN, _INNER)
        for each in self._top_claims:
            column.gap(14)
            number = self._line(self._number(each.n_questions), _NUMBER, _NUMBER_WIDTH)
            column.under(_painted(number, MARGIN, _NUMBER_WIDTH))
            column.text(self._claim(each.text), MARGIN + _NUMBER_WIDTH, _INNER - _NUMBER_WIDTH)
        return column

    def _line(self, html: str, style: Style, width: float = _INNER, *, lines: int = 1) -> Paragraph:
        return self.typesetter.paragraph(bare(html), style, width, max_lines=lines)

    def _claim(self, claim_text: str) -> Paragraph:
        """A claim that runs its own way, but is set against the edge of the list."""
        paragraph = self.typesetter.paragraph(
            bare(text(claim_text, _MAX_CLAIM_CHARS)),
            _BODY,
            _INNER - _NUMBER_WIDTH,
            max_lines=2,
            own_way=True,
        )
        return replace(paragraph, is_rtl=self.typesetter.is_rtl)

    def _number(self, value: int) -> str:
        return self._words("picture.number", n=value)

    def _row(self, label: str, value: int, start: float) -> Column:
        column = Column()
        number = self._line(self._number(value), _NUMBER, _NUMBER_WIDTH)
        column.under(_painted(number, start, _NUMBER_WIDTH))
        column.text(self._line(label, _BODY, _INNER - 260), start + _NUMBER_WIDTH, _INNER - 260)
        return column

    def _paint_grid(self, canvas: Canvas, top: float, top_value: int) -> None:
        for number in range(_GRID_LINES + 1):
            value = top_value * number // _GRID_LINES
            height = top + _PLOT_HEIGHT * (1 - number / _GRID_LINES)
            canvas.box(MARGIN + _AXIS, height, _INNER - _AXIS, 2, HAIRLINE if number else MUTED)
            label = self._line(self._number(value), _SMALL, _AXIS)
            canvas.text(label, MARGIN, height - _SMALL.line_height / 2, _AXIS - 16)

    def _dates(self, start: float, step: float) -> Column:
        """The first, the middle and the last day below the plot."""
        column = Column()
        last = len(self._days) - 1
        shown = {0, last} if last < 8 else {0, last // 2, last}
        for number in sorted(shown):
            label = self._line(self._words.short_date(self._days[number].day), _SMALL)
            middle = start + (number + 0.5) * step
            least, most = MARGIN + label.width / 2, WIDTH - MARGIN - label.width / 2
            column.under(_centred(label, min(max(middle, least), most)))
        column.gap(_SMALL.line_height)
        return column


def _stack(day: DayCounts) -> tuple[int, int, int]:
    return day.n_match, day.n_similar, day.n_none


def _round_up(value: int) -> int:
    """The least of 4, 8, 12, 20, 40, 80, 120, 200, ... that is not below the value."""
    size = 1
    while True:
        for digit in (4, 8, 12, 20):
            if digit * size >= value:
                return digit * size
        size *= 10


def _painted(paragraph: Paragraph, start: float, width: float) -> Paint:
    return lambda canvas, top: canvas.text(paragraph, start, top, width)


def _centred(paragraph: Paragraph, middle: float) -> Paint:
    return lambda canvas, top: canvas.centred(paragraph, middle, top)


def _bar(start: float, length: float, below: float) -> Paint:
    return lambda canvas, top: canvas.box(start, top + below, length, _BAR, MATCH, radius=_BAR // 2)


def _swatch(colour: str) -> Paint:
    below = (_BODY.line_height - _SWATCH) / 2
    return lambda canvas, top: canvas.box(MARGIN, top + below, _SWATCH, _SWATCH, colour, radius=6)
