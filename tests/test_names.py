"""Names: what a sentence mentions, whatever the language, case and spelling."""

import json
from pathlib import Path

import pytest

from index.errors import SettingsError
from index.names import NameKind, Names, territories


@pytest.fixture(scope="module")
def names() -> Names:
    return Names.load()


def ids(names: Names, text: str) -> list[str]:
    return [mention.name for mention in names.find(text)]


@pytest.mark.parametrize(
    "written",
    [
        "US", "U.S.", "USA", "the United States", "American", "Americans", "Washington's", "США",
        "американскими", "американські", "EE.UU.", "EE. UU.", "estadounidenses", "États-Unis",
        "américaine", "Vereinigten Staaten", "amerikanischen", "americane", "Stanów Zjednoczonych",
        "amerykańskie", "ABD", "الولايات المتحدة", "الأمريكية", "واشنطن",
    ],
)  # fmt: skip
def test_the_united_states_however_written(names: Names, written: str) -> None:
    assert ids(names, f"- {written} -") == ["united-states"]


@pytest.mark.parametrize(
    "written",
    ["ISIS", "ISIL", "Daesh", "Da'esh", "Islamic State", "ИГИЛ", "ДАИШ", "ІДІЛ", "داعش",
     "État islamique"],
)  # fmt: skip
def test_the_islamic_state_however_written(names: Names, written: str) -> None:
    assert ids(names, f"- {written} -") == ["isis"]


@pytest.mark.parametrize(
    "written",
    ["Deir ez-Zor", "Deir Ezzor", "Dayr az-Zawr", "deir ez-zor", "Дейр-эз-Зора", "دير الزور",
     "Deir al-Zor"],
)  # fmt: skip
def test_transliterations_of_one_place(names: Names, written: str) -> None:
    assert ids(names, f"- {written} -") == ["deir-ez-zor"]


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("Россией", "russia"), ("российские", "russia"), ("російських", "russia"),
        ("russischer", "russia"), ("Rosji", "russia"), ("rusos", "russia"), ("روسيا", "russia"),
        ("وبالعراق", "iraq"), ("українськими", "ukraine"), ("Украине", "ukraine"),
        ("Польщі", "poland"), ("polnische", "poland"), ("китайским", "china"),
        ("Deutschlands", "germany"), ("немецкие", "germany"), ("Сирії", "syria"),
        ("Харькове", "kharkiv"), ("Kharkov", "kharkiv"), ("Kyiv", "kyiv"), ("Киева", "kyiv"),
        ("Odesa", "odesa"), ("Крыму", "crimea"), ("Moscou", "moscow"),
        ("Путиным", "vladimir-putin"), ("Poutine", "vladimir-putin"), ("بوتين", "vladimir-putin"),
        ("Putinem", "vladimir-putin"), ("Зеленського", "volodymyr-zelensky"),
        ("Zelenskyy", "volodymyr-zelensky"), ("OTAN", "nato"), ("НАТО", "nato"),
        ("Евросоюза", "european-union"), ("UE", "european-union"), ("ONU", "united-nations"),
        ("ВОЗ", "who"), ("ЦРУ", "cia"), ("Білі каски", "white-helmets"), ("kurdische", "kurds"),
    ],
)  # fmt: skip
def test_inflected_and_translated_forms(names: Names, written: str, name: str) -> None:
    assert ids(names, f"- {written} -") == [name]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The bird was a turkey.", []),
        ("Turkey denies it.", ["turkey"]),
        ("In May, Theresa May visited Turkey for a turkey.", ["theresa-may", "turkey"]),
        ("He told us that it may rain.", []),
        ("They gave us money.", []),
        ("The US gave us money.", ["united-states"]),
        ("us helicopters took them away", ["united-states"]),
        ("it was the us army", ["united-states"]),
        ("polish on my nails, Polish on his", ["poland"]),
        ("I broke a china cup.", []),
        ("china denies it", ["china"]),
        ("WHO said so, but who did it?", ["who"]),
        ("He is listed in Who's Who.", []),
        ("Our IT people left.", []),
        ("Georgia and Jordan asked Chad.", ["georgia", "jordan", "chad"]),
        ("Michael Jordan met Chad Wolf.", ["michael jordan", "chad wolf"]),
        ("Melania Trump spoke with President Trump.", ["melania-trump", "donald-trump"]),
        ("Anna Biden spoke.", ["anna biden"]),
        ("He saw Vladimir Poutine.", ["vladimir-putin"]),
        ("They go, e.g. by train.", []),
        ("it is true that the who said so", ["who"]),
        ("Того же мнения и кит: кита не видели", []),
        ("it is what it is", []),
    ],
)
def test_words_that_are_names_only_sometimes(names: Names, text: str, expected: list[str]) -> None:
    assert ids(names, text) == expected


