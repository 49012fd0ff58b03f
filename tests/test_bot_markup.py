"""Markup: escaping, links and the limit."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.loopback.markup import parse_html
from bot.markup import MAX_CHARS, Html, Page, Rest, head, host, link, plain, text, web_address
from index import clean


def test_text_is_escaped() -> None:
    assert text("a < b & c > d") == "a &lt; b &amp; c &gt; d"


def test_text_loses_bidi_and_zero_width_characters() -> None:
    assert text("no\u202e evil\u200b here") == "no evil here"


def test_a_tower_of_marks_is_cut_down() -> None:
    assert text("Z" + "\u0335" * 40) == "Z" + "\u0335" * 3


def test_a_mention_notifies_nobody() -> None:
    assert text("ask @all now") == "ask @\u2060all now"


@given(st.text(max_size=400), st.integers(10, 200))
def test_text_never_exceeds_its_room_and_never_breaks_an_entity(value: str, room: int) -> None:
    html = text(value, room)
    assert len(html) <= room
    assert html.replace("&amp;", "").replace("&lt;", "").replace("&gt;", "").count("&") == 0


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "ftp://example.org/x",
        "https://",
        "http://[broken",
        "//example.org",
        "tg://resolve?domain=x",
        "https://example.org/" + "x" * 600,
    ],
)
def test_only_web_addresses_become_links(address: str) -> None:
    assert web_address(address) is None
    assert link(Html("name"), address) == "name"


def test_a_link_escapes_its_address() -> None:
    made = link(Html("name"), 'https://example.org/?a="1"&b=<2>')
    assert made == '<a href="https://example.org/?a=&quot;1&quot;&amp;b=&lt;2&gt;">name</a>'


def test_the_host_is_shown_without_www() -> None:
    assert host("https://www.example.org/a") == "example.org"


def test_plain_spells_links_and_drops_tags() -> None:
    assert plain('<b>x</b> &amp; <a href="https://e.org/?a&amp;b">y</a>') == (
        "x & y (https://e.org/?a&b)"
    )


def test_a_page_takes_only_what_fits_beside_its_footer() -> None:
    page = Page(Html("foot"), max_chars=20)
    assert page.add(Html("a" * 10))
    assert not page.add(Html("b" * 3))
    assert page.html() == "a" * 10 + "\n\nfoot"


def test_a_list_says_how_many_lines_it_left_out() -> None:
    page = Page(max_chars=26)
    rest = Rest(lambda n: Html(f"and {n} more"), n_before=2)
    page.add_list(Html("head"), [Html("aaaa"), Html("bbbb"), Html("cccc")], rest)
    assert page.html() == "head\naaaa\nbbbb\nand 3 more"


def test_a_list_that_fits_has_no_rest() -> None:
    page = Page()
    page.add_list(Html("head"), [Html("a")], Rest(lambda n: Html(f"and {n} more")))
    assert page.html() == "head\na"
    assert MAX_CHARS == 4096


EVERYTHING = st.text(alphabet=st.characters(), max_size=400)
NASTY = st.lists(
    EVERYTHING
    | st.sampled_from(
        ["\u202e", "\u2066", "\u200b" * 40, "e" + "\u0301" * 60, "Z" + "\u0489" * 60, "<b>", "&lt;",
         "\ud800", "\U0001f468\u200d\U0001f469", "\u3164" * 9, "@all", "x" * 5000]
    ),
    max_size=6,
).map("".join)  # fmt: skip


@given(NASTY, st.integers(1, 300))
def test_text_from_anywhere_is_harmless(value: str, room: int) -> None:
    html = text(value, room)
    shown, entities = parse_html(html)
    assert len(html) <= room
    assert not [entity for entity in entities if entity.kind != "url"]
    assert not re.search(
        "[\u202a-\u202e\u2066-\u2069\u200b-\u200f\u3164\ud800-\udfff\x00-\x1f]", shown
    )
    assert not re.search("[\u0300-\u036f\u0483-\u0489]{4}", shown)
    assert not re.search(r"@\w", shown)
    shown.encode("utf-8")


@pytest.mark.parametrize("word", ["བསྒྲུབས", "ग्रन्थ", "ที่นั้น", "שָׁלוֹם", "Việt Nam", "اَلْعَرَبِيَّةُ"])
def test_signs_that_a_script_needs_stay(word: str) -> None:
    assert text(word) == clean(word)


def test_a_tower_of_enclosing_marks_is_cut_down() -> None:
    assert text("Z" + "\u0489" * 40) == "Z" + "\u0489" * 3


@given(NASTY, st.integers(1, 200))
def test_a_head_is_a_beginning_within_its_room(value: str, room: int) -> None:
    cut = head(value, room)
    assert value.startswith(cut)
    assert len(cut) <= room
    assert cut == value or cut


def test_a_head_cuts_nothing_in_two_that_people_see_as_one() -> None:
    family = "\U0001f468\u200d\U0001f469\u200d\U0001f467"
    assert head(f"ab{family}c", 6) == "ab"
    assert head(f"ab{family}c", 7) == f"ab{family}"
    assert head("Z" + "\u0301" * 50, 10) == "Z" + "\u0301" * 9
