"""The decision: thresholds, what excludes a match, and which calibrations are taken."""

import json
from dataclasses import replace

import pytest

from index.answers import Outcome
from index.decision import Calibration, Uncalibrated, load_calibration, read_calibration
from index.errors import SettingsError
from index.features import FEATURE_NAMES, Features

ZERO = Features(*[0.0] * len(FEATURE_NAMES))
NOTHING = dict.fromkeys(FEATURE_NAMES, 0.0)
# With the intercept 0 the probability is .5 where the cosine is 0 and 1/(1+e**-2) = .88 at 1.
CALIBRATION = Calibration(
    models=("tiny",),
    ranking=NOTHING | {"bm25": 1.0},
    weights=NOTHING | {"cosine": 2.0, "names_conflicting": -9.0},
    intercept=0.0,
    match_probability=0.8,
    match_cosine=0.6,
    match_cosine_foreign=0.5,
    similar_probability=0.5,
)
ALIKE = replace(ZERO, cosine=1.0)


def outcome(features: Features) -> Outcome:
    return CALIBRATION.outcome(CALIBRATION.probability(features), features)


def test_the_probability_is_the_logistic_of_the_weighted_sum():
    assert CALIBRATION.probability(ZERO) == 0.5
    assert CALIBRATION.probability(ALIKE) == pytest.approx(0.8808, abs=1e-4)


def test_ranking_has_weights_of_its_own():
    assert CALIBRATION.rank(replace(ZERO, bm25=0.5)) == 0.5
    assert CALIBRATION.rank(ALIKE) == 0


@pytest.mark.parametrize(
    ("features", "expected"),
    [
        (ALIKE, Outcome.MATCH),
        (ZERO, Outcome.SIMILAR),
        (replace(ZERO, cosine=-0.1), Outcome.NONE),
        # Many claims on one topic leave no margin; what is near is shown all the same.
        (replace(ZERO, cosine=0.6, negated=1.0), Outcome.SIMILAR),
        # What sets the two apart makes it SIMILAR, not NONE.
        (replace(ALIKE, names_conflicting=1.0), Outcome.SIMILAR),
        (replace(ALIKE, numbers_conflicting=1.0), Outcome.SIMILAR),
        (replace(ALIKE, negated=1.0, claim_covered=0.9), Outcome.SIMILAR),
        # A "not" in a free wording belongs to the asking.
        (replace(ALIKE, negated=1.0, claim_covered=0.3), Outcome.MATCH),
    ],
)
def test_the_outcome(features, expected):
    assert outcome(features) is expected


def test_what_merely_stands_out_in_a_small_archive_is_no_match():
    sure = replace(CALIBRATION, intercept=9.0)
    far = replace(ZERO, cosine=0.59)
    assert sure.outcome(sure.probability(far), far) is Outcome.SIMILAR
    foreign = replace(ZERO, cosine=0.1, cosine_foreign=0.5)
    assert sure.outcome(sure.probability(foreign), foreign) is Outcome.MATCH


@pytest.mark.parametrize("cosine", [0.0, 0.5, 1.0])
def test_without_a_calibration_nothing_is_a_match(cosine):
    features = replace(ZERO, cosine=cosine)
    decider = Uncalibrated()
    assert decider.outcome(decider.probability(features), features) is not Outcome.MATCH


def test_a_calibration_holds_for_its_own_models_only():
    assert isinstance(load_calibration(["some-other-model"]), Uncalibrated)


def test_the_shipped_calibration_is_complete():
    decider = load_calibration(["all-MiniLM-L6-v2", "use-multilingual-v3/0.2.1"])
    assert isinstance(decider, Calibration)
    assert 0 < decider.similar_probability < decider.match_probability < 1
    assert decider.provenance["datasets"]


def test_a_calibration_of_another_version_is_refused():
    content = {
        "models": ["tiny"],
        "ranking": NOTHING,
        "weights": {"cosine": 1.0},
        "intercept": 0.0,
        "match_probability": 0.8,
        "match_cosine": 0.6,
        "match_cosine_foreign": 0.5,
        "similar_probability": 0.5,
    }
    with pytest.raises(SettingsError, match="no weight for"):
        read_calibration(json.dumps(content), "default.json")
    with pytest.raises(SettingsError, match="unreadable"):
        read_calibration("{}", "default.json")
