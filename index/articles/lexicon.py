"""Lexicon: the words and sentence patterns of one language, read from `data/attribution.toml`."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from index.claims import ResponseKind
from index.resources import data_path

STRENGTHS: Mapping[str, float] = {"strong": 1.0, "medium": 0.5, "weak": 0.15}
_PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")
_WORD = re.compile(r"[^\W\d_]+")
# Below this share of a language's commonest words, a text is not in that language.
_MIN_STOPWORDS = 0.15


@dataclass(frozen=True, slots=True)
class FramePattern:
    """One way in which a claim is reported.

    Attributes:
        name: For reading along.
        pattern: Groups src, verb, content, basis; or subj, rest and others for `build`.
        strength: "strong", "medium", "weak"; "verb" and "source" leave it to that group's word.
        build: Template that puts the content together from groups, where it is no group itself.
        denied: The content stands inside a denial; who denies it is no source.
        hedged: The content is the sentence without its hedge; no source is named.
        clause: The content must hold a finite verb, for nothing else marks it as a clause.
    """

    name: str
    pattern: re.Pattern[str]
    strength: str
    build: str | None = None
    denied: bool = False
    hedged: bool = False
    clause: bool = False


@dataclass(frozen=True, slots=True)
class AnswerPattern:
    """One way in which a party answers a claim.

    Attributes:
        kind: What kind of answer.
        name: For reading along.
        pattern: Groups by (or by2), verb, obj, object, content.
        checks_object: What follows the verb must point to a claim.
        labels: Something after the party must point to a claim.
        by_last: The party stands after what it answers.
        strict: The content must be about the very same matter as the claim.
    """

    kind: ResponseKind
    name: str
    pattern: re.Pattern[str]
    checks_object: bool = False
    strict: bool = False
    labels: bool = False
    by_last: bool = False


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The words and patterns of one language.

    Attributes:
        code: BCP-47 language code.
        words: Word lists by name, lower case where the language has case.
        patterns: Other patterns by name.
        basis: Patterns with a group `basis`.
        frames: How a claim is reported.
        titles: How a headline alone reports one.
        answers: How a party answers one.
        past: Irregular past tense of a present participle.
    """

    code: str
    words: Mapping[str, frozenset[str]]
    patterns: Mapping[str, re.Pattern[str]]
    basis: tuple[re.Pattern[str], ...]
    frames: tuple[FramePattern, ...]
    titles: tuple[FramePattern, ...]
    answers: tuple[AnswerPattern, ...]
    past: Mapping[str, str]
    alternations: Mapping[str, re.Pattern[str]]

    def has(self, name: str, text: str) -> bool:
        """Whether any word of the list occurs in the text, case ignored."""
        return self.alternations[name].search(text) is not None

    def is_in(self, name: str, word: str) -> bool:
        """Whether a word or phrase is on the list, case ignored."""
        return word.casefold() in self.words[name]


def languages() -> tuple[str, ...]:
    """Codes of the languages on file."""
    return tuple(_tables())


@lru_cache
def lexicon(code: str) -> Lexicon:
    """The lexicon of a language on file.

    Raises:
        KeyError: The language is not on file; see `languages`.
    """
    table = _tables()[code]
    lists: Mapping[str, list[str]] = table["words"]
    alternatives = {
        name: "|".join(
            re.escape(word).replace(r"\ ", r"\s+").replace("'", "['\u2019]")
            for word in sorted(words, key=len, reverse=True)
        )
        for name, words in lists.items()
    }

    def fill(pattern: str) -> re.Pattern[str]:
        return re.compile(
            _PLACEHOLDER.sub(lambda name: f"(?:{alternatives[name.group(1)]})", pattern)
        )

    patterns = dict(table["patterns"])
    basis = tuple(fill(each) for each in patterns.pop("basis"))
    return Lexicon(
        code=code,
        words={name: frozenset(map(str.casefold, words)) for name, words in lists.items()},
        patterns={name: fill(pattern) for name, pattern in patterns.items()},
        basis=basis,
        frames=tuple(_frame(each, fill(each["pattern"])) for each in table["frames"]),
        titles=tuple(_frame(each, fill(each["pattern"])) for each in table["titles"]),
        answers=tuple(
            AnswerPattern(
                kind=ResponseKind(each["kind"]),
                name=each["name"],
                pattern=fill(each["pattern"]),
                checks_object=each.get("object", False),
                strict=each.get("strict", False),
                labels=each.get("labels", False),
                by_last=each.get("by_last", False),
            )
            for each in table["answers"]
        ),
        past=table["past"],
        alternations={
            name: re.compile(rf"(?<![\w-])(?:{words})(?![\w-])", re.IGNORECASE)
            for name, words in alternatives.items()
        },
    )


def language_of(text: str) -> str | None:
    """The language on file that a text is written in; None where it is in none of them."""
    words = [word.casefold() for word in _WORD.findall(text[:20_000])]
    if not words:
        return None
    shares = {
        code: sum(word in table["words"]["stopwords"] for word in words) / len(words)
        for code, table in _tables().items()
    }
    best = max(shares, key=lambda code: shares[code])
    return best if shares[best] >= _MIN_STOPWORDS else None


@lru_cache
def _tables() -> dict[str, Any]:
    return tomllib.loads(data_path("attribution.toml").read_text(encoding="utf-8"))


def _frame(entry: Mapping[str, Any], pattern: re.Pattern[str]) -> FramePattern:
    return FramePattern(
        name=entry["name"],
        pattern=pattern,
        strength=entry["strength"],
        build=entry.get("build"),
        denied=entry.get("denied", False),
        hedged=entry.get("hedged", False),
        clause=entry.get("clause", False),
    )
