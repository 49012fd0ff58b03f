"""Health: whether the bot can answer just now, and if not, why. Pure."""

from dataclasses import dataclass

from bot.operations.vitals import Vitals

# A poll takes 10 s and a lost connection is tried again after 30 s at most.
MAX_POLL_AGE_S = 90.0
# Longer than the longest pause that Telegram asks for in practice; quiet hours do not count as due.
MAX_OUTBOX_AGE_S = 900.0
# Telegram gives a webhook's update up after a day; nobody waits for an answer that long.
MAX_INBOX_AGE_S = 300.0


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that keeps the bot from answering.

    Attributes:
        part: "instance", "poll", "snapshot", "workers", "inbox" or "outbox".
        reason: A sentence for the operator.
    """

    part: str
    reason: str


def problems(vitals: Vitals) -> tuple[Problem, ...]:
    """All that is wrong; empty if the bot is well."""
    return tuple(
        Problem(part, reason)
        for part, reason in (
            ("instance", _instance(vitals)),
            ("poll", _poll(vitals)),
            ("snapshot", _snapshot(vitals)),
            ("workers", _workers(vitals)),
            ("inbox", _inbox(vitals)),
            ("outbox", _outbox(vitals)),
        )
        if reason
    )


def _instance(vitals: Vitals) -> str:
    if not vitals.is_contested:
        return ""
    return (
        "Another instance of this bot takes the updates, so that users wait in vain. Stop the "
        "other one, or use another token here."
    )


def _poll(vitals: Vitals) -> str:
    if vitals.poll_age_s is None or vitals.poll_age_s <= MAX_POLL_AGE_S:
        return ""
    return (
        f"The last good poll was {vitals.poll_age_s:.0f} s ago, {MAX_POLL_AGE_S:.0f} s are the "
        "limit. Telegram cannot be reached, or the inbox is full: see the log."
    )


def _snapshot(vitals: Vitals) -> str:
    if vitals.snapshot is not None:
        return ""
    return "No snapshot is loaded. Run `hearsay status`, then `hearsay reindex`."


def _workers(vitals: Vitals) -> str:
    if vitals.n_stuck < vitals.n_workers:
        return ""
    return f"All {vitals.n_workers} lookup threads hang at a question. Restart the bot."


def _inbox(vitals: Vitals) -> str:
    if vitals.inbox is None or vitals.inbox.oldest_s <= MAX_INBOX_AGE_S:
        return ""
    return (
        f"An update has waited for {vitals.inbox.oldest_s:.0f} s; "
        f"{vitals.inbox.n_waiting} wait. The machine is overloaded, or a handler hangs."
    )


def _outbox(vitals: Vitals) -> str:
    if vitals.outbox is None or vitals.outbox.oldest_s <= MAX_OUTBOX_AGE_S:
        return ""
    return (
        f"A notification has been due for {vitals.outbox.oldest_s:.0f} s; "
        f"{vitals.outbox.n_waiting} wait. See the log for what Telegram answers."
    )
