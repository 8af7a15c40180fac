"""Every parameter of the strategy `market` changes something."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest

from synthmill.generators.engine.pipeline import make_plan, make_recipe, make_rows
from synthmill.generators.strategies.market.parameters import MarketParameters, TradingHoursParameters
from synthmill.generators.strategies.market.ticker_parameters import (
    ClusteringParameters,
    JumpParameters,
    TickerParameters,
)

TICKER: dict[str, Any] = {
    "ticker": "ACME",
    "initial_price": 100.0,
    "volatility": 0.5,
    "loadings": {"market": 0.5},
    "jumps": {"per_year": 90},
    "clustering": {},
}
SPAN = {"start": "2024-03-04T14:00:00Z", "end": "2024-03-05T15:00:00Z", "interval_ms": 60_000}


def rows(**over: Any) -> pa.RecordBatch:
    recipe = make_recipe("market", {"tickers": [TICKER], **SPAN, **over}, 0)
    plan = make_plan(recipe)
    return make_rows(plan, plan.tables[0].name, 0, plan.tables[0].rows)


def with_ticker(**over: Any) -> pa.RecordBatch:
    return rows(tickers=[{**TICKER, **over}])


MARKET: dict[str, Any] = {
    "table": "bars",
    "tickers": ["TECH"],
    "start": "2024-03-04T15:00:00Z",
    "end": "2024-03-05T14:00:00Z",
    "history_start": "2016-01-01",
    "interval_ms": 30_000,
    "timeframe": "1h",
    "trading_hours": {},
    "rows": 1_000,
    "dynamics": "realistic",
}


@pytest.mark.parametrize("name", MARKET)
def test_every_parameter_of_a_market_changes_something(name: str) -> None:
    base = {"table": "bars"} if name == "timeframe" else {}
    assert not rows(**base, **{name: MARKET[name]}).equals(rows(**base))
    assert set(MARKET) == set(MarketParameters().fields)


OF_TICKER: dict[str, Any] = {
    "ticker": "EMCA",
    "initial_price": 101.0,
    "drift": 0.5,
    "volatility": 0.6,
    "min_price": 99.0,
    "max_price": 101.0,
    "tick_size": 0.05,
    "min_spread": 0.002,
    "max_spread": 0.004,
    "base_volume": 9.0,
    "move_volume": 9.0,
    "loadings": {"market": 0.6},
    "jumps": None,
    "clustering": None,
    "dynamics": "realistic",
}
NOT_IN_ROWS = {"name", "sector"}
"""What the list of tickers tells; rows have no such column."""


@pytest.mark.parametrize("name", OF_TICKER)
def test_every_parameter_of_a_ticker_changes_something(name: str) -> None:
    falling = {"drift": -1.0} if name == "min_price" else {}
    assert not with_ticker(**falling, **{name: OF_TICKER[name]}).equals(with_ticker(**falling))
    assert set(OF_TICKER) | NOT_IN_ROWS == set(TickerParameters().fields)


@pytest.mark.parametrize(
    ("schema", "of", "changes"),
    [
        (JumpParameters, "jumps", {"per_year": 80, "mean": -0.02, "deviation": 0.02}),
        (ClusteringParameters, "clustering", {"reaction": 0.05, "persistence": 0.8}),
    ],
)
def test_every_parameter_of_an_option_changes_something(
    schema: Any, of: str, changes: dict[str, float]
) -> None:
    assert set(schema().fields) == set(changes)
    base = TICKER[of]
    for name, change in changes.items():
        assert not with_ticker(**{of: {**base, name: change}}).equals(with_ticker()), name


HOURS = {
    "open": "14:31",
    "close": "20:00",
    "weekdays": [1],
    "overnight": 0.1,
    "curved": False,
    "holidays": "US",
}


@pytest.mark.parametrize("name", HOURS)
def test_every_parameter_of_trading_hours_changes_something(name: str) -> None:
    assert not rows(trading_hours={name: HOURS[name]}).equals(rows(trading_hours={}))
    assert set(HOURS) == set(TradingHoursParameters().fields)
