"""A time inside an interval: a visit while somebody was a patient, an absence while he was employed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import marshmallow as ma
import numpy as np
import pyarrow as pa
import pyarrow.types as pt

from synthmill.generators.columns.kind import Column, ColumnParameters, Kind, ParameterError, Rows, Scope
from synthmill.generators.columns.source import Source
from synthmill.generators.columns.times.life import Life, LifeParameters, life_of
from synthmill.generators.engine.arrays import TIMESTAMP
from synthmill.generators.engine.arrow_cells import decoded
from synthmill.generators.engine.cells import Cells, Flags, Integers
from synthmill.generators.kernels.integers import bounded
from synthmill.generators.kernels.mix import I64
from synthmill.generators.schema.fields import REQUIRED, Choice, Name, options, refused
from synthmill.generators.schema.times import UNITS, Duration, length, precision_field

_LONGEST = 10_000 * 366 * UNITS["day"]


class WithinParameters(ColumnParameters):
    during = ma.fields.Nested(
        LifeParameters,
        **options(
            "The interval.",
            REQUIRED,
            [{"start": "admitted_at", "end": "discharged_at", "until": "2025-12-31T00:00:00Z"}],
        ),
    )
    through = Name(
        "The foreign key or parents' table that leads to the row with its columns; left out: the same row.",
        default=None,
        examples=["employee_id"],
    )
    stay = Duration(
        "How long what begins then lasts: it ends inside, too. Where it is longer than the interval, it "
        "begins with it.",
        default="0s",
        examples=["14d"],
    )
    stay_column = Name("A column with that length, in whole units, instead.", default=None, examples=["days"])
    stay_unit = Choice(
        "What `stay_column` counts; days if left out.", ("second", "minute", "hour", "day"), default=None
    )
    precision = precision_field()
    type = Choice("timestamp: a point in time; date: its day.", ("timestamp", "date"), default="timestamp")

    @ma.validates_schema(skip_on_field_errors=True)
    def _check(self, data: dict[str, Any], **_: Any) -> None:
        if data["stay_column"] is not None and length(data["stay"]):
            raise refused("means nothing beside stay", "leave one of the two out", "stay_column")
        if data["stay_unit"] is not None and data["stay_column"] is None:
            raise refused("counts a stay_column", "name one, or leave it out", "stay_unit")


@dataclass(frozen=True, eq=False)
class WithinCells:
    key: int
    life: Life
    stay: int
    column: Source | None
    column_unit: int
    unit: int
    dates: bool

    def __call__(self, rows: Rows) -> Cells:
        bounds = self.life.bounds(rows)
        stay, null = self._stay(rows)
        last = np.maximum(bounds.last - stay, bounds.first)
        times = self.life.moments(bounds.first, last, lambda span: bounded(rows.draw(self.key), span))
        if self.dates:
            times = times // self.unit
        elif self.unit > 1:
            times = np.maximum(times // self.unit * self.unit, bounds.first)
        if bounds.missing is not None:
            null = bounds.missing if null is None else null | bounds.missing
        return Integers(times, null)

    def _stay(self, rows: Rows) -> tuple[int | I64, Flags | None]:
        if self.column is None:
            return self.stay, None
        cells = decoded(self.column.cells(rows))
        assert isinstance(cells, Integers)
        return np.clip(cells.values, 0, _LONGEST // self.column_unit) * self.column_unit, cells.null


def _compile(parameters: Mapping[str, Any], scope: Scope) -> Column:
    life = life_of(
        parameters["during"],
        lambda name, parameter: scope.source(name, parameters["through"], parameter=parameter),
        0,
        "during",
    )
    column = None
    if parameters["stay_column"] is not None:
        column = scope.source(parameters["stay_column"], parameter="stay_column")
        if not pt.is_int64(column.type):
            raise ParameterError(
                "stay_column", f"{column.column} is of type {column.type}", "name one of whole numbers"
            )
    dates = parameters["type"] == "date"
    stay = length(parameters["stay"])
    if life.start is None and life.end is None and stay > _lasts(life):
        raise ParameterError("stay", "is longer than the interval", "give a shorter one")
    cells = WithinCells(
        scope.key(),
        life,
        stay,
        column,
        UNITS[parameters["stay_unit"] or "day"],
        UNITS["day"] if dates else UNITS[parameters["precision"]],
        dates,
    )
    nullable = life.nullable or (column is not None and column.nullable)
    type_, width = (pa.date32(), 10) if dates else (TIMESTAMP, 27)
    filled = life.filled * (1.0 if column is None else column.filled)
    return Column(type_, cells, width, nullable=nullable, filled=filled, period=life.period)


def _lasts(life: Life) -> int:
    assert life.period is not None
    return life.period[1] - life.period[0]


KIND = Kind(
    name="within",
    title="Time within an interval",
    description="A time between two others from which a stay ends inside, too: s = S + u (E - S - stay).",
    Parameters=WithinParameters,
    compile=_compile,
    example={"during": {"start": "hired_at", "end": "left_at", "until": "2025-12-31"}, "stay": "14d"},
    check_tables=(
        {
            "name": "cells",
            "rows": 3_000,
            "columns": [
                {"name": "hired_at", "kind": "timestamp", "start": "2020-01-01", "end": "2024-12-31"},
                {"name": "left_at", "kind": "later", "column": "hired_at", "max": "900d", "nulls": 0.5},
            ],
        },
    ),
)
