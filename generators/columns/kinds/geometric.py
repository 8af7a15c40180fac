"""How many trials until one succeeds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil
from typing import Any

import numpy as np
import pyarrow as pa

from synthmill.generators.columns.kind import Column, ColumnParameters, Kind, Rows, Scope
from synthmill.generators.columns.laws import log_of, waiting
from synthmill.generators.columns.numbers import mean_digits
from synthmill.generators.engine.cells import Cells, Integers
from synthmill.generators.kernels.elementary import open_unit
from synthmill.generators.schema.fields import Number


class GeometricParameters(ColumnParameters):
    probability = Number("How likely each trial is to succeed.", 1e-9, 1.0 - 1e-9, examples=[0.2])


@dataclass(frozen=True)
class _Cells:
    key: int
    rate: float

    def __call__(self, rows: Rows) -> Cells:
        failures = np.floor(waiting(open_unit(rows.draw(self.key))) / self.rate)
        return Integers(failures.astype(np.int64) + np.int64(1))


def _compile(parameters: Mapping[str, Any], scope: Scope) -> Column:
    p = parameters["probability"]
    rest = 1.0 - p
    # What rounding took from 1 - p is made up for to the first order (Kahan's log1p).
    rate = -log_of(rest) * (p / (1.0 - rest))
    mean = ceil(1.0 / p)
    return Column(pa.int64(), _Cells(scope.key(), rate), mean_digits(1, mean))


KIND = Kind(
    name="geometric",
    title="Geometric number",
    description="The number of trials up to the first that succeeds: 1, 2, 3 ...",
    Parameters=GeometricParameters,
    compile=_compile,
    example={"probability": 0.2},
)
