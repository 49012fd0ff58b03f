"""Spelling: what is mistyped is read as the archive's word, and nothing else is touched."""

from collections.abc import Mapping, Sequence

import pytest

from index.query import prepare
from index.spelling import respelled
from index.words import content_terms

ARCHIVE = (
    "Lithuanian physicians found cyanide in the tear gas",
    "Navalny asked the chancellor about Russian papers",
    "Viktor Orban visited Samara",
)


def frequencies(terms: Sequence[str]) -> Mapping[str, int]:
    have = [set(content_terms(text)) for text in ARCHIVE]
    counts = {term: sum(term in each for each in have) for term in terms}
    return {term: n for term, n in counts.items() if n}


def read(question: str) -> tuple[str, ...]:
    return respelled(prepare(question), frequencies).segments


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("lituanian doctors", "lithuanian doctors"),
        ("cianide in the gas", "cyanide in the gas"),
        ("the Russain chancelor", "the Russian chancellor"),
        ("what did Navlany ask", "what did Navalny ask"),
    ],
)
def test_a_letter_off_is_read_as_meant(typed: str, meant: str) -> None:
    assert read(typed) == (meant, typed)


@pytest.mark.parametrize(
    "typed",
    [
        "Orban went to Samara",  # names of the archive
        "slush in the barn",  # English, though the archive lacks it
        "Kovrin and Tiranga",  # names that nothing is near to
        "theyre here",  # a function word without its apostrophe
        "gas and tears",
        "les papiers de la chancelor",  # another language
        "что сказал Навальный",
    ],
)
def test_the_rest_stays(typed: str) -> None:
    assert read(typed) == prepare(typed).segments


def test_every_sentence_is_read() -> None:
    typed = (
        "Cianide was in the tear gas of the physicians. "
        "Navlany asked the chancellor for Russian papers."
    )
    found = read(typed)
    assert [text.split()[0] for text in found] == ["Cyanide", "Cyanide", "Navalny", "Cianide"]
    assert found[-1] == prepare(typed).segments[0]


def test_nothing_is_still_nothing() -> None:
    assert read("") == ()


def test_the_archive_is_asked_twice_at_most() -> None:
    asked = []

    def counted(terms: Sequence[str]) -> Mapping[str, int]:
        asked.append(list(terms))
        return frequencies(terms)

    found = respelled(prepare("lituanian cianide and Lithaunian chancelor"), counted)
    assert found.segments[0] == "lithuanian cyanide and Lithuanian chancellor"
    assert len(asked) == 2
    assert all(term.isascii() for terms in asked for term in terms)
