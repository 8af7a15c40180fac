"""Lengths of time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import marshmallow as ma
import numpy as np
import pyarrow as pa

from synthmill.generators.columns.kind import Column, ColumnParameters, Kind, ParameterError, Rows, Scope
from synthmill.generators.engine.cells import Cells, Concat, Integers
from synthmill.generators.kernels.integers import bounded
from synthmill.generators.schema.fields import Choice, check_limits
from synthmill.generators.schema.times import UNITS, Duration, length

_DESIGNATORS = {"second": ("PT", "S"), "minute": ("PT", "M"), "hour": ("PT", "H"), "day": ("P", "D")}


class DurationParameters(ColumnParameters):
    min = Duration("The shortest.", default="0s", examples=["5m"])
    max = Duration("The longest.", examples=["8h"])
    unit = Choice("They are whole numbers of this.", tuple(_DESIGNATORS), default="second")
    form = Choice(
        "number: so many units; iso: text of ISO 8601, such as PT90M.", ("number", "iso"), default="number"
    )

    @ma.validates_schema(skip_on_field_errors=True)
    def _check(self, data: dict[str, Any], **_: Any) -> None:
        check_limits(data, length)


@dataclass(frozen=True)
class _Cells:
    key: int
    least: int
    count: int
    form: tuple[bytes, bytes] | None

    def __call__(self, rows: Rows) -> Cells:
        units = Integers(bounded(rows.draw(self.key), self.count).view(np.int64) + np.int64(self.least))
        return units if self.form is None else Concat((self.form[0], units, self.form[1]))


def _compile(parameters: Mapping[str, Any], scope: Scope) -> Column:
    unit = UNITS[parameters["unit"]]
    least, most = -(-length(parameters["min"]) // unit), length(parameters["max"]) // unit
    if least > most:
        raise ParameterError("unit", "no whole number of them lies between min and max", "give a finer unit")
    if parameters["form"] == "number":
        return Column(pa.int64(), _Cells(scope.key(), least, most - least + 1, None), len(str(most)))
    before, behind = (mark.encode() for mark in _DESIGNATORS[parameters["unit"]])
    cells = _Cells(scope.key(), least, most - least + 1, (before, behind))
    return Column(pa.string(), cells, len(str(most)) + 3)


KIND = Kind(
    name="duration",
    title="Duration",
    description="A length of time from `min` to `max`, as a number of units or as text of ISO 8601.",
    Parameters=DurationParameters,
    compile=_compile,
    example={"min": "5m", "max": "8h", "unit": "minute"},
)
