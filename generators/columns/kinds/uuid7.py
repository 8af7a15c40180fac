"""Identifiers that are unique and in the order of their times."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import marshmallow as ma
import numpy as np
import pyarrow as pa

from synthmill.generators.columns.costs import usual_and
from synthmill.generators.columns.kind import Column, ColumnParameters, Kind, ParameterError, Rows, Scope
from synthmill.generators.columns.source import Source
from synthmill.generators.engine.arrays import TIMESTAMP
from synthmill.generators.engine.arrow_cells import decoded
from synthmill.generators.engine.cells import U8, Cells, Fixed, Integers
from synthmill.generators.engine.plan import Packing
from synthmill.generators.kernels.integers import multiply_divide
from synthmill.generators.kernels.mix import I64, U64
from synthmill.generators.schema.fields import Name, refused
from synthmill.generators.schema.times import Moment, microseconds

_MOST = np.int64(2**48 - 1)
_LOWER = 14
"""Bits of a span of time that are divided apart."""


class Uuid7Parameters(ColumnParameters):
    column = Name(
        "The row's timestamp to take the time from; left out: times from start to end, rising with the row.",
        default=None,
        examples=["created_at"],
    )
    start = Moment("The time of the first row.", default="2024-01-01T00:00:00Z")
    end = Moment("The time that the last row comes close to.", default="2025-01-01T00:00:00Z")

    @ma.validates_schema(skip_on_field_errors=True)
    def _check(self, data: dict[str, Any], **_: Any) -> None:
        first, last = microseconds(data["start"]), microseconds(data["end"])
        if first < 0:
            raise refused(f"{data['start']} is before 1970", "give a later one", "start")
        if first > last:
            raise refused(f"{data['end']} is before start", "give an end that isn't before start", "end")


@dataclass(frozen=True)
class _Rising:
    first: int
    last: int
    rows: int

    def __call__(self, rows: Rows) -> Integers:
        # number * span // rows, whose product may need 128 bits: first the span's upper bits, then, with what
        # their division left over (exact modulo 2**64), the lower ones.
        numbers, span, total = rows.numbers, self.last - self.first, np.uint64(self.rows)
        upper, lower = span >> _LOWER, span & (1 << _LOWER) - 1
        coarse = multiply_divide(numbers, upper, self.rows)
        rest = numbers * np.uint64(upper) - coarse * total
        fine = ((rest << np.uint64(_LOWER)) + numbers * np.uint64(lower)) // total
        return Integers(((coarse << np.uint64(_LOWER)) + fine).view(np.int64) + np.int64(self.first))


@dataclass(frozen=True)
class _Cells:
    high: int
    low: int
    times: _Rising | Source

    def milliseconds(self, rows: Rows) -> Integers:
        if isinstance(self.times, _Rising):
            return self.times(rows)
        cells = decoded(self.times.cells(rows))
        assert isinstance(cells, Integers)
        return Integers(np.minimum(np.maximum(cells.values // 1_000, 0), _MOST), cells.null)

    def __call__(self, rows: Rows) -> Cells:
        times = self.milliseconds(rows)
        return Fixed(_uuid7(times.values, rows.draw(self.high), rows.draw(self.low)), times.null)


def _uuid7(milliseconds: I64, high: U64, low: U64) -> U8:
    """UUIDs of version 7 (RFC 9562), a row of 16 bytes for each."""
    numbers = np.empty((len(milliseconds), 2), ">u8")
    numbers[:, 0] = (
        (milliseconds.view(np.uint64) << np.uint64(16)) | np.uint64(0x7000) | (high >> np.uint64(52))
    )
    numbers[:, 1] = (low & np.uint64(0x3FFFFFFFFFFFFFFF)) | np.uint64(1 << 63)
    return numbers.view(np.uint8)


def _compile(parameters: Mapping[str, Any], scope: Scope) -> Column:
    first, last = (microseconds(parameters[name]) // 1_000 for name in ("start", "end"))
    times: _Rising | Source = _Rising(first, last, scope.rows)
    nullable = False
    if parameters["column"] is not None:
        times = scope.source(parameters["column"])
        nullable = times.nullable
        if times.type != TIMESTAMP:
            raise ParameterError("column", f"{times.column} isn't a timestamp", "name a column of timestamps")
    cells = _Cells(scope.key("high"), scope.key("low"), times)
    return Column(pa.string(), cells, 36, nullable=nullable, unique=not nullable, packing=Packing.RANDOM)


KIND = Kind(
    name="uuid7",
    title="UUID in order of time",
    description="A UUID that begins with a time (version 7): that of a column, or one rising with the row.",
    Parameters=Uuid7Parameters,
    compile=_compile,
    costs=usual_and(size=24.0),
    example={"start": "2024-01-01T00:00:00Z", "end": "2025-01-01T00:00:00Z"},
)
