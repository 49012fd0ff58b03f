"""Quiet hours: by the clock of a time zone, over midnight and over changes of the clock."""

from datetime import UTC, datetime

import pytest

from bot.quiet import parse_quiet_hours


@pytest.mark.parametrize(
    ("hours", "zone", "now", "opens"),
    [
        ("22:00-08:00", "UTC", "2026-11-26T12:00", "2026-11-26T12:00"),
        ("22:00-08:00", "UTC", "2026-11-26T21:59", "2026-11-26T21:59"),
        ("22:00-08:00", "UTC", "2026-11-26T22:00", "2026-11-27T08:00"),
        ("22:00-08:00", "UTC", "2026-11-27T00:30", "2026-11-27T08:00"),
        ("22:00-08:00", "UTC", "2026-11-27T08:00", "2026-11-27T08:00"),
        # Kyiv is two hours ahead of UTC in winter, three in summer.
        ("22:00-08:00", "Europe/Kyiv", "2026-11-26T20:00", "2026-11-27T06:00"),
        ("22:00-08:00", "Europe/Kyiv", "2026-07-01T19:00", "2026-07-02T05:00"),
        # The night of 24 to 25 October 2026 is an hour longer there.
        ("22:00-08:00", "Europe/Kyiv", "2026-10-24T19:00", "2026-10-25T06:00"),
        ("12:00-14:00", "UTC", "2026-11-26T13:00", "2026-11-26T14:00"),
        ("12:00-14:00", "UTC", "2026-11-26T14:00", "2026-11-26T14:00"),
        ("off", "UTC", "2026-11-26T03:00", "2026-11-26T03:00"),
    ],
)
def test_when_somebody_may_be_notified(hours: str, zone: str, now: str, opens: str) -> None:
    moment = datetime.fromisoformat(now).replace(tzinfo=UTC)
    expected = datetime.fromisoformat(opens).replace(tzinfo=UTC)
    assert parse_quiet_hours(hours, zone).opens_at(moment) == expected


@pytest.mark.parametrize(
    "hours", ["", "22-8", "22:00", "25:00-08:00", "22:60-08:00", "22:00–08:00"]
)
def test_other_hours_are_refused(hours: str) -> None:
    with pytest.raises(ValueError, match="22:00-08:00"):
        parse_quiet_hours(hours, "UTC")


@pytest.mark.parametrize("zone", ["", "Mars/Olympus", "../etc/passwd", "Europe"])
def test_other_time_zones_are_refused(zone: str) -> None:
    with pytest.raises(ValueError, match="Europe/Kyiv"):
        parse_quiet_hours("off", zone)
