"""What market data costs, by its loaded parameters: bars are made of their ticks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from synthmill.generators.engine.costs import NOTHING, ColumnCost, Cost, Estimate, TableCost
from synthmill.generators.limits import MAX_TABLE_ROWS
from synthmill.generators.strategies.market.bars import TIMEFRAMES

_TICK = 0.6e-6
_DAY_MINUTES = 480
"""Of trading, roughly."""
_TICKER_PLAN = 0.2e-3
_MADE = "ticks that they are made of"


def market_costs(parameters: Mapping[str, Any]) -> Estimate:
    """The cost of parameters as `market` has them."""
    ticks = 1.0
    if parameters["table"] == "bars":
        minutes = min(TIMEFRAMES[parameters["timeframe"]], _DAY_MINUTES)
        ticks = minutes * 60_000 / parameters["interval_ms"]
    prices = ("open", "high", "low", "close") if parameters["table"] == "bars" else ("price", "bid", "ask")
    made = Cost(**{**vars(NOTHING), "time": ticks * _TICK, "held": ticks * 40.0})
    columns = (
        ColumnCost(_MADE, "timeframe", made, shown=False),
        ColumnCost("ticker", "tickers", Cost(plan_time=len(parameters["tickers"]) * _TICKER_PLAN)),
        ColumnCost("time", "start", Cost(size=27.0)),
        *(ColumnCost(name, "timeframe", Cost(), (_MADE,)) for name in (*prices, "volume")),
    )
    return Estimate((TableCost(parameters["table"], MAX_TABLE_ROWS, columns),))
