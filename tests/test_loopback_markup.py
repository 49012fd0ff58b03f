"""The HTML parser of the local Bot API: tdlib's rules and its exact words."""

import html

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.loopback.entities import Entity, detect_entities, render_html, trim, utf16_slice
from bot.loopback.markup import MarkupError, checked_link, parse_html

LINK = "https://example.org/a"


@pytest.mark.parametrize(
    ("source", "text", "entities"),
    [
        ("plain", "plain", ()),
        ("a &lt; b &amp;&quot;", 'a < b &"', ()),
        ("&#65;&#x42;&#x1F600;", "AB😀", ()),
        ("&nbsp;&copy;&apos;", "&nbsp;&copy;&apos;", ()),
        ("&lt", "<", ()),
        ("<b>x</b>", "x", (Entity("bold", 0, 1),)),
        ("<STRONG>x</strong>", "x", (Entity("bold", 0, 1),)),
        ("<i>x</i><em>y</em>", "xy", (Entity("italic", 0, 1), Entity("italic", 1, 1))),
        ("<ins>x</ins>", "x", (Entity("underline", 0, 1),)),
        ("<del>x</del>", "x", (Entity("strikethrough", 0, 1),)),
        ('<span class="tg-spoiler">x</span>', "x", (Entity("spoiler", 0, 1),)),
        ("<tg-spoiler>x</tg-spoiler>", "x", (Entity("spoiler", 0, 1),)),
        ("😀<b>é</b>", "😀é", (Entity("bold", 2, 1),)),
        ("<b>a<i>b</i></b>", "ab", (Entity("bold", 0, 2), Entity("italic", 1, 1))),
        ("<b></b>x", "x", ()),
        ("<b>x</>", "x", (Entity("bold", 0, 1),)),
        ("<b>x</b >", "x", (Entity("bold", 0, 1),)),
        (f'<a href="{LINK}">x</a>', "x", (Entity("text_link", 0, 1, LINK),)),
        (
            f"<a href='{LINK}?a=1&amp;b=2'>x</a>",
            "x",
            (Entity("text_link", 0, 1, LINK + "?a=1&b=2"),),
        ),
        ("<a>example.org</a>", "example.org", (Entity("text_link", 0, 11, "http://example.org/"),)),
        ('<a href="javascript:x">y</a>', "y", ()),
        ('<a href="tg://user?id=7">y</a>', "y", (Entity("text_mention", 0, 1, "7"),)),
        ("<pre>x</pre>", "x", (Entity("pre", 0, 1),)),
        ('<pre><code class="language-sql">x</code></pre>', "x", (Entity("pre", 0, 1, "sql"),)),
        ('<code class="language-sql">x</code>', "x", (Entity("code", 0, 1),)),
        ("<blockquote>x</blockquote>", "x", (Entity("blockquote", 0, 1),)),
        ("<blockquote expandable>x</blockquote>", "x", (Entity("expandable_blockquote", 0, 1),)),
        ('<tg-emoji emoji-id="5">👍</tg-emoji>', "👍", (Entity("custom_emoji", 0, 2, "5"),)),
    ],
)
def test_markup_becomes_text_and_entities(
    source: str, text: str, entities: tuple[Entity, ...]
) -> None:
    assert parse_html(source) == (text, entities)


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("a<br>b", 'Unsupported start tag "br" at byte offset 1'),
        ("<P>x</P>", 'Unsupported start tag "p" at byte offset 0'),
        ("é<br/>", 'Unsupported start tag "br/" at byte offset 2'),
        ("2 < 3 > 1", 'Unsupported start tag "" at byte offset 2'),
        ("<!-- x -->", 'Unsupported start tag "!--" at byte offset 0'),
        ("x <", "Unclosed start tag at byte offset 2"),
        ("x <b", "Unclosed start tag at byte offset 2"),
        ("<b ", 'Empty attribute name in the tag "b" at byte offset 0'),
        ("<b x", 'Unclosed start tag "b" at byte offset 0'),
        ("<a href=", 'Unclosed start tag "a" at byte offset 0'),
        ('<a href="x', "Unclosed start tag at byte offset 0"),
        ('<a href="x"', "Unclosed start tag at byte offset 0"),
        ("<a href=x/y>z</a>", "Unexpected end of name token at byte offset 8"),
        ("<b />", 'Empty attribute name in the tag "b" at byte offset 0'),
        ('<b "x">', 'Empty attribute name in the tag "b" at byte offset 0'),
        ("<span>x</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
        ('<span class="x">x</span>', 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
        ("x</b>", "Unexpected end tag at byte offset 1"),
        ("<b>x</b", "Unclosed end tag at byte offset 4"),
        ("<b>x</b y>", "Unclosed end tag at byte offset 4"),
        ("<b><i>x</b>", 'Unmatched end tag at byte offset 7, expected "</i>", found "</b>"'),
        ("<b>x", 'Can\'t find end tag corresponding to start tag "b"'),
        ("<b>x<i>y</i>", 'Can\'t find end tag corresponding to start tag "b"'),
        ('<tg-emoji emoji-id="x">y</tg-emoji>', "Invalid custom emoji identifier specified"),
    ],
)
def test_broken_markup_is_refused_in_tdlibs_words(source: str, message: str) -> None:
    with pytest.raises(MarkupError) as caught:
        parse_html(source)
    assert str(caught.value) == message


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_escaped_text_comes_through_unchanged(text: str) -> None:
    assert parse_html(html.escape(text, quote=False)) == (text, ())


