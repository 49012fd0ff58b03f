"""Phrases: tells a claim from words that only greet or only point at another message."""

import re

from bot.messages import Catalogue
from index import clean

_NOT_WORD = re.compile(r"[^\w\s]+")
_WORD = re.compile(r"\w+")
# Thai, Lao, Burmese, Khmer, Japanese and Chinese put no spaces between words.
_UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")
_LETTERS_A_WORD = 2


def is_pointing(text: str, words: Catalogue) -> bool:
    """Whether the words only point at another message, as "is this true?" does."""
    own = folded(text)
    return not own or own in words.folded("questions.pointing", folded)


def is_greeting(text: str, words: Catalogue) -> bool:
    """Whether the words are no claim at all: a greeting, thanks, or no word whatever."""
    own = folded(text)
    return not own or own in words.folded("questions.greetings", folded)


def n_words(text: str) -> int:
    """How many words a text has; where no spaces part them, about so many."""
    unspaced = len(_UNSPACED.findall(text)) // _LETTERS_A_WORD
    return len(_WORD.findall(_UNSPACED.sub(" ", text))) + unspaced


def folded(text: str) -> str:
    """A text's words alone, for comparing: case, punctuation and spacing folded away."""
    return clean(_NOT_WORD.sub("", clean(text).casefold()))
