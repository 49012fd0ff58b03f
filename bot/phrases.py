"""Phrases: tells a claim from words that only greet or only point at another message."""

import re

from bot.messages import Catalogue
from index import clean

_NOT_WORD = re.compile(r"[^\w\s]+")
_WORD = re.compile(r"\w+")


def is_pointing(text: str, words: Catalogue) -> bool:
    """Whether the words only point at another message, as "is this true?" does."""
    own = folded(text)
    return not own or own in words.folded("questions.pointing", folded)


def is_greeting(text: str, words: Catalogue) -> bool:
    """Whether the words are no claim at all: a greeting, thanks, or no word whatever."""
    own = folded(text)
    return not own or own in words.folded("questions.greetings", folded)


def n_words(text: str) -> int:
    """How many words a text has."""
    return len(_WORD.findall(text))


def folded(text: str) -> str:
    """A text's words alone, for comparing: case, punctuation and spacing folded away."""
    return clean(_NOT_WORD.sub("", clean(text).casefold()))
