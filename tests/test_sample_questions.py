"""The regression set over the bundled sample archive, with the real encoders."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from index.answers import Answer, HeldBack, Outcome
from index.archive import Archive
from index.home import open_lookup, sample_archive
from index.settings import Settings

QUESTIONS = [
    json.loads(line)
    for line in (Path(__file__).resolve().parent.parent / "data/questions/sample.jsonl")
    .read_text("utf-8")
    .splitlines()
]

pytestmark = pytest.mark.model


@dataclass(frozen=True)
class Asked:
    question: dict[str, Any]
    answer: Answer
    gold: frozenset[str]
    near: frozenset[str]

    @property
    def is_first(self) -> bool:
        return bool(self.answer.candidates) and self.answer.candidates[0].id in self.gold

    @property
    def is_matched(self) -> bool:
        return self.answer.outcome is Outcome.MATCH


def record_ids(archive: Archive) -> dict[str, str]:
    """Claim ids by the record ids that the questions name."""
    return {
        record.record_id: claim.id
        for claim in archive.claims()
        for record in archive.records(claim.id)
    }


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Asked]]:
    settings = Settings(home=tmp_path_factory.mktemp("home"), _env_file=None)
    with sample_archive() as archive:
        ids = record_ids(archive)
    with open_lookup(settings) as lookup:
        yield [
            Asked(
                each,
                lookup.ask(each["text"]),
                frozenset(ids[name] for name in each["gold"]),
                frozenset(ids[name] for name in each["near"]),
            )
            for each in QUESTIONS
        ]


def of(asked: list[Asked], kind: str) -> list[Asked]:
    return [each for each in asked if each.question["kind"] == kind]


def report(asked: list[Asked]) -> str:
    return "\n".join(
        f"{each.question['qid']} {each.answer.outcome} "
        f"{[(c.id, round(c.probability, 2)) for c in each.answer.candidates[:2]]} "
        f"{each.question['text']}"
        for each in asked
    )


def n_first(asked: list[Asked], kind: str) -> int:
    return sum(each.is_first for each in of(asked, kind))


def n_matched(asked: list[Asked], kind: str) -> int:
    """How many came to MATCH, whatever was matched."""
    return sum(each.is_matched for each in of(asked, kind))


# Each gate is a little below what the calibration of 2026-11-26 reaches; that stands beside it.


@pytest.mark.parametrize(
    ("kind", "gate"),
    [
        ("question", 20),  # 21 of 24
        ("forward", 7),  # 7 of 8
        ("verbatim", 6),  # 6 of 6: an exact route, so no slack
        ("cross_lingual", 10),  # 11 of 12
    ],
)
def test_the_right_claim_comes_first(asked: list[Asked], kind: str, gate: int) -> None:
    assert n_first(asked, kind) >= gate, report(of(asked, kind))


@pytest.mark.parametrize(
    ("kind", "gate"),
    [
        ("question", 18),  # 19 of 24
        ("forward", 4),  # 5 of 8; the others are SIMILAR
        ("verbatim", 6),  # 6 of 6
        ("cross_lingual", 8),  # 9 of 12
    ],
)
def test_the_right_claim_is_matched(asked: list[Asked], kind: str, gate: int) -> None:
    right = [each for each in of(asked, kind) if each.is_matched and each.is_first]
    assert len(right) >= gate, report(of(asked, kind))


def test_a_wrong_claim_is_seldom_matched(asked: list[Asked]) -> None:
    kinds = ("question", "forward", "verbatim", "cross_lingual")
    wrong = [
        each for kind in kinds for each in of(asked, kind) if each.is_matched and not each.is_first
    ]
    assert len(wrong) <= 2, report(wrong)  # 2 of 50


def test_what_no_claim_is_about_is_never_matched(asked: list[Asked]) -> None:
    assert n_matched(asked, "unrelated") == 0, report(of(asked, "unrelated"))  # 0 of 8


def test_a_near_miss_is_mostly_no_match(asked: list[Asked]) -> None:
    assert n_matched(asked, "near_miss") <= 1, report(of(asked, "near_miss"))  # 0 of 22


def test_a_near_miss_finds_its_neighbour(asked: list[Asked]) -> None:
    found = [
        each
        for each in of(asked, "near_miss")
        if each.answer.candidates and each.answer.candidates[0].id in each.near
    ]
    assert len(found) >= 20, report(of(asked, "near_miss"))  # 21 of 22


def test_similar_names_what_differs(asked: list[Asked]) -> None:
    similar = [each for each in of(asked, "near_miss") if each.answer.outcome is Outcome.SIMILAR]
    named = [
        each
        for each in similar
        if each.question["differs"] in {str(other.aspect) for other in each.answer.differences}
    ]
    assert len(named) >= 16, report(similar)  # 18 of 22


def test_of_two_stories_that_fit_as_well_neither_is_called_the_claim(tmp_path: Path) -> None:
    with open_lookup(Settings(home=tmp_path, _env_file=None)) as lookup:
        vague = lookup.ask("US helicopters ISIS Deir ez-Zor")
        clear = lookup.ask("did US helicopters really fly ISIS commanders out of Deir ez-Zor?")
    assert (vague.outcome, vague.differences) == (Outcome.SIMILAR, ())
    assert vague.explanation is not None
    assert vague.explanation.held_back is HeldBack.TIE
    assert clear.outcome is Outcome.MATCH


def test_what_is_only_on_the_topic_of_a_claim_is_no_match(tmp_path: Path) -> None:
    with open_lookup(Settings(home=tmp_path, _env_file=None)) as lookup:
        found = lookup.ask("what is the best pasta recipe")
    assert found.candidates[0].text == "Spaghetti grows on trees in Switzerland."
    assert found.outcome is not Outcome.MATCH
