"""The parameters of the strategy: tickers, the stretch of time, and what the market is like."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import marshmallow as ma

from synthmill.generators.schema.fields import (
    Choice,
    Flag,
    Items,
    Number,
    Parameters,
    Text,
    Whole,
    options,
    refused,
)
from synthmill.generators.schema.json_schema import object_schema
from synthmill.generators.schema.json_values import shown
from synthmill.generators.schema.times import UNITS, Day, Moment, days, microseconds
from synthmill.generators.strategies.market.bars import TIMEFRAMES
from synthmill.generators.strategies.market.market import Market
from synthmill.generators.strategies.market.skeleton import mean_variance
from synthmill.generators.strategies.market.tickers import PUBLISHED, Clustering, Jumps, Ticker
from synthmill.generators.strategies.market.trading_hours import DAY_MINUTES, TradingHours

MAX_TICKERS = 1_000
MAX_HISTORY_DAYS = 40_000
_SYMBOL = re.compile(r"[A-Z][A-Z0-9.\-]{0,15}")
_FACTOR = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,31}")
_TIME = re.compile(r"([01][0-9]|2[0-4]):([0-5][0-9])")


class JumpParameters(Parameters):
    """Sudden moves (Merton 1976), at most one a day; the stated drift and volatility include them."""

    per_year = Number("How many a year, on average.", 0.0, 100.0, above=True, default=4.0)
    mean = Number("Their mean logarithm.", -1.0, 1.0, default=-0.01)
    deviation = Number("The standard deviation of their logarithm.", 0.0, 1.0, default=0.03)


class ClusteringParameters(Parameters):
    """Calm and restless times: GARCH(1,1) of the daily variance (Bollerslev 1986)."""

    reaction = Number("The share of a day's squared move in the next day's variance.", 0.0, 1.0, default=0.1)
    persistence = Number("The share of a day's variance that stays.", 0.0, 1.0, default=0.85)

    @ma.validates_schema(skip_on_field_errors=True)
    def _check(self, data: dict[str, Any], **_: Any) -> None:
        if data["reaction"] + data["persistence"] >= 1.0:
            raise refused(
                "with reaction they come to 1 or more", "give less, such as 0.1 and 0.85", "persistence"
            )


class Loadings(ma.fields.Field[dict[str, float]]):
    """How much of each factor is in a ticker's moves."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> dict[str, float]:
        if not isinstance(value, dict) or len(value) > 32:
            raise refused(f"{shown(value)} isn't an object of at most 32 factors", 'write {"market": 0.6}')
        number = Number("A loading.", -1.0, 1.0)
        loaded: dict[str, float] = {}
        for factor, loading in value.items():
            if not _FACTOR.fullmatch(factor):
                raise refused(
                    f"{shown(factor)} can't be a factor's name", "letters, digits and _, at most 32"
                )
            loaded[factor] = float(number.deserialize(loading) or 0.0)
        if sum(loading * loading for loading in loaded.values()) > 1.0:
            raise refused("their squares come to more than 1", "make the loadings smaller")
        return loaded

    def json_schema(self) -> dict[str, Any]:
        return {"type": "object", "additionalProperties": {"type": "number", "minimum": -1, "maximum": 1}}


