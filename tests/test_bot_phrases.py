"""Phrases: how many words a text has, whatever its script."""

import pytest

from bot.phrases import n_words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", 0),
        ("hello, there", 2),
        ("Привет как дела?", 3),
        ("你好", 1),
        ("アメリカのヘリがISIS司令官を運んだ?", 8),
    ],
)
def test_words_are_counted_in_scripts_with_and_without_spaces(text: str, expected: int) -> None:
    assert n_words(text) == expected
