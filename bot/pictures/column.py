"""Column: parts of a page stacked from top to bottom; measured first, then drawn."""

from collections.abc import Callable

from bot.pictures.canvas import Canvas
from bot.pictures.typesetting import Paragraph, Typesetter

# Draws a part; gets the canvas and the part's top edge in pixels.
Paint = Callable[[Canvas, float], None]


class Column:
    """Parts below one another, of a height that is known before anything is drawn."""

    def __init__(self) -> None:
        self.height = 0
        self._parts: list[tuple[int, Paint]] = []

    def gap(self, height: int) -> None:
        """Leave room."""
        self.height += height

    def add(self, height: int, paint: Paint) -> None:
        """Add a part of that height."""
        self._parts.append((self.height, paint))
        self.height += height

    def text(self, paragraph: Paragraph, start: float, width: float) -> None:
        """Add a paragraph."""
        self.add(paragraph.height, lambda canvas, top: canvas.text(paragraph, start, top, width))

    def under(self, paint: Paint) -> None:
        """Draw something at the present place that takes no room: what comes next lies on it."""
        self.add(0, paint)

    def column(self, other: "Column") -> None:
        """Add all parts of another column."""
        self.add(other.height, other.paint)

    def paint(self, canvas: Canvas, top: float) -> None:
        """Draw every part, the first one at `top`."""
        for offset, paint in self._parts:
            paint(canvas, top + offset)

    def png(self, typesetter: Typesetter) -> bytes:
        """The column as a picture of its own."""
        canvas = Canvas(self.height, typesetter)
        self.paint(canvas, 0)
        return canvas.png()
