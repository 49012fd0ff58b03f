"""Quiet hours: the hours of the night in which nobody is notified."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

OFF = "off"
_HOURS = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)", re.ASCII)


@dataclass(frozen=True, slots=True)
class QuietHours:
    """A daily stretch of time, by the clock of a time zone.

    Attributes:
        starts: When it begins, by that clock.
        ends: When it ends, on the next day if it is not after `starts`; equal: never quiet.
        zone: The time zone.
    """

    starts: time
    ends: time
    zone: ZoneInfo

    def opens_at(self, now: datetime) -> datetime:
        """When somebody may be notified: `now`, or the end of the quiet hours that it lies in.

        Args:
            now: Aware.
        """
        local = now.astimezone(self.zone)
        clock = local.time()
        if self.starts <= self.ends:
            is_quiet, day = self.starts <= clock < self.ends, local.date()
        else:
            is_quiet = clock >= self.starts or clock < self.ends
            day = local.date() + timedelta(days=int(clock >= self.starts))
        if not is_quiet:
            return now
        end = datetime.combine(day, self.ends, tzinfo=self.zone)
        return max(end.astimezone(UTC), now)  # a clock that is put forward may skip the end


def parse_quiet_hours(hours: str, time_zone: str) -> QuietHours:
    """Read quiet hours.

    Args:
        hours: "22:00-08:00", or "off".
        time_zone: Its name in the tz database ("Europe/Kyiv").

    Raises:
        ValueError: One of them is something else; the message says what was expected.
    """
    try:
        zone = ZoneInfo(time_zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError("expected a time zone such as UTC or Europe/Kyiv") from None
    if hours.strip().lower() == OFF:
        return QuietHours(time(), time(), zone)
    found = _HOURS.fullmatch(hours.strip())
    if found is None:
        raise ValueError('expected hours such as 22:00-08:00, or "off"')
    parts = [int(part) for part in found.groups()]
    return QuietHours(time(parts[0], parts[1]), time(parts[2], parts[3]), zone)
