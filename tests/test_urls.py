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


def test_without_urls_takes_the_addresses_of_pictures() -> None:
    text = "a cloud#tornadopic.twitter.com/Ab1 over us, says paper.example/clouds"
    expected = "a cloud#tornado over us, says paper.example/clouds"
    assert " ".join(without_urls(text).split()) == expected


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


@pytest.mark.parametrize(
    "same",
    [
        "https://youtu.be/a-B_c",
        "https://youtu.be/a-B_c?t=415",
        "https://www.youtube.com/watch?v=a-B_c&t=30s&feature=share",
        "https://m.youtube.com/watch?app=desktop&v=a-B_c",
        "https://www.youtube.com/shorts/a-B_c",
        "https://www.youtube.com/embed/a-B_c?start=3",
    ],
)
def test_a_video_has_one_key_whatever_leads_to_it(same: str) -> None:
    assert url_key(same) == "youtube.com/watch?v=a-B_c"


def test_a_post_has_one_key_under_both_names_of_its_network() -> None:
    assert url_key("https://twitter.com/a/status/1?s=20") == url_key("https://x.com/a/status/1")


@pytest.mark.parametrize(
    "profile",
    [
        "https://twitter.com/somebody",
        "https://x.com/somebody?lang=en",
        "https://www.facebook.com/some.body.71?fref=ts",
        "https://t.me/channel",
        "https://t.me/s/channel",
        "https://www.instagram.com/somebody/",
        "https://vk.com/somebody",
        "https://www.youtube.com/@somebody",
        "https://www.youtube.com/channel/UC123/videos",
        "https://www.tiktok.com/@somebody",
    ],
)
def test_whose_account_it_is_tells_no_page(profile: str) -> None:
    assert url_key(profile) is None


@pytest.mark.parametrize(
    "post",
    [
        "https://t.me/channel/12",
        "https://www.facebook.com/story.php?story_fbid=1&id=2",
        "https://www.facebook.com/watch?v=5",
        "https://vk.com/wall-1_2",
        "https://www.tiktok.com/@somebody/video/1",
        "https://www.instagram.com/p/abc/",
    ],
)
def test_a_post_of_an_account_is_a_page(post: str) -> None:
    assert url_key(post) is not None
