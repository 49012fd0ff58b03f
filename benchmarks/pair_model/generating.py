"""Generating: light repeats of archived texts, and near misses with one thing exchanged."""

import random
import re
import tomllib
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from benchmarks.pair_model.pairs import Pair
from index.names import NameKind, Names
from index.numbers import find_numbers

# A swap of these kinds makes another claim; of "other" names only where enough is known.
_ACTORS = (NameKind.COUNTRY, NameKind.PERSON, NameKind.ORGANISATION, NameKind.PEOPLE)
_PLACES = (NameKind.CITY, NameKind.REGION)
_DEMONYM = re.compile(r"(?:an|ish|ese|i|ch|ans|is|lic)$")
_AUXILIARY = re.compile(
    r"\b(is|are|was|were|has|have|had|will|would|can|could|should|does|did|do)\b(?! not|n't)",
    re.IGNORECASE,
)
_CONTRACTED = {"can": "can't", "will": "won't"}
# Whoever exchanges one for another of its row tells another amount.
_UNITS = (
    ("hour", "hours", "day", "days", "week", "weeks", "month", "months", "year", "years"),
    ("thousand", "million", "billion", "thousands", "millions", "billions"),
)
_YEAR = re.compile(r"\b(19|20)\d\d\b")
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip
_LEADS = (
    "Is it true that ", "I heard ", "so apparently ", "BREAKING: ", "they say ", "Did you know? ",
    "Someone told me that ", "fwd: ", "who says that ", "has anyone checked this: ", "wow, ",
)  # fmt: skip
_TAILS = ("?", " ???", ", is that true?", ". True or fake?", " 😳", ", really?", " any source?")


