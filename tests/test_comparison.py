"""Comparison: what agrees, what excludes each other, and what is only missing."""

import pytest

from index.answers import Aspect, Difference
from index.claims import Claim
from index.comparison import Comparison, aligned, claim_wording, compare
from index.names import Names

AIRLIFT = Claim(
    "a1",
    "US helicopters evacuated ISIS commanders from Deir ez-Zor in 2017.",
    places=("Deir ez-Zor",),
)


@pytest.fixture(scope="module")
def names() -> Names:
    return Names.load()


def against(names: Names, asked: str, archived: str, **rest: tuple[str, ...]) -> Comparison:
    return compare(names, asked, Claim("a1", archived, **rest), archived)


def differences(comparison: Comparison) -> list[tuple[Aspect, str, str]]:
    return [(each.aspect, each.asked, each.archived) for each in comparison.differences]


@pytest.mark.parametrize(
    "asked",
    [
        "US helicopters evacuated ISIS commanders from Deir ez-Zor",
        "American helicopters evacuated Daesh commanders from Deir Ezzor",
        "did the United States airlift Islamic State leaders out of Deir al-Zor?",
        "американские вертолеты вывезли командиров ИГИЛ из Дейр-эз-Зора",
    ],
)
def test_names_agree_under_any_spelling(names: Names, asked: str) -> None:
    found = compare(names, asked, AIRLIFT, AIRLIFT.text)
    assert (found.n_names, found.n_agreeing, found.n_conflicting, found.n_missing) == (3, 3, 0, 0)
    assert found.differences == ()


def test_another_country_is_another_actor(names: Names) -> None:
    found = compare(names, "Russian helicopters evacuated ISIS commanders", AIRLIFT, AIRLIFT.text)
    assert differences(found) == [(Aspect.ACTOR, "Russian", "US")]
    assert (found.n_agreeing, found.n_conflicting) == (1, 1)


def test_another_city_is_another_place(names: Names) -> None:
    found = compare(
        names, "US helicopters evacuated ISIS commanders from Raqqa", AIRLIFT, AIRLIFT.text
    )
    assert differences(found) == [(Aspect.PLACE, "Raqqa", "Deir ez-Zor")]


def test_actor_and_place_are_both_named(names: Names) -> None:
    found = compare(
        names, "Russian helicopters evacuated ISIS commanders from Raqqa", AIRLIFT, AIRLIFT.text
    )
    assert differences(found) == [
        (Aspect.ACTOR, "Russian", "US"),
        (Aspect.PLACE, "Raqqa", "Deir ez-Zor"),
    ]


def test_a_country_where_something_happens_is_a_place(names: Names) -> None:
    found = against(names, "a bank collapsed in Germany", "A bank collapsed in France.")
    assert differences(found) == [(Aspect.PLACE, "Germany", "France")]


def test_a_city_is_held_against_a_city(names: Names) -> None:
    found = against(
        names, "a mosque burned down in Paris", "A European mosque burned down in Berlin."
    )
    assert differences(found) == [(Aspect.PLACE, "Paris", "Berlin")]


def test_a_city_and_its_country_do_not_exclude_each_other(names: Names) -> None:
    found = against(names, "a mosque burned down in France", "A mosque burned down in Paris.")
    assert (found.n_conflicting, found.n_missing, found.differences) == (0, 0, ())


def test_a_name_that_both_have_excludes_nothing(names: Names) -> None:
    found = against(
        names, "Russia attacked Ukraine", "Ukraine says that Russia attacked, Poland agrees."
    )
    assert (found.n_agreeing, found.n_conflicting) == (2, 0)


def test_each_archived_name_is_a_rival_once(names: Names) -> None:
    found = against(names, "Germany and France closed the border", "Poland closed the border.")
    assert found.n_conflicting == 1
    assert found.n_missing == 1


def test_a_name_that_the_claim_lacks_is_missing(names: Names) -> None:
    found = against(names, "helicopters evacuated ISIS commanders", "Helicopters left at night.")
    assert (found.n_conflicting, found.n_missing) == (0, 1)
    assert differences(found) == [(Aspect.ACTOR, "ISIS", "")]


def test_a_name_that_only_the_claim_has_is_no_difference(names: Names) -> None:
    found = compare(names, "helicopters evacuated the commanders", AIRLIFT, AIRLIFT.text)
    assert (found.n_names, found.n_conflicting, found.n_missing) == (0, 0, 0)
    assert found.differences == ()


def test_names_in_the_other_texts_of_the_claim_count_too(names: Names) -> None:
    claim = Claim("a1", "Helicopters left at night.", summary="It was said that ISIS fled.")
    found = compare(names, "Daesh fled", claim, claim.text)
    assert (found.n_agreeing, found.n_missing) == (1, 0)


@pytest.mark.parametrize(
    ("asked", "archived", "expected"),
    [
        ("500 people died", "30 people died.", (Aspect.NUMBER, "500", "30")),
        ("it happened in 2019", "It happened in 2015.", (Aspect.DATE, "2019", "2015")),
    ],
)
def test_another_number_or_year_is_a_difference(
    names: Names, asked: str, archived: str, expected: tuple[Aspect, str, str]
) -> None:
    found = against(names, asked, archived)
    assert differences(found) == [expected]
    assert (found.n_numbers_agreeing, found.n_numbers_conflicting) == (0, 1)


