"""EUvsDisinfo's shapes: cases, index, scraped and article-level tables, JSON export."""

import json
from datetime import date
from pathlib import Path

import pytest
from importing import claims, noted, readings, rejected

from index.claims import Verdict
from index.errors import FeedError

CASES = (
    '"issue","date","outlet","language","origin","reported by","keywords","source","title",'
    '"summary","disproof"\n'
)
INDEX = "date,id,title,countries,keywords,languages,outlets\n"


def case(**changes: str) -> str:
    cells = {
        "issue": "7",
        "date": "10/03/17",
        "outlet": "Late Show @Channel 9, 21:55",
        "language": "Russian",
        "origin": "Ukraine, US",
        "reported by": "A volunteer",
        "keywords": "Weather, Radar",
        "source": "https://news.example/1",
        "title": "A radar changes the weather",
        "summary": "The radar on the hill is said to make rain.",
        "disproof": "No radar does that. See https://science.example/rain",
    } | changes
    return ",".join('"' + cell.replace('"', '""') + '"' for cell in cells.values()) + "\n"


def test_a_case_becomes_a_claim_with_its_appearance_and_its_disproof(tmp_path: Path) -> None:
    (found,) = claims(readings(tmp_path, CASES + case()))
    assert found.text == "A radar changes the weather"
    assert found.summary == "The radar on the hill is said to make rain."
    assert found.line == 2
    (seen,) = found.appearances
    assert seen.outlet == "Late Show @Channel 9, 21:55"
    assert (seen.url, seen.language) == ("https://news.example/1", "ru")
    assert seen.published_on == date(2017, 10, 3)
    (answer,) = found.responses
    assert (answer.by, answer.rating, answer.verdict) == ("EUvsDisinfo", "Disinfo", Verdict.FALSE)
    assert answer.summary == "No radar does that. See https://science.example/rain"
    assert (found.topics, found.places) == (("Weather", "Radar"), ("Ukraine", "US"))
    assert found.claimants == ("Late Show @Channel 9, 21:55",)


def test_a_summary_that_repeats_the_title_is_left_out(tmp_path: Path) -> None:
    (found,) = claims(
        readings(tmp_path, CASES + case(summary="A radar changes the weather."), compress=True)
    )
    assert found.summary is None


def test_an_index_row_has_an_appearance_an_outlet(tmp_path: Path) -> None:
    row = (
        "2021-02-17,https://euvsdisinfo.eu/report/x/,A title,US+Ukraine,NATO+Radar,"
        '"Russian+Spanish, Castilian",One - Russian+two.example\n'
    )
    (found,) = claims(readings(tmp_path, INDEX + row))
    assert found.record_id == "https://euvsdisinfo.eu/report/x/"
    assert [(each.outlet, each.language) for each in found.appearances] == [
        ("One - Russian", "ru"),
        ("two.example", None),
    ]
    assert found.responses[0].url == "https://euvsdisinfo.eu/report/x/"
    assert found.places == ("US", "Ukraine")
    assert found.appearances[0].published_on == date(2021, 2, 17)


def test_a_page_s_button_and_an_address_shortener_are_no_outlets(tmp_path: Path) -> None:
    row = "2021-02-17,https://euvsdisinfo.eu/report/x/,T,US,NATO,Russian,One+bit.ly+Show more\n"
    (found,) = claims(readings(tmp_path, INDEX + row))
    assert [each.outlet for each in found.appearances] == ["One"]
    assert found.claimants == ("One",)


def test_a_shortened_address_is_kept_without_an_outlet(tmp_path: Path) -> None:
    text = CASES + case(outlet="bitly.com", source="https://bit.ly/2abc")
    (found,) = claims(readings(tmp_path, text))
    (seen,) = found.appearances
    assert (seen.outlet, seen.url) == (None, "https://bit.ly/2abc")
    assert found.claimants == ()


