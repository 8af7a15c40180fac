"""The parameters of the strategy: which tickers, the range of time, and when there is trading."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import marshmallow as ma

from synthmill.generators import limits
from synthmill.generators.columns.calendars import countries
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
from synthmill.generators.schema.json_values import shown
from synthmill.generators.schema.times import UNITS, Day, Moment, days, microseconds
from synthmill.generators.strategies.market.bars import TIMEFRAMES
from synthmill.generators.strategies.market.dynamics import realistic
from synthmill.generators.strategies.market.market import Market
from synthmill.generators.strategies.market.ticker_parameters import TickerField, dynamics_field, ticker_of
from synthmill.generators.strategies.market.tickers import PUBLISHED
from synthmill.generators.strategies.market.trading_hours import DAY_MINUTES, TradingHours

MAX_TICKERS = 1_000
MAX_HISTORY_DAYS = 40_000
_TIME = re.compile(r"([01][0-9]|2[0-4]):([0-5][0-9])")


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
    holidays = Choice(
        "A country on whose public holidays there is no trading (those of 2001 to 2035).",
        countries(),
        default=None,
    )

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
        loaded["holidays"],
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
    rows = Whole(
        "How many rows, if not all until end: every ticker ends earlier, and the last one has what is left.",
        1,
        limits.MAX_TABLE_ROWS,
        default=None,
        examples=[10_000],
    )
    interval_ms = Whole(
        "Milliseconds from tick to tick; a minute is a whole number of it.", 10, 60_000, default=100
    )
    timeframe = Choice("How long a bar is.", tuple(TIMEFRAMES), default="1m")
    dynamics = dynamics_field("what the tickers leave out (clustering, jumps, loadings) and their volumes")
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
    if loaded["dynamics"] == "realistic":
        tickers = tuple(realistic(ticker) for ticker in tickers)
    first = days(loaded["history_start"])
    return Market(tickers, seed, first, loaded["interval_ms"], trading_hours(loaded["trading_hours"]))
