"""Decision: whether a candidate is the claim that was asked about, by a calibrated model."""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from importlib.resources import files
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from index.answers import Outcome, Signal, is_tie
from index.errors import SettingsError
from index.features import (
    FEATURE_NAMES,
    NEARNESS_FEATURES,
    SAMENESS_FEATURES,
    Features,
    Judged,
)
from index.ranking import RANKING_FEATURES

# Thresholds of a first fit. A wrong MATCH is the worst that can happen; a MATCH shown as SIMILAR
# still shows the claim.
MATCH_PROBABILITY = 0.35
SIMILAR_PROBABILITY = 0.2
# From this share of the claim's content on, a "not" or an opposite on one side only turns the claim
# round; in a freer wording it often belongs to the asking ("isn't it so", "I don't believe that").
_SAME_WORDING = 0.6
# From this logit on the pair model is believed rather than names and numbers that were compared.
# Not where one side is negated: it overlooks a "not" in the claim's own words.
_SAME_FROM = 1.0
# At this logit and below it is believed that they are not the same, however alike they are.
_OTHER_FROM = -1.5
# Where the question has less than this of the wording, this logit is enough.
_HARDLY_SHARED = 0.1
_OTHER_FROM_BESIDE_WORDS = -1.0
# From this probability on either of two claims answers what was asked.
_ALL_BUT_CERTAIN = 0.95
# By this much the ranking puts one clearly first: odds of 1.65, as of a tie.
_CLEARLY_FIRST = 0.5


@dataclass(frozen=True, slots=True)
class Logistic:
    """A logistic model.

    Attributes:
        weights: By name of the feature.
        intercept: The logit where all features are 0.
    """

    weights: Mapping[str, float]
    intercept: float

    def chance(self, features: Features) -> float:
        """In (0, 1)."""
        logit = self.intercept + sum(
            weight * getattr(features, name) for name, weight in self.weights.items()
        )
        return 1 / (1 + math.exp(-max(-60.0, min(60.0, logit))))


@dataclass(frozen=True, slots=True)
class Weights:
    """Fitted numbers for questions of one kind of language: four linear models.

    Which candidate is best, whether the best one is the story that was asked about, and whether it
    says the same of it are different questions; the same signal weighs differently in them.

    Attributes:
        ranking: Orders all candidates; by name of the ranking's feature.
        reranking: Orders the few best ones, by name of the decision's feature.
        nearness: Whether the best one tells the story that was asked about.
        sameness: Whether it says the same, if it does.
    """

    ranking: Mapping[str, float]
    reranking: Mapping[str, float]
    nearness: Logistic
    sameness: Logistic

    @classmethod
    def read(cls, content: Mapping[str, Any]) -> Self:
        """Read them from JSON.

        Raises:
            KeyError, TypeError: They are not there.
        """
        parts = {name: Logistic(**content[name]) for name in ("nearness", "sameness")}
        return cls(**{**content, **parts})


