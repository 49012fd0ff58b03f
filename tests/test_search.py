"""Search: what the full text is asked for, and what reads the question."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest
from tiny import TinyEncoder
from tinyarchive import VOCABULARY, World, names, record

from index.query import prepare
from index.search import match_expression, search
from index.snapshots import Snapshot

N_CLAIMS = 120
RARE = ("anchor", "barrel", "candle", "dagger", "engine", "feather")


@pytest.fixture
def snapshot(tmp_path: Path) -> Iterator[Snapshot]:
    """The word "common" is in every claim, "usual" in a hundred, each rare word in one."""
    world = World(tmp_path)
    world.publish(
        *(
            record(
                f"c{n}",
                f"A common {'usual ' if n < 100 else ''}story {n}"
                + (f" of an {RARE[n]}" if n < len(RARE) else ""),
            )
            for n in range(N_CLAIMS)
        )
    )
    snapshot = Snapshot.open(world.store.folder(world.store.current_id() or ""))
    yield snapshot
    snapshot.close()
    world.archive.close()


def asked(snapshot: Snapshot, text: str) -> list[str]:
    return match_expression(snapshot, names(), text).replace('"', "").split(" OR ")


def test_what_is_common_is_not_asked_for_where_rarer_words_are(snapshot: Snapshot):
    found = asked(snapshot, f"the common usual {' '.join(RARE)}")
    assert found[-1] == "usual"  # in no more than a hundred claims
    assert len(found) == len(RARE) + 1


def test_a_few_common_words_are_all_there_is(snapshot: Snapshot):
    assert asked(snapshot, "a common usual anchor") == ["anchor", "usual", "common"]


def test_what_the_archive_lacks_is_not_asked_for(snapshot: Snapshot):
    assert match_expression(snapshot, names(), "zeppelin") == ""


class Reading(TinyEncoder):
    """An encoder that keeps what it reads as questions."""

    def __init__(self) -> None:
        super().__init__(VOCABULARY)
        self.questions: list[str] = []

    def encode_questions(self, texts: Sequence[str]) -> np.ndarray:
        self.questions += texts
        return self.encode(texts)


@pytest.mark.parametrize(
    ("question", "is_read_as_one"),
    [
        ("Is the story of an anchor true?", True),
        (
            "Правда ли это про якорь?",
            False,
        ),
    ],
)
def test_only_english_is_read_by_what_learned_english_questions(
    snapshot: Snapshot, question: str, is_read_as_one: bool
):
    encoder = Reading()
    search(snapshot, [encoder], names(), prepare(question))
    assert bool(encoder.questions) is is_read_as_one
    assert encoder.encoded
