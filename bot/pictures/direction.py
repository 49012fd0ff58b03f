"""Direction: which way text runs, character by character (the Unicode bidirectional algorithm)."""

import unicodedata
from collections.abc import Iterator, Sequence
from typing import Any, TypeVar

from babel import Locale
from bidi import algorithm

Run = TypeVar("Run")
_Character = dict[str, Any]
_STRONG = {"L": False, "R": True, "AL": True}
_BRACKETS = {"(": ")", "[": "]", "{": "}", "\u300c": "\u300d", "\uff08": "\uff09"}
_KINDS = {"L", "R", "AL", "EN", "ES", "ET", "AN", "CS", "NSM", "WS", "ON"}
# What a resolved type counts as between brackets: numbers count as right to left.
_SIDES = {"L": "L", "R": "R", "EN": "R", "AN": "R"}


def is_rtl_language(language: str) -> bool:
    """Whether a language that a catalogue is written in runs from right to left."""
    return bool(Locale.parse(language).character_order == "right-to-left")


def starts_rtl(text: str, *, default: bool) -> bool:
    """Whether the first letter of a text runs from right to left; `default` without a letter."""
    found = (_STRONG.get(unicodedata.bidirectional(character)) for character in text)
    return next((is_rtl for is_rtl in found if is_rtl is not None), default)


def levels(text: str, *, is_rtl: bool) -> tuple[int, ...]:
    """The embedding level of each character; odd ones run from right to left.

    Args:
        text: One paragraph; control characters in it count as signs without a direction.
        is_rtl: Which way the paragraph runs.
    """
    storage: dict[str, Any] = algorithm.get_empty_storage()
    storage["base_level"] = int(is_rtl)
    storage["base_dir"] = "R" if is_rtl else "L"
    algorithm.get_embedding_levels(text, storage)
    if not storage["chars"]:
        return ()
    for character in storage["chars"]:
        # Controls have no say here, and the fonts know characters that this Python does not.
        if character["type"] not in _KINDS:
            character["type"] = "ON"
    algorithm.explicit_embed_and_overrides(storage)
    algorithm.resolve_weak_types(storage)
    _resolve_brackets(storage["chars"], "R" if is_rtl else "L")
    algorithm.resolve_neutral_types(storage, debug=False)
    algorithm.resolve_implicit_levels(storage, debug=False)
    return tuple(character["level"] for character in storage["chars"])


def in_visual_order(runs: Sequence[Run], run_levels: Sequence[int]) -> list[Run]:
    """Runs of one line from left to right (rule L2).

    Args:
        runs: The line's runs in the order in which they are read.
        run_levels: The level of each.
    """
    ordered = list(zip(run_levels, runs, strict=True))
    for level in range(max(run_levels, default=0), 0, -1):
        start = 0
        while start < len(ordered):
            end = start
            while end < len(ordered) and ordered[end][0] >= level:
                end += 1
            ordered[start:end] = reversed(ordered[start:end])
            start = max(end, start + 1)
    return [run for _, run in ordered]


def _resolve_brackets(characters: list[_Character], base: str) -> None:
    """Rule N0, which the library lacks: both brackets of a pair run the same way."""
    for opening, closing in _pairs(characters):
        inside = _sides(characters[opening + 1 : closing])
        if base in inside:
            side = base
        elif inside:
            before = _sides(characters[:opening])
            side = before[-1] if before else base
        else:
            continue
        characters[opening]["type"] = characters[closing]["type"] = side


def _pairs(characters: Sequence[_Character]) -> list[tuple[int, int]]:
    return sorted(_closed(characters))


def _closed(characters: Sequence[_Character]) -> Iterator[tuple[int, int]]:
    opened: list[tuple[str, int]] = []
    for number, character in enumerate(characters):
        if character["ch"] in _BRACKETS:
            opened.append((_BRACKETS[character["ch"]], number))
            continue
        for depth in range(len(opened) - 1, -1, -1):
            closer, opening = opened[depth]
            if closer == character["ch"]:
                del opened[depth:]
                yield opening, number
                break


def _sides(characters: Sequence[_Character]) -> list[str]:
    return [_SIDES[kind] for each in characters if (kind := each["type"]) in _SIDES]
