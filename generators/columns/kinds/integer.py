"""Whole numbers, each as likely as any other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from synthmill.generators.columns.kind import Choices, Column, Kind, Rows, Scope
from synthmill.generators.columns.numbers import LimitedParameters, mean_digits
from synthmill.generators.engine.cells import Cells, Integers
from synthmill.generators.limits import MAX_INTEGER
from synthmill.generators.schema.fields import Whole


class IntegerParameters(LimitedParameters):
    min = Whole("The least value.", -MAX_INTEGER, MAX_INTEGER, default=0)
    max = Whole("The greatest value.", -MAX_INTEGER, MAX_INTEGER, examples=[100])


@dataclass(frozen=True)
class _Cells:
    key: int
    min: int
    count: int

    def __call__(self, rows: Rows) -> Cells:
        return Integers(rows.choose(self.key, self.count).view(np.int64) + np.int64(self.min))


def _compile(parameters: Mapping[str, Any], scope: Scope) -> Column:
    low, high = parameters["min"], parameters["max"]
    width = mean_digits(low, high)
    choices = Choices(scope.key(), high - low + 1)
    return Column(pa.int64(), _Cells(choices.key, low, choices.count), width, choices=choices)


KIND = Kind(
    name="integer",
    title="Whole number",
    description="A whole number from `min` to `max`, each as likely as any other.",
    Parameters=IntegerParameters,
    compile=_compile,
    example={"min": 1, "max": 100},
)
