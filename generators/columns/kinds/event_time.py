"""When a child came to be in its parent's life: times that rise from sibling to sibling."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from synthmill.generators.columns.column_field import InnerColumn
from synthmill.generators.columns.costs import Costing
from synthmill.generators.columns.kind import (
    PARENT,
    Column,
    ColumnParameters,
    Kind,
    ParameterError,
    Rows,
    Scope,
)
from synthmill.generators.columns.nested.chosen_rows import Items
from synthmill.generators.columns.nested.inner import Inner, compile_inner
from synthmill.generators.columns.times.life import Bounds, Life
from synthmill.generators.columns.times.schedule import Schedule
from synthmill.generators.columns.times.sessions import Sessions, sessions_field, sessions_of
from synthmill.generators.engine.arrays import TIMESTAMP
from synthmill.generators.engine.arrow_cells import numbers_of
from synthmill.generators.engine.cells import Cells, Integers
from synthmill.generators.engine.costs import Cost
from synthmill.generators.engine.plan import Packing
from synthmill.generators.kernels.integers import bounded
from synthmill.generators.kernels.mix import F64, I64, U64
from synthmill.generators.kernels.processes.order_statistics import ordered
from synthmill.generators.schema.fields import Choice
from synthmill.generators.schema.times import UNITS, precision_field

_LAWS = ("exponential", "gamma", "lognormal", "pareto", "uniform", "weibull")

_LARGEST_GAP = 2.0**31
"""To which the largest gap of a parent is scaled, so that a million of them add up exactly."""


class EventTimeParameters(ColumnParameters):
    precision = precision_field()
    type = Choice("timestamp: a point in time; date: its day.", ("timestamp", "date"), default="timestamp")
    gaps = InnerColumn(
        "A column of numbers that times between siblings, and before the first and after the last, are in "
        "proportion to. Left out: an event is as likely at any time, whenever others are.",
        default=None,
    )
    sessions = sessions_field()


@dataclass(frozen=True, eq=False)
class _Evenly:
    """Siblings are evenly spread random numbers, in order."""

    key: int
    table: str

    def __call__(self, parents: Rows, places: I64, index: I64) -> U64:
        return ordered(parents.draw(self.key), parents.child_numbers(self.table)[1], places, index)


@dataclass(frozen=True, eq=False)
class _ByGaps:
    """Siblings divide a life by gaps of a law, all of them scaled to its length."""

    inner: Inner
    table: str

    def __call__(self, parents: Rows, places: I64, index: I64) -> U64:
        shares, starts = parents.once(self, lambda: self._shares(parents))
        steps: U64 = (shares[starts[places] + index] * 2.0**53).astype(np.uint64)
        return steps << np.uint64(11)

    def _shares(self, parents: Rows) -> tuple[F64, I64]:
        """For each gap of a parent which share of its life lies up to the gap's end."""
        counts = parents.child_numbers(self.table)[1] + 1
        starts = np.cumsum(counts) - counts
        cells = numbers_of(self.inner.cells(Items(parents, counts)))
        gaps = np.maximum(cells.values.astype(np.float64), 0.0)
        if cells.null is not None:
            gaps[cells.null] = 0.0
        # Of gaps that are all 0 each is as long; whole numbers add up to the same in any order.
        largest = np.maximum.reduceat(gaps, starts) if len(gaps) else gaps
        even, owners = largest == 0.0, np.repeat(np.arange(len(counts)), counts)
        gaps = np.where(even[owners], 1.0, gaps) / np.where(even, 1.0, largest)[owners]
        reached = np.cumsum((gaps * _LARGEST_GAP).astype(np.int64))
        before = np.concatenate((np.zeros(1, np.int64), reached))[starts]
        whole = reached[starts + counts - 1] - before
        shares = (reached - before[owners]).astype(np.float64) / whole[owners]
        return np.minimum(shares, 1.0 - 2.0**-53), starts


@dataclass(frozen=True, eq=False)
class _Drawn:
    """In a life at random: the rate says how likely each time is."""

    life: Life
    spread: _Evenly | _ByGaps

    def __call__(self, rows: Rows, parents: Rows, bounds: Bounds, places: I64) -> I64:
        u = self.spread(parents, places, rows.sibling_index().view(np.int64))
        last = bounds.last
        if self.life.gap:
            # Drawn as if there were no gaps, which then move siblings apart.
            counts = parents.child_numbers(self.spread.table)[1]
            last = np.maximum(last - self.life.gap * np.maximum(counts - 1, 0), bounds.first)
        return self.life.moments(bounds.first, last, lambda span: bounded(u, span), places)