def test_a_question_all_in_lower_case(names: Names) -> None:
    found = ids(names, "did america airlift isis leaders out of syria?")
    assert found == ["united-states", "isis", "syria"]


def test_shouting_keeps_names_and_drops_words(names: Names) -> None:
    assert ids(names, "PUTIN TOLD US WHO BOMBED ALEPPO") == ["vladimir-putin", "aleppo"]


def test_a_headline_in_title_case_gives_known_names_only(names: Names) -> None:
    text = "Biden Admits Secret Vaccine Contains Microchips From China"
    assert ids(names, text) == ["joe-biden", "china"]


def test_german_nouns_are_no_names(names: Names) -> None:
    text = "Die Bundeswehr hat den Hafen und die Brücke nicht zerstört"
    assert ids(names, text) == ["bundeswehr"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A report by John Ioannidis was wrong.", ["john ioannidis"]),
        ("Scientists found it.", []),
        ("Zorbania attacked.", ["zorbania"]),
        ("The town of Zorbania burned.", ["zorbania"]),
        ("On Monday the Minister spoke.", []),
        ("Кто такой Иванчук?", ["иванчук"]),
    ],
)
def test_names_that_the_table_lacks(names: Names, text: str, expected: list[str]) -> None:
    found = names.find(text)
    assert [mention.name for mention in found] == expected
    assert all(mention.kind is NameKind.OTHER for mention in found)


def test_a_mention_says_where_it_stands(names: Names) -> None:
    text = "How the White House's guest left Deir ez-Zor."
    house, place = names.find(text)
    assert (house.surface, house.kind) == ("White House", NameKind.ORGANISATION)
    assert text[place.start : place.end] == place.surface == "Deir ez-Zor"


def test_the_longest_name_wins(names: Names) -> None:
    assert ids(names, "The US-led coalition answered.") == ["us-led-coalition"]
    assert ids(names, "South Sudan and Sudan") == ["south-sudan", "sudan"]
    assert ids(names, "the Wuhan Institute of Virology") == ["wuhan-institute"]


def test_broader_names(names: Names) -> None:
    assert names.part_of("raqqa") == {"syria"}
    assert names.part_of("kremlin") == {"russia"}
    assert names.part_of("donetsk") == {"donbas", "ukraine"}
    assert names.part_of("brussels") == {"belgium", "european-union"}
    assert names.part_of("nobody knows") == frozenset()


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        ("raqqa", "deir-ez-zor", False), ("raqqa", "syria", True), ("syria", "raqqa", True),
        ("russia", "united-states", False), ("kremlin", "russia", True), ("isis", "isis", True),
        ("john smith", "smith", True), ("john smith", "john brown", False),
    ],
)  # fmt: skip
def test_related(names: Names, a: str, b: str, expected: bool) -> None:
    assert names.related(a, b) is expected


def test_every_broader_name_exists(names: Names) -> None:
    table = names._table
    assert {b for broader in table.broader.values() for b in broader} <= table.kinds.keys()


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("[country", "cannot be read"),
        ('[city.atlantis]\nport = "Port"\n', "atlantis"),
        ('[city.syria]\nodd = "Od~d"\n', "Od~d"),
        ('[city.syria]\nraqqa = "Raqqa"\n[region.syria]\nraqqa = "Raqqa"\n', "two places"),
    ],
)
def test_a_broken_table_says_what_is_wrong(tmp_path: Path, content: str, problem: str) -> None:
    path = tmp_path / "names.toml"
    rest = '[guard]\n[territories]\nwithout = ""\n[words]\ntitles = ""\ngerman = ""\n'
    path.write_text(rest + content, encoding="utf-8")
    with pytest.raises(SettingsError, match=problem):
        Names.load(path)


def test_a_table_of_ones_own(tmp_path: Path) -> None:
    path = tmp_path / "names.toml"
    path.write_text(
        '[guard]\n[territories]\nwithout = ""\n[words]\ntitles = ""\ngerman = ""\n'
        '[city.syria]\natlantis = "Atlantis, Атлантида"\n',
        encoding="utf-8",
    )
    assert ids(Names.load(path), "в Атлантиде") == ["atlantis"]


def test_the_command_prints_what_is_committed_but_for_what_cldr_has_renamed_since() -> None:
    from index.resources import data_path

    committed = json.loads(data_path("territories.json").read_text(encoding="utf-8"))
    made = territories.territories()
    assert {"en", "ru", "ar"} <= made["syria"].keys()
    assert made["turkey"]["en"] in {"Turkey", "Türkiye"}
    # Every release of CLDR renames or adds a few: an installation's Babel is newer than the file.
    assert len(committed.keys() ^ made.keys()) < 0.1 * len(committed)


def test_nothing_in_nothing(names: Names) -> None:
    assert names.find("") == ()
    assert names.find("... \n 😀 —") == ()
