"""Exact decimal numbers spread evenly."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from synthmill.generators.columns.kind import Choices, Column, Kind, Rows, Scope
from synthmill.generators.columns.numbers import LimitedParameters, mean_digits, scaled
from synthmill.generators.engine.cells import Cells, Integers
from synthmill.generators.schema.fields import Number, Whole


class DecimalParameters(LimitedParameters):
    min = Number("The least value.", -1e9, 1e9, default=0.0)
    max = Number("The greatest value.", -1e9, 1e9, examples=[99.95])
    scale = Whole("Digits after the point.", 0, 9, default=2)


@dataclass(frozen=True)
class _Cells:
    key: int
    min: int
    count: int

    def __call__(self, rows: Rows) -> Cells:
        return Integers(rows.choose(self.key, self.count).view(np.int64) + np.int64(self.min))


def _compile(parameters: Mapping[str, Any], scope: Scope) -> Column:
    scale = parameters["scale"]
    low, high = (scaled(parameters[name], scale, name) for name in ("min", "max"))
    type_ = pa.decimal128(18 if scale <= 8 else 19, scale)
    choices = Choices(scope.key(), high - low + 1)
    return Column(
        type_, _Cells(choices.key, low, choices.count), mean_digits(low, high, scale), choices=choices
    )


KIND = Kind(
    name="decimal",
    title="Decimal number",
    description="An exact decimal number from `min` to `max`, each as likely as any other.",
    Parameters=DecimalParameters,
    compile=_compile,
    example={"min": 0, "max": 99.95, "scale": 2},
)