class Symbol(Text):
    """What a ticker is called."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        symbol = super()._deserialize(value, attr, data, **kwargs)
        if not _SYMBOL.fullmatch(symbol):
            raise refused(
                f"{shown(symbol)} can't be a ticker",
                "a capital letter, then capitals, digits, dots, dashes: 16",
            )
        return symbol

    def json_schema(self) -> dict[str, Any]:
        return {"type": "string", "pattern": f"^{_SYMBOL.pattern}$"}


class TickerParameters(Parameters):
    """A ticker of one's own."""

    ticker = Symbol("Its symbol.", examples=("ACME",))
    name = Text("What it stands for; its symbol if left out.", longest=128, default=None)
    sector = Text("Its sector.", longest=128, default="Other")
    initial_price = Number("The price when history begins.", 0.0, 1e9, above=True)
    drift = Number("A year's growth of the mean price: 0.05 is 5 per cent.", -2.0, 2.0, default=0.05)
    volatility = Number(
        "Standard deviation of a year's logarithmic return.", 0.0, 3.0, above=True, default=0.2
    )
    min_price = Number(
        "Where the price is reflected upwards; a hundredth of the initial one if left out.",
        0.0,
        1e9,
        above=True,
        default=None,
    )
    max_price = Number(
        "Where it is reflected downwards; a hundred times the initial one if left out.",
        0.0,
        1e11,
        above=True,
        default=None,
    )
    tick_size = Number("Prices are whole numbers of this.", 0.000001, 1e6, default=0.01)
    min_spread = Number("The least of ask less bid, as a share of the price.", 0.0, 0.5, default=0.001)
    max_spread = Number("The most of it.", 0.0, 0.5, default=0.003)
    base_volume = Number("The volume of a tick that doesn't move.", 0.0, 1e9, default=10_000.0)
    move_volume = Number(
        "What volatility times a move in standard deviations adds to it.", 0.0, 1e9, default=50_000.0
    )
    loadings = Loadings(
        **options(
            "How much of each named factor is in its moves: two tickers correlate by the sum of products.",
            {},
            [{"market": 0.6}],
        )
    )
    jumps = ma.fields.Nested(JumpParameters, **options("Sudden moves; none if left out.", None, ()))
    clustering = ma.fields.Nested(
        ClusteringParameters, **options("Calm and restless times; none if left out.", None, ())
    )

    @ma.validates_schema(skip_on_field_errors=True)
    def _check(self, data: dict[str, Any], **_: Any) -> None:
        ticker = ticker_of(data)
        if not ticker.min_price < ticker.initial_price < ticker.max_price:
            raise refused(
                f"{ticker.initial_price:g} isn't between min_price and max_price",
                "give an initial price between them",
                "initial_price",
            )
        if ticker.min_spread > ticker.max_spread:
            raise refused(f"{ticker.max_spread:g} is below min_spread", "give at least that", "max_spread")
        units = ticker.tick_size * 10**6
        if abs(units - round(units)) > 1e-6:
            raise refused("has more than 6 decimals", "give a coarser one, such as 0.01", "tick_size")
        if ticker.max_price > 10**12 * ticker.tick_size:
            raise refused("is too fine for max_price", "give a coarser one", "tick_size")
        if mean_variance(ticker, TradingHours()) <= 0:
            raise refused(
                "its jumps alone vary more than its volatility says",
                "make them fewer or smaller, or volatility greater",
                "jumps",
            )


def ticker_of(loaded: Mapping[str, Any]) -> Ticker:
    """The ticker that loaded parameters describe."""
    price = loaded["initial_price"]
    return Ticker(
        symbol=loaded["ticker"],
        name=loaded["name"] or loaded["ticker"],
        sector=loaded["sector"],
        initial_price=price,
        drift=loaded["drift"],
        volatility=loaded["volatility"],
        min_price=loaded["min_price"] or price / 100,
        max_price=loaded["max_price"] or price * 100,
        tick_size=loaded["tick_size"],
        min_spread=loaded["min_spread"],
        max_spread=loaded["max_spread"],
        base_volume=loaded["base_volume"],
        move_volume=loaded["move_volume"],
        loadings=loaded["loadings"],
        jumps=None if loaded["jumps"] is None else Jumps(**loaded["jumps"]),
        clustering=None if loaded["clustering"] is None else Clustering(**loaded["clustering"]),
    )


class TickerField(ma.fields.Field[Any]):
    """The symbol of a published ticker, or an object that describes one."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        if isinstance(value, str):
            if value not in PUBLISHED:
                raise refused(
                    f"{shown(value)} isn't a ticker", f"give one of {', '.join(PUBLISHED)}, or an object"
                )
            return value
        return TickerParameters().load(value)

    def json_schema(self) -> dict[str, Any]:
        return {"oneOf": [{"type": "string", "enum": list(PUBLISHED)}, object_schema(TickerParameters)]}


class ClockTime(Text):
    """A time of day, such as 09:30."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        time = super()._deserialize(value, attr, data, **kwargs)
        if not _TIME.fullmatch(time) or _minutes(time) > DAY_MINUTES:
            raise refused(f"{shown(time)} isn't a time of day", "write it like 09:30, up to 24:00, in quotes")
        return time

    def json_schema(self) -> dict[str, Any]:
        return {"type": "string", "pattern": f"^{_TIME.pattern}$"}


