"""Update: brings the template and every catalogue up to date with en.toml.

    python -m bot.messages.update            all catalogues; tells how much of each is translated
    python -m bot.messages.update --check    writes nothing; exit code 1 where something is behind
    python -m bot.messages.update it         also begins a catalogue for Italian

What is no longer in en.toml goes. What has been worded anew there keeps its translation as fuzzy,
with the wording that it was made of: it is not shown until a translator has looked at it.
"""

import argparse
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

from babel import Locale, UnknownLocaleError
from babel.messages import Catalog
from babel.messages.pofile import write_po

from bot.messages.english import read_english, read_notes
from bot.messages.translations import (
    DOMAIN,
    locales,
    message_id,
    read_catalog,
    translated,
    translated_languages,
)

_HEADER = "# The words of Hearsay, made from bot/messages/en.toml by bot/messages/update.py."
# The same file for the same words, whenever it is made.
_CREATED_AT = datetime(2026, 11, 26, tzinfo=UTC)
_VERSION = "bot"
_BUGS = "the issues of this repository"
_WIDTH = 100
# Babel's own version would make each catalogue differ from machine to machine.
_VARYING = b'"Generated-By: '


def template() -> Catalog:
    """Every message of en.toml, untranslated."""
    catalog = Catalog(
        domain=DOMAIN,
        project="Hearsay",
        version=_VERSION,
        msgid_bugs_address=_BUGS,
        header_comment=_HEADER,
        creation_date=_CREATED_AT,
        charset="utf-8",
        fuzzy=False,
    )
    notes = read_notes()
    for key, entry in read_english().items():
        catalog.add(message_id(entry), context=key, auto_comments=notes.get(key, ()))
    return catalog


def brought_up_to_date(catalog: Catalog, source: Catalog) -> Catalog:
    """A language's catalogue, changed to hold exactly the messages of the template."""
    wordings = {message.context: message for message in source if message.id}
    for message in list(catalog):
        new = wordings.get(message.context)
        if not message.id or new is None or new.id == message.id:
            continue
        if catalog.get(new.id, new.context) is None and message.string:
            old = message.id
            moved = new.clone()
            moved.string = message.string
            if moved.pluralizable != message.pluralizable:
                continue
            moved.flags |= {"fuzzy"}
            moved.previous_id = [old] if isinstance(old, str) else list(old)
            moved.user_comments = list(message.user_comments)
            catalog[moved.id] = moved
    kept = {message.context: message.previous_id for message in catalog if message.fuzzy}
    catalog.update(source, no_fuzzy_matching=True)  # by likeness it would mix up our keys
    catalog.obsolete.clear()
    for message in catalog:
        if message.fuzzy and message.id:
            message.previous_id = kept.get(message.context, [])
    return catalog


def rendered(catalog: Catalog) -> bytes:
    """A catalogue as its file."""
    file = BytesIO()
    write_po(
        file, catalog, width=_WIDTH, no_location=True, ignore_obsolete=True, include_previous=True
    )
    lines = file.getvalue().splitlines(keepends=True)
    return b"".join(line for line in lines if not line.startswith(_VARYING))


def new_catalog(language: str) -> Catalog:
    """An empty catalogue.

    Raises:
        UnknownLocaleError: There is no such language.
    """
    Locale.parse(language)
    return Catalog(
        locale=language,
        domain=DOMAIN,
        project="Hearsay",
        version=_VERSION,
        msgid_bugs_address=_BUGS,
        header_comment=_HEADER,
        creation_date=_CREATED_AT,
        revision_date=_CREATED_AT,
        last_translator="Hearsay",
        language_team="Hearsay",
        charset="utf-8",
        fuzzy=False,
    )


def files_now(new_languages: Sequence[str] = ()) -> dict[str, bytes]:
    """What every file should hold, by its path below `locales`."""
    source = template()
    wanted = {f"{DOMAIN}.pot": rendered(source)}
    for language in sorted({*translated_languages(), *new_languages}):
        begun = language in translated_languages()
        catalog = read_catalog(language) if begun else new_catalog(language)
        path = f"{language}/LC_MESSAGES/{DOMAIN}.po"
        wanted[path] = rendered(brought_up_to_date(catalog, source))
    return wanted


def behind(wanted: dict[str, bytes]) -> tuple[str, ...]:
    """The paths of files that differ from what they should hold."""
    folder = Path(str(locales()))
    return tuple(
        path
        for path, content in wanted.items()
        if not (file := folder / path).is_file() or file.read_bytes() != content
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Update the files; 1 with --check if any is behind, 2 for an unknown language."""
    parser = argparse.ArgumentParser(prog="python -m bot.messages.update")
    parser.add_argument("--check", action="store_true", help="write nothing, tell what is behind")
    parser.add_argument("languages", nargs="*", help="languages to begin, such as it")
    given = parser.parse_args(arguments)
    try:
        wanted = files_now(given.languages)
    except (UnknownLocaleError, ValueError) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    late = behind(wanted)
    if given.check:
        sys.stderr.writelines(f"{path} is behind en.toml; run `make messages`\n" for path in late)
        return 1 if late else 0
    folder = Path(str(locales()))
    for path in late:
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(wanted[path])
    english = read_english()
    for language in translated_languages():
        n_translated = len(translated(read_catalog(language), english))
        sys.stdout.write(f"{language}: {n_translated} of {len(english)} messages translated\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
