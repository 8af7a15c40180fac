"""Floating-point numbers spread evenly."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from synthmill.generators.columns.kind import Column, Kind, Rows, Scope
from synthmill.generators.columns.numbers import LimitedParameters, Rounding, decimals_field, rounding
from synthmill.generators.engine.cells import Cells
from synthmill.generators.kernels.elementary import open_unit
from synthmill.generators.schema.fields import Number


class UniformParameters(LimitedParameters):
    min = Number("The least value.", -1e150, 1e150, default=0.0)
    max = Number("The greatest value.", -1e150, 1e150, default=1.0)
    decimals = decimals_field()


@dataclass(frozen=True)
class _Cells:
    key: int
    min: float
    max: float
    rounding: Rounding

    def __call__(self, rows: Rows) -> Cells:
        return self.rounding(self.min + (self.max - self.min) * open_unit(rows.draw(self.key)))


def _compile(parameters: Mapping[str, Any], scope: Scope) -> Column:
    low, high = parameters["min"], parameters["max"]
    finish = rounding(parameters, low, high)
    return Column(finish.type, _Cells(scope.key(), low, high, finish), finish.width((low + high) / 2))


KIND = Kind(
    name="uniform",
    title="Uniform number",
    description="A floating-point number between `min` and `max`, spread evenly.",
    Parameters=UniformParameters,
    compile=_compile,
    example={"min": 0, "max": 1},
)
