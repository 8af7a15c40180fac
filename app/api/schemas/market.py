"""What the market's routes take and give."""

from __future__ import annotations

import marshmallow as ma

from synthmill.generators.schema.times import Moment
from synthmill.generators.strategies.market.bars import TIMEFRAMES

f = ma.fields


def _price(about: str) -> ma.fields.String:
    return f.String(required=True, metadata={"description": about, "examples": ["152.34"]})


class _SpanQuerySchema(ma.Schema):
    start = Moment("The first moment; left out, as long ago as the route says.", default=None)
    end = Moment("The moment after the last; now, if left out or later than that.", default=None)


def _limit(default: int, most: int) -> ma.fields.Integer:
    return f.Integer(
        load_default=default, validate=ma.validate.Range(1, most), metadata={"description": "items at most"}
    )


class HistoryQuerySchema(_SpanQuerySchema):
    """Left out, `start` is an hour ago."""

    limit = _limit(1_000, 10_000)


class BarsQuerySchema(_SpanQuerySchema):
    """Left out, `start` is a day ago."""

    timeframe = f.String(
        load_default="1m",
        validate=ma.validate.OneOf(list(TIMEFRAMES)),
        metadata={"description": "how long a bar is"},
    )
    limit = _limit(500, 5_000)


class StatisticsQuerySchema(ma.Schema):
    period = f.String(
        load_default="1d",
        validate=ma.validate.OneOf(["1h", "1d", "7d", "30d"]),
        metadata={"description": "how far back from now"},
    )


class TickerSchema(ma.Schema):
    ticker = f.String(required=True)
    name = f.String(required=True)
    sector = f.String(required=True)
    initial_price = _price("when history begins")
    drift = f.Float(required=True, metadata={"description": "a year's growth of the mean price"})
    volatility = f.Float(required=True, metadata={"description": "of a year's logarithmic return"})
    min_price = f.Float(required=True)
    max_price = f.Float(required=True)
    tick_size = f.Float(required=True)
    loadings = f.Dict(required=True, metadata={"description": "how much of each factor its moves are"})
    jumps = f.Dict(required=True, allow_none=True)
    clustering = f.Dict(required=True, allow_none=True)


class MarketRecipeSchema(ma.Schema):
    strategy = f.String(required=True)
    parameters = f.Dict(required=True)
    seed = f.Integer(required=True)


class QuoteSchema(ma.Schema):
    time = f.String(required=True, metadata={"format": "date-time"})
    ticker = f.String(required=True)
    price = _price("of the tick")
    volume = f.Integer(required=True)
    bid = _price("the highest buying price")
    ask = _price("the lowest selling price")


class BarSchema(ma.Schema):
    time = f.String(required=True, metadata={"format": "date-time", "description": "when the bar begins"})
    ticker = f.String(required=True)
    timeframe = f.String(required=True)
    open = _price("of the first tick")
    high = _price("the highest")
    low = _price("the lowest")
    close = _price("of the last tick")
    volume = f.Integer(required=True)


class StatisticsSchema(ma.Schema):
    ticker = f.String(required=True)
    period = f.String(required=True)
    tick_count = f.Integer(required=True)
    low = _price("the lowest")
    high = _price("the highest")
    open = _price("of the first tick")
    close = _price("of the last tick")
    avg_price = f.Float(required=True)
    total_volume = f.Integer(required=True)
    volatility = f.Float(required=True, metadata={"description": "standard deviation of the prices"})
    change = _price("close less open")
    change_pct = f.Float(required=True, metadata={"description": "per cent of open"})
