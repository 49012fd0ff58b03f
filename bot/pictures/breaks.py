"""Breaks: where a line of text may end. The part of Unicode's line breaking that claims need.

Lines end at spaces, after hyphens and slashes between letters, and between ideographs, but not
before what closes and not after what opens (https://unicode.org/reports/tr14/). A full
implementation in Python takes half a millisecond a character, which is too much for a picture.
"""

import regex

_IDEOGRAPH = r"\p{LB=ID}\p{LB=H2}\p{LB=H3}\p{LB=EB}"
_CLOSING = r"\p{LB=CL}\p{LB=CP}\p{LB=EX}\p{LB=IS}\p{LB=NS}\p{LB=CJ}\p{LB=QU}\p{LB=IN}\p{LB=EM}\p{M}"
_OPENING = r"\p{LB=OP}"
_UNIT = regex.compile(
    rf"""
    (?: [{_OPENING}]* [{_IDEOGRAPH}] [{_CLOSING}]*
      | [^\s{_IDEOGRAPH}]+? (?: (?<=\p{{L}}[-\u2010\u2013\u2014/]) (?=\p{{L}})
                              | (?= [{_OPENING}]* [{_IDEOGRAPH}] | \s | \Z ) )
    ) \s*
    | .
    """,
    regex.VERBOSE | regex.DOTALL,
)
_GRAPHEME = regex.compile(r"\X", regex.DOTALL)


def units(text: str) -> list[str]:
    """The parts between which a line may end; joined they are the text."""
    return [found.group() for found in _UNIT.finditer(text)]


def graphemes(text: str) -> list[str]:
    """What a reader counts as characters: for a part that is wider than a line."""
    return [found.group() for found in _GRAPHEME.finditer(text)]
