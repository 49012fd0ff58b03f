"""Sourcing: what folds into one appearance or response, and what does not."""

from datetime import date

import pytest

from index.claims import Appearance, ClaimState, Response, ResponseKind, Verdict
from index.records import ImportedClaim
from index.sourcing import compose, fold_appearances, fold_responses, name_words

DAY, NEXT_DAY = date(2017, 9, 7), date(2017, 9, 8)
PAGE = "https://sputnik.example/story"


def each(items):
    """Each of them from a record of its own."""
    return [[item] for item in items]


def test_an_article_without_url_gives_its_basis_to_the_page_of_the_same_outlet():
    page = Appearance("Sputnik", PAGE, published_on=DAY, language="en")
    told = Appearance("Sputnik", based_on="a military source")
    folded = Appearance("Sputnik", PAGE, None, DAY, "en", "a military source")
    assert fold_appearances(each([told, page])) == (folded,)
    assert fold_appearances(each([page, told])) == (folded,)


def test_two_pages_of_one_outlet_stay_two():
    one, other = Appearance("Sputnik", PAGE), Appearance("Sputnik", PAGE + "-2")
    assert fold_appearances(each([one, other])) == (one, other)


def test_the_same_page_is_one_whatever_its_address_looks_like():
    one = Appearance("Sputnik", PAGE)
    other = Appearance("Sputnik English", "http://www.sputnik.example/story/", published_on=DAY)
    assert fold_appearances(each([one, other])) == (Appearance("Sputnik", PAGE, published_on=DAY),)


def test_what_one_record_lists_as_two_stays_two():
    shown = [
        Appearance("Sputnik - YouTube", published_on=DAY),
        Appearance("Sputnik", published_on=DAY),
    ]
    assert fold_appearances([shown]) == tuple(shown)
    assert fold_appearances([shown, shown]) == tuple(shown)
    assert fold_appearances([[Appearance("Sputnik", PAGE)] * 2]) == (Appearance("Sputnik", PAGE),)


def test_an_outlet_folds_into_its_namesake_rather_than_a_longer_name():
    longer = Appearance("Sputnik Poland", "https://pl.example/1")
    namesake = Appearance("Sputnik", PAGE)
    told = Appearance("Sputnik", based_on="a soldier")
    folded = fold_appearances([[longer, namesake], [told]])
    assert [seen.based_on for seen in folded] == [None, "a soldier"]


def test_another_language_is_another_appearance():
    page = Appearance("Sputnik", PAGE, language="ru")
    assert len(fold_appearances(each([page, Appearance("Sputnik", language="ar")]))) == 2


@pytest.mark.parametrize(
    ("outlets", "expected"),
    [
        (("ria.ru", "Gazette"), "https://page.example/0"),
        (("RIA Novosti", "Gazette"), "https://page.example/0"),
        (("RIA Novosti", "RIA"), "RIA"),
        (("RIA Novosti", "RIA Sport"), "RIA"),
        (("Gazette", "Herald"), "RIA"),
    ],
)
def test_a_repeat_names_its_source_as_that_one_is_on_record(outlets, expected):
    pages = [
        Appearance(outlet, f"https://page.example/{n}", published_on=DAY)
        for n, outlet in enumerate(outlets)
    ]
    told = Appearance("Sputnik", repeats="RIA")
    assert fold_appearances([pages, [told]])[-1].repeats == expected


def test_another_day_is_another_appearance():
    page = Appearance("Sputnik", PAGE, published_on=DAY)
    later = Appearance("Sputnik", published_on=NEXT_DAY)
    assert fold_appearances(each([page, later])) == (page, later)


def test_another_basis_is_another_appearance():
    page = Appearance("Sputnik", PAGE, based_on="a diplomat")
    other = Appearance("Sputnik", based_on="a soldier")
    assert len(fold_appearances(each([page, other]))) == 2


def test_a_longer_name_of_the_outlet_folds():
    page = Appearance("ria.ru", "https://ria.ru/1", published_on=DAY)
    listed = Appearance("Ria Novosti", published_on=DAY, language="ru")
    (folded,) = fold_appearances(each([page, listed]))
    assert (folded.outlet, folded.language) == ("ria.ru", "ru")


def test_appearances_come_oldest_first_and_undated_last():
    undated = Appearance("A", "https://a.example/1")
    late = Appearance("B", "https://b.example/1", published_on=NEXT_DAY)
    early = Appearance("C", "https://c.example/1", published_on=DAY)
    assert fold_appearances(each([undated, late, early])) == (early, late, undated)


def check(url=None, summary=None, verdict=Verdict.FALSE, by="EUvsDisinfo"):
    return Response(ResponseKind.FACT_CHECK, by, url, None, "Disinfo", verdict, summary)


def test_a_disproof_joins_the_case_page_of_the_same_checker():
    (folded,) = fold_responses(
        each([check(summary="No evidence."), check(url="https://eu.example/1")])
    )
    assert folded == check("https://eu.example/1", "No evidence.")


def test_a_denial_never_folds_into_a_fact_check():
    denial = Response(ResponseKind.DENIAL, "EUvsDisinfo")
    assert len(fold_responses(each([denial, check()]))) == 2


def test_checks_that_disagree_stay_apart():
    assert len(fold_responses(each([check(), check(verdict=Verdict.TRUE)]))) == 2


def test_an_article_before_the_name_of_a_party_does_not_make_it_another():
    one = Response(ResponseKind.DENIAL, "the US-led coalition")
    other = Response(ResponseKind.DENIAL, "US-led coalition", published_on=DAY)
    (folded,) = fold_responses(each([one, other]))
    assert folded.published_on == DAY


def test_name_words_reads_hosts_and_names():
    assert name_words("https://www.ria.ru/") == {"ria"}
    assert name_words("The Guardian") == {"guardian"}
    assert name_words("The The") == {"the"}


def record(number, text, **rest):
    return ImportedClaim(record_id=str(number), line=number, text=text, feed="f", **rest)


def test_the_first_record_leads_and_the_others_give_wordings():
    claim = compose(
        "id",
        ClaimState.PUBLISHED,
        [
            record(1, "The moon is hollow.", title="Hollow!"),
            record(2, "Nothing is in the moon.", title="The Moon is hollow", summary="They say."),
        ],
    )
    assert (claim.text, claim.title, claim.summary) == (
        "The moon is hollow.",
        "Hollow!",
        "They say.",
    )
    assert claim.alternatives == ("Nothing is in the moon.",)


def test_claimants_are_listed_once():
    claim = compose(
        "id",
        ClaimState.PUBLISHED,
        [
            record(1, "x", claimants=("Bank of China", "China")),
            record(2, "x", claimants=("china",)),
        ],
    )
    assert claim.claimants == ("Bank of China", "China")


def test_an_outlet_is_a_claimant_under_the_name_that_is_on_record():
    page = Appearance("ria.ru", "https://ria.ru/1", published_on=DAY)
    listed = (Appearance("Ria Novosti", published_on=DAY), Appearance("Ria Novosti - YouTube"))
    claim = compose(
        "id",
        ClaimState.PUBLISHED,
        [
            record(1, "x", claimants=("ria.ru", "a general"), appearances=(page,)),
            record(2, "x", claimants=("Ria Novosti", "Ria Novosti - YouTube"), appearances=listed),
        ],
    )
    assert claim.claimants == ("ria.ru", "a general", "Ria Novosti - YouTube")
