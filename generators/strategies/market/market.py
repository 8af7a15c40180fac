"""A market: some tickers with one seed, asked for any range of time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from synthmill.generators.strategies.market.tickers import Ticker
from synthmill.generators.strategies.market.ticks import Security
from synthmill.generators.strategies.market.trading_hours import TradingHours


@dataclass(frozen=True)
class Market:
    """Everything follows from these; a further ticker changes none of the others, nor does a later end."""

    tickers: tuple[Ticker, ...]
    seed: int
    first_day: int
    """Counted from 1970: all tickers have their initial price when it begins."""
    interval_ms: int = 100
    hours: TradingHours = field(default_factory=TradingHours)

    @cached_property
    def securities(self) -> Mapping[str, Security]:
        """By symbol."""
        return {
            ticker.symbol: Security(
                ticker, self.seed, self.hours, self.first_day, self.interval_ms, self.decimals
            )
            for ticker in self.tickers
        }

    @cached_property
    def decimals(self) -> int:
        """Of all prices: as many as the finest tick size has, at least 2."""
        return max(2, *(_decimals(ticker.tick_size) for ticker in self.tickers))


def _decimals(tick_size: float) -> int:
    return len(f"{tick_size:.6f}".rstrip("0").partition(".")[2])