class Generator:
    """Makes repeats and near misses of archived texts.

    Args:
        texts: Many archived texts: names to exchange are taken from them.
        names: The table of name variants.
        rng: Chooses.
    """

    def __init__(self, texts: Sequence[str], names: Names, rng: random.Random) -> None:
        self._names = names
        self._rng = rng
        self._pools: dict[tuple[NameKind, bool, int], list[tuple[str, str]]] = defaultdict(list)
        for text in texts:
            for each in names.find(text):
                self._pools[_pool(each.kind, each.surface)].append((each.name, each.surface))
        with (Path(__file__).parent / "exchanges.toml").open("rb") as file:
            content = tomllib.load(file)
        self._rivals: dict[str, tuple[str, tuple[str, ...]]] = {}
        self._synonyms: dict[str, tuple[str, ...]] = {}
        for aspect, key in (("action", "verbs"), ("object", "nouns"), ("negation", "reversing")):
            for group in content[key]:
                self._learn(aspect, [_forms(each, key) for each in group])

    def _learn(self, aspect: str, group: Sequence[Sequence[Sequence[str]]]) -> None:
        """Each entry: synonyms; each synonym: its forms, in the same order."""
        for n, synonyms in enumerate(group):
            for word in synonyms:
                for place, form in enumerate(word):
                    others = [
                        other[place]
                        for m, entry in enumerate(group)
                        if m != n
                        for other in entry
                        if other[place] != form
                    ]
                    if others:
                        self._rivals.setdefault(form.casefold(), (aspect, tuple(others)))
                    same = tuple(other[place] for other in synonyms if other is not word)
                    self._synonyms.setdefault(form.casefold(), same)

    def edited(self, text: str) -> str:
        """The text as somebody repeats it: case, punctuation, typos, small words, lead-ins."""
        rng = self._rng
        words = text.split()
        small = [n for n, word in enumerate(words) if word.lower() in _SMALL and len(words) > 4]
        for n in sorted(rng.sample(small, min(len(small), rng.randint(0, 2))), reverse=True):
            del words[n]
        if rng.random() < 0.3:
            words = [
                rng.choice(same) if (same := self._synonyms.get(w.lower())) else w for w in words
            ]
        if len(words) > 8 and rng.random() < 0.25:  # an opening or a tail is left out
            cut = rng.randint(1, len(words) // 4)
            words = words[cut:] if rng.random() < 0.5 else words[:-cut]
        if rng.random() < 0.3:
            n = rng.randrange(len(words))
            words[n] = _typo(words[n], rng)
        text = " ".join(words)
        if rng.random() < 0.5:
            text = text.rstrip(".")
        if rng.random() < 0.35:
            text = text.lower()
        if rng.random() < 0.35:
            text = rng.choice(_LEADS) + text
        if rng.random() < 0.3:
            text = text.rstrip(".") + rng.choice(_TAILS)
        return text

    def near_misses(self, text: str) -> list[Pair]:
        """Texts with one thing exchanged, one for each aspect that the text allows."""
        made = [
            self._other_name(text, _ACTORS, "actor"),
            self._other_name(text, _PLACES, "place"),
            self._other_name(text, (NameKind.OTHER,), "object"),
            self._swapped(text),
            self._other_word(text, "action"),
            self._other_word(text, "object"),
            self._other_word(text, "negation"),
            self._other_number(text),
            self._other_unit(text),
            self._other_date(text),
            self._negated(text),
        ]
        return [each for each in made if each is not None and each.asked != each.archived]

    def exchanged(self, pair: Pair) -> list[Pair]:
        """Near misses out of a pair that is the same: one thing exchanged on either side.

        Only what both sides tell is exchanged, be it under another spelling. So the two differ in
        words as honest questions do, and in one thing as near misses do.
        """
        made = [
            replace(near, archived=pair.archived, kind="exchanged")
            for near in self.near_misses(pair.asked)
            if self._is_told(near, pair.asked, pair.archived)
        ]
        made += [
            Pair(
                pair.asked,
                near.asked,
                False,
                near.aspect,
                near.archived_change,
                near.asked_change,
                "exchanged",
            )
            for near in self.near_misses(pair.archived)
            if self._is_told(near, pair.archived, pair.asked)
        ]
        return made

    def _is_told(self, near: Pair, changed: str, other: str) -> bool:
        """Whether the other side tells what was exchanged; of two names that were swapped, both."""
        old, new = near.archived_change, near.asked_change
        is_swap = bool(new) and new.casefold() in changed.casefold()
        return all(self._tells(other, each) for each in ((old, new) if is_swap else (old,)))

    def _tells(self, text: str, told: str) -> bool:
        if not told:
            return True
        if re.search(rf"\b{re.escape(told)}\b", text, re.IGNORECASE):
            return True
        meant = {each.name for each in self._names.find(told)}
        return bool(meant) and meant <= {each.name for each in self._names.find(text)}

    def _other_name(self, text: str, kinds: Sequence[NameKind], aspect: str) -> Pair | None:
        found = [each for each in self._names.find(text) if each.kind in kinds]
        if not found:
            return None
        one = self._rng.choice(found)
        here = {each.name for each in found}
        pool = self._pools[_pool(one.kind, one.surface)]
        for _ in range(8):
            name, surface = self._rng.choice(pool)
            if name in here or self._names.related(name, one.name):
                continue
            if surface.casefold() in text.casefold():
                continue
            asked = text[: one.start] + surface + text[one.end :]
            return Pair(asked, text, False, aspect, surface, one.surface, "generated")
        return None

    def _swapped(self, text: str) -> Pair | None:
        found = [each for each in self._names.find(text) if each.kind in _ACTORS]
        if len(found) < 2:
            return None
        one, two = found[0], found[1]
        is_same_shape = _pool(one.kind, one.surface)[1] == _pool(two.kind, two.surface)[1]
        if one.name == two.name or not is_same_shape or two.start - one.end < 5:
            return None
        asked = "".join(
            (
                text[: one.start],
                two.surface,
                text[one.end : two.start],
                one.surface,
                text[two.end :],
            )
        )
        return Pair(asked, text, False, "actor", two.surface, one.surface, "generated")

    def _other_word(self, text: str, aspect: str) -> Pair | None:
        found = [
            (match, rivals)
            for match in re.finditer(r"[A-Za-z][\w'-]+", text)
            if (entry := self._rivals.get(match.group().casefold())) is not None
            and entry[0] == aspect
            and (rivals := entry[1])
        ]
        if not found:
            return None
        match, rivals = self._rng.choice(found)
        other = self._rng.choice(rivals)
        shown = other.capitalize() if match.group()[0].isupper() else other
        asked = text[: match.start()] + shown + text[match.end() :]
        return Pair(asked, text, False, aspect, shown, match.group(), "generated")

    def _other_number(self, text: str) -> Pair | None:
        found = [each for each in find_numbers(text) if str(each.kind) not in {"year", "date"}]
        found = [each for each in found if re.search(r"\d", each.surface)]
        if not found:
            return None
        one = self._rng.choice(found)
        digits = re.search(r"\d+", one.surface)
        if digits is None:
            return None
        number = int(digits.group())
        other = max(1, round(number * self._rng.choice((0.3, 0.5, 1.5, 2, 3, 10))))
        if other == number:
            other += 2
        shown = one.surface.replace(digits.group(), str(other), 1)
        asked = text[: one.start] + shown + text[one.end :]
        return Pair(asked, text, False, "number", shown, one.surface, "generated")

    def _other_unit(self, text: str) -> Pair | None:
        found = [
            (match, units)
            for units in _UNITS
            for match in re.finditer(rf"\b(?:{'|'.join(units)})\b", text, re.IGNORECASE)
        ]
        if not found:
            return None
        match, units = self._rng.choice(found)
        is_plural = match.group().endswith("s")
        shown = self._rng.choice(
            [
                each
                for each in units
                if each.endswith("s") is is_plural and each != match.group().lower()
            ]
        )
        asked = text[: match.start()] + shown + text[match.end() :]
        return Pair(asked, text, False, "number", shown, match.group(), "generated")

    def _other_date(self, text: str) -> Pair | None:
        years = list(_YEAR.finditer(text))
        months = [m for name in _MONTHS for m in re.finditer(rf"\b{name}\b", text)]
        if not years and not months:
            return None
        match = self._rng.choice(years or months)
        if years:
            shown = str(int(match.group()) + self._rng.choice((-7, -3, -2, -1, 1, 2, 3)))
        else:
            shown = self._rng.choice([each for each in _MONTHS if each != match.group()])
        asked = text[: match.start()] + shown + text[match.end() :]
        return Pair(asked, text, False, "date", shown, match.group(), "generated")

    def _negated(self, text: str) -> Pair | None:
        if (match := re.search(r"\b(?:did |does |do )?(?:not|never) ", text)) is not None:
            asked = text[: match.start()] + text[match.end() :]
            return Pair(asked, text, False, "negation", "", match.group().strip(), "generated")
        if (match := _AUXILIARY.search(text)) is None:
            return None
        word = self._rng.choice((" not", " not", " never", "n't", " no longer"))
        if word == "n't":
            shown = _CONTRACTED.get(match.group().lower(), match.group() + word)
            asked = text[: match.start()] + shown + text[match.end() :]
            return Pair(asked, text, False, "negation", shown, "", "generated")
        asked = text[: match.end()] + word + text[match.end() :]
        return Pair(asked, text, False, "negation", word.strip(), "", "generated")


_SMALL = frozenset(
    (
        "the", "a", "an", "that", "of", "and", "to", "in", "on", "has", "have", "is", "are", "was",
        "were", "by", "for",
    )
)  # fmt: skip


def _pool(kind: NameKind, surface: str) -> tuple[NameKind, bool, int]:
    """Names that can stand in each other's place: the same kind, noun or adjective, length."""
    is_adjective = kind is NameKind.COUNTRY and bool(_DEMONYM.search(surface.lower()))
    return kind, is_adjective, min(len(surface.split()), 3)


def _forms(entry: str, key: str) -> list[list[str]]:
    if key == "reversing":
        return [[entry]]
    if key == "nouns":
        return [[each] for each in _split(entry)]
    return [_verb_forms(each) for each in entry.split()]


def _split(entry: str) -> list[str]:
    """Synonyms of a noun: single words apart; a term of several words is one."""
    several = {
        "prime minister", "foreign minister", "defence minister", "police officers",
        "railway station", "plastic bags", "driving licence", "birth certificate", "vitamin C",
    }  # fmt: skip
    return [entry] if entry in several else entry.split()


def _verb_forms(entry: str) -> list[str]:
    """Base, third person, past, participle, -ing."""
    base, *irregular = entry.split(":")
    if base.endswith(("s", "sh", "ch", "x", "z")):
        third = base + "es"
    elif base.endswith("y") and base[-2] not in "aeiou":
        third = base[:-1] + "ies"
    else:
        third = base + "s"
    double = base[-1] if base in _DOUBLING else ""
    stem = base[:-1] if base.endswith("e") and not base.endswith("ee") else base + double
    if irregular:
        past, participle = irregular
    else:
        past = base[:-1] + "ied" if third.endswith("ies") else stem + "ed"
        participle = past
    return [base, third, past, participle, stem + "ing"]


_DOUBLING = frozenset(("ban", "kidnap", "stop", "cut", "win", "quit", "plan", "admit", "compel"))


def _typo(word: str, rng: random.Random) -> str:
    if len(word) < 5 or not word.isalpha():
        return word
    n = rng.randrange(1, len(word) - 2)
    return rng.choice(
        (
            word[:n] + word[n + 1] + word[n] + word[n + 2 :],
            word[:n] + word[n + 1 :],
            word[:n] + word[n] + word[n:],
        )
    )
