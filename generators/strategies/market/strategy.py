"""The strategy `market`: tables of ticks or of bars."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import marshmallow as ma
import numpy as np
import pyarrow as pa

from synthmill.generators.engine.arrays import TIMESTAMP, strings
from synthmill.generators.engine.cells import Cells, Dictionary, DictionaryCells, Integers, to_batch
from synthmill.generators.engine.plan import MAX_BLOCK_ROWS, ColumnPlan, Plan, TablePlan
from synthmill.generators.engine.strategy import load_parameters
from synthmill.generators.errors import InvalidRequestError
from synthmill.generators.kernels.mix import I64
from synthmill.generators.schema.times import microseconds
from synthmill.generators.strategies.market.bars import TIMEFRAMES, bars_of, minutes_of
from synthmill.generators.strategies.market.endless import by_time, longest, open_ended
from synthmill.generators.strategies.market.market import Market
from synthmill.generators.strategies.market.parameters import MarketParameters, market_of
from synthmill.generators.strategies.market.ticks import MINUTE_MS, Security
from synthmill.generators.strategies.market.trading_hours import DAY_MINUTES, MINUTE_US
from synthmill.generators.strategies.market.window import Window, window

BLOCK_TICKS = 2**24
"""What a block of bars may be made of."""
_NONE = np.empty(0, np.int64)


@dataclass(frozen=True)
class _Compiled:
    market: Market
    securities: tuple[Security, ...]
    window: Window
    symbols: Dictionary
    timeframe: int | None
    """Minutes of a bar; None for ticks."""


@dataclass(frozen=True)
class MarketStrategy:
    name: str = "market"
    title: str = "Market data"
    description: str = "Ticks or bars of securities whose prices follow geometric Brownian motion."
    pure: bool = True
    Parameters: type[ma.Schema] = MarketParameters

    def plan(self, parameters: Mapping[str, Any], seed: int) -> Plan:
        market = market_of(parameters, seed)
        bars = parameters["table"] == "bars"
        timeframe = TIMEFRAMES[parameters["timeframe"]] if bars else None
        step_ms = market.interval_ms if timeframe is None else timeframe * MINUTE_MS
        start, end = (-(-microseconds(parameters[name]) // 1_000) for name in ("start", "end"))
        times = window(market.hours, start, end, step_ms)
        if not times.count:
            raise InvalidRequestError.one(
                "end", f"no {parameters['table']} fall between start and end", "end later"
            )
        securities = tuple(market.securities.values())
        symbols = Dictionary(strings([ticker.symbol for ticker in market.tickers]))
        compiled = _Compiled(market, securities, times, symbols, timeframe)
        price = pa.decimal128(18, market.decimals)
        names = ("open", "high", "low", "close") if bars else ("price", "bid", "ask")
        columns = (
            ColumnPlan("ticker", pa.string(), False, "ticker"),
            ColumnPlan("time", TIMESTAMP, False, "time"),
            *(ColumnPlan(name, price, False, "price") for name in names),
            ColumnPlan("volume", pa.int64(), False, "volume"),
        )
        block_rows = MAX_BLOCK_ROWS
        while (
            timeframe and block_rows > 1 and block_rows * timeframe * securities[0].per_minute > BLOCK_TICKS
        ):
            block_rows //= 2
        rows = times.count * len(securities)
        return Plan(
            (TablePlan(parameters["table"], rows, block_rows, columns, ("ticker", "time")),), compiled
        )

    def rows(self, plan: Plan, table: str, start: int, stop: int) -> pa.RecordBatch:
        return to_batch(self.cells(plan, table, start, stop), plan.table(table).schema)

    def cells(self, plan: Plan, table: str, start: int, stop: int) -> Mapping[str, Cells]:
        compiled: _Compiled = plan.data
        make = _ticks if compiled.timeframe is None else _bars
        stretches = list(_by_ticker(compiled, start, stop))
        made = [make(compiled, at, first, last) for at, first, last in stretches]
        codes = [np.full(last - first, at, np.uint32) for at, first, last in stretches]
        columns = {
            column.name: np.concatenate([_NONE, *(one[column.name] for one in made)])
            if len(made) != 1
            else made[0][column.name]
            for column in plan.table(table).columns[1:]
        }
        symbols = DictionaryCells(np.concatenate([np.empty(0, np.uint32), *codes]), compiled.symbols)
        return {"ticker": symbols, **{name: Integers(values) for name, values in columns.items()}}

    def endless(self, parameters: Mapping[str, Any], table: str | None) -> tuple[dict[str, Any], str]:
        return longest(load_parameters(self, open_ended(parameters)), table)

    def events(self, plan: Plan, table: str, start: int, stop: int) -> pa.RecordBatch:
        compiled: _Compiled = plan.data
        tickers, count = len(compiled.securities), compiled.window.count
        first, last = start // tickers, -(-stop // tickers)
        batches = [self.rows(plan, table, at * count + first, at * count + last) for at in range(tickers)]
        return by_time(batches).slice(start - first * tickers, stop - start)


def _by_ticker(compiled: _Compiled, start: int, stop: int) -> Iterator[tuple[int, int, int]]:
    """The rows as (ticker's number, first, last + 1), counted within the ticker."""
    count = compiled.window.count
    while start < stop:
        at, first = divmod(start, count)
        last = min(stop - at * count, count)
        yield at, first, last
        start += last - first


def _ticks(compiled: _Compiled, at: int, start: int, stop: int) -> dict[str, I64]:
    security = compiled.securities[at]
    count = security.per_minute
    first = start + compiled.window.skipped
    last = stop + compiled.window.skipped
    minutes = compiled.window.minutes(compiled.market.hours, first // count, -(-last // count))
    wanted = slice(first % count, first % count + stop - start)
    within = np.arange(count, dtype=np.int64) * (security.interval_ms * 1_000)
    time = (minutes[:, None] * MINUTE_US + within).reshape(-1)[wanted]
    return {"time": time, **vars(security.ticks(minutes).part(wanted))}


def _bars(compiled: _Compiled, at: int, start: int, stop: int) -> dict[str, I64]:
    assert compiled.timeframe is not None
    hours, timeframe = compiled.market.hours, compiled.timeframe
    day, number = compiled.window.place(start, stop)
    first = (day * DAY_MINUTES + (hours.open // timeframe + number) * timeframe)[:, None] + np.arange(
        timeframe
    )
    minutes = first.reshape(-1)
    within = minutes % DAY_MINUTES
    traded = minutes[(within >= hours.open) & (within < hours.close)]
    bars = bars_of(minutes_of(compiled.securities[at], traded), timeframe)
    return {
        "time": bars.start * MINUTE_US,
        **{name: getattr(bars, name) for name in ("open", "high", "low", "close", "volume")},
    }


STRATEGY = MarketStrategy()
