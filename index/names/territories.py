"""Territories: what countries are called in other languages, taken from Unicode CLDR.

`python -m index.names.territories > data/territories.json` makes that file (it needs Babel), and
`index.names.table` reads it: reading one small file is much quicker at start-up than
opening thirteen locales.
"""

import json
import re
import sys
import unicodedata

from index.names.tokens import word_set

LANGUAGES = ("en", "ru", "uk", "es", "fr", "de", "ar", "it", "pt", "pl", "nl", "tr", "cs")

# Ids that would otherwise be awkward or change with CLDR's official names.
_IDS = {
    "CD": "dr-congo",
    "CG": "congo",
    "CI": "ivory-coast",
    "CV": "cape-verde",
    "CZ": "czechia",
    "HK": "hong-kong",
    "MM": "myanmar",
    "MO": "macao",
    "PS": "palestine",
    "SH": "st-helena",
    "ST": "sao-tome",
    "SZ": "eswatini",
    "TR": "turkey",
    "VA": "vatican",
}
# Areas that are no country, or whose names are ordinary words somewhere.
_LEFT_OUT = word_set("AC BV CP CQ DG EA EU EZ HM IC IM IO JE NU QO SJ TA TF UM UN XA XB ZZ")
_PARENTHESIS = re.compile(r"\s*[(\[].*?[)\]]")
_NOT_PLAIN = re.compile(r"[^a-z0-9]+")


def territories() -> dict[str, dict[str, str]]:
    """The name of every territory: id -> language -> name, without bracketed additions."""
    from babel import Locale  # noqa: PLC0415  (only this command needs it)

    locales = {language: Locale.parse(language) for language in LANGUAGES}
    english_names = {str(code): name for code, name in locales["en"].territories.items()}
    codes = [c for c in english_names if c.isalpha() and c not in _LEFT_OUT]
    found: dict[str, dict[str, str]] = {}
    for code in sorted(codes):
        english = _plain(english_names[code])
        folded = unicodedata.normalize("NFKD", english).encode("ascii", "ignore").decode()
        name = _IDS.get(code) or _NOT_PLAIN.sub("-", folded.lower().replace("&", "and")).strip("-")
        found[name] = {
            language: _plain(locale.territories[code])
            for language, locale in locales.items()
            if code in locale.territories
        }
    return found


def _plain(name: str) -> str:
    return _PARENTHESIS.sub("", name).replace(",", " ").strip()


def main() -> None:
    """Print the file on standard output."""
    json.dump(territories(), sys.stdout, ensure_ascii=False, indent=0, sort_keys=True)
    sys.stdout.write("\n")


if __name__ == "__main__":
    main()
