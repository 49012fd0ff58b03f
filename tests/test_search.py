"""Search: what the full text is asked for."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tinyarchive import World, names, record

from index.search import match_expression
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
