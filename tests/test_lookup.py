"""Lookup: exact routes, outcomes, and following what is published while questions run."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from tiny import TinyEncoder
from tinyarchive import VOCABULARY, World, names, record

from index.answers import Answer, Aspect, HeldBack, Outcome, Route
from index.claims import Appearance, Response, ResponseKind
from index.decision import (
    Calibration,
    Decider,
    Logistic,
    Uncalibrated,
    Weights,
    load_calibration,
)
from index.embedder import Encoder
from index.errors import SnapshotError, UnknownClaimError
from index.features import FEATURE_NAMES, NEARNESS_FEATURES, SAMENESS_FEATURES
from index.lookup import Lookup
from index.pair_model import PairJudgement
from index.query import prepare
from index.ranking import RANKING_FEATURES
from index.snapshots import SnapshotStore

ZERO = dict.fromkeys(FEATURE_NAMES, 0.0)
UNRANKED = dict.fromkeys(RANKING_FEATURES, 0.0)


def by_cosine(*, rerank: float = 1.0) -> Calibration:
    """Decides by the cosine alone: 0.98 at cosine 1, 0.5 at 0.8, 0.02 at 0.6."""
    weights = Weights(
        ranking=UNRANKED | {"cosine": 1.0},
        reranking=ZERO | {"cosine": rerank},
        nearness=Logistic(dict.fromkeys(NEARNESS_FEATURES, 0.0) | {"cosine": 20.0}, -16.0),
        sameness=Logistic(dict.fromkeys(SAMENESS_FEATURES, 0.0), 60.0),
    )
    return Calibration(
        models=("tiny",),
        pair_model=None,
        english=weights,
        foreign=weights,
        match_probability=0.9,
        similar_probability=0.1,
    )


BY_COSINE = by_cosine()
MOON = record(
    "moon",
    "The moon is hollow.",
    alternatives=("The lunar sphere is hollow.",),
    appearances=(
        Appearance("Herald", "https://herald.example/moon"),
        Appearance("Digest", "https://digest.example/rumours"),
    ),
    responses=(Response(ResponseKind.DENIAL, "A space agency", "https://agency.example/no"),),
)
CHIP = record(
    "chip",
    "The vaccine holds a chip.",
    appearances=(Appearance("Digest", "https://digest.example/rumours"),),
)
BANK = record("bank", "A bank closed.")


def opened(
    world: World,
    decider: Decider = BY_COSINE,
    *,
    sample: SnapshotStore | None = None,
    load: Callable[[str], Encoder] | None = None,
) -> Lookup:
    stores = [world.store, *([sample] if sample else [])]
    return Lookup(stores, names(), load or (lambda _: world.encoder), calibrate=lambda *_: decider)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = World(tmp_path)
    made.publish(MOON, CHIP, BANK)
    yield made
    made.archive.close()


@pytest.fixture
def lookup(world: World) -> Iterator[Lookup]:
    with opened(world) as made:
        yield made


def matched(answer: Answer) -> str | None:
    return answer.match.claim.id if answer.match else None


# Exact routes.


@pytest.mark.parametrize(
    "question",
    [
        "https://herald.example/moon",
        "look at this!! http://www.herald.example/moon/?utm_source=chat \U0001f631",
        "https://agency.example/no",
    ],
)
def test_a_known_address_gives_its_claim(lookup: Lookup, question: str) -> None:
    answer = lookup.ask(question)
    assert (answer.outcome, matched(answer)) == (Outcome.MATCH, "moon")
    assert answer.match is not None
    assert (answer.match.route, answer.match.probability) == (Route.URL, 1.0)
    assert [(each.id, each.probability) for each in answer.candidates] == [("moon", 1.0)]


def test_an_address_of_two_claims_is_no_match(lookup: Lookup) -> None:
    answer = lookup.ask("https://digest.example/rumours")
    assert (answer.outcome, answer.match, answer.candidates) == (Outcome.NONE, None, ())


def test_an_address_does_not_answer_for_other_words_beside_it(world: World) -> None:
    with opened(world) as lookup:
        answer = lookup.ask(
            "Giant lizards took over parliament yesterday https://herald.example/moon"
        )
    assert (answer.outcome, matched(answer)) == (Outcome.SIMILAR, "moon")
    assert answer.match is not None
    assert (answer.match.route, answer.match.probability) == (Route.URL, 0.0)


def test_words_that_are_another_claim_win_over_the_address_beside_them(world: World) -> None:
    world.publish(record("lizards", "Giant lizards took over parliament yesterday"))
    with opened(world) as lookup:
        answer = lookup.ask(
            "Giant lizards took over parliament yesterday https://herald.example/moon"
        )
    assert (answer.outcome, matched(answer)) == (Outcome.MATCH, "lizards")


def test_an_address_confirms_words_that_are_close_to_its_claim(world: World) -> None:
    with opened(world) as lookup:
        words = "the moon, people whisper everywhere, hollow inside vaccine"
        assert lookup.ask(words).outcome is Outcome.SIMILAR
        answer = lookup.ask(f"{words} https://herald.example/moon")
    assert (answer.outcome, matched(answer)) == (Outcome.MATCH, "moon")
    assert answer.match is not None
    assert answer.match.route is Route.URL


def test_the_words_beside_an_ambiguous_address_decide(lookup: Lookup) -> None:
    answer = lookup.ask("https://digest.example/rumours says the vaccine holds a chip")
    assert matched(answer) == "chip"


@pytest.mark.parametrize(
    "question",
    [
        "the moon is HOLLOW!!",
        "Is it true that the moon is hollow?",
        "\U0001f6a8 FWD: The moon is hollow",
        "the lunar sphere is hollow",
    ],
)
def test_an_identical_wording_gives_its_claim(lookup: Lookup, question: str) -> None:
    answer = lookup.ask(question)
    assert (answer.outcome, matched(answer)) == (Outcome.MATCH, "moon")
    assert answer.match is not None
    assert answer.match.route is Route.TEXT


def test_one_sentence_of_a_forward_may_be_the_claim(world: World) -> None:
    text = "The vaccine of the state institute secretly holds a chip."
    world.publish(record("long", text))
    with opened(world) as lookup:
        answer = lookup.ask(f"You will not believe what my uncle has sent me.\n{text}\nShare!")
    assert matched(answer) == "long"
    assert answer.match is not None
    assert answer.match.asked_text == text


def test_a_wording_of_two_claims_is_no_exact_match(world: World) -> None:
    world.publish(record("moon2", "Lunar news.", alternatives=("Nothing fills it.",)))
    world.publish(record("moon3", "More news.", title="Nothing fills it!"))
    with opened(world) as lookup:
        answer = lookup.ask("nothing fills it")
    assert answer.match is None or answer.match.route is Route.SEARCH


# Search and decision.


def test_a_near_wording_is_found_by_search(lookup: Lookup) -> None:
    answer = lookup.ask("hollow our moon?")
    assert (answer.outcome, matched(answer)) == (Outcome.MATCH, "moon")
    assert answer.match is not None
    assert answer.match.route is Route.SEARCH
    assert answer.match.matched_text == "The moon is hollow."
    assert answer.match.probability == pytest.approx(0.982, abs=1e-3)
    assert answer.differences == ()
    assert answer.question == "hollow our moon?"


@pytest.mark.parametrize(
    ("question", "held_back"),
    [
        ("a bridge fell in Berlin", HeldBack.EXCLUDED),
        ("the vaccine chip bank closed", HeldBack.TIE),
        ("moon moon", HeldBack.VAGUE),
        ("the bridge in Paris fell", None),
        ("a bridge", None),
    ],
)
def test_what_keeps_a_likely_claim_from_being_a_match_is_told(
    world: World, question: str, held_back: HeldBack | None
) -> None:
    world.publish(
        record("bridge", "A bridge fell in Paris."),
        record("luna", "The moon."),
        record("here", "A vaccine chip bank closed in Madrid."),
        record("there", "A vaccine chip bank closed in Berlin."),
    )
    with opened(world) as lookup:
        explanation = lookup.ask(question).explanation
    assert explanation is not None
    assert explanation.held_back is held_back


def test_a_half_alike_question_is_similar(lookup: Lookup) -> None:
    # Its cosine to the claim is 1 / sqrt 2: the chance is 1 / (1 + e^1.858).
    answer = lookup.ask("what of the moon")
    assert (answer.outcome, matched(answer)) == (Outcome.SIMILAR, "moon")
    assert answer.match is not None
    assert answer.match.probability == pytest.approx(0.135, abs=1e-3)


def test_similar_names_the_difference(world: World) -> None:
    world.publish(record("bridge", "A bridge fell in Paris."))
    with opened(world) as lookup:
        answer = lookup.ask("a bridge fell in Berlin")
    assert (answer.outcome, matched(answer)) == (Outcome.SIMILAR, "bridge")
    assert [(each.aspect, each.asked, each.archived) for each in answer.differences] == [
        (Aspect.PLACE, "Berlin", "Paris")
    ]


@pytest.mark.parametrize(
    "question",
    [
        "",
        "   ",
        "\U0001f602\U0001f44d",
        "?!",
        "hello",
        "thanks, good morning!",
        "is it true?",
        "привет",
        "https://unknown.example/page",
        "what will the weather be tomorrow",
    ],
)
def test_what_asks_of_no_claim_is_none(lookup: Lookup, question: str) -> None:
    answer = lookup.ask(question)
    assert (answer.outcome, answer.match, answer.differences) == (Outcome.NONE, None, ())
    assert answer.question == question


@pytest.mark.parametrize(
    "question",
    [
        '"moon" AND NEAR(hollow*) OR (',
        "moon\x00 hollow\x1b[0m",
        "moon \udcff hollow \ud800",
        "moon " * 20_000,
        "\n".join(f"moon {n}" for n in range(3_000)),
        "m\u0300\u0301\u0302oon \u202ehollow",
        "https://[::1 https://\udcff.example/ moon hollow",
        "1e999 moons, 99999999999999999999 of 00.00.0000",
    ],
)
def test_no_text_breaks_the_lookup(lookup: Lookup, question: str) -> None:
    answer = lookup.ask(question)
    assert answer.question == question
    assert answer.outcome in set(Outcome)
    assert all(each.encode() for each in prepare(question).segments)  # no encoder reads surrogates


def test_candidates_come_best_first_with_the_match_at_the_head(lookup: Lookup) -> None:
    answer = lookup.ask("moon hollow vaccine")
    assert [each.id for each in answer.candidates][:2] == ["moon", "chip"]
    assert matched(answer) == "moon"
    chances = [each.probability for each in answer.candidates]
    assert chances == sorted(chances, reverse=True)


def test_the_chances_never_rise_with_the_rank(world: World) -> None:
    # Ranked against the cosine, decided by it: without care the last would show the highest.
    backwards = by_cosine(rerank=-1.0)
    with opened(world, backwards) as lookup:
        chances = [each.probability for each in lookup.ask("moon hollow vaccine").candidates]
    assert len(chances) == 3
    assert chances == sorted(chances, reverse=True)


def test_no_more_candidates_than_asked_for(lookup: Lookup) -> None:
    assert len(lookup.ask("moon hollow vaccine", limit=2).candidates) == 2


def test_without_a_calibration_search_never_matches(world: World) -> None:
    assert isinstance(load_calibration(["tiny"]), Uncalibrated)
    with Lookup([world.store], names(), lambda _: world.encoder) as lookup:
        answer = lookup.ask("hollow our moon?")
        assert (answer.outcome, matched(answer)) == (Outcome.SIMILAR, "moon")
        assert lookup.ask("hello").outcome is Outcome.NONE


# Claims by id.


def test_a_claim_by_its_id_and_by_one_that_was_merged_into_it(world: World) -> None:
    world.archive.merge("moon", ["bank"])
    world.publish()
    with opened(world) as lookup:
        assert lookup.claim("moon").text == "The moon is hollow."
        assert lookup.claim("bank") == lookup.claim("moon") == world.archive.claim("moon")
        with pytest.raises(UnknownClaimError, match="nope"):
            lookup.claim("nope")


# What is published.


def test_the_snapshot_that_is_searched_is_told(world: World, lookup: Lookup) -> None:
    info = lookup.snapshot
    assert (info.id, info.n_claims, info.models) == (world.store.current_id(), 3, ("tiny",))
    assert not info.is_sample
    assert lookup.ask("moon").snapshot == info


def test_nothing_published_says_what_to_run(tmp_path: Path) -> None:
    with (
        Lookup([SnapshotStore(tmp_path)], names(), lambda _: TinyEncoder("")) as lookup,
        pytest.raises(SnapshotError, match="hearsay import"),
    ):
        lookup.ask("moon")


def test_one_s_own_snapshot_replaces_the_sample(tmp_path: Path) -> None:
    sample, own = World(tmp_path / "sample"), World(tmp_path / "own")
    sample.publish(MOON)
    with opened(own, sample=sample.store) as lookup:
        assert lookup.snapshot.is_sample
        assert matched(lookup.ask("the moon is hollow")) == "moon"
        own.publish(BANK)
        assert not lookup.snapshot.is_sample
        assert lookup.ask("the moon is hollow").outcome is Outcome.NONE
    sample.archive.close()
    own.archive.close()


def test_a_new_snapshot_is_picked_up(world: World, lookup: Lookup) -> None:
    assert lookup.ask("did the bridge fall, fell").outcome is Outcome.NONE
    new = world.publish(record("bridge", "The bridge fell."))
    assert matched(lookup.ask("the bridge fell")) == "bridge"
    assert lookup.snapshot.id == new.id


def test_rollback_is_followed(world: World, lookup: Lookup) -> None:
    before = world.store.current_id()
    world.publish(record("bridge", "The bridge fell."))
    assert lookup.ask("the bridge fell").outcome is Outcome.MATCH
    world.store.rollback()
    assert lookup.ask("the bridge fell").outcome is Outcome.NONE
    assert lookup.snapshot.id == before


def test_a_damaged_new_snapshot_is_refused_and_the_old_one_stays(
    world: World, lookup: Lookup, caplog: pytest.LogCaptureFixture
) -> None:
    before = lookup.snapshot
    bad = world.publish(record("bridge", "The bridge fell."))
    (world.store.folder(bad.id) / "claims.db").write_bytes(b"junk")
    for _ in range(3):
        assert matched(lookup.ask("the moon is hollow")) == "moon"
    assert lookup.snapshot == before
    refused = [each.getMessage() for each in caplog.records if each.levelname == "ERROR"]
    assert len(refused) == 1
    assert bad.id in refused[0]
    assert "hearsay reindex" in refused[0]
    good = world.store.publish(world.build().id)
    assert lookup.snapshot.id == good.id


def test_a_snapshot_of_another_model_is_refused(world: World, lookup: Lookup) -> None:
    before = lookup.snapshot
    world.encoder = TinyEncoder(VOCABULARY, model="tiny/2")
    world.publish(record("bridge", "The bridge fell."))
    assert matched(lookup.ask("the moon is hollow")) == "moon"
    assert lookup.snapshot == before


def test_a_snapshot_of_another_model_says_what_to_run(world: World) -> None:
    with (
        opened(world, load=lambda _: TinyEncoder(VOCABULARY, model="tiny/2")) as lookup,
        pytest.raises(SnapshotError, match=r"built with tiny, .* tiny/2\. Run `hearsay reindex`"),
    ):
        lookup.warm()


def test_a_pointer_that_cannot_be_read_leaves_the_old_one_in_use(
    world: World, lookup: Lookup
) -> None:
    before = lookup.snapshot
    pointer = world.store.root / "current"
    pointer.unlink()
    pointer.mkdir()
    assert matched(lookup.ask("the moon is hollow")) == "moon"
    assert lookup.snapshot == before


def test_a_pruned_snapshot_goes_on_serving_until_the_new_one_is_loaded(
    world: World, lookup: Lookup
) -> None:
    lookup.warm()
    new = world.publish(record("bridge", "The bridge fell."))
    world.store.prune(1)
    assert world.store.ids() == [new.id]
    assert matched(lookup.ask("the moon is hollow")) == "moon"
    assert lookup.snapshot.id == new.id


def test_questions_in_threads_never_fail_while_snapshots_change(world: World) -> None:
    stop, begun = threading.Event(), threading.Barrier(5)

    def ask_on(lookup: Lookup) -> list[tuple[str, str | None]]:
        def ask() -> tuple[str, str | None]:
            answer = lookup.ask("hollow our moon?")
            return answer.snapshot.id, matched(answer)

        seen = [ask()]
        begun.wait()
        while not stop.is_set():
            seen.append(ask())
        return [*seen, ask()]

    with opened(world) as lookup, ThreadPoolExecutor(4) as pool:
        published = [lookup.snapshot.id]
        asking = [pool.submit(ask_on, lookup) for _ in range(4)]
        begun.wait()
        try:
            for n in range(6):
                manifest = world.publish(record(f"new{n}", f"A bank closed branch {n}."))
                published.append(manifest.id)
                world.store.prune(2)
            # Whoever asks while it is being loaded still gets the one before.
            while lookup.ask("moon").snapshot.id != published[-1]:
                pass
        finally:
            stop.set()
        seen = [each.result() for each in asking]
    for answers in seen:
        assert {claim for _, claim in answers} == {"moon"}
        assert {snapshot for snapshot, _ in answers} <= set(published)
        assert (answers[0][0], answers[-1][0]) == (published[0], published[-1])


def test_each_encoder_is_loaded_once(world: World) -> None:
    loaded: list[str] = []

    def load(name: str) -> Encoder:
        loaded.append(name)
        return world.encoder

    with opened(world, load=load) as lookup:
        lookup.warm()
        world.publish(record("bridge", "The bridge fell."))
        lookup.warm()
    assert loaded == ["tiny"]


# What the pair model reads.


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
