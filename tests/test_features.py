"""Features: what the pair model reads of a candidate."""

from pathlib import Path

import pytest
from lookups import BY_COSINE
from tinyarchive import World, names, record

from index.answers import Aspect
from index.lookup import Lookup
from index.pair_model import PairJudgement


class Reading:
    """A pair model that says nothing and keeps what it was given."""

    name = "reading"

    def __init__(self) -> None:
        self.read: list[tuple[str, str]] = []

    def judge(self, asked: str, archived: str) -> PairJudgement:
        self.read.append((asked, archived))
        return PairJudgement(0.0, Aspect.ACTION, 1.0, "", "")


@pytest.mark.parametrize(
    ("asked", "archived"),
    [
        ("is the moon hollow", "The moon is hollow."),
        ("did a bridge on the moon fall", "A bridge to the moon."),  # its title
        ("a bank fell closed", "The moon is hollow."),  # its summary is near, its text is read
    ],
)
def test_one_wording_of_each_candidate_is_read_and_no_summary(
    tmp_path: Path, asked: str, archived: str
) -> None:
    world = World(tmp_path)
    world.publish(
        record(
            "moon",
            "The moon is hollow.",
            title="A bridge to the moon.",
            summary=f"A bank fell and closed. {'And so on. ' * 200}",
        )
    )
    model = Reading()
    with Lookup(
        [world.store],
        names(),
        lambda _: world.encoder,
        calibrate=lambda *_: BY_COSINE,
        pair_model=model,  # type: ignore[arg-type]
    ) as lookup:
        lookup.ask(asked)
    world.archive.close()
    assert [told for _, told in model.read] == [archived]
