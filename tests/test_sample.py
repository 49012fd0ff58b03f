"""The sample archive and its questions: complete, well formed, and covering what they should."""

import json
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from index.claims import RebuttalStatus, Response, ResponseKind, Verdict, rebuttal_status
from index.text import sentences, text_key

Entry = dict[str, Any]

DATA = Path(__file__).resolve().parent.parent / "data"
RECORD_KEYS = {
    "record_id", "feed", "text", "title", "summary", "language", "alternatives", "claimants",
    "appearances", "responses", "topics", "places", "event_dates",
}  # fmt: skip
APPEARANCE_KEYS = {
    "outlet", "url", "archive_url", "published_on", "language", "based_on", "repeats",
}  # fmt: skip
RESPONSE_KEYS = {"kind", "by", "url", "published_on", "rating", "verdict", "summary"}
QUESTION_KINDS = {"question", "forward", "near_miss", "unrelated", "cross_lingual", "verbatim"}
DIFFERENCES = {"actor", "place", "number", "date", "negation", "action", "object"}


def read(path: Path) -> list[Entry]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


CLAIMS = read(DATA / "sample.jsonl")
QUESTIONS = read(DATA / "questions" / "sample.jsonl")
BY_ID = {claim["record_id"]: claim for claim in CLAIMS}


def by_id(claim: Entry) -> str:
    return str(claim["record_id"])


def by_qid(question: Entry) -> str:
    return str(question["qid"])


def status(claim: Entry) -> RebuttalStatus:
    return rebuttal_status(
        Response(
            kind=ResponseKind(answer["kind"]),
            by=answer["by"],
            rating=answer.get("rating"),
            verdict=Verdict(answer["verdict"]) if "verdict" in answer else None,
        )
        for answer in claim.get("responses", [])
    )


def dated(claim: Entry) -> Iterator[str]:
    for part in (*claim.get("appearances", []), *claim.get("responses", [])):
        if "published_on" in part:
            yield part["published_on"]
    yield from claim.get("event_dates", [])


def linked(claim: Entry) -> Iterator[str]:
    for part in (*claim.get("appearances", []), *claim.get("responses", [])):
        yield from (part[key] for key in ("url", "archive_url") if key in part)


def holds_nothing_empty(value: object) -> bool:
    if isinstance(value, dict):
        return all(map(holds_nothing_empty, value.values()))
    if isinstance(value, list):
        return bool(value) and all(map(holds_nothing_empty, value))
    return bool(value)


# The archive as a whole


def test_archive_is_of_the_promised_size() -> None:
    assert 60 <= len(CLAIMS) <= 70


def test_no_record_id_and_no_text_stands_twice() -> None:
    assert len(BY_ID) == len(CLAIMS)
    assert len({text_key(claim["text"]) for claim in CLAIMS}) == len(CLAIMS)


@pytest.mark.parametrize("wanted", RebuttalStatus)
def test_every_rebuttal_status_occurs_at_least_three_times(wanted: RebuttalStatus) -> None:
    assert Counter(map(status, CLAIMS))[wanted] >= 3


def test_claims_come_from_at_least_25_countries() -> None:
    # The last place of a claim is its country; see data/README.md.
    assert len({claim["places"][-1] for claim in CLAIMS if "places" in claim}) >= 25


def test_other_wordings_are_on_file_in_five_more_languages() -> None:
    wordings = " ".join(line for claim in CLAIMS for line in claim.get("alternatives", []))
    for piece in ("вертолёты", "винищувач", "evacuaron", "vaccin", "Impfstoffe", "مروحيات"):
        assert piece in wordings


def test_some_appearances_repeat_another() -> None:
    repeating = [
        claim for claim in CLAIMS if any("repeats" in each for each in claim.get("appearances", []))
    ]
    assert len(repeating) >= 10


# Each claim


@pytest.mark.parametrize("claim", CLAIMS, ids=by_id)
def test_record_has_known_keys_and_nothing_empty(claim: Entry) -> None:
    assert set(claim) <= RECORD_KEYS
    assert {"record_id", "feed", "text", "summary", "language", "topics"} <= set(claim)
    assert all(set(each) <= APPEARANCE_KEYS for each in claim.get("appearances", []))
    assert all(set(each) <= RESPONSE_KEYS for each in claim.get("responses", []))
    assert holds_nothing_empty(claim)
    assert claim["feed"] == "sample"


@pytest.mark.parametrize("claim", CLAIMS, ids=by_id)
def test_record_id_is_a_short_slug(claim: Entry) -> None:
    slug = claim["record_id"]
    assert len(slug) <= 40
    assert all(part.isalnum() and part.isascii() for part in slug.split("-"))
    assert slug == slug.lower()


@pytest.mark.parametrize("claim", CLAIMS, ids=by_id)
def test_text_is_one_declarative_sentence(claim: Entry) -> None:
    text = claim["text"]
    assert len(text) <= 200
    assert text.endswith(".")
    assert sentences(text) == [text]


