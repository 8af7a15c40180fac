"""The strategy `market`: tables of ticks or of bars."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import marshmallow as ma
import numpy as np
import pyarrow as pa

from synthmill.generators.engine.arrays import TIMESTAMP, strings
from synthmill.generators.engine.arrow_cells import gathered
from synthmill.generators.engine.cells import Cells, Dictionary, DictionaryCells, Integers
from synthmill.generators.engine.costs import Estimate
from synthmill.generators.engine.inputs import Input, InputPaths
from synthmill.generators.engine.pipeline import load_parameters
from synthmill.generators.engine.plan import ColumnPlan, Packing, Plan, TablePlan, block_rows
from synthmill.generators.engine.stages import Results
from synthmill.generators.errors import InvalidRequestError
from synthmill.generators.kernels.mix import I64
from synthmill.generators.schema.times import microseconds
from synthmill.generators.strategies.market.bars import TIMEFRAMES, Bars, bars_of, minutes_of
from synthmill.generators.strategies.market.costs import market_costs
from synthmill.generators.strategies.market.endless import longest, open_ended
from synthmill.generators.strategies.market.market import Market
from synthmill.generators.strategies.market.parameters import MarketParameters, market_of
from synthmill.generators.strategies.market.ticks import MINUTE_MS, Security
from synthmill.generators.strategies.market.trading_hours import DAY_MINUTES, MINUTE_US, TradingHours
from synthmill.generators.strategies.market.window import Window, window

BLOCK_TICKS = 2**24
"""What a block of bars may be made of."""
_MINUTES_AT_ONCE = 131_072
"""Of bars' time that is made together: few enough for a cache."""
_NONE = np.empty(0, np.int64)
_TIMES = {"ticker", "time"}
"""The columns for which no tick has to be made."""


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
    description: str = (
        "Ticks or bars of securities: geometric Brownian motion, or prices and volumes as real ones behave."
    )
    Parameters: type[ma.Schema] = MarketParameters

    def inputs(self, parameters: Mapping[str, Any]) -> tuple[Input, ...]:
        return ()

    def plan(self, parameters: Mapping[str, Any], seed: int, inputs: InputPaths) -> Plan:
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
        rows = times.count * len(securities)
        if parameters["rows"] is not None:
            times, rows = _shortened(times, len(securities), parameters["rows"]), parameters["rows"]
        symbols = Dictionary(strings([ticker.symbol for ticker in market.tickers]))
        compiled = _Compiled(market, securities, times, symbols, timeframe)
        price = pa.decimal128(18, market.decimals)
        names = ("open", "high", "low", "close") if bars else ("price", "bid", "ask")
        columns = (
            ColumnPlan("ticker", pa.string(), False, "ticker", width=5, packing=Packing.WORDS),
            ColumnPlan("time", TIMESTAMP, False, "time"),
            *(ColumnPlan(name, price, False, "price", width=6) for name in names),
            ColumnPlan("volume", pa.int64(), False, "volume", width=5),
        )
        ticks = 0 if timeframe is None else timeframe * securities[0].per_minute
        table = TablePlan(
            name=parameters["table"],
            rows=rows,
            block_rows=block_rows(lambda rows: rows * ticks <= BLOCK_TICKS),
            columns=columns,
            primary_key=("ticker", "time"),
        )
        return Plan(self.name, (table,), compiled)

    def costs(self, parameters: Mapping[str, Any]) -> Estimate:
        return market_costs(parameters)

    def cells(
        self,
        plan: Plan,
        table: str,
        start: int,
        stop: int,
        columns: Sequence[str] | None,
        results: Results,
    ) -> Mapping[str, Cells]:
        wanted = columns if columns is not None else [one.name for one in plan.table(table).columns]
        return _cells(plan.data, list(_by_ticker(plan.data, start, stop)), wanted)

    def endless(self, parameters: Mapping[str, Any], table: str | None) -> tuple[dict[str, Any], str]:
        return longest(load_parameters(self, open_ended(parameters)), table)

    def events(self, plan: Plan, table: str, start: int, stop: int) -> Mapping[str, Cells]:
        compiled: _Compiled = plan.data
        tickers = len(compiled.securities)
        first, last = start // tickers, -(-stop // tickers)
        made = _cells(
            compiled,
            [(at, first, last) for at in range(tickers)],
            [one.name for one in plan.table(table).columns],
        )
        # Made ticker by ticker; what happens at one moment comes together.
        order = np.arange((last - first) * tickers).reshape(tickers, -1).T.reshape(-1)
        chosen = order[start - first * tickers : stop - first * tickers]
        return {name: gathered(cells, chosen) for name, cells in made.items()}


