"""The ticks or bars of a range of time, numbered from 0."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from synthmill.generators.kernels.mix import I64
from synthmill.generators.strategies.market.trading_hours import DAY_MINUTES, TradingHours

MINUTE_MS = 60_000


@dataclass(frozen=True)
class Window:
    """Numbers of things that come equally often on every trading day, such as ticks."""

    days: I64
    """The trading days that the window touches, counted from 1970."""
    per_day: int
    skipped: int
    """Things of the first day that come before the window."""
    count: int

    def minutes(self, hours: TradingHours, start: int, stop: int) -> I64:
        """The minutes of trading from start to stop - 1 of those of the days, counted from 1970."""
        number = np.arange(start, stop, dtype=np.int64)
        return self.days[number // hours.minutes] * DAY_MINUTES + number % hours.minutes + hours.open

    def place(self, start: int, stop: int) -> tuple[I64, I64]:
        """Day, counted from 1970, and number within the day of each thing from start to stop - 1."""
        number = np.arange(start + self.skipped, stop + self.skipped, dtype=np.int64)
        return self.days[number // self.per_day], number % self.per_day


def window(hours: TradingHours, start_ms: int, end_ms: int, step_ms: int) -> Window:
    """What begins at start_ms or later and before end_ms (both counted from 1970), one each step_ms.

    Steps are counted from a day's midnight; one of which only the end is within the hours counts, too.
    """
    day_ms = DAY_MINUTES * MINUTE_MS
    days = hours.open_days(start_ms // day_ms, -(-end_ms // day_ms))
    first = hours.open * MINUTE_MS // step_ms
    per_day = -(-hours.close * MINUTE_MS // step_ms) - first
    if not len(days):
        return Window(days, per_day, 0, 0)

    def passed(day: int, moment_ms: int) -> int:
        steps = -(-(moment_ms - day * day_ms) // step_ms) - first
        return min(max(steps, 0), per_day)

    skipped = passed(int(days[0]), start_ms)
    count = (len(days) - 1) * per_day + passed(int(days[-1]), end_ms) - skipped
    return Window(days, per_day, skipped, max(0, count))
