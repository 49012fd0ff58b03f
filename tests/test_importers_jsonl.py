"""The interchange format: read, refused, remarked on, and written so that it reads the same."""

import json
from datetime import date
from pathlib import Path

import pytest
from importing import claims, noted, readings, rejected

from index.claims import Appearance, Claim, ClaimState, Response, ResponseKind, Verdict
from index.errors import FeedError
from index.interchange import claim_from_json, claim_to_json, dump_claim

FULL = Claim(
    id="b1cd0",
    text="A ferry sank in the harbour of Port Example",
    state=ClaimState.WITHDRAWN,
    title="Ferry disaster",
    summary="Two wordings.\nOf one claim.",
    body="The whole article.",
    language="en",
    alternatives=("A ship went down at Port Example",),
    claimants=("Harbour Herald", "A dock worker"),
    appearances=(
        Appearance("Harbour Herald", "https://herald.example.org/1", None, date(2020, 3, 1), "en"),
        Appearance(
            outlet="Echo",
            archive_url="https://archive.example.org/2",
            based_on="a dock worker",
            repeats="Harbour Herald",
        ),
    ),
    responses=(
        Response(ResponseKind.DENIAL, "The port authority", published_on=date(2020, 3, 2)),
        Response(
            ResponseKind.FACT_CHECK,
            "Checkers",
            "https://checkers.example.org/f",
            date(2020, 3, 5),
            "Nonsense on stilts",
            Verdict.FALSE,
            "No ferry sails there.",
        ),
    ),
    topics=("shipping",),
    places=("Port Example",),
    event_dates=(date(2020, 2, 29),),
)


def test_a_claim_document_reads_back_as_the_same_claim() -> None:
    document = json.loads(json.dumps(claim_to_json(FULL)))
    assert claim_from_json(document) == FULL


def test_a_claim_document_has_every_key_of_an_appearance_and_a_response() -> None:
    document = claim_to_json(FULL)
    assert document["status"] == "refuted"
    assert list(document["appearances"][0]) == [
        "outlet", "url", "archive_url", "published_on", "language", "based_on", "repeats",
    ]  # fmt: skip
    assert list(document["responses"][0]) == [
        "kind", "by", "url", "published_on", "rating", "verdict", "summary",
    ]  # fmt: skip


def test_an_export_imports_as_what_it_was(tmp_path: Path) -> None:
    line = json.dumps(dump_claim(FULL, feed="harbour", record_id="r-1"))
    (found,) = claims(readings(tmp_path, line))
    assert (found.record_id, found.feed, found.id) == ("r-1", "harbour", "b1cd0")
    fields = set(Claim.__dataclass_fields__)
    assert {each: getattr(found, each) for each in fields} == {
        each: getattr(FULL, each) for each in fields
    }


def test_all_problems_of_a_record_are_named_at_once_with_their_paths(tmp_path: Path) -> None:
    document = {
        "text": 5,
        "claimants": "Someone",
        "appearances": [{"url": "ftp://x", "published_on": "2020-02-30"}],
        "responses": [{"kind": "denial", "by": "A"}, {"kind": "gossip", "verdict": "maybe"}],
    }
    (bad,) = rejected(readings(tmp_path, json.dumps(document), format="jsonl"))
    assert (bad.line, bad.field) == (1, "text")
    assert "is a number; expected a text" in bad.reason
    for path in (
        "claimants: is a text",
        "appearances[0].url:",
        "appearances[0].published_on:",
        "responses[1].kind:",
        "responses[1].verdict:",
        "responses[1].by:",
    ):
        assert path in bad.reason


def test_broken_lines_are_refused_alone(tmp_path: Path) -> None:
    deep = "[" * 100_000
    text = f'{{"text": "one"}}\n{{"text": \n{deep}\n[]\n{{"text": "five"}}\n'
    found = readings(tmp_path, text)
    assert [each.text for each in claims(found)] == ["one", "five"]
    assert [each.line for each in rejected(found)] == [2, 3, 4]


