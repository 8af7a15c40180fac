"""/tickers, /quote, /history, /bars and /stats: a market that is computed, not recorded."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, TypeVar

from flask import Response, g, json

from synthmill.app.api.envelope import envelope, no_content
from synthmill.app.api.resource import Resource
from synthmill.app.api.schemas.market import (
    BarSchema,
    BarsQuerySchema,
    HistoryQuerySchema,
    MarketRecipeSchema,
    QuoteSchema,
    StatisticsQuerySchema,
    StatisticsSchema,
    TickerSchema,
)
from synthmill.app.core.errors import NotFoundError
from synthmill.app.core.market import queries, tickers
from synthmill.app.core.market.queries import Bar, Tick, TimeRange
from synthmill.app.http.context import principal, services
from synthmill.generators.schema.times import UNITS, microseconds
from synthmill.generators.strategies.market.bars import TIMEFRAMES
from synthmill.generators.strategies.market.ticker_parameters import TickerParameters
from synthmill.generators.strategies.market.tickers import Ticker

resource = Resource("market", "Live prices, history, bars and statistics of made-up securities.")

RETRY_SECONDS = 1
"""After which a caller asks again for what workers compute."""
_PERIODS = {"1h": 3_600_000, "1d": 86_400_000, "7d": 7 * 86_400_000, "30d": 30 * 86_400_000}
_MS = UNITS["millisecond"]

T = TypeVar("T")
WAITS = {
    202: {
        "description": "Workers compute what was asked for; ask again after `Retry-After` seconds",
        "headers": {"Retry-After": {"schema": {"type": "integer"}}},
        "content": {
            "application/json": {"schema": {"type": "object", "properties": {"data": {"type": "null"}}}}
        },
    }
}


@resource.operation("GET", "/tickers", returns=TickerSchema(many=True))
def list_tickers() -> list[dict[str, Any]]:
    """List the tickers"""
    return [_ticker(one) for one in tickers.list_tickers(services(), principal())]


@resource.operation(
    "POST", "/tickers", returns=TickerSchema, status=201, body=TickerParameters, refuses=(409,)
)
def add_ticker(parameters: dict[str, Any]) -> dict[str, Any]:
    """Add a ticker

    It has a history at once: its price is a function of time, and the others stay as they are.
    """
    return _ticker(tickers.add_ticker(services(), principal(), parameters))


@resource.operation("DELETE", "/tickers/<symbol>", status=204, refuses=(404, 409))
def remove_ticker(symbol: str) -> Response:
    """Remove a ticker that was added"""
    tickers.remove_ticker(services(), principal(), symbol)
    return no_content()


@resource.operation("GET", "/market", returns=MarketRecipeSchema)
def show_market() -> dict[str, Any]:
    """Get the market's strategy, parameters and seed

    A job with these and a `start` and `end` makes the very ticks that are seen here.
    """
    return tickers.market_recipe(services(), principal())


@resource.operation("GET", "/quote/<ticker>", returns=QuoteSchema, refuses=(404,))
def show_quote(ticker: str) -> dict[str, Any]:
    """Get the last tick of a ticker"""
    return _tick(ticker, queries.quote(services(), principal(), ticker, _now_ms()))


@resource.operation(
    "GET", "/history/<ticker>", returns=QuoteSchema(many=True), query=HistoryQuerySchema, refuses=(404,)
)
def list_history(query: dict[str, Any], ticker: str) -> list[dict[str, Any]]:
    """List ticks, oldest first

    `metadata.next`, where there are more, is the `start` to go on from.
    """
    time_range = _time_range(query, 3_600_000)
    ticks, following = queries.history(services(), principal(), ticker, time_range, query["limit"])
    _go_on(following)
    return [_tick(ticker, one) for one in ticks]


@resource.operation(
    "GET",
    "/bars/<ticker>",
    returns=BarSchema(many=True),
    query=BarsQuerySchema,
    refuses=(404,),
    responses=WAITS,
)
def list_bars(query: dict[str, Any], ticker: str) -> Any:
    """List bars, oldest first; `time` is when a bar begins

    The last one is as far as it has come. `metadata.next`, where there are more, is the next `start`.
    """
    time_range, timeframe = _time_range(query, 86_400_000), query["timeframe"]

    def ask() -> list[dict[str, Any]]:
        bars, following = queries.bars(
            services(), principal(), ticker, TIMEFRAMES[timeframe], time_range, query["limit"]
        )
        _go_on(following)
        return [_bar(ticker, timeframe, one) for one in bars]

    return _when_computed(ask)


@resource.operation(
    "GET",
    "/stats/<ticker>",
    returns=StatisticsSchema,
    query=StatisticsQuerySchema,
    refuses=(404,),
    responses=WAITS,
)
def show_statistics(query: dict[str, Any], ticker: str) -> Any:
    """Get statistics of a ticker's last hour, day, 7 or 30 days"""
    now, period = _now_ms(), query["period"]

    def ask() -> dict[str, Any]:
        time_range = TimeRange(now - _PERIODS[period], now + 1, now)
        found = queries.statistics(services(), principal(), ticker, time_range)
        if found is None:
            raise NotFoundError("tick of ticker", ticker)
        shown = {
            key: _text(value) if isinstance(value, Decimal) else value for key, value in vars(found).items()
        }
        return {"ticker": ticker, "period": period, **shown}

    return _when_computed(ask)


def _when_computed(ask: Callable[[], T]) -> T | Response:
    """The answer, or 202 at once where workers compute first what it takes: waiting would hold a thread."""
    try:
        return ask()
    except queries.ComputingError:
        body = json.dumps(envelope(None))
        return Response(body, 202, {"Retry-After": str(RETRY_SECONDS)}, content_type="application/json")


def _time_range(query: dict[str, Any], default_ms: int) -> TimeRange:
    now = _now_ms()
    end = now + 1 if query["end"] is None else -(-microseconds(query["end"]) // _MS)
    start = now - default_ms if query["start"] is None else -(-microseconds(query["start"]) // _MS)
    return TimeRange(start, end, now)


def _now_ms() -> int:
    return time.time_ns() // 1_000_000


def _go_on(following: int | None) -> None:
    if following is not None:
        g.next_page = _time(following)


def _time(ms: int) -> str:
    moment = datetime.fromtimestamp(ms // 1_000, UTC).replace(microsecond=ms % 1_000 * 1_000)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _text(price: Decimal) -> str:
    return f"{price:f}"


def _ticker(ticker: Ticker) -> dict[str, Any]:
    shown = {**vars(ticker), "ticker": ticker.symbol, "initial_price": f"{ticker.initial_price:.2f}"}
    for part in ("jumps", "clustering"):
        shown[part] = None if shown[part] is None else vars(shown[part])
    return shown


def _tick(symbol: str, tick: Tick) -> dict[str, Any]:
    prices = {name: _text(getattr(tick, name)) for name in ("price", "bid", "ask")}
    return {"time": _time(tick.time_ms), "ticker": symbol, "volume": tick.volume, **prices}


def _bar(symbol: str, timeframe: str, bar: Bar) -> dict[str, Any]:
    prices = {name: _text(getattr(bar, name)) for name in ("open", "high", "low", "close")}
    times = {"time": _time(bar.time_ms), "ticker": symbol, "timeframe": timeframe}
    return {**times, **prices, "volume": bar.volume}
