"""Spelling: reads what was mistyped as the word of the archive that was meant."""

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import Any

from index.query import Query
from index.words import content_term, is_english, words

# Shorter words are a letter away from too many others.
_FEWEST_LETTERS = 5
_WORD = re.compile(r"[A-Za-z]+")

Frequencies = Callable[[Sequence[str]], Mapping[str, int]]


def respelled(query: Query, frequencies: Frequencies) -> Query:
    """The query as it was meant, with what was written as a further segment.

    A word is mistyped if neither English nor the archive knows it, and the archive has a word that
    is one letter off: one dropped, doubled, wrong, or two in each other's place.

    Args:
        query: The query; one that is not in English stays as it is.
        frequencies: In how many claims each full-text term occurs, as
            `Snapshot.document_frequencies` gives it.
    """
    if not query.segments or not is_english(query.text):
        return query
    meant = _meant({word for text in query.segments for word in words(text)}, frequencies)
    if not meant:
        return query
    read = [_replaced(text, meant) for text in query.segments]
    return replace(
        query,
        text=_replaced(query.text, meant),
        segments=tuple(dict.fromkeys((*read, query.segments[0]))),
    )


def _meant(written: Collection[str], frequencies: Frequencies) -> dict[str, str]:
    """What each mistyped word stands for, by word."""
    unknown = {
        word: term
        for word in sorted(written)
        if _may_be_mistyped(word) and (term := content_term(word)) is not None
    }
    if not unknown:
        return {}
    known = frequencies([*unknown.values()])
    nears = {word: _near(word) for word, term in unknown.items() if term not in known}
    wanted = {term for near in nears.values() for term in near.values()}
    counts = frequencies(sorted(wanted)) if wanted else {}
    found = {}
    for word, near in nears.items():
        # A word of the dictionary before a mere form; the archive's commonest among those.
        there = [
            (_is_word(each), counts[term], -len(each), each)
            for each, term in near.items()
            if term in counts
        ]
        if there:
            found[word] = max(there)[-1]
    return found


def _may_be_mistyped(word: str) -> bool:
    return len(word) >= _FEWEST_LETTERS and bool(_WORD.fullmatch(word)) and not _is_word(word)


def _near(word: str) -> dict[str, str]:
    """Words one letter off, in plain letters, each with its full-text term.

    People rarely mistype the first letter, but they swap it.
    """
    found = {}
    for near in _dictionary().edit_distance_1(word):
        starts_alike = near[:1] == word[0] or near[:2] == word[1] + word[0]
        is_plain = near.isascii() and near.isalpha()
        if is_plain and starts_alike and len(near) >= _FEWEST_LETTERS - 1:
            term = content_term(near)
            if term is not None:
                found[near] = term
    return found


def _replaced(text: str, meant: Mapping[str, str]) -> str:
    return _WORD.sub(lambda found: _as_written(found.group(), meant), text)


def _as_written(word: str, meant: Mapping[str, str]) -> str:
    right = meant.get(word.casefold())
    if right is None:
        return word
    return right.capitalize() if word[0].isupper() else right


def _is_word(word: str) -> bool:
    return word in _dictionary()


@cache
def _dictionary() -> Any:
    from spellchecker import SpellChecker  # noqa: PLC0415 (reads its dictionary: a fifth of a second)

    return SpellChecker(language="en", distance=1)
