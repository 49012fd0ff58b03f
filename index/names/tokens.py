"""Name tokens: the words of a text, folded, with the keys under which a name table may hold them.

A key says how a word may stand for a table entry: as it is, with a grammatical ending taken off,
or as the beginning of a longer word. Names bend in Slavic languages ("Россией", "Putinem"), carry
articles and particles in Arabic, and take a genitive or plural s elsewhere.
"""

# ruff: noqa: RUF001 - Cyrillic and Arabic letters are the matter of this module.

import unicodedata
from dataclasses import dataclass

import regex

# Words, and abbreviations with dots ("U.S.", "EE.UU."). Apostrophes and hyphens part words, in
# the table as in the text, so that "l'Ukraine", "Washington's", "US-led" and "Da'esh" all work.
_WORD = regex.compile(
    r"\b(?:\p{L}{1,2}\.){2,}|\b(?:\p{Lu}{1,2}\.)+\p{Lu}{1,2}\b|[\p{L}\p{M}\p{N}]+"
)
_ACRONYM = regex.compile(r"(?:\p{L}\.)+")
# What may stand between two words of one name.
_JOINT = regex.compile(r"[ \t\u00a0\u202f]+|[-\u2010-\u2014'\u2019\u02bc`\u00b4]|\.[ ]?|")
_STOP = regex.compile(r"[.!?\u2026\u061f\u3002\n]")
_OPENING = regex.compile(r"[\"\u201c\u201e\u00ab(:\u2022]")
_SPECIAL = str.maketrans(
    {"ł": "l", "ı": "i", "ø": "o", "đ": "d", "æ": "ae", "œ": "oe"}
    | {"أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ى": "ي", "ة": "ه", "ـ": None}
)
_CYRILLIC = regex.compile(r"\p{Cyrillic}")
_ARABIC = regex.compile(r"\p{Arabic}")
_ARABIC_PREFIXES = regex.compile(r"(?=([وف]?)([بكل]?)((?:ال|لل)?))")


def word_set(words: str) -> frozenset[str]:
    """The words of a string, for tables of words that are pleasanter to read in rows."""
    return frozenset(words.split())


CYRILLIC_ENDINGS = word_set(
    "а я у ю ы и і ї е є о й ь ом ем єм ям ам ой ою ей ею єю їй ами ями ах ях ов ев ів їв ові еві"
    " єві ого его ому ему ым им їм ых их їх ыми ими ая яя ую юю ое ее ые ие ый ий ія ії ію ія ию"
    " ия ии ием ій ью"
)
LATIN_ENDINGS = word_set(
    "a u i y e o s em ovi owi ie om ow ami ach ech iem ego emu eho ej ych ymi ym im ou"
)
_MAX_TAIL = 8  # letters that may follow a stem: "американ|ських", "ukrain|ischen"


@dataclass(slots=True)
class Token:
    """One word of a text.

    Attributes:
        text: As written, without the dots of an abbreviation.
        folded: Without case, accents and spelling differences; see `fold`.
        start: Offset of the first character in the text.
        end: Offset behind the last character.
        joined: Whether only a space, hyphen, apostrophe or dot parts it from the word before.
        initial: Whether it begins a sentence or a quotation, where a capital means nothing.
        breaks: Whether a sentence ended before it.
    """

    text: str
    folded: str
    start: int
    end: int
    joined: bool
    initial: bool
    breaks: bool

    @property
    def capital(self) -> bool:
        """Whether it begins with a capital letter."""
        return self.text[0].isupper()


def fold(word: str) -> str:
    """One spelling for all: case-folded, without accents (й and ї stay), Arabic letters unified."""
    lower = word.casefold()
    if lower.isascii():
        return lower
    lower = lower.translate(_SPECIAL)
    if _CYRILLIC.search(lower):
        composed = unicodedata.normalize("NFC", lower).replace("\u0301", "")
        return composed.replace("ё", "е").replace("ґ", "г")
    parts = unicodedata.normalize("NFKD", lower)
    return "".join(letter for letter in parts if unicodedata.category(letter) != "Mn")


def tokens(text: str) -> list[Token]:
    """The words of `text`, left to right."""
    found: list[Token] = []
    before = 0
    for match in _WORD.finditer(text):
        start, end = match.span()
        word = match.group()
        if "." in word:
            dotted = _ACRONYM.fullmatch(word) is not None
            word = word.replace(".", "")
            word = word.upper() if dotted else word
        gap = text[before:start]
        breaks = not found or (gap != " " and _STOP.search(gap) is not None)
        opens = breaks or (gap != " " and _OPENING.search(gap) is not None)
        joined = bool(found) and (gap == " " or _JOINT.fullmatch(gap) is not None)
        found.append(Token(word, fold(word), start, end, joined, opens, breaks))
        before = end
    return found


def keys(word: str) -> list[str]:
    """All keys under which a table may hold the folded `word`, most exact first.

    `word` itself; `~stem` where the rest is a grammatical ending or nothing; `-stem` where it is
    an ending; `+stem` where it is an s; `*stem` where up to eight letters follow.
    """
    if _ARABIC.match(word):
        return _arabic_keys(word)
    size = len(word)
    found = [word, f"~{word}"]
    endings = LATIN_ENDINGS if word.isascii() else CYRILLIC_ENDINGS
    for n_off in range(1, min(5, size - 2)):
        if word[-n_off:] in endings:
            stem = word[:-n_off]
            found += (f"~{stem}", f"-{stem}")
    if size > 3 and word[-1] == "s":
        found.append(f"+{word[:-1]}")
    found += [f"*{word[:end]}" for end in range(size, max(2, size - _MAX_TAIL - 1), -1)]
    return found


def arabic_stem(word: str) -> str:
    """A folded Arabic word without its article, as the table holds it."""
    return word[2:] if word.startswith("ال") and len(word) > 4 else word


def is_arabic(word: str) -> bool:
    """Whether the word begins with an Arabic letter."""
    return _ARABIC.match(word) is not None


def _arabic_keys(word: str) -> list[str]:
    stems = [word]
    for n_off in _prefix_lengths(word):
        if len(word) - n_off >= 2 and word[n_off:] not in stems:
            stems.append(word[n_off:])
    found = list(stems)
    for stem in stems:
        found += [f"*{stem[:end]}" for end in range(len(stem), max(2, len(stem) - 5), -1)]
    return found


def _prefix_lengths(word: str) -> list[int]:
    match = _ARABIC_PREFIXES.match(word)
    if match is None:
        return []
    conjunction, preposition, article = (len(part) for part in match.groups())
    with_article = conjunction + preposition + article
    bare_article = 2 if word.startswith(("ال", "لل")) else 0
    lengths = {with_article, conjunction + preposition, conjunction, bare_article}
    return sorted(lengths - {0}, reverse=True)
