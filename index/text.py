"""Text: the one place where wording is normalised, split and hashed.

The original wording is always kept beside whatever is derived here. `TEXT_VERSION` changes
whenever a function here would give another result for the same input, so that snapshots and
cached vectors that were made under other rules are recognised and rebuilt.
"""

import hashlib
import re
import unicodedata
from itertools import takewhile

TEXT_VERSION = "1"

_INVISIBLE = re.compile(
    "[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f"
    "\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufe00-\ufe0f\ufeff\ud800-\udfff\U000e0000-\U000e0fff]"
)
_SPACE = re.compile(r"\s+")
_NOT_WORD = re.compile(r"[^\w]+")
# Thai, Indic and other scripts write vowels and tones as combining characters.
_SIGNS = {"Mn", "Mc"}
_QUOTES = str.maketrans({"\u2018": "'", "\u2019": "'", "\u02bc": "'", "\u201c": '"', "\u201d": '"'})
# A sentence ends at . ! ? … (with closing quotes) before white space and a new start, or at a
# line break. Abbreviations of one to three letters ("U.S.", "Mr.", "No.") do not end one.
_SENTENCE_END = re.compile(r"(?<=[.!?\u2026\u061f\u3002])[\"'\u201d\u2019\u00bb)\]]*\s+|\s*\n\s*")
_ABBREVIATION = re.compile(
    r"(?:\b[A-Za-z]\.|\b(?:Mr|Mrs|Ms|Dr|St|Gen|Col|Lt|Sgt|Capt|Sen|Rep|Gov|No|vs|approx|Jr|Sr"
    r"|Prof|Rev|Jan|Feb|Mar|Apr|Aug|Sept?|Oct|Nov|Dec|Inc|Ltd|Co|Corp|etc|e\.g|i\.e)\.)$"
)


def clean(text: str) -> str:
    """NFC text on one line, without control, bidi and zero-width characters and lone surrogates.

    Fit to be stored and shown; case, punctuation and wording stay as they are.
    """
    return _SPACE.sub(" ", _INVISIBLE.sub("", unicodedata.normalize("NFC", text))).strip()


def clean_lines(text: str) -> str:
    """Like `clean`, but paragraphs stay apart: one line each, blank lines dropped."""
    return "\n".join(line for line in map(clean, text.splitlines()) if line)


def text_key(text: str) -> str:
    """The key under which two texts count as identical: letters and digits, folded.

    NFKC, case-folded, apostrophes dropped, every other run of characters that are neither letters,
    digits nor the signs on letters one space.
    """
    folded = unicodedata.normalize("NFKC", clean(text)).casefold().translate(_QUOTES)
    return _NOT_WORD.sub(_between_letters, folded.replace("'", "")).strip()


def _between_letters(found: re.Match[str]) -> str:
    """A space; but vowel signs and tone marks, which Python counts as no letters, stay."""
    run = found.group()
    signs = "".join(takewhile(lambda char: unicodedata.category(char) in _SIGNS, run))
    return signs if signs == run else f"{signs} "


def text_hash(text: str) -> str:
    """SHA-256 of the text under `TEXT_VERSION`, 64 hex digits: the vector cache's key."""
    return hashlib.sha256(f"{TEXT_VERSION}\0{text}".encode()).hexdigest()


def sentences(text: str) -> list[str]:
    """Split prose into sentences, in order, with surrounding white space removed.

    Line breaks always split. Initials and common abbreviations do not. Good enough for forwarded
    messages and news articles in languages with spaces between words.
    """
    found: list[str] = []
    start = 0
    for end in _SENTENCE_END.finditer(text):
        piece = text[start : end.end()].rstrip()
        is_break = "\n" in end.group()
        if not is_break and _ABBREVIATION.search(piece.rstrip("\"'\u201d\u2019\u00bb)]")):
            continue
        if piece.strip():
            found.append(piece.strip())
        start = end.end()
    if text[start:].strip():
        found.append(text[start:].strip())
    return found


def shorten(text: str, max_chars: int) -> str:
    """At most `max_chars` characters, cut at a word where possible, with an ellipsis if cut."""
    if len(text) <= max_chars:
        return text
    head = text[: max_chars - 1]
    at_word = head.rsplit(" ", 1)[0] if " " in head[max_chars // 2 :] else head
    return at_word.rstrip(" ,;:.-") + "\u2026"
