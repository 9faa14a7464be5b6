"""Exchange rates from a service that is sometimes down."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation


class RatesUnavailable(Exception):
    """No rate could be had, not even an old one."""


@dataclass(frozen=True)
class Rate:
    """How many euros one unit of a currency was worth, and when."""

    currency: str
    value: Decimal
    fetched: datetime


class RateSource:
    """Fetches rates through `fetch`, which takes a currency code and returns a number as text.

    A rate is used again for `max_age` (exactly that age still counts as fresh). A fetch that
    raises OSError or returns no positive number is tried again, `attempts` times in all, with
    waits of 1, 2, 4, ... seconds through `sleep` between them. When all fail, a rate that was
    fetched earlier is better than none, whatever its age.
    """

    def __init__(
        self,
        fetch: Callable[[str], str],
        clock: Callable[[], datetime],
        sleep: Callable[[float], None],
        attempts: int = 3,
        max_age: timedelta = timedelta(hours=1),
    ) -> None:
        self._fetch = fetch
        self._clock = clock
        self._sleep = sleep
        self._attempts = attempts
        self._max_age = max_age
        self._known: dict[str, Rate] = {}

    def rate(self, currency: str) -> Rate:
        """The rate of a currency; raises RatesUnavailable when there is none, new or old."""
        if currency == "EUR":
            return Rate("EUR", Decimal(1), self._clock())
        known = self._known.get(currency)
        if known is not None and self._clock() - known.fetched <= self._max_age:
            return known
        value = self._fetched(currency)
        if value is not None:
            self._known[currency] = Rate(currency, value, self._clock())
        elif known is None:
            raise RatesUnavailable(f"no rate for {currency} after {self._attempts} attempts")
        return self._known[currency]

    def euros(self, cents: int, currency: str) -> int:
        """An amount of a currency in euro cents, rounded half to even."""
        return round(cents * self.rate(currency).value)

    def _fetched(self, currency: str) -> Decimal | None:
        for attempt in range(self._attempts):
            if attempt:
                self._sleep(2 ** (attempt - 1))
            try:
                value = Decimal(self._fetch(currency).strip())
            except (OSError, InvalidOperation):
                continue
            if value.is_finite() and value > 0:
                return value
        return None
