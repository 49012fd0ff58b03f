"""Messages: every one in every language is valid, complete and filled in as in English."""

import re
from datetime import date
from gettext import c2py
from string import Formatter

import pytest
from babel import Locale
from botworld import CATALOGUES

from bot.loopback.markup import parse_html
from bot.markup import Html
from bot.messages import Catalogue, load_catalogues
from bot.messages.english import Entry, read_english
from bot.messages.translations import (
    message_id,
    read_catalog,
    translated,
    translated_languages,
)

ENGLISH = read_english()
LANGUAGES = CATALOGUES.languages
PLAIN = "Beach Gazette"
HOSTILE = '<b>&lt;</i>"{n}{0}%s\u202e@all\n\u2067 \U0001f3f3'
# What an answer is made of: never half in English.
ANSWER = ("card", "similar", "difference", "none", "status", "response", "source", "searched")
WHOLE_NUMBERS = (*range(1200), 10_000, 1_000_000)


def forms(entry: Entry) -> dict[str, str]:
    """The wordings of an entry, by plural category where there are several."""
    return entry if isinstance(entry, dict) else {"": str(entry)}


def names(wording: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(wording) if name is not None}


def own(language: str) -> dict[str, Entry]:
    """The messages of a language by itself, without what it takes from English."""
    return ENGLISH if language == "en" else translated(read_catalog(language), ENGLISH)


OWN = {language: own(language) for language in LANGUAGES}


def rendered(words: Catalogue, key: str, value: str, n: int) -> str:
    return words(key, **dict.fromkeys(wanted(key) - {"n"}, value), n=n)


def wanted(key: str) -> set[str]:
    """The names that the English of a message is filled with."""
    return set.union(*map(names, forms(ENGLISH[key]).values()))


def wordings() -> list[str]:
    return [key for key, entry in ENGLISH.items() if not isinstance(entry, list)]


def test_the_languages_are_those_promised() -> None:
    assert set(LANGUAGES) == {"en", "ru", "uk", "es", "fr", "de", "ar"}


def test_english_is_the_default() -> None:
    assert LANGUAGES[0] == "en"
    assert CATALOGUES.of(None).language == "en"
    assert CATALOGUES.of("tlh").language == "en"
    assert CATALOGUES.of("en-GB").language == "en"
    assert CATALOGUES.of("pt_BR").language == "en"
    assert CATALOGUES.of("de-AT").language == "de"


