"""A claim's card as a picture: the button, the photo, and what happens where there is none."""

from dataclasses import replace
from io import BytesIO

import pytest
from botworld import CLAIMS, SNAPSHOT, SNOW, UMBRELLAS, WORDS, FakeLookup, matched, running, sealed
from PIL import Image

from bot.markup import bare
from bot.photos import caption
from bot.workers import BusyError

CLAIM = "a court in Brazil banned umbrellas"
BUTTON = "🖼 As a picture"
ADDRESS = "https://t.me/hearsay_bot?start=c_umbrella1"


def knows() -> FakeLookup:
    return FakeLookup({CLAIM: matched(CLAIM)})


async def test_the_button_under_a_match_sends_the_card_as_a_photo() -> None:
    async with running(knows()) as world:
        alice = world.server.user("Alice")
        alice.says(CLAIM)
        asked = alice.taps(await alice.next_message(), BUTTON)
        photo = await alice.next_message()
    assert photo.media == "photo"
    assert photo.upload is not None
    assert photo.upload.content_type == "image/png"
    assert Image.open(BytesIO(photo.upload.content)).width == 1080
    assert asked.is_answered


async def test_a_photo_says_in_words_what_it_shows() -> None:
    async with running(knows()) as world:
        alice = world.server.user("Alice")
        alice.says(CLAIM)
        alice.taps(await alice.next_message(), BUTTON)
        photo = await alice.next_message()
    assert photo.text == f"“{UMBRELLAS.text}”\n❌ Refuted\nLink to this claim: {ADDRESS}"


async def test_a_claim_looked_at_has_the_button_too() -> None:
    async with running() as world:
        alice = world.server.user("Alice")
        alice.says("/start c_umbrella1")
        alice.taps(await alice.next_message(), BUTTON)
        assert (await alice.next_message()).media == "photo"


async def test_in_a_group_a_photo_quotes_the_card_that_it_belongs_to() -> None:
    async with running(knows()) as world:
        alice = world.server.user("Alice")
        group = world.server.group("Beach people", members=[alice, world.server.bot])
        alice.says(f"/check {CLAIM}", in_=group)
        card = await group.next_message()
        alice.taps(card, BUTTON)
        assert (await group.next_message()).reply_to is card


async def test_a_claim_that_is_gone_gets_a_notice() -> None:
    async with running(knows()) as world:
        alice = world.server.user("Alice")
        alice.says(CLAIM)
        asked = alice.taps(
            await alice.next_message(), BUTTON, forged_data=sealed("i:nosuch", alice)
        )
        assert (await asked.answer())["text"] == WORDS.label("button.gone")


async def test_a_busy_pool_gets_a_notice() -> None:
    lookup = knows()
    async with running(lookup) as world:
        alice = world.server.user("Alice")
        alice.says(CLAIM)
        card = await alice.next_message()
        lookup.error = BusyError("full")
        answer = await alice.taps(card, BUTTON).answer()
    assert answer["text"] == WORDS.label("button.busy")


async def test_a_script_without_a_font_is_not_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    cuneiform = replace(SNOW, id="cuneiform", text="\U00012000\U00012001 \U00012002")
    monkeypatch.setitem(CLAIMS, "cuneiform", cuneiform)
    async with running(knows()) as world:
        alice = world.server.user("Alice")
        alice.says(CLAIM)
        asked = alice.taps(
            await alice.next_message(), BUTTON, forged_data=sealed("i:cuneiform", alice)
        )
        assert (await asked.answer())["text"] == WORDS.label("picture.no_font")


def test_a_caption_stays_within_telegrams_limit() -> None:
    claim = replace(UMBRELLAS, text="&<word> " * 2000)
    assert len(bare(caption(claim, SNAPSHOT, WORDS, ADDRESS))) <= 1024
