"""Lookups over a tiny archive that decide by the cosine alone."""

from collections.abc import Callable

from tinyarchive import World, names, record

from index.answers import Answer
from index.claims import Appearance, Response, ResponseKind
from index.decision import (
    Calibration,
    Decider,
    Logistic,
    Weights,
)
from index.embedder import Encoder
from index.features import FEATURE_NAMES, NEARNESS_FEATURES, SAMENESS_FEATURES
from index.lookup import Lookup
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


def matched(answer: Answer) -> str | None:
    return answer.match.claim.id if answer.match else None
