"""Budgets: how much one person or group may ask, as token buckets in memory. Pure.

A bucket holds as many tokens as its rate allows in one period and fills up evenly. What is asked
costs one token of each bucket that it touches, or none where one of them is empty.
"""

import time
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

# A refusal is told at most once in this time, however short the period of the bucket is.
_MIN_NOTICE_S = 60.0
# Some 200 bytes each. Beyond it the one that was touched longest ago is forgotten: it is full
# again, unless as many others asked within its period.
_MAX_BUCKETS = 20_000


class Scope(StrEnum):
    """What a budget is for."""

    PERSON = "person"
    GROUP = "group"
    TAPS = "taps"
    INLINE = "inline"
    NOTICE = "notice"


class Admission(StrEnum):
    """What becomes of a question."""

    TAKEN = "taken"
    REFUSED = "refused"
    REFUSED_SILENTLY = "refused silently"


@dataclass(frozen=True, slots=True)
class Rate:
    """So many in a period.

    Attributes:
        n: How many, at least 1.
        per_s: The period in seconds, above 0.
    """

    n: int
    per_s: float


Rates = Mapping[Scope, Sequence[Rate]]


@dataclass(slots=True)
class _Account:
    """The buckets of one person or group, as of a moment, and until when a refusal was told."""

    tokens: list[float]
    at: float
    told_until: float = field(default=float("-inf"))


class Budgets:
    """All budgets; use it in one thread.

    Args:
        rates: By scope, all of which hold at once; a scope without any has no limit.
        clock: Returns seconds that never run backwards.
        max_accounts: How many persons and groups are remembered.
    """

    def __init__(
        self,
        rates: Rates | None = None,
        *,
        clock: Callable[[], float] = time.monotonic,
        max_accounts: int = _MAX_BUCKETS,
    ) -> None:
        self._rates = {scope: tuple(limits) for scope, limits in (rates or {}).items() if limits}
        self._clock = clock
        self._max_accounts = max_accounts
        self._accounts: OrderedDict[tuple[Scope, int], _Account] = OrderedDict()

    def __len__(self) -> int:
        return len(self._accounts)

    def take(self, *whose: tuple[Scope, int]) -> Admission:
        """Spend one token of each budget, or none.

        Args:
            whose: The budgets, each a scope with the id of the person or chat.

        Returns:
            `REFUSED` where one is spent and its owner has not been told lately;
            `REFUSED_SILENTLY` where they have.
        """
        limited = [key for key in dict.fromkeys(whose) if key[0] in self._rates]
        accounts = [(key[0], self._account(key)) for key in limited]
        now = self._clock()
        notices: list[bool] = []
        for scope, account in accounts:
            spent = [
                rate
                for rate, tokens in zip(self._rates[scope], account.tokens, strict=True)
                if tokens < 1
            ]
            if spent:
                notices.append(account.told_until <= now)
                if notices[-1]:
                    wait_s = max(_MIN_NOTICE_S, *(rate.per_s for rate in spent))
                    account.told_until = now + wait_s
        if notices:
            return Admission.REFUSED if all(notices) else Admission.REFUSED_SILENTLY
        for _, account in accounts:
            account.tokens = [tokens - 1 for tokens in account.tokens]
        return Admission.TAKEN

    def _account(self, key: tuple[Scope, int]) -> _Account:
        """The account, filled up to this moment, as the one touched last."""
        now, rates = self._clock(), self._rates[key[0]]
        account = self._accounts.get(key)
        if account is None:
            account = self._accounts[key] = _Account([float(rate.n) for rate in rates], now)
            while len(self._accounts) > self._max_accounts:
                self._accounts.popitem(last=False)
        passed_s = now - account.at
        account.tokens = [
            min(float(rate.n), tokens + passed_s * rate.n / rate.per_s)
            for rate, tokens in zip(rates, account.tokens, strict=True)
        ]
        account.at = now
        self._accounts.move_to_end(key)
        return account


def parse_rates(text: str) -> tuple[Rate, ...]:
    """Read rates such as "5/10, 60/3600": 5 in 10 seconds and 60 in an hour; "off" for no limit.

    Raises:
        ValueError: It says something else.
    """
    rates: list[Rate] = []
    if text.strip().lower() == "off":
        return ()
    for part in (each.strip() for each in text.split(",")):
        n, slash, per_s = part.partition("/")
        try:
            rate = Rate(int(n), float(per_s))
        except ValueError:
            rate = Rate(0, 0.0)
        if not slash or rate.n < 1 or not 0 < rate.per_s <= 7 * 24 * 3600:
            raise ValueError(
                "expected rates such as 5/10,60/3600: so many in so many seconds, or off"
            )
        rates.append(rate)
    return tuple(rates)