def test_a_line_of_fifty_megabytes_is_refused_alone(tmp_path: Path) -> None:
    data = b'{"text": "one"}\n{"text": "' + b"x" * (50 << 20) + b'"}\n{"text": "three"}\n'
    found = readings(tmp_path, data)
    assert [each.text for each in claims(found)] == ["one", "three"]
    (bad,) = rejected(found)
    assert bad.line == 2
    assert "bytes long" in bad.reason


def test_an_unknown_key_is_remarked_on_once_and_status_never(tmp_path: Path) -> None:
    line = (
        '{"text": "t", "status": "refuted", "colour": 1, '
        '"responses": [{"kind": "denial", "by": "A", "mood": 1}]}\n'
    )
    found = readings(tmp_path, line * 3)
    assert [(each.line, each.field) for each in noted(found)] == [
        (1, "colour"),
        (1, "responses[].mood"),
    ]


def test_a_rating_without_a_verdict_is_classified(tmp_path: Path) -> None:
    line = json.dumps(
        {
            "text": "t",
            "responses": [
                {"kind": "fact-check", "by": "Full Fact", "rating": "Incorrect. It was two."},
                {"kind": "fact-check", "by": "X", "rating": "Purple"},
                {"kind": "fact-check", "by": "X", "rating": "Purple", "verdict": "true"},
            ],
        }
    )
    found = readings(tmp_path, line)
    assert [each.verdict for each in claims(found)[0].responses] == [
        Verdict.FALSE,
        Verdict.UNCLASSIFIED,
        Verdict.TRUE,
    ]
    assert [each.field for each in noted(found)] == ["responses[1].rating"]


def test_repeats_must_name_another_appearance_of_the_record(tmp_path: Path) -> None:
    line = json.dumps(
        {
            "text": "t",
            "appearances": [
                {"outlet": "A", "repeats": "A"},
                {"outlet": "B", "repeats": "A"},
                {"outlet": "C", "repeats": "Z"},
            ],
        }
    )
    found = readings(tmp_path, line)
    assert [each.repeats for each in claims(found)[0].appearances] == [None, "A", None]
    assert [each.field for each in noted(found)] == [
        "appearances[0].repeats",
        "appearances[2].repeats",
    ]


def test_ids_are_the_same_every_time_and_differ_by_place(tmp_path: Path) -> None:
    text = (
        '{"text": "t", "appearances": [{"outlet": "A"}]}\n'
        '{"text": "t", "appearances": [{"outlet": "B"}]}\n'
    )
    first = [each.record_id for each in claims(readings(tmp_path, text))]
    again = [each.record_id for each in claims(readings(tmp_path, text, compress=True))]
    assert first == again
    assert len(set(first)) == 2


def test_lone_surrogates_do_not_reach_the_archive(tmp_path: Path) -> None:
    (found,) = claims(readings(tmp_path, '{"text": "a \\ud800 b"}'))
    assert found.text == "a \ufffd b"


def test_a_future_day_is_refused_save_as_event_date(tmp_path: Path) -> None:
    text = (
        '{"text": "t", "event_dates": ["2040-01-01"]}\n'
        '{"text": "t", "appearances": [{"outlet": "A", "published_on": "2040-01-01"}]}\n'
    )
    found = readings(tmp_path, text)
    assert claims(found)[0].event_dates == (date(2040, 1, 1),)
    assert "future" in rejected(found)[0].reason


def test_a_claim_document_that_is_none_names_every_problem() -> None:
    with pytest.raises(FeedError, match=r"(?s)id: .*text: ") as caught:
        claim_from_json({"id": "UPPER"})
    assert "lower-case" in str(caught.value)


def test_yaml_dates_are_accepted() -> None:
    document = claim_to_json(FULL) | {"event_dates": [date(2021, 1, 1)]}
    assert claim_from_json(document).event_dates == (date(2021, 1, 1),)
