"""Content: what a text is about, as a set of terms that two texts can share."""

import re
from collections.abc import Collection

from index.names import Names
from index.words import content_terms

_EDGES = ".,;:!?\"'()[]\u00ab\u00bb\u201c\u201d\u2026"


def content_of(names: Names, text: str) -> frozenset[str]:
    """The stemmed content words of a text, and each name as one term in any spelling."""
    mentions = names.find(text)
    rest, start = [], 0
    for mention in mentions:
        rest.append(text[start : mention.start])
        start = mention.end
    plain = content_terms(" ".join([*rest, text[start:]]))
    return frozenset(plain) | {name_term(each.name) for each in mentions}


def split_by(names: Names, text: str, among: Collection[str]) -> tuple[list[str], list[str]]:
    """The content words and names of a text, as written: those among some terms, and the others."""
    mentions = names.find(text)
    inside: list[str] = []
    outside: list[str] = []
    start = 0
    for mention in (*mentions, None):
        for word in text[start : mention.start if mention else None].split():
            if terms := content_terms(word):
                (inside if terms[0] in among else outside).append(word.strip(_EDGES))
        if mention is not None:
            (inside if name_term(mention.name) in among else outside).append(mention.surface)
            start = mention.end
    return list(dict.fromkeys(inside)), list(dict.fromkeys(outside))


def name_term(name: str) -> str:
    """The full-text term that stands for a name, whatever its spelling: "0deirezzor"."""
    return "0" + re.sub(r"[\W_]+", "", name)


def is_name_term(term: str) -> bool:
    """Whether a term stands for a name."""
    return term.startswith("0") and not term.isdecimal()