def test_a_country_in_the_language_column_is_remarked_on(tmp_path: Path) -> None:
    found = readings(tmp_path, CASES + case(language="Venezuela"))
    assert claims(found)[0].appearances[0].language is None
    assert [each.field for each in noted(found)] == ["language"]


def test_rows_without_a_title_or_with_an_impossible_date_are_refused(tmp_path: Path) -> None:
    text = CASES + case(title="", summary="") + case(date="13/40/17") + case()
    found = readings(tmp_path, text)
    assert [(each.line, each.field) for each in rejected(found)] == [(2, "title"), (3, "date")]
    assert len(claims(found)) == 1


def test_ids_tell_two_outlets_apart_and_stay_the_same(tmp_path: Path) -> None:
    text = CASES + case() + case(outlet="Other", source="https://other.example/2") + case()
    first, second, third = (each.record_id for each in claims(readings(tmp_path, text)))
    assert first == third != second


def test_html_in_a_disproof_becomes_text_that_keeps_its_links(tmp_path: Path) -> None:
    disproof = '<p>No <a href="https://proof.example/a">proof</a> &amp; no radar.</p>'
    (found,) = claims(readings(tmp_path, CASES + case(disproof=disproof)))
    assert found.responses[0].summary == "No proof (https://proof.example/a) & no radar."


def test_a_scraped_table_is_read_by_its_column_names(tmp_path: Path) -> None:
    text = (
        "Date,Links,Title,Outlets,Country,Disinformation,Information\n"
        '25.12.2019,https://euvsdisinfo.eu/report/y/,T,"One, Two",Serbia,The claim.,The answer.\n'
    )
    (found,) = claims(readings(tmp_path, text))
    assert (found.text, found.summary) == ("T", "The claim.")
    assert [each.outlet for each in found.appearances] == ["One", "Two"]
    assert found.responses[0].url == "https://euvsdisinfo.eu/report/y/"
    assert found.appearances[0].published_on == date(2019, 12, 25)


def test_articles_that_support_the_debunk_are_no_claims(tmp_path: Path) -> None:
    text = (
        "debunk_id,keywords,article_id,article_title,article_publisher,article_url,article_text,"
        "article_language,debunk_date,published_date,class\n"
        "1,k,a1,Bad,Pub,https://p.example/1,Body,ru,05-03-2020,01-03-2020,disinformation\n"
        "1,k,a2,Good,Pub,https://p.example/2,Body,ru,05-03-2020,01-03-2020,support\n"
    )
    found = readings(tmp_path, text)
    (claim,) = claims(found)
    assert (claim.record_id, claim.text, claim.body) == ("a1", "Bad", "Body")
    assert claim.appearances[0].published_on == date(2020, 3, 1)
    assert claim.responses[0].published_on == date(2020, 3, 5)
    assert [each.field for each in rejected(found)] == ["class"]


def test_the_json_export_is_read(tmp_path: Path) -> None:
    document = {
        "disinfoCases": [
            {
                "id": "c5",
                "title": "T",
                "disproof": "<b>No.</b>",
                "details": {"articleLanguages": "Russian", "dateOfPublication": "25/12/2019"},
                "publishedIn": [
                    {"publication_url": "https://p.example", "archive_url": "https://a.example/p"}
                ],
            }
        ]
    }
    (found,) = claims(readings(tmp_path, json.dumps(document)))
    assert found.record_id == "c5"
    (seen,) = found.appearances
    assert (seen.url, seen.archive_url) == ("https://p.example", "https://a.example/p")
    assert (seen.language, seen.published_on) == ("ru", date(2019, 12, 25))
    assert found.responses[0].summary == "No."


def test_another_table_is_refused_with_its_columns(tmp_path: Path) -> None:
    with pytest.raises(FeedError, match="Columns found: a, b"):
        readings(tmp_path, "a,b\n1,2\n", format="euvsdisinfo")
