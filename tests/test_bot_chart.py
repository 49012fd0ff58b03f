"""The chart of /stats: it opens, keeps to its bounds, and draws each number to scale."""

from dataclasses import replace
from datetime import date, timedelta
from io import BytesIO

import numpy as np
import pytest
from botworld import WORDS
from PIL import Image, ImageColor

from bot.pictures.chart import (
    MAX_HEIGHT,
    ClaimCount,
    DayCounts,
    LanguageCount,
    Stats,
    _round_up,
    stats_png,
)
from bot.pictures.palette import MATCH, NONE, SIMILAR

FIRST = date(2026, 11, 1)
WEEK = Stats(
    tuple(DayCounts(FIRST + timedelta(n), 4, 2, 2) for n in range(7)),
    (LanguageCount("en", 30), LanguageCount("ar", 20), LanguageCount("xx-none", 6)),
    (ClaimCount("A court in Brazil has banned umbrellas on beaches.", 20),),
)


def picture(stats: Stats) -> Image.Image:
    image = Image.open(BytesIO(stats_png(stats, WORDS)))
    image.load()
    return image


def strokes(image: Image.Image, colour: str) -> list[int]:
    """How many pixels of a colour each column has, from left to right."""
    same = np.asarray(image) == np.array(ImageColor.getrgb(colour))
    return [int(n) for n in same.all(axis=2).sum(axis=0)]


def test_a_chart_is_a_png_of_a_phones_width() -> None:
    image = picture(WEEK)
    assert (image.format, image.width) == ("PNG", 1080)
    assert image.height <= MAX_HEIGHT


def test_the_parts_of_a_bar_are_to_scale() -> None:
    image = picture(Stats((DayCounts(FIRST, 4, 2, 2),)))
    # Eight questions fill 380 pixels; each colour has a swatch of up to 26 pixels below, elsewhere.
    assert max(strokes(image, MATCH)) == 190
    assert max(strokes(image, SIMILAR)) == 95
    assert max(strokes(image, NONE)) == 95


@pytest.mark.parametrize(
    ("value", "expected"), [(1, 4), (4, 4), (5, 8), (9, 12), (13, 20), (21, 40), (201, 400)]
)
def test_the_axis_ends_at_a_round_number(value: int, expected: int) -> None:
    assert _round_up(value) == expected


@pytest.mark.parametrize("stats", [Stats(()), Stats((DayCounts(FIRST),))])
def test_without_questions_there_is_no_plot(stats: Stats) -> None:
    assert picture(stats).height < 500


def test_far_too_much_is_cut() -> None:
    days = tuple(DayCounts(FIRST + timedelta(n), n * 1000, n, 1) for n in range(400))
    languages = tuple(LanguageCount(f"x{n}", n) for n in range(60))
    claims = tuple(ClaimCount("<b>\u202e ﷽ \U00012000 claim " * 500, 10**9) for _ in range(60))
    assert picture(Stats(days, languages, claims)).height <= MAX_HEIGHT


def test_a_right_to_left_page_is_the_mirror_image(monkeypatch: pytest.MonkeyPatch) -> None:
    stats = replace(WEEK, days=(DayCounts(FIRST, 4), DayCounts(FIRST + timedelta(1), 1)))
    read_from_left = picture(stats)
    monkeypatch.setattr("bot.pictures.chart.is_rtl_language", lambda _language: True)
    read_from_right = picture(stats)
    # The taller bar, the first day's, is on the side where reading starts.
    assert tallest(read_from_left) < 540 < tallest(read_from_right)


def tallest(image: Image.Image) -> int:
    """Where the longest stroke of the colour of known claims stands."""
    found = strokes(image, MATCH)
    return found.index(max(found))