def test_numbers_agree_in_words_and_digits(names: Names) -> None:
    found = against(names, "thirty people died", "30 people died.")
    assert (found.n_numbers_agreeing, found.n_numbers_conflicting) == (1, 0)


def test_the_nearest_number_of_the_same_kind_is_the_rival(names: Names) -> None:
    found = against(names, "40 people died", "In 2015, 38 of 500 people died.")
    assert differences(found) == [(Aspect.NUMBER, "40", "38")]


def test_the_rival_is_the_number_of_the_wording_that_matched(names: Names) -> None:
    claim = Claim("a1", "20 people died.", summary="190 police came, and 26 of the dead were old.")
    found = compare(names, "200 people died", claim, claim.text)
    assert differences(found) == [(Aspect.NUMBER, "200", "20")]


@pytest.mark.parametrize(
    ("asked", "archived", "expected"),
    [
        ("Ukraine shot down MH370", "Ukraine shot down Flight MH17", ("MH370", "MH17")),
        ("an F 35 crashed; the F-35 fell", "An F-16 crashed.", ("F-35", "F-16")),
        ("\u0421-400 was sold", "\u0421-300 was sold", ("\u0421-400", "\u0421-300")),
    ],
)
def test_another_flight_or_model_is_another_object(
    names: Names, asked: str, archived: str, expected: tuple[str, str]
) -> None:
    found = against(names, asked, archived)
    assert (Aspect.OBJECT, *expected) in differences(found)
    assert found.n_numbers_conflicting >= 1


@pytest.mark.parametrize(
    ("asked", "archived"),
    [
        ("MH17 was shot down", "Flight mh-17 was shot down."),
        ("MH17 was shot down", "A Boeing 777 was shot down."),
        ("Covid-19 is caused by 5G", "5G spreads Covid-19."),
        ("an F-16 and an F-35 crashed", "An F-16 crashed."),
    ],
)
def test_the_same_code_or_one_of_another_kind_excludes_nothing(
    names: Names, asked: str, archived: str
) -> None:
    assert Aspect.OBJECT not in {
        each.aspect for each in against(names, asked, archived).differences
    }


def test_a_number_on_one_side_only_excludes_nothing(names: Names) -> None:
    assert against(names, "500 people died", "People died.").n_numbers_conflicting == 0
    assert against(names, "people died", "500 people died.").n_numbers_conflicting == 0


@pytest.mark.parametrize(
    ("asked", "archived", "expected"),
    [
        ("vaccines do not work", "Vaccines work.", ("not", "")),
        ("vaccines work", "Vaccines don\u2019t work.", ("", "don\u2019t")),
        ("вакцины не работают", "Вакцины работают.", ("не", "")),
    ],
)
def test_a_negation_on_one_side_is_named(
    names: Names, asked: str, archived: str, expected: tuple[str, str]
) -> None:
    found = against(names, asked, archived)
    assert found.is_negated
    assert found.differences == (Difference(Aspect.NEGATION, *expected),)


def test_a_negation_on_both_sides_is_none(names: Names) -> None:
    assert not against(names, "vaccines never work", "Vaccines do not work.").is_negated


def test_a_word_that_contains_no_is_no_negation(names: Names) -> None:
    assert not against(names, "the nothern snow melted", "The snow melted.").is_negated


def test_the_wording_of_a_claim_is_all_its_short_texts() -> None:
    claim = Claim(
        "a1", "Text.", title="Title", summary="Summary.", body="Body.",
        alternatives=("Other.",), places=("Rome", "Oslo"),
    )  # fmt: skip
    assert claim_wording(claim) == "Text.\nTitle\nOther.\nSummary.\nRome, Oslo"


def test_a_name_in_the_summary_does_not_agree_where_the_matched_wording_has_a_rival(
    names: Names,
) -> None:
    matched = "US helicopters evacuated ISIS commanders"
    claim = Claim("x", matched, summary="A Russian news agency says that US helicopters did it.")
    found = compare(names, "Russian helicopters evacuated ISIS commanders", claim, matched)
    assert [(each.asked, each.archived) for each in found.differences] == [("Russian", "US")]
    asked = "A Russian agency says US helicopters evacuated ISIS commanders"
    assert compare(names, asked, claim, matched).differences == ()


@pytest.mark.parametrize(
    "asked",
    ["the rally on 22 July", "the rally in July 2019", "the rally of July 22, 2019"],
)
def test_a_date_told_less_exactly_agrees(names: Names, asked: str) -> None:
    found = against(names, asked, "A rally took place on 22 July 2019.")
    assert (found.n_numbers_agreeing > 0, found.n_numbers_conflicting) == (True, 0)


def test_another_day_of_the_same_month_conflicts(names: Names) -> None:
    found = against(names, "the rally on 23 July", "A rally took place on 22 July 2019.")
    assert [aspect for aspect, _, _ in differences(found)] == [Aspect.DATE]


