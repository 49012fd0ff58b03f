"""Messages: every word that users read, one TOML catalogue a language.

A catalogue holds templates in Telegram HTML with `{names}`; values are escaped as they are filled
in. A template that depends on a number is a table of CLDR plural forms (`one`, `other`, ...) and is
filled with `n`. Adding a language is adding its file: `messages/fr.toml` with the same keys.
"""

import tomllib
from collections.abc import Mapping
from datetime import date
from html import unescape
from importlib.resources import files
from typing import Any

from babel import Locale
from babel.dates import format_date
from babel.numbers import format_decimal

from bot.markup import Html, text

DEFAULT_LANGUAGE = "en"


class Catalogue:
    """The words of one language.

    Args:
        language: Language of the catalogue, as its file is named ("en").
        tables: The parsed TOML.
    """

    def __init__(self, language: str, tables: Mapping[str, Any]) -> None:
        self.language = language
        self._locale = Locale.parse(language)
        self._entries = dict(_flat(tables))

    def __call__(self, key: str, /, **values: Any) -> Html:
        """The words under `key`, with `values` filled in and escaped.

        Values that are `Html` are taken as they are, numbers are written the language's way.

        Raises:
            KeyError: The catalogue lacks the key, or the template a value.
        """
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
        return str(self._entries[key]).strip()

    def phrases(self, key: str) -> frozenset[str]:
        """A list of phrases, such as greetings."""
        return frozenset(self._entries[key])

    def keys(self) -> frozenset[str]:
        """All keys, for comparing catalogues."""
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
    """Read every catalogue that lies beside this module."""
    return Catalogues(
        {
            (language := file.name.removesuffix(".toml")): Catalogue(
                language, tomllib.loads(file.read_text(encoding="utf-8"))
            )
            for file in files(__package__).iterdir()
            if file.name.endswith(".toml")
        }
    )


_PLURAL_FORMS = {"zero", "one", "two", "few", "many", "other"}


def _flat(table: Mapping[str, Any], prefix: str = "") -> list[tuple[str, Any]]:
    flat: list[tuple[str, Any]] = []
    for name, value in table.items():
        if isinstance(value, dict) and not value.keys() <= _PLURAL_FORMS:
            flat += _flat(value, f"{prefix}{name}.")
        else:
            flat.append((f"{prefix}{name}", value))
    return flat
