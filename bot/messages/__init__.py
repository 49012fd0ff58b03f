"""Messages: every word that users read, one catalogue a language.

A catalogue holds templates in Telegram HTML with `{names}`; values are escaped as they are filled
in. A template that depends on a number has a form for each CLDR plural category (`one`, `other`,
...) and is filled with `n`. English is written in en.toml; every other language is a gettext
catalogue beside it (`translations`), which `update` keeps in step. What a language lacks is shown
in English.
"""

from collections.abc import Callable, Mapping
from datetime import date
from html import unescape
from typing import Any

from babel import Locale
from babel.dates import format_date
from babel.numbers import format_decimal

from bot.markup import Html, text
from bot.messages.english import flat, read_english
from bot.messages.translations import read_catalog, translated, translated_languages

DEFAULT_LANGUAGE = "en"


class Catalogue:
    """The words of one language.

    Args:
        language: Language of the catalogue ("en").
        tables: Its messages: wordings, tables of plural forms, or lists of phrases, by key; tables
            of these may be nested as in TOML.
        fallback: The catalogue that has what this one lacks.
    """

    def __init__(
        self, language: str, tables: Mapping[str, Any], fallback: "Catalogue | None" = None
    ) -> None:
        self.language = language
        self._locale = Locale.parse(language)
        self._entries = flat(tables)
        self._fallback = fallback
        self._folded: dict[str, frozenset[str]] = {}

    def __call__(self, key: str, /, **values: Any) -> Html:
        """The words under `key`, with `values` filled in and escaped.

        Values that are `Html` are taken as they are, numbers are written the language's way.

        Raises:
            KeyError: The catalogue lacks the key, or the template a value.
        """
        if key not in self._entries and self._fallback is not None:
            return self._fallback(key, **values)
        entry = self._entries[key]
        if isinstance(entry, dict):
            form = self._locale.plural_form(values["n"])
            entry = entry.get(form, entry["other"])
        shown = {name: self._shown(value) for name, value in values.items()}
        return Html(str(entry).strip("\n").format_map(shown))

    def label(self, key: str, /, **values: Any) -> str:
        """The words under `key`, filled in, for a button: text without markup."""
        return unescape(self(key, **values))

    def raw(self, key: str) -> str:
        """The words under `key` as they are, for places that take no HTML (menus, buttons)."""
        if key not in self._entries and self._fallback is not None:
            return self._fallback.raw(key)
        return str(self._entries[key]).strip()

    def phrases(self, key: str) -> frozenset[str]:
        """A list of phrases, such as greetings."""
        return frozenset(self._entries[key])

    def folded(self, key: str, fold: Callable[[str], str]) -> frozenset[str]:
        """A list of phrases, each folded for comparing: once for good, since there are hundreds.

        Args:
            key: Of the list.
            fold: Folds one; the same function each time.
        """
        if key not in self._folded:
            self._folded[key] = frozenset(map(fold, self.phrases(key)))
        return self._folded[key]

    def keys(self) -> frozenset[str]:
        """The keys of its own messages, for comparing catalogues."""
        return frozenset(self._entries)

    def long_date(self, day: date) -> Html:
        """A date written out: "12 September 2017"."""
        return text(format_date(day, self.raw("format.date"), locale=self._locale))

    def short_date(self, day: date) -> Html:
        """A date written short: "12 Sep 2017"."""
        return text(format_date(day, self.raw("format.short_date"), locale=self._locale))

    def language_name(self, code: str) -> Html:
        """Name of a language by its BCP-47 code; an unknown code as it is."""
        name = self._locale.languages.get(code.replace("-", "_").split("_")[0].lower())
        return text(name or code, 40)

    def _shown(self, value: Any) -> Html:
        if isinstance(value, Html):
            return value
        if isinstance(value, int):
            return text(format_decimal(value, locale=self._locale))
        return text(str(value))


class Catalogues:
    """All languages on hand.

    Args:
        catalogues: One for each language, the default language among them.
    """

    def __init__(self, catalogues: Mapping[str, Catalogue]) -> None:
        self._catalogues = dict(catalogues)

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages, the default first."""
        return tuple(sorted(self._catalogues, key=lambda code: (code != DEFAULT_LANGUAGE, code)))

    def of(self, language: str | None) -> Catalogue:
        """The words for a user's language ("pt-BR"), else the default ones."""
        code = (language or DEFAULT_LANGUAGE).replace("_", "-").split("-")[0].lower()
        return self._catalogues.get(code) or self._catalogues[DEFAULT_LANGUAGE]


def load_catalogues() -> Catalogues:
    """Read every language on hand.

    Raises:
        PoFileError: A catalogue cannot be read.
    """
    english = read_english()
    tables = {
        language: translated(read_catalog(language), english) for language in translated_languages()
    }
    # People greet and point in any language, whatever the bot speaks to them.
    phrases = {
        key: [phrase for table in (english, *tables.values()) for phrase in table.get(key, ())]
        for key, entry in english.items()
        if isinstance(entry, list)
    }
    default = Catalogue(DEFAULT_LANGUAGE, english | phrases)
    others = {
        language: Catalogue(language, table | phrases, default)
        for language, table in tables.items()
    }
    return Catalogues({DEFAULT_LANGUAGE: default, **others})