@pytest.mark.parametrize(
    ("asked", "archived"),
    [
        ("5G masts make people ill or not?", "5G masts make people ill."),
        ("5G masts make people ill, don't they?", "5G masts make people ill."),
        ("5G masts make people ill, I'm not sure", "5G masts make people ill."),
        ("do 5G masts make people ill", "No, 5G masts do not make people ill"),
    ],
)
def test_asking_and_answering_are_no_negation(names: Names, asked: str, archived: str) -> None:
    assert not against(names, asked, archived).is_negated


@pytest.mark.parametrize(
    ("asked", "archived", "is_denied"),
    [
        ("Vaccines do not cause autism", "Vaccines cause autism", True),
        ("Vaccines cause autism", "Vaccines do not cause autism", False),
        ("Vaccines cause autism, not real is it", "Vaccines cause autism", False),
    ],
)
def test_only_the_question_denies(names: Names, asked: str, archived: str, is_denied: bool) -> None:
    assert against(names, asked, archived).is_denied is is_denied


def test_a_claim_turned_round_is_negated(names: Names) -> None:
    assert against(names, "5G masts don't make people ill", "5G masts make people ill.").is_negated


@pytest.mark.parametrize(
    ("asked", "archived"),
    [
        ("Austria refused to admit Soros", "Austria admitted Soros"),
        ("The company was turned down", "The company got the loan"),
        ("Is hell real?", "The Pope denied that hell is real"),
    ],
)
def test_a_refusal_negates(names: Names, asked: str, archived: str) -> None:
    assert against(names, asked, archived).is_negated


def test_an_opposite_is_another_action(names: Names) -> None:
    found = against(names, "the EU allows vaping", "The EU bans vaping")
    assert found.is_opposed
    assert differences(found) == [(Aspect.ACTION, "allows", "bans")]


def test_a_negated_opposite_says_the_same(names: Names) -> None:
    found = against(names, "the EU does not allow vaping", "The EU bans vaping")
    assert (found.is_opposed, found.is_negated, found.differences) == (False, False, ())


@pytest.mark.parametrize(
    ("asked", "archived"),
    [
        ("Did the queen say let them eat cake", "The queen said let them eat cake, with no bread"),
        ("Hitler fled in a submarine", "Hitler did not shoot himself, but fled in a submarine"),
        ("who won the cup yesterday", "A football team, which nobody had sent, played a friendly"),
    ],
)
def test_what_a_claim_negates_in_passing_is_not_asked(
    names: Names, asked: str, archived: str
) -> None:
    assert not against(names, asked, archived).is_negated


@pytest.mark.parametrize(
    ("asked", "archived"),
    [
        ("HIV causes AIDS", "HIV does not cause AIDS, say officials who met in Pretoria"),
        ("The billions exist", "The billions of Wirecard never existed"),
        ("there was bread", "they had no bread"),
    ],
)
def test_what_a_claim_negates_is_asked(names: Names, asked: str, archived: str) -> None:
    assert against(names, asked, archived).is_negated


def test_the_rival_of_the_wording_that_matched_is_named(names: Names) -> None:
    claim = Claim(
        "a1",
        "Hitler fled to Argentina",
        summary="A German paper tells of Hitler, of Germany and of Argentina.",
    )
    found = compare(names, "Hitler fled to Brazil", claim, claim.text)
    assert differences(found) == [(Aspect.PLACE, "Brazil", "Argentina")]


def test_an_article_makes_no_place(names: Names) -> None:
    found = against(names, "A Russian jet shot it down", "A Ukrainian jet shot it down")
    assert differences(found) == [(Aspect.ACTOR, "Russian", "Ukrainian")]


@pytest.mark.parametrize(
    ("asked", "archived", "read"),
    [
        ("the UK sends £350m", "we send the EU £350 million", "the UK sends £350 million"),
        ("5000$ a month for a wedding", "$5,000 for a wedding", "$5,000 a month for a wedding"),
        ("\u20ac350m a week", "\u00a3350 million a week", "\u20ac350m a week"),
        ("5 people", "5% fell ill", "5 people"),
        ("5 per cent, 5 people", "5 victims, 5%", "5%, 5 people"),
        ("in 2017 it was 40%", "40 per cent, in the year 2017", "in 2017 it was 40 per cent"),
        ("American ships, US planes", "US ships, American planes", "American ships, US planes"),
        ("Daesh fled from Rakka", "ISIS left Raqqa", "ISIS fled from Raqqa"),
        ("Kyiv's plan for gas", "Ukraine plans to stop gas", "Ukraine's plan for gas"),
        ("Moldova turned it down", "Chisinau rejects it", "Chisinau turned it down"),
        ("a blast in Kyiv", "A blast shook Ukraine", "a blast in Kyiv"),
        ("Poland left", "France left", "Poland left"),
        ("nothing here", "Nothing there", "nothing here"),
    ],
)
def test_names_are_aligned(names: Names, asked: str, archived: str, read: str) -> None:
    assert aligned(names, asked, archived) == read
