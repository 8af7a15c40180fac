"""Volatility, drift and correlation come out as they are stated, within three standard errors."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from synthmill.generators.kernels.mix import F64
from synthmill.generators.strategies.market.skeleton import skeleton
from synthmill.generators.strategies.market.tickers import PUBLISHED
from synthmill.generators.strategies.market.ticks import Security
from synthmill.generators.strategies.market.trading_hours import DAY_MINUTES, TradingHours
from tests.generators.test_market import MONDAY, market, minutes

YEARS = 10


def daily_returns(security: Security, days: int = 365 * YEARS) -> F64:
    """Logarithmic returns of daily closes."""
    last = (np.arange(MONDAY, MONDAY + days, dtype=np.int64) + 1) * DAY_MINUTES - 1
    closes = security.ticks(last).price.reshape(days, -1)[:, -1]
    returns: F64 = np.diff(np.log(closes.astype(np.float64)))
    return returns


@pytest.mark.parametrize("symbol", PUBLISHED)
def test_volatility_of_daily_closes_over_ten_years(symbol: str) -> None:
    returns = daily_returns(market(interval_ms=1_000).securities[symbol])
    found, stated = returns.std() * math.sqrt(365), PUBLISHED[symbol].volatility
    assert abs(found / stated - 1) < 3 / math.sqrt(2 * len(returns))


@pytest.mark.parametrize("symbol", PUBLISHED)
def test_mean_of_five_years_over_two_thousand_seeds(symbol: str) -> None:
    ticker, years = PUBLISHED[symbol], 5
    ends = [skeleton(ticker, seed, TradingHours(), MONDAY, 365 * years).ends for seed in range(2_000)]
    returns = np.array([path[365 * years] - path[0] for path in ends])
    stated = (ticker.drift - ticker.volatility**2 / 2) * years
    assert abs(returns.mean() - stated) < 3 * ticker.volatility * math.sqrt(years / len(returns))


def test_a_day_begins_where_its_skeleton_says() -> None:
    """So that what is said of skeletons, here and below, is said of prices."""
    security = market(interval_ms=60_000).securities["TECH"]
    days = np.arange(MONDAY, MONDAY + 365 * YEARS, 7, dtype=np.int64)
    opening = security.ticks(days * DAY_MINUTES).price
    whole = skeleton(security.ticker, security.seed, security.hours, MONDAY, 365 * YEARS)
    assert np.array_equal(opening, np.floor(np.exp(whole.ends[days - MONDAY]) * 100 + 0.5).astype(np.int64))


def test_minutes_and_ticks_vary_as_much_as_days_say() -> None:
    security = market().securities["TECH"]
    prices = security.ticks(minutes(MONDAY + 100, count=10 * DAY_MINUTES)).price
    for step, count in ((600, 10 * DAY_MINUTES), (6_000, DAY_MINUTES)):
        returns = np.diff(np.log(prices[::step].astype(np.float64)))
        found = (returns**2).mean() * 365 * DAY_MINUTES * 600 / step
        assert abs(found / 0.09 - 1) < 3 * math.sqrt(2 / count) + 0.005  # and what rounding to cents adds


def skeleton_returns(tickers: list[Any], symbol: str, days: int) -> F64:
    """Logarithmic returns of days, from where the market has them from; closes are these within a tick."""
    security = market(tickers=tickers).securities[symbol]
    whole = skeleton(security.ticker, security.seed, security.hours, MONDAY, days)
    returns: F64 = np.diff(whole.ends)
    return returns


TUNED: dict[str, Any] = {
    "ticker": "TUNED",
    "initial_price": 100.0,
    "volatility": 0.3,
    "clustering": {"reaction": 0.1, "persistence": 0.85},
    "jumps": {"per_year": 6, "mean": -0.02, "deviation": 0.03},
}


def test_with_the_options_on_tails_are_fat_and_volatility_clusters() -> None:
    """Of real stocks, kurtosis above 3 and autocorrelated squares are stylised facts 2 and 6 of Cont (2001).

    Without jumps the model's own kurtosis is 3.8 (Bollerslev 1986); with them it is above.
    """
    returns = skeleton_returns([TUNED], "TUNED", 40_000)
    centred = returns - returns.mean()
    assert (centred**4).mean() / (centred**2).mean() ** 2 > 4
    squares = np.minimum(centred**2, np.quantile(centred**2, 0.99))
    squares = squares - squares.mean()
    for lag in (1, 5, 20):
        correlation = (squares[lag:] * squares[:-lag]).mean() / (squares**2).mean()
        assert correlation > 3 / math.sqrt(len(returns))
    plain = skeleton_returns(["TECH"], "TECH", 40_000)
    assert abs(((plain - plain.mean()) ** 4).mean() / plain.var() ** 2 - 3) < 3 * math.sqrt(24 / len(plain))


def test_jumps_and_clustering_leave_the_stated_volatility() -> None:
    returns = skeleton_returns([TUNED], "TUNED", 40_000)
    assert returns.std() * math.sqrt(365) == pytest.approx(0.3, rel=0.03)


def test_tickers_correlate_as_their_loadings_say() -> None:
    pair = [
        {"ticker": name, "initial_price": 100.0, "loadings": {"market": loading, "other": 0.1}}
        for name, loading in (("ONE", 0.8), ("TWO", 0.6))
    ]
    both = market(tickers=pair, interval_ms=60_000).securities
    daily = [daily_returns(both[name]) for name in ("ONE", "TWO")]
    prices = [both[name].ticks(minutes(MONDAY + 7, count=20 * DAY_MINUTES)).price for name in ("ONE", "TWO")]
    within = [np.diff(np.log(price.astype(np.float64))) for price in prices]
    for one, two in (daily, within):
        error = (1 - 0.49**2) / math.sqrt(len(one))
        assert abs(np.corrcoef(one, two)[0, 1] - 0.49) < 3 * error + 0.01  # rounding to cents takes a little


def test_open_at_some_hours_only_a_year_is_as_volatile() -> None:
    hours = TradingHours(14 * 60 + 30, 21 * 60, (1, 2, 3, 4, 5), 0.2, True)
    security = Security(PUBLISHED["TECH"], 5, hours, MONDAY, 60_000, 2)
    days = hours.open_days(MONDAY, MONDAY + 365 * YEARS)
    closes = security.ticks(days * DAY_MINUTES + 21 * 60 - 1).price.astype(np.float64)
    yearly = (np.diff(np.log(closes)) ** 2).sum() / YEARS
    assert abs(yearly / 0.09 - 1) < 3 * math.sqrt(2 / len(days))
