"""Bars: the first, highest, lowest and last price and the volume of equal stretches of time."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from synthmill.generators.kernels.mix import I64
from synthmill.generators.strategies.market.ticks import Security, Ticks
from synthmill.generators.strategies.market.trading_hours import DAY_MINUTES

TIMEFRAMES = {"1m": 1, "5m": 5, "15m": 15, "1h": 60, "1d": DAY_MINUTES}
"""Minutes of a bar."""

_TICKS_AT_ONCE = 262_144


@dataclass(frozen=True)
class Minutes:
    """What is kept of the ticks of some minutes, of shape (minutes,) each; prices in the security's units."""

    minute: I64
    """Counted from 1970; in order."""
    open: I64
    high: I64
    low: I64
    close: I64
    volume: I64
    moved: I64
    """The sum of what ticks lie above the open."""
    squares: I64
    """The sum of the squares of that. Whole, so that a mean and a variance of many minutes are exact."""
    ticks: I64

    def __len__(self) -> int:
        return len(self.minute)

    def part(self, places: slice) -> Minutes:
        """Some of them."""
        return Minutes(*(getattr(self, field.name)[places] for field in fields(self)))


@dataclass(frozen=True)
class Bars:
    """Of shape (bars,) each; prices are whole numbers of 10 ** -decimals."""

    start: I64
    """The minute that a bar begins with, counted from 1970, whether there is trading then or not."""
    open: I64
    high: I64
    low: I64
    close: I64
    volume: I64


def joined(stretches: list[Minutes]) -> Minutes:
    """Minutes that follow one another."""
    if not stretches:
        return Minutes(*(np.empty(0, np.int64) for _ in fields(Minutes)))
    columns = ([getattr(one, field.name) for one in stretches] for field in fields(Minutes))
    return Minutes(*(np.concatenate(column) for column in columns))


def minutes_of(security: Security, minutes: I64) -> Minutes:
    """These minutes of trading, from their ticks."""
    step = max(1, _TICKS_AT_ONCE // security.per_minute)
    return joined([_made(security, minutes[at : at + step]) for at in range(0, len(minutes), step)])


def trimmed(security: Security, minute: int, first: int, last: int) -> Minutes:
    """A minute as if it had only its ticks from first to last - 1, one at least."""
    ticks = security.ticks(np.array([minute], np.int64)).part(slice(first, last))
    return _summed(np.array([minute], np.int64), ticks)


def _made(security: Security, minutes: I64) -> Minutes:
    return _summed(minutes, security.ticks(minutes, offers=False))


def _summed(minutes: I64, ticks: Ticks) -> Minutes:
    price, volume = (column.reshape(len(minutes), -1) for column in (ticks.price, ticks.volume))
    opening = price[:, 0]
    if price.shape[1] == 1:
        none, one = np.zeros(len(minutes), np.int64), np.ones(len(minutes), np.int64)
        return Minutes(minutes, opening, opening, opening, opening, volume[:, 0], none, none, one)
    above = price - opening[:, None]
    return Minutes(
        minutes,
        opening,
        price.max(axis=1),
        price.min(axis=1),
        price[:, -1],
        volume.sum(axis=1),
        above.sum(axis=1),
        np.square(above, out=above).sum(axis=1),
        np.full(len(minutes), price.shape[1], np.int64),
    )


def bars_of(minutes: Minutes, timeframe: int) -> Bars:
    """The bars that these minutes make up; `timeframe` is a bar's length in minutes."""
    if not len(minutes):
        return Bars(*(minutes.minute for _ in fields(Bars)))
    start = minutes.minute - minutes.minute % timeframe
    first = np.flatnonzero(np.concatenate([[True], start[1:] != start[:-1]]))
    last = np.concatenate([first[1:], [len(start)]]) - 1
    return Bars(
        start[first],
        minutes.open[first],
        np.maximum.reduceat(minutes.high, first),
        np.minimum.reduceat(minutes.low, first),
        minutes.close[last],
        np.add.reduceat(minutes.volume, first),
    )
