"""ClaimReview markup as sites really write it."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from importing import claims, noted, readings, rejected

from index.claims import Verdict
from index.errors import FeedError


def review(**changes: Any) -> dict[str, Any]:
    base: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "ClaimReview",
        "url": "https://www.checkers.example/bridge?utm_source=feed#top",
        "datePublished": "2021-04-05T08:00:00Z",
        "author": {"@type": "Organization", "name": "Checkers"},
        "claimReviewed": "The old bridge was sold to a film studio",
        "itemReviewed": {
            "@type": "Claim",
            "author": {"@type": "Person", "name": "Mayor Sample"},
            "datePublished": "2021-04-01",
            "appearance": {"url": "https://forum.example/t/1"},
        },
        "reviewRating": {"alternateName": "False", "ratingValue": "1"},
    }
    return base | changes


def one(tmp_path: Path, **changes: Any) -> Any:
    return claims(readings(tmp_path, json.dumps(review(**changes))))[0]


def test_a_review_becomes_a_claim_with_its_place_and_its_answer(tmp_path: Path) -> None:
    found = one(tmp_path)
    assert found.text == "The old bridge was sold to a film studio"
    assert found.feed == "claimreview"
    assert found.claimants == ("Mayor Sample",)
    (seen,) = found.appearances
    assert (seen.url, seen.published_on) == ("https://forum.example/t/1", date(2021, 4, 1))
    (answer,) = found.responses
    assert (answer.by, answer.rating, answer.verdict) == ("Checkers", "False", Verdict.FALSE)
    assert answer.published_on == date(2021, 4, 5)


def test_the_id_does_not_depend_on_tracking_or_on_punctuation(tmp_path: Path) -> None:
    plain = one(tmp_path, url="https://checkers.example/bridge")
    other = one(tmp_path, claimReviewed="the old bridge was sold, to a film studio!")
    assert plain.record_id == other.record_id == one(tmp_path).record_id
    assert plain.record_id.startswith("checkers.example/bridge#")
    assert one(tmp_path, claimReviewed="Another claim").record_id != plain.record_id


@pytest.mark.parametrize(
    "wrapped",
    [
        lambda r: json.dumps([r, None, r]),
        lambda r: json.dumps({"@graph": [{"@type": "WebPage"}, r, r]}),
        lambda r: json.dumps(
            {
                "@type": "DataFeed",
                "dataFeedElement": [{"item": [r, None]}, None, {"item": None}, {"item": r}],
            }
        ),
        lambda r: json.dumps(r) + "\n" + json.dumps(r),
        lambda r: json.dumps(r, indent=2) + json.dumps(r),
        lambda r: (
            "<!DOCTYPE html><script type='application/ld+json'>"
            + json.dumps(r)
            + '</script><p>x</p><SCRIPT data-a="1" type="application/ld+json">\n'
            + json.dumps({"@graph": [r]})
            + "</SCRIPT>"
        ),
    ],
)
def test_all_wrappings_are_opened(tmp_path: Path, wrapped: Any) -> None:
    assert len(claims(readings(tmp_path, wrapped(review())))) == 2


def test_a_broken_element_of_a_feed_is_refused_alone(tmp_path: Path) -> None:
    good = json.dumps({"item": [review()]})
    broken = '{"item": [{"@type": "ClaimReview", "claimReviewed": "She said "no" twice"}]}'
    data = f'{{"@type": "DataFeed", "dataFeedElement": [{good}, {broken}, {good}], "name": "f"}}'
    found = readings(tmp_path, data)
    assert [each.line for each in claims(found)] == [1, 3]
    assert [each.line for each in rejected(found)] == [2]


def test_a_broken_block_of_a_page_is_refused_alone_and_foreign_ones_are_not_ours(
    tmp_path: Path,
) -> None:
    start, end = '<script type="application/ld+json">', "</script>"
    data = (
        f'<html>{start}{{"@type": "ClaimReview", "claimReviewed": "a "b" c"}}{end}'
        f"{start}{{menu: 1}}{end}{start}{json.dumps(review())}{end}"
    )
    found = readings(tmp_path, data)
    assert len(claims(found)) == 1
    assert [each.line for each in rejected(found)] == [1]


def test_a_large_feed_is_read_item_by_item(tmp_path: Path) -> None:
    items = [
        {"item": [review(claimReviewed=f"Claim {n}", reviewBody="x" * 500)]} for n in range(3000)
    ]
    data = json.dumps({"@context": "https://schema.org", "dataFeedElement": items})
    assert len(data) > 2 << 20
    found = claims(readings(tmp_path, data, compress=True))
    assert [each.text for each in found] == [f"Claim {n}" for n in range(3000)]


@pytest.mark.parametrize(
    ("author", "by"),
    [
        ("Checkers", "Checkers"),
        ([{"name": ""}, {"name": "Second"}], "Second"),
        ({"url": "https://www.only-site.example/about"}, "only-site.example"),
        (None, "checkers.example"),
    ],
)
def test_the_reviewer_comes_in_many_shapes(tmp_path: Path, author: Any, by: str) -> None:
    assert one(tmp_path, author=author).responses[0].by == by


@pytest.mark.parametrize(
    ("rating", "words", "verdict"),
    [
        ("False", "False", Verdict.FALSE),
        ({"alternateName": ["Mostly true", "x"]}, "Mostly true", Verdict.MOSTLY_TRUE),
        ({"alternateName": {"@value": "Faux", "@language": "fr"}}, "Faux", Verdict.FALSE),
        ({"alternateName": "true but misleading"}, "true but misleading", Verdict.UNCLASSIFIED),
        (
            {"ratingValue": "2", "bestRating": "5", "worstRating": "1"},
            "2 (from 1, worst, to 5, best)",
            Verdict.UNCLASSIFIED,
        ),
        ({"ratingValue": True}, None, Verdict.UNCLASSIFIED),
        (None, None, Verdict.UNCLASSIFIED),
    ],
)
def test_ratings_come_in_many_shapes(
    tmp_path: Path, rating: Any, words: str | None, verdict: Verdict
) -> None:
    answer = one(tmp_path, reviewRating=rating).responses[0]
    assert (answer.rating, answer.verdict) == (words, verdict)


def test_a_number_counts_where_the_publishers_scale_is_known(tmp_path: Path) -> None:
    rating = {"ratingValue": "1", "bestRating": "6", "worstRating": "1"}
    found = one(tmp_path, author={"name": "PolitiFact"}, reviewRating=rating)
    assert found.responses[0].verdict is Verdict.FALSE


def test_an_unknown_rating_is_remarked_on(tmp_path: Path) -> None:
    data = json.dumps(review(reviewRating={"alternateName": "Purple"}))
    assert [each.field for each in noted(readings(tmp_path, data))] == ["reviewRating"]


def test_glued_addresses_are_parted_and_self_links_and_relative_ones_dropped(
    tmp_path: Path,
) -> None:
    item = {
        "appearance": [
            "https://a.example/1,https://b.example/2 and https://c.example/3",
            {"url": "https://www.checkers.example/bridge"},
            "/relative/path",
        ],
        "firstAppearance": {"url": "https://z.example/0"},
    }
    found = readings(tmp_path, json.dumps(review(itemReviewed=item)))
    assert [each.url for each in claims(found)[0].appearances] == [
        "https://z.example/0",
        "https://a.example/1",
        "https://b.example/2",
        "https://c.example/3",
    ]
    assert [each.field for each in noted(found)] == ["itemReviewed.appearance"]


@pytest.mark.parametrize("name", ["", "Multiple sources", "unknown", None])
def test_claimants_that_name_nobody_are_skipped(tmp_path: Path, name: str | None) -> None:
    assert one(tmp_path, itemReviewed={"author": {"name": name}}).claimants == ()


def test_a_review_without_a_claim_is_refused(tmp_path: Path) -> None:
    found = readings(tmp_path, json.dumps(review(claimReviewed="  ")))
    assert [each.field for each in rejected(found)] == ["claimReviewed"]


def test_a_file_without_any_review_is_no_feed(tmp_path: Path) -> None:
    with pytest.raises(FeedError, match="holds no ClaimReview"):
        readings(tmp_path, '{"@type": "NewsArticle"}', format="claimreview")
