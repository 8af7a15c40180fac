"""When there are ticks, and how a day's variance and volume spread over its minutes."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from synthmill.generators.columns.calendars import holidays
from synthmill.generators.kernels.mix import F64, I64
from synthmill.generators.schema.times import days

DAY_MINUTES = 1_440
DAY_US = 86_400_000_000
MINUTE_US = 60_000_000
_YEAR_DAYS = 365
"""Drift and volatility are stated for so many days."""
_KNOWN = (days("2001-01-01"), days("2036-01-01"))
"""The years whose holidays are known."""


@dataclass(frozen=True)
class TradingHours:
    """The same hours of UTC on each of some weekdays."""

    open: int = 0
    """The first minute of a day that has ticks."""
    close: int = DAY_MINUTES
    """The minute after the last."""
    weekdays: tuple[int, ...] = (1, 2, 3, 4, 5, 6, 7)
    """1 is Monday."""
    overnight: float = 0.0
    """The share of a day's variance that comes between the close of one day and the open of the next."""
    curved: bool = False
    """Whether the day begins and ends livelier than its middle."""
    holidays: str | None = None
    """The country whose public holidays are closed."""

    @property
    def minutes(self) -> int:
        return self.close - self.open

    @cached_property
    def day_years(self) -> float:
        """A trading day's share of a year: closed days' variance and drift come on open ones."""
        if self.holidays is None:
            return 7 / (len(self.weekdays) * _YEAR_DAYS)
        return (_KNOWN[1] - _KNOWN[0]) / _YEAR_DAYS / len(self.open_days(*_KNOWN))

    @cached_property
    def activity(self) -> F64:
        """Of shape (minutes,), mean 1: how lively each minute is.

        The curve is a parabola, 2 at both ends and 1/2 in the middle: the U that Jain and Joh (1988) found.
        """
        if not self.curved:
            return np.ones(self.minutes)
        place = (np.arange(self.minutes) + 0.5) / self.minutes
        curve = 0.5 + 6.0 * (place - 0.5) * (place - 0.5)
        # A plain sum in order: numpy's own adds in an order that depends on the processor.
        mean: float = np.cumsum(curve)[-1] / self.minutes
        return np.asarray(curve / mean, np.float64)

    @cached_property
    def variance(self) -> F64:
        """Of shape (minutes + 1,), sum 1: the shares of the night before the open and of each minute."""
        return np.concatenate([[self.overnight], self.activity * ((1.0 - self.overnight) / self.minutes)])

    def is_open(self, days: I64) -> I64:
        """1 for each day, counted from 1970-01-01, on which there is trading, else 0."""
        weekday = (days + 3) % 7 + 1
        trading = np.isin(weekday, self.weekdays)
        if self.holidays is not None:
            trading &= ~np.isin(days, holidays(self.holidays))
        return trading.astype(np.int64)

    def open_days(self, first: int, last: int) -> I64:
        """The trading days from first to last - 1."""
        days = np.arange(first, max(first, last), dtype=np.int64)
        trading: I64 = days[self.is_open(days) == 1]
        return trading
