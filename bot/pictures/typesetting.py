"""Typesetting: a paragraph of any script as lines of runs, each run in one font and direction."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from bot.pictures.breaks import graphemes, units
from bot.pictures.direction import in_visual_order, levels, starts_rtl
from bot.pictures.fonts import FontCase, chosen, direction, showable
from index import clean

ELLIPSIS = "\u2026"
# A paragraph is cut by its writer; this only keeps a mistake from taking minutes.
_MAX_CHARS = 2000
_BALANCING_STEPS = 7


@dataclass(frozen=True, slots=True)
class Style:
    """How text looks.

    Attributes:
        size: In pixels an em.
        weight: 400 is regular, 700 bold.
        colour: As `#rrggbb`.
        leading: Height of a line in ems.
    """

    size: int
    weight: int
    colour: str
    leading: float = 1.36

    @property
    def line_height(self) -> int:
        """Pixels from one baseline to the next."""
        return round(self.size * self.leading)


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of text in one font that runs one way.

    Attributes:
        text: In reading order.
        font: Its number in `fonts.font_paths`.
        is_rtl: Whether it runs from right to left.
        width: In pixels.
    """

    text: str
    font: int
    is_rtl: bool
    width: float


@dataclass(frozen=True, slots=True)
class Line:
    """One line.

    Attributes:
        runs: From left to right.
    """

    runs: tuple[Run, ...]

    @property
    def width(self) -> float:
        """In pixels."""
        return sum(run.width for run in self.runs)


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Text that is laid out.

    Attributes:
        lines: From top to bottom.
        style: How it looks.
        is_rtl: Whether it is set against the right edge.
        is_cut: Whether an ellipsis stands for its end.
    """

    lines: tuple[Line, ...]
    style: Style
    is_rtl: bool
    is_cut: bool

    @property
    def height(self) -> int:
        """In pixels."""
        return len(self.lines) * self.style.line_height

    @property
    def width(self) -> float:
        """The longest line, in pixels."""
        return max((line.width for line in self.lines), default=0.0)


@dataclass(frozen=True, slots=True)
class _Unit:
    """A part between two places where a line may end, with its width with and without the space."""

    text: str
    width: float
    ink_width: float


class Typesetter:
    """Lays paragraphs out. For one thread.

    Args:
        fonts: The fonts of this picture.
        is_rtl: Which way text runs unless told otherwise: the reader's language.
    """

    def __init__(self, fonts: FontCase, *, is_rtl: bool) -> None:
        self.fonts = fonts
        self.is_rtl = is_rtl

    def paragraph(
        self, text: str, style: Style, width: float, *, max_lines: int, own_way: bool = False
    ) -> Paragraph:
        """Lay text out.

        Args:
            text: One paragraph; control characters and what no font has are left out.
            style: How it looks.
            width: What a line may take, in pixels.
            max_lines: Where it ends, with an ellipsis.
            own_way: Let its first letter say which way it runs, and not the reader's language.
        """
        shown = clean(showable(clean(text[:_MAX_CHARS])))
        is_rtl = starts_rtl(shown, default=self.is_rtl) if own_way else self.is_rtl
        measured = self._measured(shown, style, width)
        broken = _filled(measured, width)
        is_cut = len(broken) > max_lines or len(text) > _MAX_CHARS
        if broken and is_cut:
            broken = broken[:max_lines]
            broken[-1] = self._with_ellipsis(broken[-1], style, width)
        else:
            broken = _balanced(measured, broken, width)
        text_levels = iter(levels("".join(broken), is_rtl=is_rtl))
        lines = tuple(self._line(line, [next(text_levels) for _ in line], style) for line in broken)
        return Paragraph(lines, style, is_rtl, is_cut)

    def _measured(self, text: str, style: Style, width: float) -> list[_Unit]:
        parts: list[str] = []
        for unit in units(text):
            fits = self._width(unit.rstrip(), style) <= width
            parts += [unit] if fits else graphemes(unit)
        return [
            _Unit(part, self._width(part, style), self._width(part.rstrip(), style))
            for part in parts
        ]

    def _with_ellipsis(self, line: str, style: Style, width: float) -> str:
        parts = units(line)
        if len(parts) == 1:
            parts = graphemes(line)
        while len(parts) > 1 and self._width(_ended(parts), style) > width:
            parts.pop()
        return _ended(parts)

    def _width(self, text: str, style: Style) -> float:
        # Direction hardly changes a width, and words are measured before their direction is known.
        if not text:
            return 0.0
        is_rtl = starts_rtl(text, default=False)
        spans = _spans(text, [int(is_rtl)] * len(text))
        return sum(self._run(span, style, font, level).width for span, font, level in spans)

    def _line(self, text: str, text_levels: list[int], style: Style) -> Line:
        shown = text.rstrip()
        spans = _spans(shown, text_levels[: len(shown)])
        runs = [self._run(span, style, font, level) for span, font, level in spans]
        return Line(tuple(in_visual_order(runs, [level for _, _, level in spans])))

    def _run(self, text: str, style: Style, number: int, level: int) -> Run:
        font = self.fonts.font(number, style.size, style.weight)
        is_rtl = bool(level % 2)
        width = font.getlength(text, direction=direction(is_rtl=is_rtl))
        return Run(text, number, is_rtl, width)


def _filled(measured: Sequence[_Unit], width: float) -> list[str]:
    """Lines that take as much as fits."""
    lines: list[str] = []
    line, taken = "", 0.0
    for unit in measured:
        if line and taken + unit.ink_width > width:
            lines.append(line)
            line, taken = "", 0.0
        line += unit.text
        taken += unit.width
    return [*lines, line] if line else lines


def _balanced(measured: Sequence[_Unit], lines: list[str], width: float) -> list[str]:
    """As many lines, but of much the same length, so that no word stands alone in the last one."""
    if len(lines) < 2:
        return lines
    best, least, most = lines, width / len(lines), width
    for _ in range(_BALANCING_STEPS):
        tried = (least + most) / 2
        if len(candidate := _filled(measured, tried)) > len(lines):
            least = tried
        else:
            best, most = candidate, tried
    return best


def _ended(parts: Sequence[str]) -> str:
    return "".join(parts).rstrip(" ,;:.-\u2013\u2014\u060c\u061b") + ELLIPSIS


def _spans(text: str, text_levels: Sequence[int]) -> list[tuple[str, int, int]]:
    """Stretches of one font and level: text, font, level."""
    marked = zip(text, chosen(text), text_levels, strict=True)
    return [
        ("".join(character for character, _, _ in group), number or 0, level)
        for (number, level), group in groupby(marked, key=lambda mark: (mark[1], mark[2]))
    ]
