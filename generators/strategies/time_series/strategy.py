"""The strategy `time_series`: from a plan to cells."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Any

import marshmallow as ma
import numpy as np
import pyarrow as pa

from synthmill.generators.engine.arrays import TIMESTAMP
from synthmill.generators.engine.arrow_cells import gathered
from synthmill.generators.engine.cells import Cells, Concat, Digits, Integers
from synthmill.generators.engine.costs import Estimate
from synthmill.generators.engine.inputs import Input, InputPaths
from synthmill.generators.engine.pipeline import load_parameters
from synthmill.generators.engine.plan import BLOCK_BYTES, ColumnPlan, Packing, Plan, TablePlan, block_rows
from synthmill.generators.engine.stages import NO_RESULTS, Results
from synthmill.generators.strategies.time_series.costs import series_costs
from synthmill.generators.strategies.time_series.endless import longest, shortest
from synthmill.generators.strategies.time_series.parameters import TimeSeriesParameters, label_column
from synthmill.generators.strategies.time_series.places import places
from synthmill.generators.strategies.time_series.planning import Table, compile_table

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
    Parameters: type[ma.Schema] = TimeSeriesParameters

    def inputs(self, parameters: Mapping[str, Any]) -> tuple[Input, ...]:
        return ()

    def plan(self, parameters: Mapping[str, Any], seed: int, inputs: InputPaths) -> Plan:
        compiled = {table["name"]: _compiled(table, seed) for table in parameters["tables"]}
        plans = tuple(_table_plan(table, compiled[table["name"]]) for table in parameters["tables"])
        return Plan(self.name, plans, compiled)

    def costs(self, parameters: Mapping[str, Any]) -> Estimate:
        return series_costs(parameters)

    def cells(
        self,
        plan: Plan,
        table: str,
        start: int,
        stop: int,
        columns: Sequence[str] | None,
        results: Results,
    ) -> Mapping[str, Cells]:
        compiled: _Compiled = plan.data[table]
        wanted = set(columns if columns is not None else (one.name for one in plan.table(table).columns))
        if start == stop:
            none = np.empty(0, np.int64)
            return {name: gathered(one, none) for name, one in _cells(compiled, 0, 1, wanted)}
        return dict(_cells(compiled, start, stop, wanted))

    def endless(self, parameters: Mapping[str, Any], table: str | None) -> tuple[dict[str, Any], str]:
        shortened, chosen = shortest(parameters, table)
        return longest(load_parameters(self, shortened), chosen), chosen

    def events(self, plan: Plan, table: str, start: int, stop: int) -> Mapping[str, Cells]:
        return self.cells(plan, table, start, stop, None, NO_RESULTS)


def _cells(compiled: _Compiled, start: int, stop: int, wanted: Set[str]) -> Iterator[tuple[str, Cells]]:
    """The wanted columns' cells of some rows, at least one."""
    table = compiled.table
    samples = table.layout.samples(start, stop)

    def ordered(cells: Cells) -> Cells:
        return cells if samples.order is None else gathered(cells, samples.order)

    if compiled.entity is not None and compiled.entity in wanted:
        numbers = np.repeat(samples.entity + 1, samples.counts)
        yield compiled.entity, ordered(_entity(compiled, numbers))
    if wanted <= {compiled.entity}:
        return
    step = samples.numbers
    if table.gaps is not None and table.gaps.missing:
        step = table.gaps.steps(samples.entity, samples.counts, step)
    at = places(table.clock, samples.entity, samples.counts, step)
    lost = None if table.gaps is None or table.gaps.missing else table.gaps.lost(at)
    if compiled.time in wanted:
        yield compiled.time, ordered(Integers(at.time))
    for series in table.series.values():
        if not series.hidden:
            for name, cells in series.cells(at, lost, wanted):
                yield name, ordered(cells)


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
        width = len(compiled.prefix or b"") + max(compiled.width, 3)
        yield ColumnPlan(compiled.entity, type_, False, "entity", width=width, packing=Packing.NEIGHBOURS)
    yield ColumnPlan(compiled.time, TIMESTAMP, False, "time")
    gaps = compiled.table.gaps is not None and not compiled.table.gaps.missing
    for given in parameters["series"]:
        if given["hidden"]:
            continue
        series = compiled.table.series[given["name"]]
        silent = any(one.kind == "drop_out" and one.value is None for one in series.anomalies)
        nullable = gaps or silent or given["nulls"] > 0
        whole = pa.types.is_integer(series.rounding.type)
        width, packing = (5, Packing.USUAL) if whole else (7, Packing.NEIGHBOURS)
        yield ColumnPlan(series.name, series.rounding.type, nullable, "series", width=width, packing=packing)
        if series.anomalies:
            yield ColumnPlan(
                label_column(dict(given)), pa.string(), False, "anomaly", width=5, packing=Packing.WORDS
            )


def _block_rows(compiled: _Compiled, columns: tuple[ColumnPlan, ...]) -> int:
    """Few enough that a block is neither too large nor too much work."""
    layout = compiled.table.layout
    width = sum(len(column.name) + _WIDTH for column in columns)
    width += sum(_WIDTH for series in compiled.table.series.values() if series.hidden)

    def fits(rows: int) -> bool:
        each = rows // layout.entities if layout.by_time else layout.rows // layout.entities
        runs = rows / max(1, min(each, rows))
        return rows * width <= BLOCK_BYTES and runs * compiled.table.run_steps <= BLOCK_STEPS

    return block_rows(fits)


STRATEGY = TimeSeries()
