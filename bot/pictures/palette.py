"""Palette: colours, and the look of each rebuttal status.

Every pair of text and ground has a contrast of at least 4.5 to 1 (WCAG 2, AA). A status is told by
a word and a symbol as well, never by its colour alone.
"""

from dataclasses import dataclass

from index import RebuttalStatus

PAPER = "#ffffff"
INK = "#15181e"
MUTED = "#545b68"
HAIRLINE = "#dcdfe5"
BAND = "#f3f4f6"

MATCH = "#1d4f91"
SIMILAR = "#c26a12"
NONE = "#8a93a3"


@dataclass(frozen=True, slots=True)
class Look:
    """How a status looks.

    Attributes:
        strong: Of its symbol's disc and of its word.
        tint: Of the panel behind.
        symbol: In white on the disc; the fonts have it.
    """

    strong: str
    tint: str
    symbol: str


LOOKS = {
    RebuttalStatus.REFUTED: Look("#a8201a", "#fbecea", "\u2716"),
    RebuttalStatus.MISLEADING: Look("#8a4b00", "#fdf1de", "\u26a0"),
    RebuttalStatus.DENIED: Look("#5b3a94", "#f1ecf9", "\U0001f4ac"),
    RebuttalStatus.CONTESTED: Look("#1d4f91", "#e8f0fb", "\u2696"),
    RebuttalStatus.UNPROVEN: Look("#44505f", "#ebeef2", "?"),
    RebuttalStatus.CONFIRMED: Look("#17633a", "#e7f4ec", "\u2714"),
    RebuttalStatus.RETRACTED: Look("#0b5d68", "#e3f2f4", "\u21a9"),
    RebuttalStatus.UNANSWERED: Look("#545b68", "#f0f1f4", "\u22ef"),
}
