"""Chat: the same bot in a terminal, and from a pipe."""

import io

from botworld import ENGLISH_ONLY, UMBRELLAS, FakeLookup, matched, settings
from rich.console import Console

from bot.chat import chat
from bot.context import Deps
from bot.state import MIGRATIONS, StateDb
from bot.terminal import to_text
from bot.workers import Workers

CLAIM = "a court in Brazil banned umbrellas"


def talk(lines: str, lookup: FakeLookup | None = None) -> str:
    lookup = lookup or FakeLookup({CLAIM: matched(CLAIM)})
    out, notes = io.StringIO(), io.StringIO()
    with Workers(1, 4, 20.0) as workers, StateDb(None, MIGRATIONS) as state:
        chat(
            settings(token=None),
            Deps(lookup, workers, ENGLISH_ONLY, state),
            questions=io.StringIO(lines),
            console=Console(file=out, width=40),
            notes=Console(file=notes),
        )
    return out.getvalue()


def test_piped_lines_are_answered_one_by_one_with_the_question_shown() -> None:
    out = talk(f"{CLAIM}\nhello\n")
    assert out.index(f"> {CLAIM}") < out.index(UMBRELLAS.text) < out.index("> hello")
    assert "Send me a claim" in out.partition("> hello")[2]


def test_links_are_spelled_out_and_lines_are_not_wrapped() -> None:
    out = talk(CLAIM)
    assert "Denied by the court <https://court.example/no>, 4 March 2021; fact-checked" in out


def test_a_number_taps_the_button_with_that_number() -> None:
    out = talk(f"{CLAIM}\n1\n")
    assert "[1] 🔎 Full sourcing\n[2] 📋 Copy for sharing\n[3] Other close claims (1)" in out
    assert "Full sourcing" in out.partition("> 1\n")[2].partition("Searched")[0]


def test_a_button_that_copies_shows_what_it_copies() -> None:
    out = talk(f"{CLAIM}\n2\n").rpartition("> 2\n")[2]
    assert out.startswith("(“A court in Brazil has banned umbrellas on beaches.” ❌ Refuted")


def test_buttons_lead_on_to_further_buttons() -> None:
    out = talk(f"{CLAIM}\n3\n1\n").rpartition("> 1\n")[2]
    assert "A claim from the archive" in out
    assert "Snow fell in Cairo" in out


def test_buttons_stay_while_later_messages_have_none() -> None:
    out = talk(f"{CLAIM}\n1\n3\n").rpartition("> 3\n")[2]
    assert "Close claims in the archive" in out


def test_a_number_without_such_a_button_is_a_question() -> None:
    lookup = FakeLookup()
    talk("7\n", lookup)
    assert lookup.asked == ["7"]


def test_quit_ends_the_conversation() -> None:
    assert "hello" not in talk(f"{CLAIM}\n/quit\nhello\n")


def test_empty_lines_are_skipped_and_no_lines_are_no_conversation() -> None:
    lookup = FakeLookup()
    assert talk("\n  \n", lookup) == ""
    assert lookup.asked == []


def test_commands_work_as_on_telegram() -> None:
    assert "13,204 claims" in talk("/about\n")


def test_markup_becomes_style_and_brackets_stay() -> None:
    shown = to_text("<b>bold</b> [not a style] <a href='https://e.example/'>name</a>",
                    spell_links=True)  # fmt: skip
    assert shown.plain == "bold [not a style] name <https://e.example/>"
    assert any(span.style.bold for span in shown.spans)


def test_an_address_that_is_its_own_name_is_said_once() -> None:
    link = '<a href="https://e.example/">https://e.example/</a>'
    assert to_text(link, spell_links=True).plain == "https://e.example/"


def test_on_a_terminal_links_are_clickable() -> None:
    shown = to_text('<a href="https://e.example/">name</a>', spell_links=False)
    assert shown.plain == "name"
    assert any(span.style.link == "https://e.example/" for span in shown.spans)
