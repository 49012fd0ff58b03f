"""Text: normalising, keys, hashes, sentences and shortening; expected values by hand."""

import hashlib

import pytest

from index.text import clean, clean_lines, sentences, shorten, text_hash, text_key


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("  The\tmoon \n is  hollow ", "The moon is hollow"),
        ("hol\u200blow \u202emoon\u202c\ufeff", "hollow moon"),
        ("bell\u0007 and \u0000null", "bell and null"),
        ("half \ud83d a pair\udcff", "half a pair"),
        ("cafe\u0301", "caf\u00e9"),
        ("It\u2019s \u00abhollow\u00bb!", "It\u2019s \u00abhollow\u00bb!"),
        ("", ""),
    ],
)
def test_clean_takes_out_what_nobody_sees(text: str, expected: str) -> None:
    assert clean(text) == expected


def test_clean_lines_keeps_paragraphs_apart() -> None:
    assert clean_lines(" one \r\n\r\n\u200b\n two  words\n") == "one\ntwo words"


@pytest.mark.parametrize(
    "text",
    [
        "The Moon is hollow",
        "the moon, is HOLLOW!",
        "\u201cThe moon is hollow\u201d \u2026",
        "\uff34\uff48\uff45 moon is hollow",
    ],
)
def test_the_key_forgets_case_punctuation_and_width(text: str) -> None:
    assert text_key(text) == "the moon is hollow"


def test_the_key_reads_every_apostrophe_alike() -> None:
    assert text_key("It's") == text_key("It\u2019s") == text_key("it\u02bcs") == "its"


def test_the_key_keeps_digits_and_other_scripts() -> None:
    assert text_key("ИГИЛ, 2017!") == "игил 2017"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("\u0915\u093f", "\u0915\u0940"),  # Hindi ki, kii: they differ in a vowel sign
        ("\u0e44\u0e21\u0e48", "\u0e44\u0e21\u0e49"),  # Thai mai: not, or wood, by the tone mark
        ("\u0b95\u0bbe", "\u0b95\u0bc0"),  # Tamil kaa, kii
    ],
)
def test_the_key_keeps_the_signs_that_tell_words_apart(one: str, other: str) -> None:
    assert text_key(one) == one
    assert text_key(other) == other


def test_an_accent_by_itself_is_punctuation() -> None:
    assert text_key("Trump\u00b4s plan") == "trump s plan"


def test_a_sign_belongs_to_the_letter_before_it() -> None:
    assert text_key("\u0915\u093f, \u0915\u0940!") == "\u0915\u093f \u0915\u0940"


@pytest.mark.parametrize("text", ["", "  ", "?!\u2026", "\U0001f602"])
def test_a_text_without_words_has_an_empty_key(text: str) -> None:
    assert text_key(text) == ""


def test_the_hash_is_that_of_the_exact_text_under_the_text_version() -> None:
    assert text_hash("moon") == hashlib.sha256(b"1\0moon").hexdigest()
    assert text_hash("moon") != text_hash("Moon")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One ended. Two began! Did three? Yes", ["One ended.", "Two began!", "Did three?", "Yes"]),
        ("U.S. aircraft landed. They left.", ["U.S. aircraft landed.", "They left."]),
        ("Gen. Smith met Dr. Jones. Nobody knew.", ["Gen. Smith met Dr. Jones.", "Nobody knew."]),
        ("no full stop\nanother line", ["no full stop", "another line"]),
        ('"It is so." He left.', ['"It is so."', "He left."]),
        ("It rose by 3.5 percent.", ["It rose by 3.5 percent."]),
        (" \n ", []),
    ],
)
def test_sentences(text: str, expected: list[str]) -> None:
    assert sentences(text) == expected


def test_an_abbreviation_at_the_end_of_a_line_ends_the_sentence() -> None:
    assert sentences("made in the U.S.\nNext") == ["made in the U.S.", "Next"]


@pytest.mark.parametrize(
    ("text", "max_chars", "expected"),
    [
        ("short", 5, "short"),
        ("the moon is hollow", 10, "the moon\u2026"),
        ("unbreakable", 6, "unbre\u2026"),
        ("one, two three", 7, "one\u2026"),
        ("one two, three", 10, "one two\u2026"),
    ],
)
def test_shorten_cuts_at_a_word_and_never_past_the_limit(
    text: str, max_chars: int, expected: str
) -> None:
    assert shorten(text, max_chars) == expected
    assert len(shorten(text, max_chars)) <= max_chars
