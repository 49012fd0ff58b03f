"""Opposites: words that turn a claim round."""

import pytest

from index.opposites import find_opposite


@pytest.mark.parametrize(
    ("asked", "archived", "found"),
    [
        ("Did the EU allow vaping?", "The EU bans vaping.", ("allow", "bans")),
        ("vaping is now illegal", "Vaping is permitted", ("illegal", "permitted")),
        ("bread prices fell", "Bread prices have risen", ("fell", "risen")),
    ],
)
def test_an_opposite_is_found(asked: str, archived: str, found: tuple[str, str]) -> None:
    assert find_opposite(asked, archived) == found


@pytest.mark.parametrize(
    ("asked", "archived"),
    [
        ("The EU bans vaping", "The EU forbids vaping"),
        ("The EU first allowed and then banned vaping", "The EU bans vaping"),
        ("The EU allowed vaping", "The EU banned smoking and allowed vaping"),
        ("Poland sells gas to Ukraine", "Ukraine buys gas from Poland"),
        ("five soldiers were killed", "five soldiers were wounded"),
        ("", ""),
    ],
)
def test_what_may_both_be_so_is_no_opposite(asked: str, archived: str) -> None:
    assert find_opposite(asked, archived) is None
