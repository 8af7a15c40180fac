"""Times that rise with the row: rows in the order in which they came to be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import marshmallow as ma
import numpy as np
import pyarrow as pa

from synthmill.generators.columns.costs import Costing, usual_cost
from synthmill.generators.columns.kind import Column, ColumnParameters, Kind, ParameterError, Rows, Scope
from synthmill.generators.columns.times.arrival_rate import ArrivalRate, arrival_rate, rate_field
from synthmill.generators.engine.arrays import TIMESTAMP
from synthmill.generators.engine.cells import Cells, Integers
from synthmill.generators.engine.costs import NOTHING, Cost
from synthmill.generators.kernels.derived.arrivals import Arrivals, arrivals
from synthmill.generators.kernels.integers import bounded, multiply_divide
from synthmill.generators.kernels.mix import U64
from synthmill.generators.schema.fields import Choice, check_period, refused
from synthmill.generators.schema.times import UNITS, Moment, microseconds, precision_field

_MOST_UNITS = 2**34
_PROCESS = replace(NOTHING, time=0.06e-6, plan_time=8e-3, plan_size=3.5e6, held=60.0)
"""Rows looked at here and there take up to three times as long as those in order."""


class RisingParameters(ColumnParameters):
    start = Moment("The earliest time.", default="2020-01-01T00:00:00Z")
    end = Moment("The latest time.", default="2025-12-31T23:59:59Z")
    precision = precision_field()
    type = Choice("timestamp: a point in time; date: its day.", ("timestamp", "date"), default="timestamp")
    arrivals = Choice(
        "even: a time in each of as many equal stretches as there are rows; poisson: as so many events of a "
        "Poisson process come, now close together, now far apart. Left out: poisson with a rate, else even.",
        ("even", "poisson"),
        default=None,
    )
    rate = rate_field()

    @ma.validates_schema(skip_on_field_errors=True)
    def _check(self, data: dict[str, Any], **_: Any) -> None:
        check_period(data, microseconds)
        if data["rate"] is None:
            return
        if data["arrivals"] == "even":
            raise refused("what comes by a rate can't be even", "leave it out, or give poisson", "arrivals")
        if data["type"] == "date" and data["rate"]["zone"] is not None:
            raise refused("has a zone, and dates are those of UTC", "leave out its zone", "rate")


@dataclass(frozen=True)
class _Even:
    key: int
    first: int
    unit: int
    count: int
    rows: int

    def __call__(self, rows: Rows) -> Cells:
        # Row n has the n-th of as many equal stretches as there are rows, and any place in it.
        low = self._reached(rows.numbers)
        width = np.maximum(self._reached(rows.numbers + np.uint64(1)) - low, np.uint64(1))
        steps = low + bounded(rows.draw(self.key), width)
        return Integers(steps.view(np.int64) * np.int64(self.unit) + np.int64(self.first))

    def _reached(self, numbers: U64) -> U64:
        return multiply_divide(numbers, self.count, self.rows)


@dataclass(frozen=True, eq=False)
class _Poisson:
    order: Arrivals
    rate: ArrivalRate | None
    start: int
    """In microseconds, from which steps are counted."""
    step: int
    first: int
    unit: int
    count: int

    def __call__(self, rows: Rows) -> Cells:
        u = self.order.draw(rows.numbers)
        if self.rate is None:
            steps = bounded(u, self.count).view(np.int64)
        else:
            steps = (self.rate.moment(bounded(u, self.rate.total)) - self.start) // self.step
        return Integers(steps * np.int64(self.unit) + np.int64(self.first))


def _compile(parameters: Mapping[str, Any], scope: Scope) -> Column:
    day = UNITS["day"]
    dates = parameters["type"] == "date"
    step = day if dates else UNITS[parameters["precision"]]
    start, last = period = microseconds(parameters["start"]), microseconds(parameters["end"])
    if dates:
        start, last = start // day * day, last // day * day
    count = (last - start) // step + 1
    first, unit = (start // day, 1) if dates else (start, step)
    cells: _Even | _Poisson
    if _by_process(parameters):
        order = arrivals(scope.rows, scope.key("halves"), scope.key())
        rate = arrival_rate(parameters["rate"], start, start + count * step) if parameters["rate"] else None
        cells = _Poisson(order, rate, start, step, first, unit, count)
    else:
        if count > _MOST_UNITS:
            raise ParameterError(
                "precision",
                f"from start to end there are {count} of them",
                "give a coarser one, or a shorter time",
            )
        cells = _Even(scope.key(), first, unit, count, scope.rows)
    return Column(
        pa.date32() if dates else TIMESTAMP, cells, 10 if dates else 27, in_order=True, period=period
    )


def _by_process(parameters: Mapping[str, Any]) -> bool:
    return parameters["rate"] is not None or parameters["arrivals"] == "poisson"


def _costs(parameters: Mapping[str, Any], costing: Costing) -> Cost:
    usual = usual_cost(parameters, costing)
    return usual.with_(_PROCESS) if _by_process(parameters) else usual


KIND = Kind(
    name="rising",
    title="Rising time",
    description="A point in time, never before that of an earlier row, spread evenly or at random, "
    "and then by hour, day and year, from `start` to `end`.",
    Parameters=RisingParameters,
    compile=_compile,
    example={"start": "2024-01-01T00:00:00Z", "end": "2024-12-31T23:59:59Z"},
    costs=_costs,
)
