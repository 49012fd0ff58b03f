"""Findings: what a check found, how bad it is, and what to do about it. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

_DONE, _FAILED, _USAGE = 0, 1, 2
_PART_WIDTH = 9


class Level(StrEnum):
    """How bad it is."""

    OK = "ok"
    WARN = "warn"
    """The bot runs, but not as one may expect."""
    FAIL = "fail"
    """The bot cannot run, or cannot answer."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the report.

    Attributes:
        part: What was looked at, in one word.
        level: How bad it is.
        message: What was found, as a sentence.
        next_step: What to do; "" where nothing is to be done.
        is_setting: Whether a setting is wrong, so that starting again would not help.
    """

    part: str
    level: Level
    message: str
    next_step: str = ""
    is_setting: bool = False

    def lines(self) -> Iterable[str]:
        """The finding as text."""
        yield f"{self.level:<4}  {self.part:<{_PART_WIDTH}}  {self.message}"
        if self.next_step:
            yield f"{'':<{_PART_WIDTH + 8}}{self.next_step}"


def ok(part: str, message: str) -> Finding:
    """All is well."""
    return Finding(part, Level.OK, message)


def warn(part: str, message: str, next_step: str) -> Finding:
    """Something is not as one may expect."""
    return Finding(part, Level.WARN, message, next_step)


def fail(part: str, message: str, next_step: str, *, is_setting: bool = False) -> Finding:
    """Something keeps the bot from working."""
    return Finding(part, Level.FAIL, message, next_step, is_setting)


def exit_code(findings: Sequence[Finding]) -> int:
    """0 if nothing failed, 2 if a setting is wrong, else 1; as `hearsay-bot run` would end."""
    failed = [finding for finding in findings if finding.level is Level.FAIL]
    if any(finding.is_setting for finding in failed):
        return _USAGE
    return _FAILED if failed else _DONE


def to_json(findings: Sequence[Finding]) -> dict[str, Any]:
    """The report as JSON: `ok`, and `findings` with all their attributes."""
    return {"ok": exit_code(findings) == _DONE, "findings": [asdict(each) for each in findings]}
