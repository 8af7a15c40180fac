"""Ticks of any range of time: a minute's ends come from its day, its ticks from a bridge between them.

A Brownian path is drawn coarsely first (days), then bridged (minutes), then bridged again (ticks). The law is
that of a path drawn at once, and a minute needs no other minute.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from functools import cached_property

import numpy as np

from synthmill.generators.kernels.elementary import log
from synthmill.generators.kernels.integers import distinct
from synthmill.generators.kernels.mix import F64, I64, key
from synthmill.generators.kernels.processes.quotes import Law, quotes
from synthmill.generators.strategies.market.dynamics import minute_volumes
from synthmill.generators.strategies.market.skeleton import Skeleton, moves, skeleton
from synthmill.generators.strategies.market.tickers import Ticker
from synthmill.generators.strategies.market.trading_hours import DAY_MINUTES, TradingHours

MINUTE_MS = 60_000
_AT_ONCE = 16_384
"""Ticks made at a time: few enough for a core's own cache."""


@dataclass(frozen=True)
class Ticks:
    """Of shape (ticks,) each; prices are whole numbers of 10 ** -decimals."""

    price: I64
    bid: I64
    ask: I64
    volume: I64

    def part(self, places: slice) -> Ticks:
        """Views of some of them."""
        return Ticks(*(getattr(self, field.name)[places] for field in fields(self)))


@dataclass(frozen=True)
class Security:
    """A ticker in a market: everything that its ticks follow from."""

    ticker: Ticker
    seed: int
    hours: TradingHours
    first_day: int
    """Counted from 1970; its initial price holds when this day begins."""
    interval_ms: int
    """Between ticks; divides a minute."""
    decimals: int

    @property
    def per_minute(self) -> int:
        return MINUTE_MS // self.interval_ms

    def ticks(self, minutes: I64, *, offers: bool = True) -> Ticks:
        """All ticks of these minutes (counted from 1970), each of which is one of trading.

        Without `offers` bid and ask have no length.
        """
        before, after, deviation, activity = self._ends(minutes)
        total = len(minutes) * self.per_minute
        lengths = (total, total if offers else 0, total if offers else 0, total)
        made = Ticks(*(np.empty(length, np.int64) for length in lengths))
        # As long as one another: a short one at the end would be made by plain numpy.
        pieces = max(1, -(-total // _AT_ONCE))
        step = max(1, -(-len(minutes) // pieces))
        for at in range(0, len(minutes), step):
            chunk = slice(at, at + step)
            into = slice(at * self.per_minute, (at + step) * self.per_minute)
            ends = before[chunk], after[chunk], deviation[chunk], activity[chunk]
            self._make(minutes[chunk], *ends, made.part(into))
        return made

    def _make(
        self, minutes: I64, before: F64, after: F64, deviation: F64, activity: F64, into: Ticks
    ) -> None:
        count = self.per_minute
        step = deviation * math.sqrt(1.0 / count)
        columns = (into.price, into.bid, into.ask, into.volume)
        quotes(self._streams, self._law, before, after, step, minutes * count, activity, *columns)

    @cached_property
    def _streams(self) -> tuple[int, int]:
        place = (self.seed, "market", "ticker", self.ticker.symbol)
        return key(*place, "ticks"), key(*place, "spread")

    @cached_property
    def _law(self) -> Law:
        ticker = self.ticker
        low, high = log(np.array([ticker.min_price, ticker.max_price])).tolist()
        unit = round(ticker.tick_size * 10**self.decimals)
        share = 1.0 if ticker.volume is None else 1.0 / self.per_minute
        return Law(
            low,
            high,
            scale=10**self.decimals / unit,
            unit=float(unit),
            least_spread=0.5 * ticker.min_spread,
            more_spread=0.5 * (ticker.max_spread - ticker.min_spread),
            base_volume=ticker.base_volume * share,
            move_volume=ticker.move_volume * ticker.volatility * share,
        )

    def _ends(self, minutes: I64) -> tuple[F64, F64, F64, F64]:
        """The logarithm of the price before and after each minute, the minute's standard deviation, and how
        lively it is in volume."""
        passed = minutes // DAY_MINUTES - self.first_day
        numbers, where = distinct(passed.view(np.uint64))
        days = numbers.view(np.int64) + self.first_day
        within = minutes % DAY_MINUTES - self.hours.open
        whole = skeleton(
            self.ticker, self.seed, self.hours, self.first_day, int(days[-1]) + 1 - self.first_day
        )
        ends = self._minute_ends(whole, days)
        share = np.sqrt(self.hours.variance)[within + 1]
        at, path = days - self.first_day, ends.reshape(-1)
        place = where * ends.shape[1] + within
        before, after, deviation = path[place], path[place + 1], whole.deviation[at][where] * share
        activity = self.hours.activity[within]
        if whole.volume is not None:
            activity = whole.volume[at][where] * minute_volumes(activity, (after - before) / deviation)
        jumps = whole.jump[at]
        if jumps.any():
            # A jump comes between two minutes, so that no tick lies within it.
            jump = np.where(within >= whole.jump_minute[at][where], jumps[where], 0.0)
            before, after = before + jump, after + jump
        return before, after, deviation, activity

    def _minute_ends(self, whole: Skeleton, days: I64) -> F64:
        """Of shape (days, minutes + 1): where minutes begin, and where the last one ends; without jumps."""
        hours, at = self.hours, days - self.first_day
        steps = hours.minutes + 1  # The night before is one.
        index = (days[:, None] * (DAY_MINUTES + 1) + np.arange(steps)).reshape(-1).view(np.uint64)
        normal = moves(self.seed, "minutes", self.ticker, index).reshape(-1, steps)
        walk = np.cumsum(normal * np.sqrt(hours.variance), axis=1)
        passed = np.cumsum(hours.variance)
        passed[-1] = 1.0
        before, after = whole.ends[at], whole.ends[at + 1] - whole.jump[at]
        walk *= whole.deviation[at][:, None]
        tilt = (after - before)[:, None] - walk[:, -1:]
        ends: F64 = before[:, None] + walk + passed * tilt
        return ends
