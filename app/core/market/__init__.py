"""The market of a workspace: quotes, history, bars and statistics, computed and not recorded."""

from synthmill.app.core.market.day_cache import make_days
from synthmill.app.core.market.queries import ComputingError, bars, history, minute_ticks, quote, statistics
from synthmill.app.core.market.tickers import add_ticker, list_tickers, market_recipe, remove_ticker

__all__ = [
    "ComputingError",
    "add_ticker",
    "bars",
    "history",
    "list_tickers",
    "make_days",
    "market_recipe",
    "minute_ticks",
    "quote",
    "remove_ticker",
    "statistics",
]