@dataclass(frozen=True, slots=True)
class Calibration:
    """Fitted numbers, and the thresholds of the outcomes.

    Attributes:
        models: What read the questions that it was fitted on; it holds for no other models.
        pair_model: The pair model that it was fitted with; None if without one.
        english: For questions that may be English.
        foreign: For questions in other languages.
        match_probability: At or above it a candidate is a MATCH.
        similar_probability: SIMILAR is a best candidate that tells the story with this chance at
            least, whatever sets it apart.
        provenance: Data, date, command and figures of the fit.
    """

    models: tuple[str, ...]
    pair_model: str | None
    english: Weights
    foreign: Weights
    match_probability: float
    similar_probability: float
    provenance: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def empty(cls, models: Sequence[str], pair_model: str | None) -> Self:
        """One to start a first fit from: it ranks by cosine and knows nothing else."""
        ranking = dict.fromkeys(RANKING_FEATURES, 0.0) | {"cosine": 0.5, "cosine_other": 0.5}
        nothing = dict.fromkeys(FEATURE_NAMES, 0.0)
        nearness = Logistic(dict.fromkeys(NEARNESS_FEATURES, 0.0), -2.0)
        sameness = Logistic(dict.fromkeys(SAMENESS_FEATURES, 0.0), 0.0)
        weights = Weights(ranking, nothing | {"score": 1.0}, nearness, sameness)
        return cls(
            models=tuple(models),
            pair_model=pair_model,
            english=weights,
            foreign=weights,
            match_probability=MATCH_PROBABILITY,
            similar_probability=SIMILAR_PROBABILITY,
        )

    def weights(self, *, is_english: bool) -> Weights:
        """The numbers for a question's language."""
        return self.english if is_english else self.foreign

    def rank(self, table: NDArray[np.float64], *, is_english: bool) -> NDArray[np.float64]:
        """Scores (n,) by which candidates are ordered, best highest; only their order counts.

        Args:
            table: float64 (n, n_ranking_features).
            is_english: Whether the question may be English.
        """
        ranking = self.weights(is_english=is_english).ranking
        scores: NDArray[np.float64] = table @ np.array([ranking[n] for n in RANKING_FEATURES])
        return scores

    def rerank(self, judged: Judged) -> float:
        """Score by which the judged candidates are ordered, best highest."""
        reranking = self.weights(is_english=judged.is_english).reranking
        weights = np.array([reranking[name] for name in FEATURE_NAMES])
        return float(weights @ judged.features.vector())

    def probability(self, judged: Judged) -> float:
        """Calibrated chance of "same claim", in [0, 1]: near, and nothing sets the two apart."""
        weights = self.weights(is_english=judged.is_english)
        return weights.nearness.chance(judged.features) * weights.sameness.chance(judged.features)

    def outcome(self, judged: Judged) -> Outcome:
        """The outcome for the best candidate.

        A "not" beside a wording that is the claim's otherwise keeps it from being a MATCH, however
        alike the rest is: near misses are written in the claim's own words. So does a name, number
        or date that excludes the claim's own, unless the pair model says that they are the same:
        "almost four decades" are 37 years. So does a pair model that is sure that they are not;
        where the two have hardly a word in common, it need not be as sure.
        """
        is_probable = self.probability(judged) >= self.match_probability
        if is_probable and not is_excluded(judged):
            return Outcome.MATCH
        nearness = self.weights(is_english=judged.is_english).nearness
        is_near = nearness.chance(judged.features) >= self.similar_probability
        return Outcome.SIMILAR if is_near else Outcome.NONE

    def excludes(self, judged: Judged) -> bool:
        """Whether it would be a MATCH, did nothing exclude it."""
        is_probable = self.probability(judged) >= self.match_probability
        return is_probable and is_excluded(judged)

    def signals(self, judged: Judged) -> tuple[Signal, ...]:
        """What was weighed for a candidate, and how; the intercept of each part first."""
        weights = self.weights(is_english=judged.is_english)
        found = []
        for part, model in (("nearness", weights.nearness), ("sameness", weights.sameness)):
            found.append(Signal(part, "intercept", 1.0, model.intercept))
            found += [
                Signal(part, name, float(getattr(judged.features, name)), weight)
                for name, weight in model.weights.items()
            ]
        return tuple(found)


def is_excluded(judged: Judged) -> bool:
    """Whether what was compared, or the pair model, excludes that it is the claim."""
    features = judged.features
    is_turned = features.negated > 0 or features.opposed > 0
    is_turned_round = is_turned and features.claim_covered >= _SAME_WORDING
    # "Vaccines do not cause autism" denies a claim that tells more.
    is_turned_round |= judged.comparison.is_denied and features.asked_covered >= _SAME_WORDING
    conflicts = features.names_conflicting > 0 or features.numbers_conflicting > 0
    pair = 0.0 if judged.pair is None else judged.pair.same
    # In a small archive whatever is on the topic stands out: pasta is near spaghetti on trees.
    hardly = features.claim_covered < _HARDLY_SHARED
    no = _OTHER_FROM_BESIDE_WORDS if hardly else _OTHER_FROM
    return is_turned_round or pair <= no or (conflicts and pair < _SAME_FROM)


