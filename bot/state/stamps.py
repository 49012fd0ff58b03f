"""Stamps: moments as bot.db keeps them, ISO 8601 in UTC, so that text sorts as time does."""

from datetime import UTC, datetime


def stamp(at: datetime) -> str:
    """A moment as text, to the millisecond.

    Args:
        at: Aware.
    """
    return at.astimezone(UTC).isoformat(timespec="milliseconds")


def moment(text: str) -> datetime:
    """A stamp as a moment, in UTC."""
    return datetime.fromisoformat(text)


def utc_now() -> datetime:
    """The moment now, in UTC."""
    return datetime.now(UTC)