def _shortened(times: Window, tickers: int, rows: int) -> Window:
    """The times of so many rows, of all tickers together. Raises InvalidRequestError."""
    if rows > times.count * tickers:
        raise InvalidRequestError.one(
            "rows",
            f"from start to end there are {times.count * tickers:,} of them",
            "give at most that, or a later end",
        )
    return replace(times, count=-(-rows // tickers))


def _cells(
    compiled: _Compiled, spans: Sequence[tuple[int, int, int]], wanted: Sequence[str]
) -> dict[str, Cells]:
    """The wanted columns of spans of tickers, as `_by_ticker` gives them, one after the other."""
    make = _ticks if compiled.timeframe is None else _bars
    made = [make(compiled, *span, wanted) for span in spans if wanted != ["ticker"]]
    found: dict[str, Cells] = {}
    for name in wanted:
        if name == "ticker":
            codes = [np.full(last - first, at, np.uint32) for at, first, last in spans]
            found[name] = DictionaryCells(np.concatenate([np.empty(0, np.uint32), *codes]), compiled.symbols)
        else:
            values = [one[name] for one in made]
            found[name] = Integers(values[0] if len(values) == 1 else np.concatenate([_NONE, *values]))
    return found


def _by_ticker(compiled: _Compiled, start: int, stop: int) -> Iterator[tuple[int, int, int]]:
    """The rows as (ticker's number, first, last + 1), counted within the ticker."""
    count = compiled.window.count
    while start < stop:
        at, first = divmod(start, count)
        last = min(stop - at * count, count)
        yield at, first, last
        start += last - first


def _ticks(compiled: _Compiled, at: int, start: int, stop: int, wanted: Sequence[str]) -> Mapping[str, I64]:
    """Times and, where any other column is wanted, prices and volumes."""
    security = compiled.securities[at]
    count = security.per_minute
    first = start + compiled.window.skipped
    last = stop + compiled.window.skipped
    minutes = compiled.window.minutes(compiled.market.hours, first // count, -(-last // count))
    chosen = slice(first % count, first % count + stop - start)
    within = np.arange(count, dtype=np.int64) * (security.interval_ms * 1_000)
    time = (minutes[:, None] * MINUTE_US + within).reshape(-1)[chosen]
    if _TIMES.issuperset(wanted):
        return {"time": time}
    return {"time": time, **vars(security.ticks(minutes).part(chosen))}


def _bars(compiled: _Compiled, at: int, start: int, stop: int, wanted: Sequence[str]) -> Mapping[str, I64]:
    """Times and, where any other column is wanted, prices and volumes."""
    assert compiled.timeframe is not None
    hours, timeframe = compiled.market.hours, compiled.timeframe
    day, number = compiled.window.place(start, stop)
    begin = day * DAY_MINUTES + (hours.open // timeframe + number) * timeframe
    if _TIMES.issuperset(wanted):
        return {"time": begin * MINUTE_US}
    few = max(1, _MINUTES_AT_ONCE // timeframe)
    made = [
        _some_bars(compiled.securities[at], begin[first : first + few], timeframe, hours)
        for first in range(0, len(begin), few)
    ]
    names = ("open", "high", "low", "close", "volume")
    found = {name: np.concatenate([_NONE, *(getattr(bars, name) for bars in made)]) for name in names}
    return {"time": begin * MINUTE_US, **found}


def _some_bars(security: Security, begin: I64, timeframe: int, hours: TradingHours) -> Bars:
    """Bars that begin with these minutes."""
    offsets = np.arange(timeframe)
    if timeframe == DAY_MINUTES:
        offsets = offsets[hours.open : hours.close]
    minutes = (begin[:, None] + offsets).reshape(-1)
    within = minutes % DAY_MINUTES
    traded = minutes[(within >= hours.open) & (within < hours.close)]
    return bars_of(minutes_of(security, traded), timeframe)


STRATEGY = MarketStrategy()