def _minutes(time: str) -> int:
    return int(time[:2]) * 60 + int(time[3:])


class TradingHoursParameters(Parameters):
    """Trading at some hours of some weekdays; what the market would have moved meanwhile comes then."""

    open = ClockTime("When trading begins, in UTC.", default="14:30")
    close = ClockTime("When it ends.", default="21:00")
    weekdays = Items(
        "The days with trading; 1 is Monday.", Whole("A weekday.", 1, 7), most=7, default=[1, 2, 3, 4, 5]
    )
    overnight = Number("The share of a day's variance that comes while closed.", 0.0, 0.9, default=0.2)
    curved = Flag("Whether the day begins and ends livelier, in moves and volume.", default=True)

    @ma.validates_schema(skip_on_field_errors=True)
    def _check(self, data: dict[str, Any], **_: Any) -> None:
        if _minutes(data["open"]) >= _minutes(data["close"]):
            raise refused(f"{data['close']} isn't after open", "give a later time of the same day", "close")
        if len(set(data["weekdays"])) < len(data["weekdays"]):
            raise refused("names a day twice", "name each day once", "weekdays")


def trading_hours(loaded: Mapping[str, Any] | None) -> TradingHours:
    """What loaded parameters say; always open if they say nothing."""
    if loaded is None:
        return TradingHours()
    return TradingHours(
        _minutes(loaded["open"]),
        _minutes(loaded["close"]),
        tuple(sorted(loaded["weekdays"])),
        loaded["overnight"],
        loaded["curved"],
    )


class MarketParameters(Parameters):
    table = Choice("What the rows are.", ("ticks", "bars"), default="ticks")
    tickers = Items(
        "Symbols of published tickers, or objects that describe others; their rows follow one another.",
        TickerField(),
        most=MAX_TICKERS,
        default=list(PUBLISHED),
        examples=(["SYNTH", "TECH"],),
    )
    start = Moment("The first moment.", default="2024-01-01T00:00:00Z")
    end = Moment("The moment after the last.", default="2024-01-01T01:00:00Z")
    history_start = Day("When all tickers have their initial price.", default="2015-01-01")
    interval_ms = Whole(
        "Milliseconds from tick to tick; a minute is a whole number of it.", 10, 60_000, default=100
    )
    timeframe = Choice("How long a bar is.", tuple(TIMEFRAMES), default="1m")
    trading_hours = ma.fields.Nested(
        TradingHoursParameters, **options("When there is trading; always, if left out.", None, ())
    )

    @ma.validates_schema(skip_on_field_errors=True)
    def _check(self, data: dict[str, Any], **_: Any) -> None:
        if 60_000 % data["interval_ms"]:
            raise refused(
                f"{data['interval_ms']} doesn't divide a minute",
                "such as 10, 100, 250, 1000, 60000",
                "interval_ms",
            )
        start, end = (microseconds(data[name]) for name in ("start", "end"))
        if start >= end:
            raise refused(f"{data['end']} isn't after start", "give a later time", "end")
        first = days(data["history_start"])
        if start < first * UNITS["day"]:
            raise refused(
                f"{data['start']} is before history_start", "start later, or history earlier", "start"
            )
        if end > (first + MAX_HISTORY_DAYS) * UNITS["day"]:
            raise refused(f"is more than {MAX_HISTORY_DAYS} days after history_start", "end earlier", "end")
        symbols = [one if isinstance(one, str) else one["ticker"] for one in data["tickers"]]
        if len(set(symbols)) < len(symbols):
            raise refused("names a ticker twice", "name each once", "tickers")


def market_of(loaded: Mapping[str, Any], seed: int) -> Market:
    """The market that loaded parameters describe."""
    tickers = tuple(PUBLISHED[one] if isinstance(one, str) else ticker_of(one) for one in loaded["tickers"])
    first = days(loaded["history_start"])
    return Market(tickers, seed, first, loaded["interval_ms"], trading_hours(loaded["trading_hours"]))
