"""Places: names of places in a text, by the countries of the world and by what stands before them.

No gazetteer of cities is needed for news prose: a place is introduced by "in", "near" or "the
city of". A name that was introduced so once is recognised everywhere in the article.
"""

import re
from collections.abc import Iterable
from zoneinfo import available_timezones

from babel import Locale

from index.articles.lexicon import Lexicon

_NAME = (
    "[A-Z\u00c0-\u00de][\\w\u2019'-]*"
    "(?:[ -](?:(?:de|da|do|del|la|el|al|ez|az|es|on|of|upon|am|sur|der|den)[ -])*"
    "[A-Z\u00c0-\u00de][\\w\u2019'-]*)*"
)
_POSSESSIVE = re.compile("['\u2019]s?$")
_MIN_COUNTRY_CHARS = 4
# The names of time zones are those of the largest city of each.
_CONTINENTS = {"Africa", "America", "Asia", "Europe", "Australia"}


class Places:
    """Finds the places of one article.

    Args:
        body: The whole article: where names are introduced.
        words: Its language.
        but: Names that are no places: outlets, persons and parties of the article.
    """

    def __init__(self, body: str, words: Lexicon, but: Iterable[str]) -> None:
        noun = "|".join(map(re.escape, words.words["place_noun"]))
        strong = "|".join(map(re.escape, words.words["place_prep"]))
        introduced = re.compile(
            rf"(?i:\b(?:{noun})\s+of\s+)(?P<a>{_NAME})"
            rf"|(?i:\b(?:{strong}))\s+(?:the\s+)?(?:[a-z]+\s+)?(?:(?:{noun})\s+of\s+)?(?P<b>{_NAME})"
            rf"|\bfrom\s+(?P<d>{_NAME})\s+to\s+(?:[a-z]+\s+)?{_NAME}|\bfrom\s+{_NAME}\s+to\s+(?:[a-z]+\s+)?(?P<e>{_NAME})"
            rf"|(?P<f>{_NAME}),\s+(?:an?|the)\s+(?:[\w-]+\s+){{0,3}}?(?:{noun})\b"
            rf"|(?P<c>{_NAME})(?:['\u2019]s)?\s+(?:{noun})\b(?!\s+of)"
        )
        banned = frozenset(but)
        self._words = words
        countries = {
            name
            for code, name in Locale.parse(words.code).territories.items()
            if not code.isdigit() and len(name) >= _MIN_COUNTRY_CHARS
        }
        cities = {
            zone.rsplit("/", 1)[1].replace("_", " ")
            for zone in available_timezones()
            if zone.split("/")[0] in _CONTINENTS
        }
        weak = "|".join(map(re.escape, words.words["place_weak"]))
        known = {name for name in countries if re.search(rf"\b{re.escape(name)}\b", body)}
        for found in re.finditer(rf"\b(?:{weak})\s+(?:the\s+)?(?P<name>{_NAME})", body):
            if found.group("name") in cities:
                known.add(found.group("name"))
        for found in introduced.finditer(body):
            name = _POSSESSIVE.sub("", next(part for part in found.groups() if part))
            if self._is_name(name, banned):
                known.add(name)
        self._known = sorted(known, key=len, reverse=True)

    def find(self, texts: Iterable[str]) -> tuple[str, ...]:
        """Places named in the texts, in order of first mention, the longer of two overlapping."""
        found: dict[str, None] = {}
        for text in texts:
            hits: list[tuple[int, str]] = []
            rest = text
            for name in self._known:
                pattern = re.compile(rf"(?<![\w-]){re.escape(name)}(?![\w-])")
                hits.extend((hit.start(), name) for hit in pattern.finditer(rest))
                rest = pattern.sub(lambda hit: "\0" * len(hit.group()), rest)
            found.update(dict.fromkeys(name for _, name in sorted(hits)))
        return tuple(found)

    def _is_name(self, name: str, banned: frozenset[str]) -> bool:
        folded = name.casefold()
        return (
            len(name) > 2
            and not self._words.is_in("not_place", folded)
            and not self._words.is_in("not_place", folded.split()[0])
            and not self._words.is_in("platform", folded)
            and not any(
                folded == each.casefold() or (each.endswith(f" {name}") and each.istitle())
                for each in banned
            )
            and not self._words.has("outlet_cue", name)
            and not self._words.has("org_noun", name)
        )
