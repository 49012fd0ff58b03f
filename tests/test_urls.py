"""URLs: which addresses are found in a text, and which are the same page."""

import pytest

from index.urls import find_urls, url_key, without_urls


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("see https://paper.example/a.", ["https://paper.example/a"]),
        ("(https://paper.example/a), really?", ["https://paper.example/a"]),
        ("\u00abhttp://paper.example/a\u00bb", ["http://paper.example/a"]),
        ("HTTPS://Paper.Example/A", ["HTTPS://Paper.Example/A"]),
        (
            "https://a.example/1 https://b.example/2?x=1",
            ["https://a.example/1", "https://b.example/2?x=1"],
        ),
        ("no address, not even paper.example or ftp://x.example", []),
    ],
)
def test_find_urls(text: str, expected: list[str]) -> None:
    assert find_urls(text) == expected


def test_a_parenthesis_that_belongs_to_the_address_stays() -> None:
    address = "https://wiki.example/Moon_(film)"
    assert find_urls(f"see {address}") == [address]
    assert find_urls(f"(see {address}).") == [address]


def test_without_urls_leaves_the_words() -> None:
    assert without_urls("before https://paper.example/a after").split() == ["before", "after"]


PAGE = "https://paper.example/news/a-story"


@pytest.mark.parametrize(
    "same",
    [
        "http://paper.example/news/a-story",
        "https://www.paper.example/news/a-story",
        "https://m.paper.example/news/a-story",
        "https://amp.paper.example/news/a-story",
        "https://PAPER.example/news/a-story/",
        "https://paper.example/news/a-story#comments",
        "https://paper.example/news/a-story?utm_source=x&utm_medium=y",
        " https://paper.example/news/a-story ",
    ],
)
def test_the_same_page_has_one_key(same: str) -> None:
    assert url_key(same) == url_key(PAGE) == "paper.example/news/a-story"


@pytest.mark.parametrize(
    "other",
    [
        "https://paper.example/news/another-story",
        "https://other.example/news/a-story",
        "https://paper.example/news/a-story?id=2",
    ],
)
def test_another_page_has_another_key(other: str) -> None:
    assert url_key(other) not in {None, url_key(PAGE)}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "hello",
        "https://paper.example",
        "https://paper.example/",
        "https://localhost/a",
        "mailto:a@b.example",
        "http://[bad/a",
        "ftp://paper.example/a",
    ],
)
def test_what_is_no_page_has_no_key(text: str) -> None:
    assert url_key(text) is None
