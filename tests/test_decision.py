"""The decision: thresholds, what excludes a match, and which calibrations are taken."""

import json
from dataclasses import replace

import numpy as np
import pytest

from index.answers import Aspect, Outcome
from index.claims import Claim
from index.comparison import Comparison
from index.decision import (
    Calibration,
    Logistic,
    Uncalibrated,
    Weights,
    are_tied,
    load_calibration,
    read_calibration,
    save_calibration,
)
from index.embedder import load_encoder
from index.errors import SettingsError
from index.features import (
    FEATURE_NAMES,
    NEARNESS_FEATURES,
    SAMENESS_FEATURES,
    Features,
    Judged,
)
from index.pair_model import PairJudgement, PairModel
from index.ranking import RANKING_FEATURES
from index.search import Hit

ZERO = Features(*[0.0] * len(FEATURE_NAMES))
NOTHING = dict.fromkeys(FEATURE_NAMES, 0.0)
UNRANKED = dict.fromkeys(RANKING_FEATURES, 0.0)
NEAR = dict.fromkeys(NEARNESS_FEATURES, 0.0)
SAME = dict.fromkeys(SAMENESS_FEATURES, 0.0)
# Where nothing sets the two apart: .5 where the cosine is 0 and 1/(1+e**-2) = .88 at 1.
ENGLISH = Weights(
    ranking=UNRANKED | {"bm25": 1.0},
    reranking=NOTHING | {"score": 1.0, "pair_in_words": 2.0},
    nearness=Logistic(NEAR | {"cosine": 2.0}, 0.0),
    sameness=Logistic(SAME | {"names_conflicting": -99.0, "pair_in_words": 4.0}, 12.0),
)
FOREIGN = Weights(
    UNRANKED | {"cosine_other": 1.0}, NOTHING, Logistic(NEAR, -3.0), Logistic(SAME, 60.0)
)
CALIBRATION = Calibration(
    models=("tiny",),
    pair_model="pair/1",
    english=ENGLISH,
    foreign=FOREIGN,
    match_probability=0.8,
    similar_probability=0.5,
)
ALIKE = replace(ZERO, cosine=1.0, claim_covered=0.5)


def judged(features: Features, *, is_english: bool = True, is_denied: bool = False) -> Judged:
    return Judged(
        hit=Hit(0, 0, 0, (0.0,), (0.0,), (0.0,), 0.0),
        claim=Claim("moon", "The moon is hollow."),
        asked_text="is the moon hollow",
        matched_text="The moon is hollow.",
        terms=frozenset({"moon", "hollow"}),
        is_english=is_english,
        comparison=Comparison(
            *[0] * 7, is_negated=is_denied, is_denied=is_denied, is_opposed=False, differences=()
        ),
        pair=None,
        ranked={},
        features=features,
    )


def read_as(same: float, features: Features, *, is_denied: bool = False) -> Judged:
    pair = PairJudgement(same, Aspect.NUMBER, 0.5, "", "")
    return replace(judged(features, is_denied=is_denied), pair=pair)


@pytest.mark.parametrize(("same", "expected"), [(0.9, Outcome.SIMILAR), (1.0, Outcome.MATCH)])
def test_what_was_compared_yields_to_a_pair_model_that_is_sure(
    same: float, expected: Outcome
) -> None:
    excluded = replace(ALIKE, numbers_conflicting=1.0)
    assert CALIBRATION.outcome(judged(excluded)) is Outcome.SIMILAR
    assert CALIBRATION.outcome(read_as(same, excluded)) is expected


@pytest.mark.parametrize(("same", "expected"), [(-1.4, Outcome.MATCH), (-1.5, Outcome.SIMILAR)])
def test_a_pair_model_that_is_sure_of_another_claim_is_believed(
    same: float, expected: Outcome
) -> None:
    assert CALIBRATION.outcome(read_as(same, ALIKE)) is expected


@pytest.mark.parametrize(("same", "expected"), [(-1.0, Outcome.SIMILAR), (-0.9, Outcome.MATCH)])
def test_with_hardly_a_word_in_common_the_pair_model_need_not_be_as_sure(
    same: float, expected: Outcome
) -> None:
    strange = replace(ALIKE, claim_covered=0.09)
    assert CALIBRATION.outcome(read_as(same, strange)) is expected
    assert CALIBRATION.outcome(judged(strange)) is Outcome.MATCH


@pytest.mark.parametrize(
    ("cosine", "ahead", "expected"),
    [(2.0, 0.4, True), (2.0, 0.6, False), (1.0, 0.6, True)],  # chances of .98 and .88
)
def test_where_both_are_all_but_certain_the_ranking_tells_which(
    cosine: float, ahead: float, expected: bool
) -> None:
    other = replace(ALIKE, cosine=cosine)
    best = replace(other, score=other.score + ahead)
    assert are_tied(CALIBRATION, judged(best), judged(other)) is expected


@pytest.mark.parametrize("turned", ["negated", "opposed"])
def test_what_turns_a_claim_round_yields_to_no_pair_model(turned: str) -> None:
    features = replace(ALIKE, **{turned: 1.0}, claim_covered=0.9)
    assert CALIBRATION.outcome(read_as(9.0, features)) is Outcome.SIMILAR
    denial = replace(ALIKE, negated=1.0, asked_covered=0.9)
    assert CALIBRATION.outcome(read_as(9.0, denial, is_denied=True)) is Outcome.SIMILAR


