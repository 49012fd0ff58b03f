"""Translations: what a gettext catalogue (.po) says, by our keys.

    locales/hearsay.pot                         the template, made from en.toml
    locales/<language>/LC_MESSAGES/hearsay.po   one language

A message's context (`msgctxt`) is its key and its `msgid` the English wording, so that any PO
editor shows translators what to translate. As gettext does it, a translation counts only for
exactly the English that it was made of: where that has changed, or the translation is missing or
marked fuzzy, the English stays. A list of phrases is one message, a phrase a line.
"""

from collections.abc import Iterator, Mapping
from gettext import c2py
from importlib.resources import files
from importlib.resources.abc import Traversable
from io import BytesIO

from babel import Locale
from babel.messages import Catalog
from babel.messages.pofile import read_po

from bot.messages.english import Entry

DOMAIN = "hearsay"
# Whole numbers among which every plural category of every language occurs that has one for them.
_SAMPLES = (*range(103), 1_000_000)


def locales() -> Traversable:
    """The folder of all catalogues."""
    return files(__package__) / "locales"


def translated_languages() -> tuple[str, ...]:
    """The languages that there is a catalogue for, English not among them."""
    return tuple(sorted(folder.name for folder in locales().iterdir() if folder.is_dir()))


def read_catalog(language: str) -> Catalog:
    """The catalogue of one language as Babel reads it.

    Raises:
        PoFileError: The file is not a catalogue.
    """
    file = locales() / language / "LC_MESSAGES" / f"{DOMAIN}.po"
    return read_po(BytesIO(file.read_bytes()), locale=language, domain=DOMAIN, abort_invalid=True)


def translated(catalog: Catalog, english: Mapping[str, Entry]) -> dict[str, Entry]:
    """The translations that may be shown, by key.

    Args:
        catalog: A language's catalogue.
        english: Every message in English.
    """
    return dict(_translated(catalog, english))


def message_id(entry: Entry) -> str | tuple[str, str]:
    """The `msgid` of an English message; with `msgid_plural` where it depends on a number."""
    match entry:
        case dict():
            return entry["one"].strip("\n"), entry["other"].strip("\n")
        case list():
            return "\n".join(entry)
        case _:
            return entry.strip("\n")


def _translated(catalog: Catalog, english: Mapping[str, Entry]) -> Iterator[tuple[str, Entry]]:
    numbers = _number_by_category(catalog)
    for key, entry in english.items():
        message = catalog.get(message_id(entry), key)
        if message is None or message.fuzzy or not message.string:
            continue
        if isinstance(message.string, str):
            yield key, message.string.split("\n") if isinstance(entry, list) else message.string
        elif all(message.string):
            yield (
                key,
                {category: message.string[number] for category, number in numbers.items()},
            )


def _number_by_category(catalog: Catalog) -> dict[str, int]:
    """Which `msgstr[number]` is which CLDR category, as the file's own Plural-Forms have it."""
    number_of = c2py(catalog.plural_expr)
    locale = Locale.parse(catalog.locale_identifier)
    numbers: dict[str, int] = {}
    for n in _SAMPLES:
        numbers.setdefault(locale.plural_form(n), number_of(n))
    # Where whole numbers have no such category ("1.5 claims"), nothing will ask for it.
    numbers.setdefault("other", catalog.num_plurals - 1)
    return numbers
