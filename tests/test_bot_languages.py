"""Languages: the choice of a person and of a group, and the menus in every language."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from botworld import CATALOGUES, TOKEN, FakeLookup, matched, running, settings

from bot import serving
from bot.app import build_application
from bot.context import Deps
from bot.languages import languages_reply
from bot.loopback import LoopbackServer
from bot.state import MIGRATIONS, StateDb
from bot.state.languages import Languages
from bot.workers import Workers

AT = datetime(2026, 11, 26, 9, 0, tzinfo=UTC)
CLAIM = "a court in Brazil banned umbrellas"


@pytest.fixture
def languages() -> Iterator[Languages]:
    with StateDb(None, MIGRATIONS) as db:
        yield Languages(db)


def test_nobody_has_chosen_at_first(languages: Languages) -> None:
    assert languages.of_person(1) is None
    assert languages.of_chat(-1) is None


def test_a_later_choice_takes_the_place_of_an_earlier_one(languages: Languages) -> None:
    languages.choose_for_person(1, "de", AT)
    languages.choose_for_person(1, "uk", AT)
    languages.choose_for_chat(-1, "de", AT)
    languages.choose_for_chat(-1, "ar", AT)
    assert languages.of_person(1) == "uk"
    assert languages.of_chat(-1) == "ar"


def test_forgetting_a_person_leaves_the_others(languages: Languages) -> None:
    languages.choose_for_person(1, "de", AT)
    languages.choose_for_person(2, "fr", AT)
    languages.forget_person(1)
    assert languages.of_person(1) is None
    assert languages.of_person(2) == "fr"


def test_a_group_s_choice_is_dropped(languages: Languages) -> None:
    languages.choose_for_chat(-1, "de", AT)
    languages.forget_chat(-1)
    assert languages.of_chat(-1) is None


def test_a_group_that_becomes_a_supergroup_keeps_its_language(languages: Languages) -> None:
    languages.choose_for_chat(-1, "de", AT)
    languages.choose_for_chat(-1001, "fr", AT)
    languages.move_chat(-1, -1001)
    assert languages.of_chat(-1001) == "de"
    assert languages.of_chat(-1) is None


def test_every_language_is_offered_by_its_own_name() -> None:
    rows = languages_reply(CATALOGUES.of("de"), CATALOGUES).rows
    labels = [button.label for row in rows for button in row]
    assert labels == [
        "English",
        "العربية",
        "Deutsch",
        "Español",
        "Français",
        "Русский",
        "Українська",
        "Wie in meinem Telegram",
    ]


async def test_without_a_choice_the_bot_speaks_the_language_of_the_telegram() -> None:
    async with running(catalogues=CATALOGUES) as world:
        olha = world.server.user("Olha", "uk")
        olha.says("/unknown")
        assert (await olha.next_message()).text.startswith("Я не знаю такої команди.")


async def test_a_language_nobody_translated_to_is_answered_in_english() -> None:
    async with running(catalogues=CATALOGUES) as world:
        aino = world.server.user("Aino", "fi")
        aino.says("/unknown")
        assert (await aino.next_message()).text.startswith("I do not know that command.")


async def test_a_chosen_language_is_confirmed_in_itself_and_spoken_from_then_on() -> None:
    async with running(FakeLookup({CLAIM: matched(CLAIM)}), catalogues=CATALOGUES) as world:
        anna = world.server.user("Anna")
        anna.says("/language")
        offer = await anna.next_message()
        await anna.taps(offer, "Русский").answer()
        assert (await anna.next_message()).text.endswith("на вашем языке: русский.")
        anna.says(CLAIM)
        assert "отрицает the court, 4 марта 2021" in (await anna.next_message()).text.casefold()
        assert Languages(world.state).of_person(anna.user_id) == "ru"


async def test_a_choice_is_taken_back_and_forgotten() -> None:
    async with running(catalogues=CATALOGUES) as world:
        anna = world.server.user("Anna", "fr")
        Languages(world.state).choose_for_person(anna.user_id, "de", AT)
        anna.says("/language")
        offer = await anna.next_message()
        await anna.taps(offer, "Wie in meinem Telegram").answer()
        assert (await anna.next_message()).text.endswith("aucun choix\u00a0: français.")
        assert Languages(world.state).of_person(anna.user_id) is None


async def test_in_a_group_the_group_s_choice_comes_first() -> None:
    async with running(catalogues=CATALOGUES) as world:
        anna = world.server.user("Anna", "fr")
        room = world.server.group("Room", members=[anna, world.server.bot])
        Languages(world.state).choose_for_person(anna.user_id, "uk", AT)
        Languages(world.state).choose_for_chat(room.chat.chat_id, "es", AT)
        anna.says("/check", in_=room)
        assert (await room.next_message()).text.startswith("/check busca una afirmación.")
        anna.says("/check")
        assert (await anna.next_message()).text.startswith("/check шукає твердження.")


async def test_in_a_group_without_a_choice_the_person_s_own_counts() -> None:
    async with running(catalogues=CATALOGUES) as world:
        anna = world.server.user("Anna", "fr")
        room = world.server.group("Room", members=[anna, world.server.bot])
        Languages(world.state).choose_for_person(anna.user_id, "de", AT)
        anna.says("/check", in_=room)
        assert (await room.next_message()).text.startswith("/check schlägt eine Behauptung nach.")


async def test_in_a_group_the_command_says_who_chooses() -> None:
    async with running(catalogues=CATALOGUES) as world:
        anna = world.server.user("Anna")
        room = world.server.group("Room", members=[anna, world.server.bot])
        anna.says("/language", in_=room)
        reply = await room.next_message()
    assert "its admins choose my language" in reply.text
    assert reply.buttons == ()


async def test_pointing_words_of_any_language_ask_about_the_message_replied_to() -> None:
    async with running(FakeLookup({CLAIM: matched(CLAIM)}), catalogues=CATALOGUES) as world:
        anna = world.server.user("Anna", "en")
        rumour = anna.forwards(CLAIM)
        await anna.next_message()
        anna.says("Это правда?", reply_to=rumour)
        await anna.next_message()
        assert world.lookup.asked == [CLAIM, CLAIM]


async def test_menus_and_descriptions_are_set_in_every_language_for_every_scope_once() -> None:
    n_languages = len(CATALOGUES.languages)
    async with LoopbackServer(token=TOKEN) as server:
        for _ in range(2):
            with Workers(1, 0, 5.0) as workers, StateDb(None, MIGRATIONS) as state:
                deps = Deps(FakeLookup(), workers, CATALOGUES, state)
                async with serving.running(
                    build_application(settings(api_url=server.base_url), deps)
                ):
                    pass
        assert len(server.calls.to("setMyCommands")) == 3 * n_languages
        assert len(server.calls.to("setMyDescription")) == n_languages
        assert len(server.calls.to("setMyShortDescription")) == n_languages
        descriptions = server.world.profile.descriptions
    assert descriptions[""].startswith("Forward me a rumour")
    assert descriptions["de"].startswith("Leiten Sie mir ein Gerücht weiter")