def test_the_probability_is_that_of_both_parts():
    assert CALIBRATION.probability(judged(ZERO)) == pytest.approx(0.5, abs=1e-4)
    assert CALIBRATION.probability(judged(ALIKE)) == pytest.approx(0.8808, abs=1e-4)


def test_another_language_has_weights_of_its_own():
    foreign = judged(ALIKE, is_english=False)
    assert CALIBRATION.probability(foreign) == pytest.approx(0.0474, abs=1e-4)
    table = np.zeros((2, len(RANKING_FEATURES)))
    table[0, RANKING_FEATURES.index("bm25")] = 0.5
    table[1, RANKING_FEATURES.index("cosine_other")] = 0.7
    assert CALIBRATION.rank(table, is_english=True).tolist() == [0.5, 0.0]
    assert CALIBRATION.rank(table, is_english=False).tolist() == [0.0, 0.7]


def test_reranking_has_weights_of_its_own():
    assert CALIBRATION.rerank(judged(replace(ZERO, score=0.5, pair_in_words=1.0))) == 2.5
    assert CALIBRATION.rerank(judged(ALIKE)) == 0


def test_the_signals_of_a_part_add_up_to_its_logit():
    signals = CALIBRATION.signals(judged(replace(ALIKE, pair_in_words=0.5)))
    logits = {
        part: sum(each.contribution for each in signals if each.part == part)
        for part in ("nearness", "sameness")
    }
    assert logits == pytest.approx({"nearness": 2.0, "sameness": 14.0})
    assert signals[0].name == "intercept"


@pytest.mark.parametrize(
    ("asked_covered", "expected"), [(0.5, Outcome.MATCH), (0.7, Outcome.SIMILAR)]
)
def test_a_short_denial_of_a_longer_claim_is_another_claim(
    asked_covered: float, expected: Outcome
) -> None:
    denial = judged(replace(ALIKE, negated=1.0, asked_covered=asked_covered), is_denied=True)
    assert CALIBRATION.outcome(denial) is expected
    assert CALIBRATION.excludes(denial) is (expected is Outcome.SIMILAR)


def test_likeness_does_not_outweigh_what_sets_the_two_apart():
    apart = replace(ALIKE, cosine=50.0, pair_in_words=-5.0)
    assert CALIBRATION.probability(judged(apart)) < 0.001


@pytest.mark.parametrize(
    ("features", "expected"),
    [
        (ALIKE, Outcome.MATCH),
        (ZERO, Outcome.SIMILAR),
        (replace(ZERO, cosine=-0.1), Outcome.NONE),
        # What reads like another claim in the same words is shown as similar.
        (replace(ALIKE, pair_in_words=-5.0), Outcome.SIMILAR),
        # What sets the two apart makes it SIMILAR, not NONE.
        (replace(ALIKE, names_conflicting=1.0), Outcome.SIMILAR),
        (replace(ALIKE, numbers_conflicting=1.0), Outcome.SIMILAR),
        (replace(ALIKE, negated=1.0, claim_covered=0.9), Outcome.SIMILAR),
        # A "not" in a free wording belongs to the asking.
        (replace(ALIKE, negated=1.0, claim_covered=0.3), Outcome.MATCH),
    ],
)
def test_the_outcome(features, expected):
    assert CALIBRATION.outcome(judged(features)) is expected


@pytest.mark.parametrize("cosine", [0.0, 0.5, 1.0])
def test_without_a_calibration_nothing_is_a_match(cosine):
    assert Uncalibrated().outcome(judged(replace(ZERO, cosine=cosine))) is not Outcome.MATCH


def test_a_calibration_holds_for_its_own_models_only():
    assert isinstance(load_calibration(["some-other-model"]), Uncalibrated)


@pytest.mark.model
def test_the_shipped_calibration_is_complete():
    models = [load_encoder(name).question_model for name in ("minilm", "use-multilingual")]
    decider = load_calibration(models, PairModel.bundled().name)
    assert isinstance(decider, Calibration)
    assert 0 < decider.similar_probability < decider.match_probability < 1
    assert decider.provenance["corpora"]
    assert isinstance(load_calibration(models, "another pair model"), Uncalibrated)
    changed = ["all-MiniLM-L6-v2/questions-0", *models[1:]]
    assert isinstance(load_calibration(changed, PairModel.bundled().name), Uncalibrated)


def test_one_s_own_calibration_goes_before_the_shipped_one(tmp_path):
    own = tmp_path / "calibration.json"
    save_calibration(CALIBRATION, own)
    assert load_calibration(["tiny"], "pair/1", own) == CALIBRATION
    with pytest.raises(SettingsError, match="fitted with tiny"):
        load_calibration(["another"], "pair/1", own)
    with pytest.raises(SettingsError, match="with tiny, pair/1; in use are tiny, pair/2"):
        load_calibration(["tiny"], "pair/2", own)


def test_a_calibration_of_another_version_is_refused(tmp_path):
    path = tmp_path / "own.json"
    save_calibration(CALIBRATION, path)
    content = json.loads(path.read_text())
    del content["english"]["sameness"]["weights"]["pair_in_words"]
    with pytest.raises(SettingsError, match="no weight for pair"):
        read_calibration(json.dumps(content), "own.json")
    with pytest.raises(SettingsError, match="unreadable"):
        read_calibration("{}", "own.json")
