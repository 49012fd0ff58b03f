"""Decision: whether a candidate is the claim that was asked about, by a calibrated model."""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from importlib.resources import files
from typing import Any

import numpy as np

from index.answers import Outcome
from index.errors import SettingsError
from index.features import FEATURE_NAMES, Features

# From this share of the claim's content on, a "not" on one side only turns the claim round; in a
# freer wording it often belongs to the asking ("isn't it so that", "I don't believe that").
_SAME_WORDING = 0.6


@dataclass(frozen=True, slots=True)
class Calibration:
    """Fitted numbers: one linear model that ranks candidates, one logistic that decides.

    Ranking is about which candidate, deciding about whether the best one is the same claim; the
    same feature weighs differently in the two.

    Attributes:
        models: The embedding models that it was fitted with; it holds for no others.
        ranking: Weights of the ranking, by feature name.
        weights: Weights of the decision, by feature name.
        intercept: Of the decision.
        match_probability: At or above it a candidate is a MATCH.
        match_cosine: A MATCH in English has at least this cosine in the first encoder. Margins
            depend on what else the archive holds; in a small one, anything on the topic stands out.
        match_cosine_foreign: The same for other languages, in the second encoder.
        similar_probability: SIMILAR is a best candidate that would be at or above it if nothing
            set it apart from the question, or that has at least the cosine of a MATCH.
        provenance: Data, date, command and figures of the fit.
    """

    models: tuple[str, ...]
    ranking: Mapping[str, float]
    weights: Mapping[str, float]
    intercept: float
    match_probability: float
    match_cosine: float
    match_cosine_foreign: float
    similar_probability: float
    provenance: Mapping[str, Any] = field(default_factory=dict)

    def rank(self, features: Features) -> float:
        """Score by which candidates are ordered, best highest; only its order means something."""
        return _weigh(self.ranking, features)

    def probability(self, features: Features) -> float:
        """Calibrated chance of "same claim", in [0, 1]."""
        logit = _weigh(self.weights, features) + self.intercept
        return 1 / (1 + math.exp(-max(-60.0, min(60.0, logit))))

    def outcome(self, probability: float, features: Features) -> Outcome:
        """The outcome for the best candidate.

        A name, number or date that excludes the claim's own keeps it from being a MATCH however
        alike the rest is: near misses are written in the claim's own words. So does a "not" beside
        a wording that is the claim's otherwise.
        """
        is_sure = probability >= self.match_probability and self.is_near(features)
        if is_sure and not is_excluded(features):
            return Outcome.MATCH
        # Whether it is close is judged without what sets the two apart: that is what SIMILAR names.
        apart = replace(
            features, names_conflicting=0, names_missing=0, numbers_conflicting=0, negated=0
        )
        if self.is_near(features) or self.probability(apart) >= self.similar_probability:
            return Outcome.SIMILAR
        return Outcome.NONE

    def is_near(self, features: Features) -> bool:
        """Whether the texts are near enough by themselves, whatever else the archive holds."""
        if features.cosine_foreign > 0:
            return features.cosine_foreign >= self.match_cosine_foreign
        return features.cosine >= self.match_cosine


def is_excluded(features: Features) -> bool:
    """Whether something in the question excludes that it is the claim, however alike they are."""
    is_turned_round = features.negated > 0 and features.claim_covered >= _SAME_WORDING
    conflicts = features.names_conflicting > 0 or features.numbers_conflicting > 0
    return conflicts or is_turned_round


@dataclass(frozen=True, slots=True)
class Uncalibrated:
    """For models that no calibration was fitted with: never a MATCH, only SIMILAR.

    The probability is a stand-in that keeps the order by cosine.
    """

    similar_cosine: float = 0.5

    def rank(self, features: Features) -> float:
        """The cosine."""
        return features.cosine

    def probability(self, features: Features) -> float:
        """Half the cosine: below every threshold for a match."""
        return max(0.0, features.cosine) / 2

    def outcome(self, probability: float, features: Features) -> Outcome:  # noqa: ARG002
        """SIMILAR or NONE."""
        is_similar = probability >= self.similar_cosine / 2
        return Outcome.SIMILAR if is_similar else Outcome.NONE


Decider = Calibration | Uncalibrated


def _weigh(weights: Mapping[str, float], features: Features) -> float:
    return float(np.array([weights[name] for name in FEATURE_NAMES]) @ features.vector())


def load_calibration(models: Sequence[str]) -> Decider:
    """The shipped calibration for these embedding models.

    Args:
        models: In the snapshot's order.

    Raises:
        SettingsError: A shipped calibration is unreadable.
    """
    for entry in sorted(files("index.calibrations").iterdir(), key=lambda each: each.name):
        if entry.name.endswith(".json"):
            calibration = read_calibration(entry.read_text(encoding="utf-8"), entry.name)
            if calibration.models == tuple(models):
                return calibration
    return Uncalibrated()


def read_calibration(text: str, name: str) -> Calibration:
    """Read a calibration from its JSON.

    Raises:
        SettingsError: It is not one, or lacks a feature.
    """
    try:
        content = json.loads(text)
        calibration = Calibration(**content | {"models": tuple(content["models"])})
        missing = set(FEATURE_NAMES) - (set(calibration.weights) & set(calibration.ranking))
    except (ValueError, TypeError, KeyError) as error:
        raise SettingsError(f"Calibration {name} is unreadable. Reinstall hearsay-bot.") from error
    if missing:
        raise SettingsError(
            f"Calibration {name} has no weight for {', '.join(sorted(missing))}: it was fitted for "
            "another version. Fit it again."
        )
    return calibration
