"""Canvas: a page that is drawn on from its reading edge, mirrored for right-to-left readers."""

from io import BytesIO

import segno
from PIL import Image, ImageDraw

from bot.pictures.fonts import direction
from bot.pictures.palette import INK, PAPER
from bot.pictures.typesetting import Paragraph, Typesetter

WIDTH = 1080
MARGIN = 64
# Shapes are drawn larger and scaled down, because Pillow draws their edges without smoothing.
_FINER = 4
_QUIET_MODULES = 2


class Canvas:
    """One picture. Coordinates are pixels from the top and from the edge where reading starts.

    Args:
        height: In pixels.
        typesetter: Whose paragraphs are drawn; it also says which edge reading starts at.
    """

    def __init__(self, height: int, typesetter: Typesetter) -> None:
        self._image = Image.new("RGB", (WIDTH, height), PAPER)
        self._draw = ImageDraw.Draw(self._image)
        self._fonts = typesetter.fonts
        self._is_rtl = typesetter.is_rtl

    def text(self, paragraph: Paragraph, start: float, top: float, width: float) -> None:
        """Draw a paragraph into a column, each line at the edge where it starts."""
        style = paragraph.style
        left = self._left(start, width)
        # The baseline that puts capitals into the middle of the line.
        baseline = top + style.line_height / 2 + style.size * 0.36
        for line in paragraph.lines:
            x = left + width - line.width if paragraph.is_rtl else left
            for run in line.runs:
                self._draw.text(
                    (x, baseline),
                    run.text,
                    fill=style.colour,
                    font=self._fonts.font(run.font, style.size, style.weight),
                    anchor="ls",
                    direction=direction(is_rtl=run.is_rtl),
                )
                x += run.width
            baseline += style.line_height

    def centred(self, paragraph: Paragraph, middle: float, top: float) -> None:
        """Draw a paragraph of one line around a point, counted from the reading edge."""
        self.text(paragraph, middle - paragraph.width / 2, top, paragraph.width)

    def box(
        self, start: float, top: float, width: float, height: float, colour: str, *, radius: int = 0
    ) -> None:
        """Fill a rectangle."""
        size = (max(1, round(width)), max(1, round(height)))
        place = (round(self._left(start, width)), round(top))
        if not radius:
            self._image.paste(colour, (*place, place[0] + size[0], place[1] + size[1]))
            return
        self._image.paste(colour, place, _rounded(size, radius))

    def disc(self, start: float, top: float, diameter: int, colour: str) -> None:
        """Fill a circle; `start` and `top` are the corner of the square around it."""
        self.box(start, top, diameter, diameter, colour, radius=diameter // 2)

    def qr(self, text: str, start: float, top: float, size: int) -> None:
        """Draw a QR code into a square."""
        modules = qr_modules(text)
        n_modules = len(modules) + 2 * _QUIET_MODULES
        code = Image.new("1", (n_modules, n_modules), 1)
        for row, cells in enumerate(modules):
            for column, is_dark in enumerate(cells):
                if is_dark:
                    code.putpixel((column + _QUIET_MODULES, row + _QUIET_MODULES), 0)
        scale = max(1, size // n_modules)
        code = code.resize((n_modules * scale, n_modules * scale), Image.Resampling.NEAREST)
        mask = code.convert("L").point(lambda value: 255 - value)
        place = (round(self._left(start, size)), round(top))
        self._image.paste(PAPER, (*place, place[0] + size, place[1] + size))
        offset = (size - code.width) // 2
        self._image.paste(INK, (place[0] + offset, place[1] + offset), mask)

    def png(self) -> bytes:
        """The picture as a file."""
        file = BytesIO()
        self._image.save(file, "PNG")
        return file.getvalue()

    def _left(self, start: float, width: float) -> float:
        return WIDTH - start - width if self._is_rtl else start


def qr_modules(text: str) -> tuple[tuple[bool, ...], ...]:
    """The modules of a QR code, row by row, True where dark; without the quiet zone."""
    code = segno.make(text, error="m", micro=False)
    return tuple(tuple(bool(module) for module in row) for row in code.matrix)


def _rounded(size: tuple[int, int], radius: int) -> Image.Image:
    """A mask with round corners; only they are drawn large and scaled down."""
    radius = min(radius, size[0] // 2, size[1] // 2)
    diameter = 2 * radius
    large = Image.new("L", (diameter * _FINER, diameter * _FINER))
    ImageDraw.Draw(large).ellipse((0, 0, large.width - 1, large.height - 1), fill=255)
    circle = large.resize((diameter, diameter), Image.Resampling.LANCZOS)
    mask = Image.new("L", size, 255)
    for x in (0, radius):
        for y in (0, radius):
            corner = circle.crop((x, y, x + radius, y + radius))
            mask.paste(corner, (size[0] - radius if x else 0, size[1] - radius if y else 0))
    return mask
