"""Numbers distributed as a sample is, or as quantiles say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import marshmallow as ma
import numpy as np

from synthmill.generators.columns.kind import Column, ColumnParameters, Kind, Rows, Scope
from synthmill.generators.columns.numbers import Rounding, decimals_field, rounding
from synthmill.generators.engine.cells import Cells
from synthmill.generators.kernels.discrete import Discrete, discrete
from synthmill.generators.kernels.elementary import open_unit
from synthmill.generators.kernels.mix import F64
from synthmill.generators.schema.fields import Items, Number, refused


class EmpiricalParameters(ColumnParameters):
    values = Items(
        "A sample in any order; or quantiles, if there are probabilities.",
        Number("A value."),
        fewest=2,
        examples=[[2.5, 3, 3.5, 8]],
    )
    probabilities = Items(
        "Of quantiles: one for each, rising from 0 to 1.",
        Number("A probability.", 0.0, 1.0),
        fewest=2,
        default=None,
        examples=[[0, 0.25, 0.5, 1]],
    )
    decimals = decimals_field()

    @ma.validates_schema(skip_on_field_errors=True)
    def _check(self, data: dict[str, Any], **_: Any) -> None:
        values, p = data["values"], data.get("probabilities")
        if p is None:
            return
        if len(p) != len(values):
            raise refused(f"{len(p)} for {len(values)} values", "give one for each", "probabilities")
        if p[0] != 0 or p[-1] != 1 or p != sorted(set(p)):
            raise refused("don't rise from 0 to 1", "begin with 0, end with 1, repeat none", "probabilities")
        if values != sorted(values):
            raise refused("quantiles that don't rise", "sort them", "values")


@dataclass(frozen=True)
class _Cells:
    piece_key: int
    place_key: int
    law: Discrete
    """Over the pieces between neighbouring values."""
    starts: F64
    widths: F64
    rounding: Rounding

    def __call__(self, rows: Rows) -> Cells:
        piece = self.law.draw(rows.draw(self.piece_key))
        within = open_unit(rows.draw(self.place_key))
        return self.rounding(self.starts[piece] + self.widths[piece] * within)


def _compile(parameters: Mapping[str, Any], scope: Scope) -> Column:
    values = np.array(sorted(parameters["values"]), np.float64)
    p = parameters["probabilities"]
    weights = np.diff(p).tolist() if p else [1.0] * (len(values) - 1)
    low, high = float(values[0]), float(values[-1])
    finish = rounding({"min": None, "max": None, **parameters}, low, high)
    cells = _Cells(
        scope.key("piece"), scope.key("place"), discrete(weights), values[:-1], np.diff(values), finish
    )
    middle = float(values[len(values) // 2])
    return Column(finish.type, cells, finish.width(middle))


KIND = Kind(
    name="empirical",
    title="Number like a sample",
    description="A number distributed as a sample is, or as quantiles say; evenly between neighbours.",
    Parameters=EmpiricalParameters,
    compile=_compile,
    example={"values": [0, 20, 25, 40, 100], "probabilities": [0, 0.25, 0.5, 0.75, 1], "decimals": 1},
)