@dataclass(frozen=True, eq=False)
class _Scheduled:
    key: int
    schedule: Schedule

    def __call__(self, rows: Rows, parents: Rows, bounds: Bounds, places: I64) -> I64:
        index = rows.sibling_index().view(np.int64)
        return self.schedule.times(parents, bounds, places, index, rows.draw(self.key))


@dataclass(frozen=True, eq=False)
class _Cells:
    life: Life
    times: _Drawn | _Scheduled | Sessions
    unit: int
    dates: bool

    def __call__(self, rows: Rows) -> Cells:
        parents, found = rows.follow(PARENT)
        places = np.arange(len(rows)) if found is None else found
        bounds = self.life.bounds(parents)
        times = self.times(rows, parents, bounds, places)
        if self.unit > 1:
            # A life that begins between two units has its first event at its beginning, none before.
            first = bounds.first[places]
            if self.life.gap:
                times = first + (times - first) // self.unit * self.unit
            else:
                times = np.maximum(times // self.unit * self.unit, first)
        if self.life.gap:
            times = times + rows.sibling_index().view(np.int64) * self.life.gap
        if self.dates:
            times = times // self.unit
        return Integers(times, None if bounds.missing is None else bounds.missing[places])


def _compile(parameters: Mapping[str, Any], scope: Scope) -> Column:
    life, schedule = scope.life(), scope.schedule()
    if life is None:
        raise ParameterError(
            "kind",
            f"nothing says in which time a parent of {scope.table} has children",
            "give the table children_of with during",
        )
    times: _Drawn | _Scheduled | Sessions
    if schedule is not None:
        for name in ("gaps", "sessions"):
            if parameters[name] is not None:
                raise ParameterError(name, "the times follow from a schedule", "leave one of the two out")
        times = _Scheduled(scope.key(), schedule)
    elif parameters["sessions"] is not None:
        if parameters["gaps"] is not None or life.gap:
            raise ParameterError(
                "sessions", "can't stand beside gaps or children_of.min_gap", "leave one of the two out"
            )
        times = sessions_of(parameters["sessions"], life, scope)
    else:
        times = _Drawn(life, _spread(parameters, scope))
    dates = parameters["type"] == "date"
    unit = UNITS["day"] if dates else UNITS[parameters["precision"]]
    if life.gap % unit:
        raise ParameterError(
            "precision",
            "children_of.min_gap isn't a whole number of it",
            "give a finer one, or another min_gap",
        )
    return Column(
        pa.date32() if dates else TIMESTAMP,
        _Cells(life, times, unit, dates),
        10 if dates else 27,
        nullable=life.nullable,
        filled=life.filled,
        packing=Packing.USUAL if scope.schedule() is None else Packing.NEIGHBOURS,
        period=life.period,
        rises=True,
    )


def _spread(parameters: Mapping[str, Any], scope: Scope) -> _Evenly | _ByGaps:
    if parameters["gaps"] is None:
        return _Evenly(scope.key(), scope.table)
    if parameters["gaps"]["kind"] not in _LAWS:
        raise ParameterError(
            "gaps.kind",
            f"a {parameters['gaps']['kind']} is no law of gaps",
            f"name one of: {', '.join(_LAWS)}",
        )
    inner = compile_inner(parameters["gaps"], scope, "gaps", "gaps", only=(), repeated=True)
    return _ByGaps(inner, scope.table)


def _cost(parameters: Mapping[str, Any], costing: Costing) -> Cost:
    if parameters["sessions"] is not None:
        most = costing.children()
        return Cost(time=0.8e-6, once_time=most * 0.6e-6, once_size=most * 80.0, plan_time=0.5e-3)
    if parameters["gaps"] is None:
        return Cost(time=0.12e-6, plan_time=0.5e-3)
    most, gap = costing.children(), costing.inner(parameters["gaps"])
    each = gap.time + 0.1e-6
    return Cost(time=0.2e-6 + each, once_time=most * each, once_size=most * 16.0, plan_time=gap.plan_time)


KIND = Kind(
    name="event_time",
    title="Time of an event",
    description="When a child came to be in its parent's life: later than each sibling before it.",
    Parameters=EventTimeParameters,
    compile=_compile,
    costs=_cost,
    example={"precision": "second"},
    check_tables=(
        {
            "name": "accounts",
            "rows": 500,
            "columns": [
                {"name": "opened_at", "kind": "timestamp", "start": "2024-01-01", "end": "2024-12-31"}
            ],
        },
        {
            "name": "cells",
            "rows": 3_000,
            "children_of": {
                "table": "accounts",
                "max": 12,
                "during": {"start": "opened_at", "until": "2025-12-31"},
            },
            "columns": [],
        },
    ),
)
