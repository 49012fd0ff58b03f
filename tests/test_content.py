"""Content: the terms of a text, and which of its words another text has."""

from tinyarchive import names

from index.content import content_of, is_name_term, name_term, split_by


def test_words_are_stemmed_and_names_are_one_term():
    assert content_of(names(), "Did the Americans bomb hospitals?") == {
        name_term("united-states"),
        "bomb",
        "hospit",
    }


def test_spellings_of_a_name_are_the_same_term():
    assert content_of(names(), "the USA") == content_of(names(), "the United States")


def test_a_number_is_no_name():
    assert is_name_term(name_term("united-states"))
    assert not is_name_term("007")
    assert not is_name_term("hospit")


def test_a_text_is_split_by_what_another_one_has():
    theirs = content_of(names(), "US forces bombed a clinic")
    inside, outside = split_by(names(), "Did American planes bomb a hospital?", theirs)
    assert inside == ["American", "bomb"]
    assert outside == ["planes", "hospital"]