@dataclass(frozen=True, slots=True)
class Uncalibrated:
    """For models that no calibration was fitted with: never a MATCH, only SIMILAR.

    The probability is a stand-in that keeps the order by cosine.
    """

    similar_cosine: float = 0.5

    def rank(self, table: NDArray[np.float64], *, is_english: bool) -> NDArray[np.float64]:  # noqa: ARG002
        """The cosine."""
        found: NDArray[np.float64] = table[:, RANKING_FEATURES.index("cosine")]
        return found

    def rerank(self, judged: Judged) -> float:
        """The cosine."""
        return judged.features.cosine

    def probability(self, judged: Judged) -> float:
        """Half the cosine: below every threshold for a match."""
        return max(0.0, judged.features.cosine) / 2

    def outcome(self, judged: Judged) -> Outcome:
        """SIMILAR or NONE."""
        is_similar = judged.features.cosine >= self.similar_cosine
        return Outcome.SIMILAR if is_similar else Outcome.NONE

    def excludes(self, judged: Judged) -> bool:  # noqa: ARG002
        """Nothing is a MATCH anyway."""
        return False

    def signals(self, judged: Judged) -> tuple[Signal, ...]:
        """The cosine."""
        return (Signal("nearness", "cosine", judged.features.cosine, 1.0),)


Decider = Calibration | Uncalibrated


def are_tied(decider: Decider, best: Judged, other: Judged) -> bool:
    """Whether another candidate would be as good a match as the best one.

    Where both are all but certain, their chances no longer tell them apart; the ranking may.
    """
    chance, rival = decider.probability(best), decider.probability(other)
    if not is_tie(chance, rival):
        return False
    ahead = decider.rerank(best) - decider.rerank(other)
    return min(chance, rival) < _ALL_BUT_CERTAIN or ahead < _CLEARLY_FIRST


def load_calibration(
    models: Sequence[str], pair_model: str | None = None, own: Path | None = None
) -> Decider:
    """The calibration for these models: the operator's own if there is one, else the shipped one.

    Args:
        models: What reads the questions, in the snapshot's order of embedding models.
        pair_model: Name of the pair model in use.
        own: Where `hearsay calibrate` puts the operator's own.

    Raises:
        SettingsError: A calibration is unreadable, or the operator's own does not fit the models.
    """
    if own is not None and own.exists():
        calibration = read_calibration(own.read_text(encoding="utf-8"), own.name)
        if not _fits(calibration, models, pair_model):
            theirs = ", ".join((*calibration.models, calibration.pair_model or "no pair model"))
            ours = ", ".join((*models, pair_model or "no pair model"))
            raise SettingsError(
                f"{own.name} was fitted with {theirs}; in use are {ours}. Run `hearsay calibrate` "
                "again, or remove it."
            )
        return calibration
    for entry in sorted(files("index.calibrations").iterdir(), key=lambda each: each.name):
        if entry.name.endswith(".json"):
            calibration = read_calibration(entry.read_text(encoding="utf-8"), entry.name)
            if _fits(calibration, models, pair_model):
                return calibration
    return Uncalibrated()


def save_calibration(calibration: Calibration, path: Path) -> None:
    """Write a calibration as JSON, whole or not at all.

    Raises:
        OSError: The file cannot be written.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".partial")
    partial.write_text(json.dumps(_rounded(asdict(calibration)), indent=1) + "\n", encoding="utf-8")
    partial.replace(path)


def _rounded(content: Any) -> Any:
    if isinstance(content, float):
        return round(content, 4)
    if isinstance(content, dict):
        return {key: _rounded(value) for key, value in content.items()}
    return content


def _fits(calibration: Calibration, models: Sequence[str], pair_model: str | None) -> bool:
    return calibration.models == tuple(models) and calibration.pair_model == pair_model


def read_calibration(text: str, name: str) -> Calibration:
    """Read a calibration from its JSON.

    Raises:
        SettingsError: It is not one, or lacks a feature.
    """
    try:
        content = json.loads(text)
        kinds = {kind: Weights.read(content[kind]) for kind in ("english", "foreign")}
        calibration = Calibration(**content | kinds | {"models": tuple(content["models"])})
        missing = {
            feature
            for weights in kinds.values()
            for given, wanted in (
                (weights.ranking, RANKING_FEATURES),
                (weights.reranking, FEATURE_NAMES),
                (weights.nearness.weights, NEARNESS_FEATURES),
                (weights.sameness.weights, SAMENESS_FEATURES),
            )
            for feature in set(wanted) - set(given)
        }
    except (ValueError, TypeError, KeyError) as error:
        raise SettingsError(
            f"Calibration {name} is unreadable. Reinstall hearsay-bot, or run `hearsay calibrate` "
            "if it is your own."
        ) from error
    if missing:
        raise SettingsError(
            f"Calibration {name} has no weight for {', '.join(sorted(missing))}: it was fitted for "
            "another version. Run `hearsay calibrate` again."
        )
    return calibration