@pytest.mark.parametrize("claim", CLAIMS, ids=by_id)
def test_dates_are_days_that_have_been(claim: Entry) -> None:
    today = datetime.now(UTC).date()
    for value in dated(claim):
        assert len(value) == 10
        assert date.fromisoformat(value) <= today


@pytest.mark.parametrize("claim", CLAIMS, ids=by_id)
def test_links_are_web_addresses(claim: Entry) -> None:
    for url in linked(claim):
        parts = urlsplit(url)
        assert parts.scheme in {"http", "https"}
        assert "." in parts.netloc
        assert url == url.strip()
        assert " " not in url


@pytest.mark.parametrize("claim", CLAIMS, ids=by_id)
def test_repeats_names_another_appearance_of_the_same_record(claim: Entry) -> None:
    appearances = claim.get("appearances", [])
    for each in appearances:
        if "repeats" in each:
            others = [other for other in appearances if other is not each]
            named = {other.get(key) for other in others for key in ("url", "outlet")}
            assert each["repeats"] in named - {None}


@pytest.mark.parametrize("claim", CLAIMS, ids=by_id)
def test_only_fact_checks_carry_a_rating_and_a_verdict(claim: Entry) -> None:
    for answer in claim.get("responses", []):
        is_check = ResponseKind(answer["kind"]) is ResponseKind.FACT_CHECK
        assert ("rating" in answer) is is_check
        assert ("verdict" in answer) is is_check
        assert answer["by"]


# The claim that the project began with


def test_deir_ez_zor_is_one_chain_from_one_source() -> None:
    sputnik, ria, south_front = BY_ID["deir-ez-zor-us-helicopters"]["appearances"]
    assert (sputnik["outlet"], sputnik["published_on"]) == ("Sputnik", "2017-09-07")
    assert "military and diplomatic source" in sputnik["based_on"]
    assert "repeats" not in sputnik
    assert (ria["outlet"], ria["language"]) == ("RIA Novosti", "ru")
    assert ria["url"] == "https://ria.ru/syria/20170907/1502010574.html"
    assert ria["repeats"] == south_front["repeats"] == sputnik["url"]


def test_deir_ez_zor_keeps_the_denial_apart_from_the_checks() -> None:
    claim = BY_ID["deir-ez-zor-us-helicopters"]
    answers = {answer["by"]: answer for answer in claim["responses"]}
    assert answers["US-led coalition against ISIS"]["kind"] == "denial"
    assert answers["EUvsDisinfo"]["rating"] == "Disinfo"
    assert answers["EUvsDisinfo"]["verdict"] == "false"
    assert claim["event_dates"] == ["2017-08-26", "2017-08-28"]
    assert status(claim) is RebuttalStatus.REFUTED


def test_its_neighbours_share_its_words_and_not_its_status() -> None:
    assert status(BY_ID["hasakah-us-helicopters"]) is RebuttalStatus.DENIED
    assert status(BY_ID["raqqa-convoy-deal"]) is RebuttalStatus.CONFIRMED
    assert status(BY_ID["afghanistan-unmarked-helicopters"]) is RebuttalStatus.DENIED


# The questions about it


def test_questions_are_of_the_promised_number_and_kinds() -> None:
    assert 60 <= len(QUESTIONS) <= 80
    assert len({question["qid"] for question in QUESTIONS}) == len(QUESTIONS)
    assert len({question["text"] for question in QUESTIONS}) == len(QUESTIONS)
    assert min(Counter(question["kind"] for question in QUESTIONS).values()) >= 5


def test_cross_lingual_questions_come_in_six_languages() -> None:
    asked = {each["lang"] for each in QUESTIONS if each["kind"] == "cross_lingual"}
    assert asked == {"ru", "uk", "es", "fr", "de", "ar"}


def test_near_misses_differ_in_every_way() -> None:
    assert {each["differs"] for each in QUESTIONS} - {None} == DIFFERENCES


@pytest.mark.parametrize("question", QUESTIONS, ids=by_qid)
def test_question_has_the_shape_of_its_kind(question: Entry) -> None:
    assert set(question) == {"qid", "text", "lang", "kind", "gold", "near", "differs"}
    assert question["text"].strip()
    assert question["kind"] in QUESTION_KINDS
    assert set(question["gold"]) | set(question["near"]) <= set(BY_ID)
    is_near_miss = question["kind"] == "near_miss"
    assert bool(question["near"]) is is_near_miss
    assert (question["differs"] in DIFFERENCES) is is_near_miss
    assert bool(question["gold"]) is (question["kind"] not in {"near_miss", "unrelated"})


@pytest.mark.parametrize("question", QUESTIONS, ids=by_qid)
def test_only_verbatim_questions_repeat_an_archived_wording(question: Entry) -> None:
    wordings = {
        text_key(line)
        for claim in CLAIMS
        for line in (claim["text"], *claim.get("alternatives", []))
    }
    assert (text_key(question["text"]) in wordings) is (question["kind"] == "verbatim")
