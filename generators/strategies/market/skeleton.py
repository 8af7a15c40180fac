"""A ticker's days: the logarithm of its price at the ends of each, and how much it moves within.

The only part of a market that is made in sequence: a few thousand steps, and going on changes none of them.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from synthmill.generators.engine.recent import Recent
from synthmill.generators.kernels.elementary import log, normal_quantile, open_unit
from synthmill.generators.kernels.integers import bounded
from synthmill.generators.kernels.mix import F64, I64, U64, key, mix
from synthmill.generators.strategies.market.dynamics import day_volumes
from synthmill.generators.strategies.market.tickers import Ticker
from synthmill.generators.strategies.market.trading_hours import TradingHours

_STEP = 512
"""Skeletons are kept for whole numbers of so many days."""


@dataclass(frozen=True)
class Skeleton:
    """Trading day i of the history has the number `first` + i among all days; closed ones have variance 0."""

    first: int
    ends: F64
    """Of shape (days + 1,): the logarithm of the price, not yet reflected, before and after each day."""
    deviation: F64
    """Of shape (days,): the standard deviation of a day's move without its jump."""
    jump: F64
    """Of shape (days,), 0 on most."""
    jump_minute: I64
    """Of shape (days,): after how many minutes of trading the jump comes."""
    volume: F64 | None
    """Of shape (days,): how many times the usual volume; None where all days are alike."""


def mean_variance(ticker: Ticker, hours: TradingHours) -> float:
    """Of a day's move without jumps, so that with them the stated volatility comes out; may be below 0."""
    variance = ticker.volatility * ticker.volatility * hours.day_years
    if ticker.jumps is None:
        return variance
    chance, mean = ticker.jumps.per_year * hours.day_years, ticker.jumps.mean
    second = ticker.jumps.deviation * ticker.jumps.deviation + mean * mean
    return variance - (chance * second - chance * mean * (chance * mean))


def moves(seed: int, purpose: str, ticker: Ticker, index: U64) -> F64:
    """Standard normal moves at these places: the ticker's own and those of its factors, by its loadings."""
    own = 1.0
    total = np.zeros(len(index))
    for factor, loading in sorted(ticker.loadings.items()):
        total += loading * _normal(key(seed, "market", "factor", factor, purpose), index)
        own -= loading * loading
    total += math.sqrt(max(0.0, own)) * _normal(key(seed, "market", "ticker", ticker.symbol, purpose), index)
    return total


def _normal(stream: int, index: U64) -> F64:
    return normal_quantile(open_unit(mix(stream, index)))


def skeleton(ticker: Ticker, seed: int, hours: TradingHours, first: int, days: int) -> Skeleton:
    """At least so many days from day `first` (counted from 1970), on which the initial price holds."""
    enough = -(-days // _STEP) * _STEP
    key = _Frozen(ticker), seed, hours, first, enough
    return _KEPT.get(key, lambda: _skeleton(ticker, seed, hours, first, enough))


_KEPT: Recent[Skeleton] = Recent(32 * 2**20, lambda made: 4.0 * made.ends.nbytes)


class _Frozen:
    """A ticker as a key of the cache: its loadings are a mapping."""

    def __init__(self, ticker: Ticker) -> None:
        self.ticker = ticker

    def __hash__(self) -> int:
        return hash(self.ticker.symbol)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Frozen) and other.ticker == self.ticker


def _skeleton(ticker: Ticker, seed: int, hours: TradingHours, first: int, days: int) -> Skeleton:
    place = np.arange(first, first + days, dtype=np.int64)
    trading = hours.is_open(place)
    index = place.view(np.uint64)
    normal = moves(seed, "days", ticker, index)
    jump, jump_minute = _jumps(ticker, seed, hours, index)
    jump *= trading
    usual = mean_variance(ticker, hours)
    deviation = _deviations(ticker, usual, normal, trading)
    jump_drift = 0.0 if ticker.jumps is None else ticker.jumps.per_year * ticker.jumps.mean
    drift = (ticker.drift - 0.5 * ticker.volatility * ticker.volatility - jump_drift) * hours.day_years
    steps = drift * trading + deviation * normal + jump
    start = log(np.array([ticker.initial_price]))
    volume = None
    if ticker.volume is not None:
        news = moves(seed, "volume", ticker, index)
        volume = day_volumes(ticker.volume, trading, news, (deviation * normal + jump) / math.sqrt(usual))
    return Skeleton(first, np.cumsum(np.concatenate([start, steps])), deviation, jump, jump_minute, volume)


def _deviations(ticker: Ticker, mean: float, normal: F64, trading: I64) -> F64:
    clustering = ticker.clustering
    if clustering is None:
        return np.asarray(math.sqrt(mean) * trading, np.float64)
    base = (1.0 - clustering.reaction - clustering.persistence) * mean
    variance, found = mean, np.zeros(len(normal))
    for day in np.flatnonzero(trading).tolist():
        found[day] = math.sqrt(variance)
        move = found[day] * float(normal[day])
        variance = base + clustering.reaction * (move * move) + clustering.persistence * variance
    return found


def _jumps(ticker: Ticker, seed: int, hours: TradingHours, index: U64) -> tuple[F64, I64]:
    if ticker.jumps is None:
        return np.zeros(len(index)), np.zeros(len(index), np.int64)

    def stream(purpose: str) -> int:
        return key(seed, "market", "ticker", ticker.symbol, "jumps", purpose)

    happens = open_unit(mix(stream("whether"), index)) < ticker.jumps.per_year * hours.day_years
    size = ticker.jumps.mean + ticker.jumps.deviation * _normal(stream("size"), index)
    minute = bounded(mix(stream("minute"), index), hours.minutes).view(np.int64)
    return size * happens, minute
