"""Hearsay's archive and lookup. It knows nothing of Telegram; `bot` imports this root only."""

from typing import TYPE_CHECKING, Any

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

if TYPE_CHECKING:
    from index.home import open_lookup
    from index.lookup import Lookup

__all__ = [
    "Answer",
    "Appearance",
    "Aspect",
    "Candidate",
    "Claim",
    "ClaimState",
    "Difference",
    "HearsayError",
    "Lookup",
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
    "open_lookup",
    "rebuttal_status",
    "shorten",
]


def __getattr__(name: str) -> Any:
    """Load what is heavy when it is first asked for, so that `--help` is instant."""
    if name == "open_lookup":
        from index.home import open_lookup  # noqa: PLC0415

        return open_lookup
    if name == "Lookup":
        from index.lookup import Lookup  # noqa: PLC0415

        return Lookup
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