TAGS = st.sampled_from(["b", "i", "u", "s", "code", "blockquote"])
TREES = st.recursive(
    st.text("aé😀<&", min_size=1, max_size=4).map(html.escape),
    lambda inner: st.tuples(TAGS, st.lists(inner, min_size=1, max_size=3)).map(
        lambda pair: f"<{pair[0]}>{''.join(pair[1])}</{pair[0]}>"
    ),
    max_leaves=8,
)


@given(TREES)
def test_rendering_is_the_inverse_of_parsing(source: str) -> None:
    text, entities = parse_html(source)
    assert parse_html(render_html(text, entities)) == (text, entities)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("/start", [("bot_command", "/start")]),
        ("/check@hearsay_bot is it so", [("bot_command", "/check@hearsay_bot")]),
        ("and/or 1/2", []),
        ("😀 @hearsay_bot?", [("mention", "@hearsay_bot")]),
        ("see https://example.org/a?b=1.", [("url", "https://example.org/a?b=1")]),
        ("(example.com)", [("url", "example.com")]),
        ("notes.txt", []),
        ("me@example.org", [("email", "me@example.org")]),
        ("#truth #1", [("hashtag", "#truth")]),
    ],
)
def test_what_telegram_finds_by_itself(text: str, found: list[tuple[str, str]]) -> None:
    entities = detect_entities(text)
    assert [(e.kind, utf16_slice(text, e.offset, e.length)) for e in entities] == found


def test_nothing_is_found_inside_code() -> None:
    code = Entity("code", 0, 6)
    assert detect_entities("/start /help", [code]) == (code, Entity("bot_command", 7, 5))


def test_spaces_around_a_text_are_cut_and_entities_move_along() -> None:
    assert trim("  ab c \n", [Entity("bold", 4, 4)]) == ("ab c", (Entity("bold", 2, 2),))


def test_leading_spaces_inside_an_entity_stay() -> None:
    assert trim("  ab", [Entity("bold", 1, 3)]) == (" ab", (Entity("bold", 0, 3),))


@pytest.mark.parametrize(
    ("url", "link"),
    [
        ("https://Example.org", "https://example.org/"),
        ("example.org/A?b", "http://example.org/A?b"),
        ("http://localhost/", None),
        ("ftp://example.org/", None),
        ("http://", None),
        ("tg://resolve?domain=x", "tg://resolve?domain=x"),
    ],
)
def test_links_that_telegram_takes(url: str, link: str | None) -> None:
    assert checked_link(url) == link
