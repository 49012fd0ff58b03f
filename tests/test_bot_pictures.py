"""Claim cards as PNG: they open, keep to their bounds, lack no glyph, lead back to the claim."""

from dataclasses import replace
from datetime import date
from io import BytesIO

import pytest
import zxingcpp
from botworld import SNAPSHOT, SNOW, UMBRELLAS, WORDS
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from PIL import Image

from bot.markup import bare
from bot.messages import load_catalogues
from bot.pictures.canvas import qr_modules
from bot.pictures.card import MAX_HEIGHT, claim_png, is_showable
from bot.pictures.fonts import chosen, font_paths
from bot.pictures.palette import INK, LOOKS, MUTED, PAPER
from bot.statuses import response_phrase
from index import Appearance, Claim, RebuttalStatus, Response, ResponseKind, Verdict

LINK = "https://t.me/hearsay_bot?start=c_umbrella1"
CLAIMS = {
    "en": "A court in Brazil has banned umbrellas on beaches.",
    "ru": "Суд в Бразилии запретил зонты на пляжах, сообщила «Пляжная газета» № 7.",
    "uk": "Суд у Бразилії заборонив парасольки на пляжах: їх є досить, ґрунт і під'їзд.",
    "es": "¿Un tribunal de Brasil prohibió las sombrillas? ¡Sí, en 2021, señaló la prensa!",
    "fr": "Un tribunal brésilien aurait banni les parasols « dès août » : l’œuvre d’un cœur naïf.",
    "de": "Ein Gericht in Brasilien hat Schirme „am Strand“ verboten; Größe über 2 m², 25 €.",
    "ar": "محكمة في البرازيل حظرت المظلات على الشواطئ اعتبارًا من ٢ مارس ٢٠٢١، وفق Beach Gazette؟",
    "he": "בית משפט בברזיל אסר על שמשיות בחופים.",
    "hi": "जुलाई 2019 में काहिरा में बर्फ गिरी।",
    "ja": "2019年7月、カイロで雪が降った。",
    "ko": "2019년 7월 카이로에 눈이 내렸다.",
    "zh": "2019年7月，开罗下雪了。",
    "th": "หิมะตกในกรุงไคโร",
}
HOSTILE = (
    "\u202e\u2066gnimmargorp\u2069\u202c" * 40,
    "Z" + "\u0301\u0489" * 400,
    "word " * 2000,
    "w" * 10_000,
    "".join(chr(plane << 16 | 0x1234) for plane in range(17)) * 9,
    "<b>bold</b> &amp; <script>alert('x')</script>",
    "\ud800\udfff\x00\x07\u2028\n\t",
    "((((([[[[[" * 60 + "א" + ")))))" * 60,
    "",
)


def picture(png: bytes) -> Image.Image:
    image = Image.open(BytesIO(png))
    image.load()
    return image


def named(name: str) -> Claim:
    """A claim that says the same everywhere where it can say something."""
    return Claim(
        id="hostile1",
        text=name,
        claimants=(name, name[::-1]) * 4,
        appearances=tuple(
            Appearance(outlet=f"{name}{n}", based_on=name, published_on=date(2021, 3, 2))
            for n in range(9)
        ),
        responses=tuple(
            Response(kind, f"{name}{kind}", None, date(2021, 3, 9), name, Verdict.FALSE, name)
            for kind in ResponseKind
        ),
    )


def test_a_card_is_a_png_as_wide_as_a_phone_shows_sharply() -> None:
    image = picture(claim_png(UMBRELLAS, SNAPSHOT, WORDS, link=LINK))
    assert (image.format, image.mode, image.width) == ("PNG", "RGB", 1080)
    assert 600 < image.height <= MAX_HEIGHT


def test_a_reader_of_qr_codes_finds_the_link() -> None:
    image = picture(claim_png(UMBRELLAS, SNAPSHOT, WORDS, link=LINK))
    assert [code.text for code in zxingcpp.read_barcodes(image)] == [LINK]


