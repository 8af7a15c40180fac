"""The strategy `time_series`: from a plan to cells."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import marshmallow as ma
import numpy as np
import pyarrow as pa

from synthmill.generators.engine.arrays import TIMESTAMP
from synthmill.generators.engine.cells import Cells, Concat, Digits, Integers, gathered, to_batch
from synthmill.generators.engine.plan import MAX_BLOCK_ROWS, ColumnPlan, Plan, TablePlan
from synthmill.generators.engine.strategy import load_parameters
from synthmill.generators.strategies.time_series.endless import longest, shortest
from synthmill.generators.strategies.time_series.parameters import TimeSeriesParameters, label_column
from synthmill.generators.strategies.time_series.places import places
from synthmill.generators.strategies.time_series.planning import Table, compile_table

BLOCK_BYTES = 16 * 2**20
"""What a block may come to, as text with its columns' names, by estimate."""
BLOCK_STEPS = 2**24
"""How many steps processes may make for one block."""
_WIDTH = 24
"""Of a cell as text, with its name's rest."""


@dataclass(frozen=True, eq=False)
class _Compiled:
    table: Table
    entity: str | None
    """The column of entities."""
    prefix: bytes | None
    width: int
    time: str


@dataclass(frozen=True)
class TimeSeries:
    name: str = "time_series"
    title: str = "Time series"
    description: str = (
        "Measurements of many entities over time: trend, seasons, noise with memory, events, "
        "labelled anomalies and gaps."
    )
    pure: bool = True
    Parameters: type[ma.Schema] = TimeSeriesParameters

    def plan(self, parameters: Mapping[str, Any], seed: int) -> Plan:
        compiled = {table["name"]: _compiled(table, seed) for table in parameters["tables"]}
        plans = tuple(_table_plan(table, compiled[table["name"]]) for table in parameters["tables"])
        return Plan(plans, compiled)

    def rows(self, plan: Plan, table: str, start: int, stop: int) -> pa.RecordBatch:
        return to_batch(self.cells(plan, table, start, stop), plan.table(table).schema)

    def cells(self, plan: Plan, table: str, start: int, stop: int) -> Mapping[str, Cells]:
        compiled: _Compiled = plan.data[table]
        if start == stop:
            none = np.empty(0, np.int64)
            return {name: gathered(one, none) for name, one in _cells(compiled, 0, 1)}
        return dict(_cells(compiled, start, stop))

    def endless(self, parameters: Mapping[str, Any], table: str | None) -> tuple[dict[str, Any], str]:
        shortened, chosen = shortest(parameters, table)
        return longest(load_parameters(self, shortened), chosen), chosen

    def events(self, plan: Plan, table: str, start: int, stop: int) -> pa.RecordBatch:
        return self.rows(plan, table, start, stop)


def _cells(compiled: _Compiled, start: int, stop: int) -> Iterator[tuple[str, Cells]]:
    """Every column's cells of some rows, at least one."""
    table = compiled.table
    samples = table.layout.samples(start, stop)
    step = samples.numbers
    if table.gaps is not None and table.gaps.missing:
        step = table.gaps.steps(samples.entity, samples.counts, step)
    at = places(table.clock, samples.entity, samples.counts, step)
    lost = None if table.gaps is None or table.gaps.missing else table.gaps.lost(at)

    def ordered(cells: Cells) -> Cells:
        return cells if samples.order is None else gathered(cells, samples.order)

    if compiled.entity is not None:
        numbers = np.repeat(samples.entity + 1, samples.counts)
        yield compiled.entity, ordered(_entity(compiled, numbers))
    yield compiled.time, ordered(Integers(at.time))
    for name, cells in _measured(table, at, lost):
        yield name, ordered(cells)


def _measured(table: Table, at: Any, lost: Any) -> Iterator[tuple[str, Cells]]:
    for series in table.series.values():
        if not series.hidden:
            yield from series.cells(at, lost)


def _entity(compiled: _Compiled, numbers: Any) -> Cells:
    if compiled.prefix is None:
        return Integers(numbers)
    return Concat((compiled.prefix, Digits(numbers, compiled.width)))


def _compiled(parameters: Mapping[str, Any], seed: int) -> _Compiled:
    entities, table = parameters["entities"], compile_table(parameters, seed)
    if entities is None:
        return _Compiled(table, None, None, 0, parameters["time_column"])
    prefix = None if entities["prefix"] is None else entities["prefix"].encode()
    return _Compiled(table, entities["column"], prefix, entities["width"], parameters["time_column"])


def _table_plan(parameters: Mapping[str, Any], compiled: _Compiled) -> TablePlan:
    columns = tuple(_columns(parameters, compiled))
    own = (compiled.time,) if compiled.entity is None else (compiled.entity, compiled.time)
    return TablePlan(parameters["name"], parameters["rows"], _block_rows(compiled, columns), columns, own)


def _columns(parameters: Mapping[str, Any], compiled: _Compiled) -> Iterator[ColumnPlan]:
    if compiled.entity is not None:
        type_ = pa.int64() if compiled.prefix is None else pa.string()
        yield ColumnPlan(compiled.entity, type_, False, "entity")
    yield ColumnPlan(compiled.time, TIMESTAMP, False, "time")
    gaps = compiled.table.gaps is not None and not compiled.table.gaps.missing
    for given in parameters["series"]:
        if given["hidden"]:
            continue
        series = compiled.table.series[given["name"]]
        silent = any(one.kind == "drop_out" and one.value is None for one in series.anomalies)
        nullable = gaps or silent or given["nulls"] > 0
        yield ColumnPlan(series.name, series.rounding.type, nullable, "series")
        if series.anomalies:
            yield ColumnPlan(label_column(dict(given)), pa.string(), False, "anomaly")


def _block_rows(compiled: _Compiled, columns: tuple[ColumnPlan, ...]) -> int:
    """The largest power of two with which a block is neither too large nor too much work."""
    layout = compiled.table.layout
    width = sum(len(column.name) + _WIDTH for column in columns)
    width += sum(_WIDTH for series in compiled.table.series.values() if series.hidden)
    block = MAX_BLOCK_ROWS
    while block > 1:
        each = block // layout.entities if layout.by_time else layout.rows // layout.entities
        runs = block / max(1, min(each, block))
        if block * width <= BLOCK_BYTES and runs * compiled.table.run_steps <= BLOCK_STEPS:
            break
        block //= 2
    return block


STRATEGY = TimeSeries()
