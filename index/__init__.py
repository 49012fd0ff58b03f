"""Hearsay's archive and lookup. It knows nothing of Telegram; `bot` imports this root only."""

from index.answers import (
    Answer,
    Aspect,
    Candidate,
    Difference,
    Match,
    Outcome,
    Route,
    SnapshotInfo,
)
from index.claims import (
    Appearance,
    Claim,
    ClaimState,
    RebuttalStatus,
    Response,
    ResponseKind,
    Verdict,
    rebuttal_status,
)
from index.errors import HearsayError, SettingsError, SnapshotError, UnknownClaimError
from index.settings import Settings, load_settings
from index.text import clean, shorten

__all__ = [
    "Answer",
    "Appearance",
    "Aspect",
    "Candidate",
    "Claim",
    "ClaimState",
    "Difference",
    "HearsayError",
    "Match",
    "Outcome",
    "RebuttalStatus",
    "Response",
    "ResponseKind",
    "Route",
    "Settings",
    "SettingsError",
    "SnapshotError",
    "SnapshotInfo",
    "UnknownClaimError",
    "Verdict",
    "clean",
    "load_settings",
    "rebuttal_status",
    "shorten",
]
