"""Any table through a map of columns, and what random bytes do to every importer."""

import json
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from importing import claims, noted, readings, rejected

from index.claims import Verdict
from index.errors import FeedError

FORMATS = ("jsonl", "claimreview", "euvsdisinfo", "csv")


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found(tmp_path: Path, delimiter: str) -> None:
    text = delimiter.join(["Claim", "Date"]) + "\n" + delimiter.join(["It rained", "2020-01-02"])
    (found,) = claims(readings(tmp_path, text))
    assert found.text == "It rained"
    assert found.appearances[0].published_on == date(2020, 1, 2)


def test_obvious_columns_are_guessed(tmp_path: Path) -> None:
    text = (
        "Statement,Speaker,Link,Fact-Checker,Verdict,Review URL\n"
        "It rained,A. Person,https://p.example/1,Checkers,Mostly False,https://c.example/r\n"
    )
    (found,) = claims(readings(tmp_path, text, name="rain.csv"))
    assert (found.feed, found.claimants) == ("rain", ("A. Person",))
    assert found.appearances[0].url == "https://p.example/1"
    (answer,) = found.responses
    assert (answer.by, answer.verdict) == ("Checkers", Verdict.MOSTLY_FALSE)
    assert answer.url == "https://c.example/r"


def test_named_columns_go_before_guessed_ones(tmp_path: Path) -> None:
    text = "claim,aussage\nA,B\n"
    (found,) = claims(readings(tmp_path, text, format="csv", columns={"text": "Aussage"}))
    assert found.text == "B"


def test_a_table_without_a_claim_column_is_refused_with_a_command_to_copy(tmp_path: Path) -> None:
    with pytest.raises(FeedError, match="Columns found: foo, bar") as caught:
        readings(tmp_path, "foo,bar\n1,2\n", format="csv")
    assert "--column text='foo'" in str(caught.value)


def test_unknown_fields_and_columns_are_named(tmp_path: Path) -> None:
    with pytest.raises(FeedError, match="'mood' is no field") as caught:
        readings(tmp_path, "a,b\n1,2\n", format="csv", columns={"mood": "a", "text": "c"})
    assert "no column is called 'c'" in str(caught.value)


def test_quoted_line_breaks_belong_to_the_cell_and_ragged_rows_are_refused(tmp_path: Path) -> None:
    text = 'claim,url\n"one\nclaim",https://a.example\nonly\nx,y,z\nlast,https://b.example,\n'
    found = readings(tmp_path, text)
    assert [(each.line, each.text) for each in claims(found)] == [(2, "one claim"), (6, "last")]
    assert [(each.line, each.reason) for each in rejected(found)] == [
        (4, "has 1 cells; the header has 2"),
        (5, "has 3 cells; the header has 2"),
    ]


def test_an_overlong_cell_is_refused_alone(tmp_path: Path) -> None:
    text = "claim,url\na,\n" + "x" * 300_000 + ",\nb,\n"
    found = readings(tmp_path, text)
    assert [each.text for each in claims(found)] == ["a", "b"]
    assert [each.line for each in rejected(found)] == [3]


def test_a_line_of_fifty_megabytes_is_refused_alone(tmp_path: Path) -> None:
    data = b"claim,url\na,\n" + b'"' + b"x" * (50 << 20) + b'",\nb,\n'
    found = readings(tmp_path, data)
    assert [each.text for each in claims(found)] == ["a", "b"]
    assert [each.line for each in rejected(found)] == [3]


def test_ambiguous_dates_are_refused_unless_the_table_proves_their_order(tmp_path: Path) -> None:
    alone = readings(tmp_path, "claim,date\na,03/04/2020\n")
    assert [each.field for each in rejected(alone)] == ["date"]
    proven = claims(readings(tmp_path, "claim,date\na,03/04/2020\nb,25/04/2020\n"))
    assert proven[0].appearances[0].published_on == date(2020, 4, 3)


def test_an_unknown_rating_and_a_bad_address_are_remarked_on(tmp_path: Path) -> None:
    text = "claim,url,rating,reviewer\na,not one,Purple,Checkers\n"
    found = readings(tmp_path, text)
    assert {each.field for each in noted(found)} == {"url", "rating"}
    assert claims(found)[0].responses[0].verdict is Verdict.UNCLASSIFIED


def test_a_claim_without_a_rating_has_no_response(tmp_path: Path) -> None:
    assert claims(readings(tmp_path, "claim,reviewer\na,Checkers\n"))[0].responses == ()


def attempt(data: bytes, name: str) -> None:
    with TemporaryDirectory() as folder:
        try:
            found = readings(Path(folder), data, format=name)
        except FeedError:
            return
        for each in claims(found):
            each.text.encode()
            assert each.text


KEYS = [
    "text",
    "@type",
    "claimReviewed",
    "reviewRating",
    "itemReviewed",
    "author",
    "url",
    "item",
    "responses",
    "appearances",
    "disinfoCases",
    "details",
    "publishedIn",
    "title",
    "disproof",
    "@graph",
    "kind",
    "by",
    "ratingValue",
    "alternateName",
    "appearance",
    "datePublished",
]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(KEYS),
            inner | st.just("ClaimReview") | st.just("2020-01-01"),
            max_size=6,
        )
    ),
    max_leaves=25,
)


@pytest.mark.parametrize("name", FORMATS)
@settings(max_examples=60, deadline=None)
@given(data=st.binary(max_size=400))
def test_random_bytes_raise_nothing_but_feed_errors(name: str, data: bytes) -> None:
    attempt(data, name)


@pytest.mark.parametrize("name", FORMATS)
@settings(max_examples=150, deadline=None)
@given(document=JSON)
def test_random_json_raises_nothing_but_feed_errors(name: str, document: object) -> None:
    attempt(json.dumps(document).encode(), name)


@pytest.mark.parametrize("name", ["euvsdisinfo", "csv"])
@settings(max_examples=150, deadline=None)
@given(body=st.text(alphabet='a,"\n\r;10/2é\t', max_size=120))
def test_random_tables_raise_nothing_but_feed_errors(name: str, body: str) -> None:
    attempt(f"title,date,disproof,claim,url\n{body}".encode(), name)
