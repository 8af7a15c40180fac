"""Statistics of a range of ticks."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction

from synthmill.generators.strategies.market.bars import Minutes


@dataclass(frozen=True)
class Statistics:
    """Prices in units of the security, as whole numbers where they are such."""

    tick_count: int
    open: int
    high: int
    low: int
    close: int
    mean: float
    deviation: float
    """Of the prices, with n - 1 in the denominator; 0 of a single tick."""
    volume: int


def statistics_of(minutes: Minutes) -> Statistics:
    """Of all ticks of these minutes (one at least).

    Sums are whole numbers and exact; the two roundings at the end are all there are.
    """
    columns = (minutes.open, minutes.moved, minutes.squares, minutes.ticks)
    rows = list(zip(*(column.tolist() for column in columns), strict=True))
    count = sum(ticks for *_, ticks in rows)
    total = sum(ticks * price + moved for price, moved, _, ticks in rows)
    squares = sum(ticks * price * price + 2 * price * moved + square for price, moved, square, ticks in rows)
    variance = Fraction(squares * count - total * total, count * max(1, count - 1))
    return Statistics(
        tick_count=count,
        open=int(minutes.open[0]),
        high=int(minutes.high.max()),
        low=int(minutes.low.min()),
        close=int(minutes.close[-1]),
        mean=float(Fraction(total, count)),
        deviation=math.sqrt(float(variance)),
        volume=sum(minutes.volume.tolist()),
    )
