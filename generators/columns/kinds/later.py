"""A time or a day after that of another column: shipped after ordered, ordered after signed up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import marshmallow as ma
import numpy as np
import pyarrow as pa

from synthmill.generators.columns.kind import Column, ColumnParameters, Kind, ParameterError, Rows, Scope
from synthmill.generators.columns.source import Source
from synthmill.generators.engine.arrays import TIMESTAMP
from synthmill.generators.engine.arrow_cells import decoded
from synthmill.generators.engine.cells import Cells, Integers
from synthmill.generators.kernels.integers import bounded
from synthmill.generators.schema.fields import Choice, Name, check_limits
from synthmill.generators.schema.times import END_OF_TIME, UNITS, Duration, Moment, length, microseconds


class LaterParameters(ColumnParameters):
    column = Name("The column with the earlier time.", examples=["ordered_at"])
    through = Name(
        "The foreign key or parents' table that leads to the row with that column; left out: the same row.",
        default=None,
        examples=["customer_id"],
    )
    min = Duration("How much later at least.", default="0s", examples=["1h"])
    max = Duration("How much later at most.", examples=["5d"])
    until = Moment("No later than this, except that `min` is kept all the same.", default=None)
    precision = Choice("Times are whole numbers of this; days of a date.", tuple(UNITS), default="second")

    @ma.validates_schema(skip_on_field_errors=True)
    def _check(self, data: dict[str, Any], **_: Any) -> None:
        check_limits(data, length)


@dataclass(frozen=True)
class _Cells:
    key: int
    source: Source
    least: int
    most: int
    until: int
    unit: int
    end: int

    def __call__(self, rows: Rows) -> Cells:
        source = decoded(self.source.cells(rows))
        assert isinstance(source, Integers)
        earlier = source.values
        if len(earlier) and int(earlier.max()) <= self.until - self.most:
            # No row comes near the end of time, so that all have equally many steps to choose from.
            steps = bounded(rows.draw(self.key), (self.most - self.least) // self.unit + 1).view(np.int64)
            if self.unit > 1:
                steps *= np.int64(self.unit)
            steps += earlier
            steps += np.int64(self.least)
            return Integers(steps, source.null)
        first = np.minimum(earlier + np.int64(self.least), np.int64(self.end))
        last = np.minimum(earlier + np.int64(self.most), np.int64(self.until))
        last = np.maximum(last, first)
        count = (last - first) // np.int64(self.unit) + np.int64(1)
        steps = bounded(rows.draw(self.key), count.view(np.uint64)).view(np.int64)
        return Integers(first + steps * np.int64(self.unit), source.null)


def _compile(parameters: Mapping[str, Any], scope: Scope) -> Column:
    source = scope.source(parameters["column"], parameters["through"])
    if source.type == pa.date32():
        return _dates(parameters, source, scope)
    if source.type != TIMESTAMP:
        raise ParameterError(
            "column", f"{source.column} isn't a timestamp", "name a column of timestamps or of dates"
        )
    end = microseconds(END_OF_TIME)
    until = microseconds(parameters["until"] or END_OF_TIME)
    unit = UNITS[parameters["precision"]]
    least, most = length(parameters["min"]), length(parameters["max"])
    cells = _Cells(scope.key(), source, least, most, until, unit, end)
    period = _period(source, least, most, until)
    return Column(TIMESTAMP, cells, 27, nullable=source.nullable, filled=source.filled, period=period)


def _period(source: Source, least: int, most: int, until: int) -> tuple[int, int] | None:
    if source.period is None:
        return None
    first, last = source.period
    return first + least, max(min(last + most, until), last + least)


def _dates(parameters: Mapping[str, Any], source: Source, scope: Scope) -> Column:
    day = UNITS["day"]
    for name in ("min", "max"):
        if length(parameters[name]) % day:
            raise ParameterError(
                name, f"{source.column} is a date, and {parameters[name]} isn't whole days", "give such as 3d"
            )
    end = microseconds(END_OF_TIME) // day
    until = microseconds(parameters["until"] or END_OF_TIME) // day
    least, most = length(parameters["min"]) // day, length(parameters["max"]) // day
    cells = _Cells(scope.key(), source, least, most, until, 1, end)
    period = _period(source, least * day, most * day, until * day)
    return Column(source.type, cells, 10, nullable=source.nullable, filled=source.filled, period=period)


KIND = Kind(
    name="later",
    title="Later time",
    description="A time or day from `min` to `max` after that in another column; null where that is null.",
    Parameters=LaterParameters,
    compile=_compile,
    example={"column": "ordered_at", "min": "1h", "max": "5d"},
    check_tables=(
        {
            "name": "cells",
            "rows": 3_000,
            "columns": [
                {"name": "ordered_at", "kind": "timestamp", "start": "2024-01-01", "end": "2024-12-31"}
            ],
        },
    ),
)
