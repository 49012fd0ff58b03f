"""Backoff: growing pauses between tries, never the same for two bots that failed together."""

import random

_FIRST_S = 1.0
_LONGEST_S = 30.0
_JITTER = 0.3


class Backoff:
    """The pauses of one thing that is tried again and again.

    Args:
        chance: Where the jitter comes from.
        first_s: The first pause, in seconds.
        longest_s: No pause is longer, but for one that was asked for.
    """

    def __init__(
        self,
        chance: random.Random,
        first_s: float = _FIRST_S,
        longest_s: float = _LONGEST_S,
    ) -> None:
        self._chance = chance
        self._first_s = first_s
        self._longest_s = longest_s
        self._n_failures = 0

    def reset(self) -> None:
        """It went well."""
        self._n_failures = 0

    def pause_s(self, at_least_s: float = 0.0) -> float:
        """It failed once more: how long to wait, in seconds.

        Args:
            at_least_s: What the other side asked for.
        """
        # The exponent is capped, since a number that large would overflow after a long outage.
        doubled = self._first_s * 2.0 ** min(self._n_failures, 16)
        self._n_failures += 1
        shortened = min(doubled, self._longest_s) * (1 - _JITTER * self._chance.random())
        return max(shortened, at_least_s)
