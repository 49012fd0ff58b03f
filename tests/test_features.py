"""Features: what the pair model reads of a candidate, and what is made of its word."""

from pathlib import Path

import pytest
from lookups import BY_COSINE
from tinyarchive import World, names, record

from index.answers import Answer, Aspect
from index.lookup import Lookup
from index.pair_model import PairJudgement


class Reading:
    """A pair model that always says the same, and keeps what it was given."""

    name = "reading"

    def __init__(self, same: float = 0.0) -> None:
        self._same = same
        self.read: list[tuple[str, str]] = []

    def judge(self, asked: str, archived: str) -> PairJudgement:
        self.read.append((asked, archived))
        return PairJudgement(self._same, Aspect.ACTION, 1.0, "", "")


def ask(world: World, question: str, model: Reading) -> Answer:
    with Lookup(
        [world.store],
        names(),
        lambda _: world.encoder,
        calibrate=lambda *_: BY_COSINE,
        pair_model=model,  # type: ignore[arg-type]
    ) as lookup:
        answer = lookup.ask(question)
    world.archive.close()
    return answer


@pytest.mark.parametrize(
    ("asked", "archived"),
    [
        ("is the moon hollow", "The moon is hollow."),
        ("a hollow chip closed", "A hollow chip."),  # another wording
        ("did a bridge on the moon fall", "The moon is hollow."),  # its title is near
        ("a bank fell closed", "The moon is hollow."),  # its summary is near
        ("the vaccine has a chip", "The moon is hollow."),  # a wording in another language is
    ],
)
def test_one_wording_of_each_candidate_is_read_and_neither_title_nor_summary(
    tmp_path: Path, asked: str, archived: str
) -> None:
    world = World(tmp_path)
    world.publish(
        record(
            "moon",
            "The moon is hollow.",
            title="A bridge to the moon.",
            alternatives=("Das vaccine ist ein chip und nicht der Mond.", "A hollow chip."),
            summary=f"A bank fell and closed. {'And so on. ' * 200}",
        )
    )
    model = Reading()
    ask(world, asked, model)
    assert [told for _, told in model.read] == [archived]


@pytest.mark.parametrize(("same", "expected"), [(3.0, 3.0), (9.0, 6.0), (-3.0, 0.0)])
def test_only_what_speaks_for_the_same_claim_speaks_for_its_story(
    tmp_path: Path, same: float, expected: float
) -> None:
    world = World(tmp_path)
    world.publish(record("moon", "The moon is hollow."))
    answer = ask(world, "the hollow moon", Reading(same))
    assert answer.explanation is not None
    values = {each.name: each.value for each in answer.explanation.signals}
    assert values["pair_for"] == expected