def test_a_reader_finds_the_link_on_a_mirrored_page_when_scaled_down(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("bot.pictures.card.is_rtl_language", lambda _language: True)
    image = picture(claim_png(UMBRELLAS, SNAPSHOT, WORDS, link=LINK))
    small = image.resize((image.width // 2, image.height // 2))
    assert [code.text for code in zxingcpp.read_barcodes(small)] == [LINK]


def test_the_longest_link_still_fits_a_code() -> None:
    modules = qr_modules(f"https://t.me/{'b' * 32}?start=c_{'a' * 16}")
    assert len(modules) + 4 <= 58  # at least four pixels a module in 232 pixels


def test_without_a_link_there_is_no_code() -> None:
    image = picture(claim_png(UMBRELLAS, SNAPSHOT, WORDS, link=None))
    assert zxingcpp.read_barcodes(image) == []


@pytest.mark.parametrize("language", CLAIMS)
def test_no_character_of_a_claim_lacks_a_glyph(language: str) -> None:
    assert None not in chosen(CLAIMS[language])
    assert is_showable(replace(SNOW, text=CLAIMS[language]), WORDS)


@pytest.mark.parametrize("language", load_catalogues().languages)
def test_no_character_of_our_own_words_lacks_a_glyph(language: str) -> None:
    words = load_catalogues().of(language)
    day = date(2026, 11, 22)
    said = [words.long_date(day), words.short_date(day), words.language_name("pt")]
    said += [bare(words(f"status.{status}", date=words.long_date(day))) for status in LOOKS]
    said += [bare(response_phrase(each, words)) for each in UMBRELLAS.responses]
    assert [text for text in said if None in chosen(text.replace("\ufe0f", ""))] == []


@pytest.mark.parametrize("language", CLAIMS)
def test_a_claim_of_any_script_is_drawn(language: str) -> None:
    claim = replace(UMBRELLAS, text=CLAIMS[language], language=language)
    words = load_catalogues().of(language)
    assert picture(claim_png(claim, SNAPSHOT, words, link=LINK)).height <= MAX_HEIGHT


@pytest.mark.parametrize("status", RebuttalStatus)
def test_every_status_has_a_look_of_its_own_with_a_symbol(status: RebuttalStatus) -> None:
    look = LOOKS[status]
    assert None not in chosen(look.symbol)
    others = {LOOKS[other].symbol for other in RebuttalStatus if other is not status}
    assert look.symbol not in others


@pytest.mark.parametrize("status", RebuttalStatus)
def test_text_can_be_told_from_its_ground(status: RebuttalStatus) -> None:
    look = LOOKS[status]
    pairs = ((look.strong, look.tint), (INK, look.tint), (PAPER, look.strong), (MUTED, PAPER))
    assert all(contrast(*pair) >= 4.5 for pair in pairs)


def contrast(one: str, other: str) -> float:
    """https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio."""

    def luminance(colour: str) -> float:
        channels = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_drawn_within_bounds(text: str) -> None:
    image = picture(claim_png(named(text), SNAPSHOT, WORDS, link=LINK))
    assert image.width == 1080
    assert image.height <= MAX_HEIGHT


@given(st.text(max_size=300))
@example("\u0600\u0301(")
@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
def test_any_text_is_drawn_within_bounds(text: str) -> None:
    assert picture(claim_png(named(text), SNAPSHOT, WORDS, link=LINK)).height <= MAX_HEIGHT


def test_a_script_without_a_font_is_known_beforehand() -> None:
    assert not is_showable(replace(SNOW, text="\U00012000\U00012001 \U00012002"), WORDS)


def test_without_the_library_for_shaping_plain_scripts_are_drawn_and_others_are_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("bot.pictures.fonts.features.check", lambda _feature: False)
    font_paths.cache_clear()
    try:
        assert is_showable(replace(SNOW, text=CLAIMS["ru"]), WORDS)
        assert not is_showable(replace(SNOW, text=CLAIMS["ar"]), WORDS)
        assert picture(claim_png(UMBRELLAS, SNAPSHOT, WORDS, link=LINK)).width == 1080
    finally:
        font_paths.cache_clear()
