"""The catalogues follow en.toml, and what has been worded anew waits for a translator."""

import pytest
from babel.messages import Catalog

from bot.messages.english import read_notes
from bot.messages.update import (
    behind,
    brought_up_to_date,
    files_now,
    main,
    new_catalog,
    rendered,
)


def source(**messages: str | tuple[str, str]) -> Catalog:
    catalog = Catalog(fuzzy=False)
    for key, wording in messages.items():
        catalog.add(wording, context=key)
    return catalog


def german(**messages: tuple[str | tuple[str, str], str | tuple[str, str]]) -> Catalog:
    catalog = new_catalog("de")
    for key, (english, translation) in messages.items():
        catalog.add(english, translation, context=key)
    return catalog


def test_the_catalogues_are_up_to_date_with_the_english() -> None:
    assert behind(files_now()) == (), "run `make messages`"


def test_an_unchanged_message_keeps_its_translation() -> None:
    updated = brought_up_to_date(german(a=("Hello", "Hallo")), source(a="Hello"))
    assert updated.get("Hello", "a").string == "Hallo"
    assert not updated.get("Hello", "a").fuzzy


def test_a_new_message_has_no_translation_yet() -> None:
    updated = brought_up_to_date(german(a=("Hello", "Hallo")), source(a="Hello", b="Hello"))
    assert not updated.get("Hello", "b").string


def test_a_message_worded_anew_keeps_its_translation_as_fuzzy() -> None:
    updated = brought_up_to_date(german(a=("Hello", "Hallo")), source(a="Good day"))
    message = updated.get("Good day", "a")
    assert (message.string, message.fuzzy, message.previous_id) == ("Hallo", True, ["Hello"])


def test_plural_forms_worded_anew_are_fuzzy_too() -> None:
    before = german(a=(("{n} dog", "{n} dogs"), ("{n} Hund", "{n} Hunde")))
    updated = brought_up_to_date(before, source(a=("{n} hound", "{n} hounds")))
    message = updated.get(("{n} hound", "{n} hounds"), "a")
    assert (message.string, message.fuzzy) == (("{n} Hund", "{n} Hunde"), True)


def test_a_message_that_is_no_more_goes() -> None:
    before = german(a=("Hello", "Hallo"), b=("Bye", "Tschüss"))
    updated = brought_up_to_date(before, source(a="Hello"))
    assert b"Bye" not in rendered(updated)


def test_the_same_catalogue_is_the_same_file() -> None:
    once = rendered(brought_up_to_date(german(a=("Hi", "Hallo")), source(a="Good day")))
    assert b"Generated-By" not in once
    assert b'#| msgid "Hi"' in once


def test_comments_of_the_english_are_notes_for_translators() -> None:
    notes = read_notes()
    assert notes["questions.greetings"] == ("No claim at all.",)
    assert notes["commands.check"] == ("the menu",)


def test_a_language_that_does_not_exist_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--check", "xx_nowhere"]) == 2
    assert "xx" in capsys.readouterr().err
