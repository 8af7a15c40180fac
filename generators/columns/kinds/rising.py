"""Times that rise with the row: rows in the order in which they came to be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import marshmallow as ma
import numpy as np
import pyarrow as pa

from synthmill.generators.columns.kind import Column, ColumnParameters, Kind, ParameterError, Rows, Scope
from synthmill.generators.engine.arrays import TIMESTAMP
from synthmill.generators.engine.cells import Cells, Integers
from synthmill.generators.kernels.integers import bounded, multiply_divide
from synthmill.generators.kernels.mix import U64
from synthmill.generators.schema.fields import Choice, check_period
from synthmill.generators.schema.times import UNITS, Moment, microseconds, precision_field

_MOST_UNITS = 2**34


class RisingParameters(ColumnParameters):
    start = Moment("The earliest time.", default="2020-01-01T00:00:00Z")
    end = Moment("The latest time.", default="2025-12-31T23:59:59Z")
    precision = precision_field()
    type = Choice("timestamp: a point in time; date: its day.", ("timestamp", "date"), default="timestamp")

    @ma.validates_schema(skip_on_field_errors=True)
    def _check(self, data: dict[str, Any], **_: Any) -> None:
        check_period(data, microseconds)


@dataclass(frozen=True)
class _Cells:
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


def _compile(parameters: Mapping[str, Any], scope: Scope) -> Column:
    day = UNITS["day"]
    dates = parameters["type"] == "date"
    unit = day if dates else UNITS[parameters["precision"]]
    first, last = period = microseconds(parameters["start"]), microseconds(parameters["end"])
    if dates:
        first, last, unit = first // day, last // day, 1
    count = (last - first) // unit + 1
    if count > _MOST_UNITS:
        raise ParameterError(
            "precision",
            f"from start to end there are {count} of them",
            "give a coarser one, or a shorter time",
        )
    cells = _Cells(scope.key(), first, unit, count, scope.rows)
    return Column(
        pa.date32() if dates else TIMESTAMP,
        cells,
        10 if dates else 27,
        in_order=True,
        period=period,
    )


KIND = Kind(
    name="rising",
    title="Rising time",
    description="A point in time, never before that of an earlier row, spread evenly from `start` to `end`.",
    Parameters=RisingParameters,
    compile=_compile,
    example={"start": "2024-01-01T00:00:00Z", "end": "2024-12-31T23:59:59Z"},
)