@pytest.mark.parametrize("value", [PLAIN, HOSTILE], ids=["plain", "hostile"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_message_is_html_that_telegram_takes(language: str, value: str) -> None:
    for key in wordings():
        for n in (0, 1, 2, 3, 11, 100, 13204):
            visible, _ = parse_html(rendered(CATALOGUES.of(language), key, value, n))
            assert visible.strip(), key
            assert len(visible) <= 4096, key
            assert "@all" not in visible, key


@pytest.mark.parametrize("language", LANGUAGES)
def test_tags_are_those_of_the_english(language: str) -> None:
    for key, entry in OWN[language].items():
        if isinstance(entry, list):
            continue
        english = set(re.findall(r"</?[a-z]+", " ".join(forms(ENGLISH[key]).values())))
        for form in forms(entry).values():
            assert set(re.findall(r"</?[a-z]+", form)) == english, key


@pytest.mark.parametrize("language", LANGUAGES)
def test_short_places_hold_their_words(language: str) -> None:
    words = CATALOGUES.of(language)
    for key in wordings():
        visible = words.label(key, **dict.fromkeys(wanted(key), PLAIN) | {"n": 9})
        section = key.partition(".")[0]
        if section == "commands":
            assert 1 <= len(visible) <= 256, key
        if section == "button":  # a label or a notice
            assert len(visible) <= 200, key
    assert len(words.label("profile.description")) <= 512
    assert len(words.label("profile.short_description")) <= 120


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_translation_is_filled_with_what_the_english_is(language: str) -> None:
    for key, entry in OWN[language].items():
        if isinstance(entry, list):
            continue
        english = wanted(key)
        for category, form in forms(entry).items():
            if names(form) != english:  # "no claims", "one claim", "two claims" need no digits
                assert names(form) == english - {"n"}, (key, category)
                assert len(numbers_of(language, category)) == 1, (key, category)


def numbers_of(language: str, category: str) -> list[int]:
    form_of = Locale.parse(language).plural_form
    return [n for n in WHOLE_NUMBERS if form_of(n) == category]


@pytest.mark.parametrize("language", translated_languages())
def test_every_plural_form_is_there(language: str) -> None:
    catalog = read_catalog(language)
    for message in catalog:
        if message.pluralizable and any(message.string):
            assert len(message.string) == catalog.num_plurals, message.context
            assert all(message.string), message.context


@pytest.mark.parametrize("language", translated_languages())
def test_the_plural_forms_of_the_file_are_those_of_the_language(language: str) -> None:
    number_of = c2py(read_catalog(language).plural_expr)
    form_of = Locale.parse(language).plural_form
    pairs = {(number_of(n), form_of(n)) for n in range(1200)}
    assert len(pairs) == len({number for number, _ in pairs}) == len({form for _, form in pairs})


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_an_answer_says_is_in_one_language(language: str) -> None:
    needed = {key for key in ENGLISH if key.partition(".")[0] in ANSWER}
    assert needed - OWN[language].keys() == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_two_statuses_have_the_same_words(language: str) -> None:
    words = CATALOGUES.of(language)
    statuses = [key for key in wordings() if key.startswith("status.") and "<b>" in words.raw(key)]
    assert len(statuses) == 8
    assert len({re.findall("<b>(.*?)</b>", words.raw(key))[0] for key in statuses}) == 8


def test_a_phrase_is_known_in_any_language() -> None:
    assert "это правда" in CATALOGUES.of("en").phrases("questions.pointing")
    assert "is this true" in CATALOGUES.of("ru").phrases("questions.pointing")


def test_what_is_isolated_for_the_direction_of_writing_is_closed_again() -> None:
    for key, entry in OWN["ar"].items():
        for form in forms(entry).values():
            assert form.count("\u2068") == form.count("\u2069"), key


def test_values_are_escaped_and_html_is_not() -> None:
    words = Catalogue("en", {"a": {"line": "<b>{x}</b> {y}"}})
    assert words("a.line", x="<&", y=Html("<i>z</i>")) == "<b>&lt;&amp;</b> <i>z</i>"


def test_a_number_chooses_the_form_and_is_written_the_language_s_way() -> None:
    words = Catalogue("de", {"n": {"one": "{n} Satz", "other": "{n} Sätze"}})
    assert words("n", n=1) == "1 Satz"
    assert words("n", n=13204) == "13.204 Sätze"


@pytest.mark.parametrize(
    ("language", "n", "expected"),
    [
        ("ru", 1, "Архив: 1 утверждение, "),
        ("ru", 22, "Архив: 22 утверждения, "),
        ("ru", 111, "Архив: 111 утверждений, "),
        ("uk", 5, "Архів: 5 тверджень, "),
        ("fr", 0, "Archive\u00a0: 0 affirmation, "),
        ("es", 0, "Archivo: 0 afirmaciones, "),
        ("ar", 0, "الأرشيف: لا ادعاءات، "),
        ("ar", 2, "الأرشيف: ادعاءان، "),
        ("ar", 7, "الأرشيف: 7 ادعاءات، "),
        ("ar", 99, "الأرشيف: 99 ادعاءً، "),
        ("ar", 101, "الأرشيف: 101 ادعاء، "),
    ],
)
def test_claims_are_counted_as_the_language_counts(language: str, n: int, expected: str) -> None:
    assert CATALOGUES.of(language)("about.archive", n=n, date="x").startswith(expected)


@pytest.mark.parametrize(
    ("language", "long", "short"),
    [
        ("en", "12 September 2017", "12 Sep 2017"),
        ("ru", "12 сентября 2017", "12 сент. 2017"),
        ("uk", "12 вересня 2017", "12 вер. 2017"),
        ("es", "12 de septiembre de 2017", "12 sept 2017"),
        ("fr", "12 septembre 2017", "12 sept. 2017"),
        ("de", "12. September 2017", "12. Sept. 2017"),
        ("ar", "12 سبتمبر 2017", "12 سبتمبر 2017"),
    ],
)
def test_dates_are_written_as_the_language_writes_them(
    language: str, long: str, short: str
) -> None:
    words = CATALOGUES.of(language)
    assert words.long_date(date(2017, 9, 12)) == long
    assert words.short_date(date(2017, 9, 12)) == short


def test_an_unknown_language_code_is_shown_as_it_is() -> None:
    assert CATALOGUES.of("en").language_name("zh-Hans") == "Chinese"
    assert CATALOGUES.of("en").language_name("xx") == "xx"


def test_what_a_language_lacks_is_said_in_english() -> None:
    english = Catalogue("en", {"a": "one {x}", "n": {"one": "{n} claim", "other": "{n} claims"}})
    words = Catalogue("ru", {"a": "один {x}"}, english)
    assert words("a", x="y") == "один y"
    assert words("n", n=21) == "21 claims"  # 21 is singular in Russian only
    assert words.label("n", n=1) == "1 claim"


def test_a_translation_of_an_earlier_wording_is_not_shown() -> None:
    catalog = read_catalog("de")
    changed = ENGLISH | {"none.heading": "<b>Nothing at all.</b>"}
    assert "none.heading" not in translated(catalog, changed)
    assert "none.rephrase" in translated(catalog, changed)


def test_a_fuzzy_translation_is_not_shown() -> None:
    catalog = read_catalog("de")
    catalog.get(message_id(ENGLISH["none.heading"]), "none.heading").flags.add("fuzzy")
    assert "none.heading" not in translated(catalog, ENGLISH)


def test_every_catalogue_is_read_afresh() -> None:
    assert load_catalogues().languages == LANGUAGES
