"""What the strategy `market` promises about its ticks and bars."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from synthmill.generators.engine.pipeline import make_plan, make_recipe, make_rows
from synthmill.generators.errors import InvalidRequestError
from synthmill.generators.kernels.mix import I64
from synthmill.generators.strategies.market.bars import TIMEFRAMES, bars_of, minutes_of
from synthmill.generators.strategies.market.market import Market
from synthmill.generators.strategies.market.parameters import MarketParameters, market_of
from synthmill.generators.strategies.market.statistics import statistics_of
from synthmill.generators.strategies.market.ticks import Security
from synthmill.generators.strategies.market.trading_hours import DAY_MINUTES, TradingHours
from tests.generators import golden_values

MONDAY = 16_440
"""2015-01-05."""


def market(seed: int = 3, **parameters: Any) -> Market:
    given = {"start": "2015-01-05", "end": "2015-01-06", "history_start": "2015-01-05", **parameters}
    return market_of(MarketParameters().load(given), seed)


def minutes(day: int, first: int = 0, count: int = DAY_MINUTES) -> I64:
    return np.arange(day * DAY_MINUTES + first, day * DAY_MINUTES + first + count, dtype=np.int64)


def same_ticks(security: Security, asked: I64, whole: I64) -> None:
    one, other = security.ticks(asked), security.ticks(whole)
    at = np.flatnonzero(np.isin(np.repeat(whole, security.per_minute), asked))
    for name, column in vars(one).items():
        assert np.array_equal(column, getattr(other, name)[at])


def test_a_minute_is_the_same_in_any_window() -> None:
    security = market().securities["TECH"]
    day = minutes(MONDAY + 40)
    same_ticks(security, day[700:703], day)
    same_ticks(security, day[[0, 5, 1439]], np.concatenate([minutes(MONDAY + 39), day]))


def test_a_minute_starts_at_the_same_price_at_any_interval() -> None:
    fine, coarse = (market(interval_ms=ms).securities["SYNTH"] for ms in (100, 15_000))
    day = minutes(MONDAY + 3)
    assert np.array_equal(fine.ticks(day).price[::600], coarse.ticks(day).price[::4])


def test_another_ticker_changes_none_of_the_others() -> None:
    own = {"ticker": "ACME", "initial_price": 10.0, "loadings": {"market": 0.5}}
    day = minutes(MONDAY + 9, count=5)
    alone, beside = (market(tickers=chosen).securities["ENERGY"] for chosen in (["ENERGY"], [own, "ENERGY"]))
    assert np.array_equal(alone.ticks(day).price, beside.ticks(day).price)


def test_what_a_further_day_adds_changes_no_earlier_one() -> None:
    tuned = {"ticker": "WILD", "initial_price": 50.0, "clustering": {}, "jumps": {"per_year": 20}}
    day = minutes(MONDAY + 600, count=3)
    early = market(tickers=[tuned]).securities["WILD"].ticks(day).price
    later = market(tickers=[tuned]).securities["WILD"]
    later.ticks(minutes(MONDAY + 5_000, count=1))
    assert np.array_equal(later.ticks(day).price, early)


@pytest.mark.parametrize("timeframe", TIMEFRAMES)
def test_bars_are_the_aggregation_of_their_ticks(timeframe: str) -> None:
    security = market(interval_ms=20_000).securities["HEALTH"]
    length = TIMEFRAMES[timeframe]
    asked = minutes(MONDAY + 2, count=2 * DAY_MINUTES)
    bars = bars_of(minutes_of(security, asked), length)
    ticks = security.ticks(asked)
    price, volume = (column.reshape(-1, length * 3) for column in (ticks.price, ticks.volume))
    assert bars.start.tolist() == asked[::length].tolist()
    assert bars.open.tolist() == price[:, 0].tolist()
    assert bars.high.tolist() == price.max(axis=1).tolist()
    assert bars.low.tolist() == price.min(axis=1).tolist()
    assert bars.close.tolist() == price[:, -1].tolist()
    assert bars.volume.tolist() == volume.sum(axis=1).tolist()


@pytest.mark.parametrize("count", [1, 7, 1440])
def test_statistics_are_those_of_all_ticks(count: int) -> None:
    security = market(interval_ms=5_000).securities["TECH"]
    asked = minutes(MONDAY + 70, count=count)
    found = statistics_of(minutes_of(security, asked))
    ticks = security.ticks(asked)
    price = ticks.price
    assert (found.tick_count, found.low, found.high) == (len(price), price.min(), price.max())
    assert (found.open, found.close, found.volume) == (price[0], price[-1], ticks.volume.sum())
    assert found.mean == pytest.approx(price.mean(), rel=1e-12)
    assert found.deviation == pytest.approx(price.std(ddof=1), rel=1e-9)


def test_bids_lie_below_and_asks_above_the_price() -> None:
    security = market().securities["FINANCE"]
    ticks = security.ticks(minutes(MONDAY, count=60))
    spread = (ticks.ask - ticks.bid) / ticks.price
    assert (ticks.bid < ticks.price).all() and (ticks.price < ticks.ask).all()
    assert 0.001 - 2e-4 < spread.min() < 0.0012 and 0.0028 < spread.max() < 0.003 + 2e-4
    assert ticks.volume.min() >= 10_000


def test_prices_keep_within_their_limits() -> None:
    wild = {"ticker": "WILD", "initial_price": 10.0, "volatility": 3.0, "min_price": 9.0, "max_price": 11.0}
    security = market(tickers=[wild], interval_ms=60_000).securities["WILD"]
    ticks = security.ticks(minutes(MONDAY + 30, count=20 * DAY_MINUTES))
    assert 900 <= ticks.price.min() < 910 and 1090 < ticks.price.max() <= 1100


def test_prices_are_whole_numbers_of_the_tick_size() -> None:
    coarse = {"ticker": "BOND", "initial_price": 100.0, "tick_size": 0.25}
    fine = {"ticker": "COIN", "initial_price": 0.5, "tick_size": 0.0001}
    both = market(tickers=[coarse, fine])
    assert both.decimals == 4
    assert not (both.securities["BOND"].ticks(minutes(MONDAY, count=9)).price % 2_500).any()
    assert both.securities["COIN"].ticks(minutes(MONDAY, count=9)).price[0] == 5_000


def test_trading_hours_leave_out_nights_and_weekends() -> None:
    recipe = make_recipe(
        "market",
        {
            "tickers": ["TECH"],
            "start": "2024-01-05T20:30:00Z",
            "end": "2024-01-08T15:00:00Z",
            "interval_ms": 60_000,
            "trading_hours": {},
        },
        1,
    )
    plan = make_plan(recipe)
    times = make_rows(plan, "ticks", 0, plan.tables[0].rows)["time"].to_pylist()
    assert [f"{t:%a %H:%M}" for t in (times[0], times[29], times[30], times[-1])] == [
        *("Fri 20:30", "Fri 20:59", "Mon 14:30", "Mon 14:59"),
    ]
    assert len(times) == 60


def test_hourly_bars_of_a_day_that_opens_at_half_past_have_a_short_first_one() -> None:
    hours = TradingHours(open=9 * 60 + 30, close=16 * 60)
    security = Market(market().tickers, 3, MONDAY, 60_000, hours).securities["TECH"]
    bars = bars_of(minutes_of(security, minutes(MONDAY, 9 * 60 + 30, 390)), 60)
    assert security.ticks(minutes(MONDAY, 10 * 60, 1)).price[0] == bars.open[1]
    assert (bars.start % DAY_MINUTES // 60).tolist() == [9, 10, 11, 12, 13, 14, 15]


REFUSED: list[tuple[str, dict[str, Any]]] = [
    ("tickers[0]", {"tickers": ["ACME"]}),
    ("tickers", {"tickers": ["TECH", "TECH"]}),
    ("tickers[0].ticker", {"tickers": [{"ticker": "acme", "initial_price": 1}]}),
    ("tickers[0].initial_price", {"tickers": [{"ticker": "A", "initial_price": 1, "min_price": 2}]}),
    (
        "tickers[0].loadings",
        {"tickers": [{"ticker": "A", "initial_price": 1, "loadings": {"a": 1, "b": 0.1}}]},
    ),
    ("tickers[0].jumps", {"tickers": [{"ticker": "A", "initial_price": 1, "jumps": {"deviation": 0.5}}]}),
    (
        "tickers[0].clustering.persistence",
        {"tickers": [{"ticker": "A", "initial_price": 1, "clustering": {"persistence": 0.95}}]},
    ),
    ("tickers[0].tick_size", {"tickers": [{"ticker": "A", "initial_price": 1, "tick_size": 0.0000015}]}),
    ("interval_ms", {"interval_ms": 70}),
    ("end", {"end": "2023-01-01"}),
    ("start", {"start": "2014-01-01"}),
    ("trading_hours.close", {"trading_hours": {"open": "10:00", "close": "09:00"}}),
    ("trading_hours.weekdays", {"trading_hours": {"weekdays": [1, 1]}}),
    ("end", {"start": "2024-01-06", "end": "2024-01-07", "trading_hours": {}}),
]


@pytest.mark.parametrize(("field", "parameters"), REFUSED)
def test_what_cannot_be_is_refused_by_name(field: str, parameters: dict[str, Any]) -> None:
    with pytest.raises(InvalidRequestError) as refusal:
        make_plan(make_recipe("market", parameters, 0))
    assert [error.field for error in refusal.value.errors] == [field]
    assert all(error.fix for error in refusal.value.errors)


def test_values_are_the_golden_ones() -> None:
    assert golden_values.of_market() == json.loads(golden_values.FILE.read_text())["market"]
