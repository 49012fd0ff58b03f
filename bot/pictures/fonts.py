"""Fonts: the Noto family from its packages, and which of its fonts has which character."""

import unicodedata
from functools import cache
from importlib.resources import files
from pathlib import Path

from fontTools.ttLib import TTFont
from PIL import ImageFont, features

# In the order of preference: the fonts of single scripts come between, in the order of their names.
_FIRST = ("NotoSans[wght].ttf",)
_LAST = ("NotoSansSymbols[wght].ttf", "NotoEmoji[wght].ttf")
_UNUSED = ("NotoSans-Italic[wght].ttf",)
# What can be set letter by letter, for a machine that lacks the library for all else.
_SIMPLE = ("NotoSansArmenian[wght].ttf", "NotoSansGeorgian[wght].ttf")
_CJK = "NotoSansCJK-VF.otf.ttc"
# The face in the collection by language: the same code points look different in each.
_CJK_FACES = {"ja": 0, "ko": 1, "zh": 2}
_DEFAULT_CJK_FACE = 2
_KEEPS_ITS_FONT = {"Zs", "Po", "Pd", "Ps", "Pe", "Nd", "Mn", "Me"}


def can_shape() -> bool:
    """Whether letters can be joined and text can run from right to left.

    Pillow's wheels bring all that is needed for it but FriBiDi, which it looks for in the system
    (`libfribidi0` in Debian).
    """
    return bool(features.check("raqm"))


def direction(*, is_rtl: bool) -> str | None:
    """Which way text runs, as Pillow wants to be told; None where it does not want to."""
    if not can_shape():
        return None
    return "rtl" if is_rtl else "ltr"


@cache
def font_paths() -> tuple[Path, ...]:
    """Every font of the packages, the preferred ones first.

    Without `can_shape`, fonts of scripts that need it are left out: better no Arabic than letters
    that stand apart and in the wrong order.
    """
    folder = Path(str(files("manimgx_fonts")))
    names = sorted(path.name for path in folder.glob("*.ttf"))
    scripts = [name for name in names if name not in {*_FIRST, *_LAST, *_UNUSED}]
    if not can_shape():
        scripts = [name for name in scripts if name in _SIMPLE]
    paths = [folder / name for name in (*_FIRST, *scripts, *_LAST) if name in names]
    return (*paths, Path(str(files("manimgx_fonts_cjk"))) / _CJK)


@cache
def characters(path: Path) -> frozenset[int]:
    """The code points that a font has a glyph for. Reading the largest takes a second."""
    with TTFont(path, fontNumber=0, lazy=True) as font:
        return frozenset(font.getBestCmap())


def chosen(text: str) -> tuple[int | None, ...]:
    """For each character the number of the font to draw it with; None where no font has it.

    Spaces, digits, punctuation and marks stay in the font of what stands before them if it has
    them, so that words of one script stay whole.
    """
    paths = font_paths()
    numbers: list[int | None] = []
    current: int | None = None
    for character in text:
        code = ord(character)
        keeps = unicodedata.category(character) in _KEEPS_ITS_FONT
        if not (keeps and current is not None and code in characters(paths[current])):
            current = next((n for n, path in enumerate(paths) if code in characters(path)), None)
        numbers.append(current)
    return tuple(numbers)


def showable(text: str) -> str:
    """The text with an ellipsis for each run of characters that no font has.

    An ellipsis says that something is left out, where a box would look like a part of the text.
    Symbols and marks are left out without a word.
    """
    shown: list[str] = []
    for character, number in zip(text, chosen(text), strict=True):
        if number is not None:
            shown.append(character)
        elif character.isalnum() and shown[-1:] != ["\u2026"]:
            shown.append("\u2026")
    return "".join(shown)


def share_showable(text: str) -> float:
    """Which share of a text's letters and digits some font has, in [0, 1]; 1 without any."""
    pairs = zip(text, chosen(text), strict=True)
    known = [number is not None for character, number in pairs if character.isalnum()]
    return sum(known) / len(known) if known else 1.0


class FontCase:
    """The fonts of one picture, opened as they are needed. For one thread.

    Args:
        language: Chooses between the Chinese, Japanese and Korean shape of a character; a BCP-47
            code, or None.
    """

    def __init__(self, language: str | None) -> None:
        code = (language or "").replace("_", "-").split("-")[0].lower()
        self._cjk_face = _CJK_FACES.get(code, _DEFAULT_CJK_FACE)
        self._opened: dict[tuple[int, int, int], ImageFont.FreeTypeFont] = {}

    def font(self, number: int, size: int, weight: int) -> ImageFont.FreeTypeFont:
        """A font, ready to draw.

        Args:
            number: Which, as given by `chosen`.
            size: In pixels an em.
            weight: 100 to 900; 400 is regular, 700 bold.
        """
        key = (number, size, weight)
        if key not in self._opened:
            path = font_paths()[number]
            face = self._cjk_face if path.suffix == ".ttc" else 0
            font = ImageFont.truetype(path, size, index=face)  # shapes if the system can
            font.set_variation_by_axes(_weights(font, weight))
            self._opened[key] = font
        return self._opened[key]


def _weights(font: ImageFont.FreeTypeFont, weight: int) -> list[float]:
    axes = font.get_variation_axes()
    return [min(max(weight, axis["minimum"] or 0), axis["maximum"] or weight) for axis in axes]
