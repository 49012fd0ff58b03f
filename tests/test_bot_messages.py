"""Messages: complete, the same in every language, and valid Telegram HTML."""

import re
from datetime import date

import pytest

from bot.markup import Html
from bot.messages import Catalogue, load_catalogues

CATALOGUES = load_catalogues()


def test_english_is_the_default() -> None:
    assert CATALOGUES.languages[0] == "en"
    assert CATALOGUES.of(None).language == "en"
    assert CATALOGUES.of("tlh").language == "en"
    assert CATALOGUES.of("en-GB").language == "en"


@pytest.mark.parametrize("language", CATALOGUES.languages)
def test_every_language_has_the_same_keys(language: str) -> None:
    assert CATALOGUES.of(language).keys() == CATALOGUES.of("en").keys()


def test_values_are_escaped_and_html_is_not() -> None:
    words = Catalogue("en", {"a": {"line": "<b>{x}</b> {y}"}})
    assert words("a.line", x="<&", y=Html("<i>z</i>")) == "<b>&lt;&amp;</b> <i>z</i>"


def test_a_number_chooses_the_form_and_is_written_the_language_s_way() -> None:
    words = Catalogue("de", {"n": {"one": "{n} Satz", "other": "{n} Sätze"}})
    assert words("n", n=1) == "1 Satz"
    assert words("n", n=13204) == "13.204 Sätze"


def test_dates_are_written_out() -> None:
    assert CATALOGUES.of("en").long_date(date(2017, 9, 12)) == "12 September 2017"
    assert CATALOGUES.of("en").short_date(date(2017, 9, 7)) == "7 Sep 2017"


def test_an_unknown_language_code_is_shown_as_it_is() -> None:
    assert CATALOGUES.of("en").language_name("zh-Hans") == "Chinese"
    assert CATALOGUES.of("en").language_name("xx") == "xx"


@pytest.mark.parametrize("key", sorted(CATALOGUES.of("en").keys()))
def test_tags_are_ones_that_telegram_knows(key: str) -> None:
    if key.startswith("questions."):
        return
    entry = CATALOGUES.of("en").raw(key)
    assert set(re.findall(r"</?([a-z]+)", entry)) <= {"b", "i", "a", "code"}
