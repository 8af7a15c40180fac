"""Numbers that are all different and in no order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from synthmill.generators.columns.costs import usual_and
from synthmill.generators.columns.kind import Column, Kind, ParameterError, Rows, Scope
from synthmill.generators.columns.numbers import LimitedParameters, mean_digits
from synthmill.generators.engine.cells import Cells, Concat, Digits, Integers
from synthmill.generators.kernels.permutation import Permutation
from synthmill.generators.schema.fields import Text, Whole

_MOST = 10**18


class UniqueNumberParameters(LimitedParameters):
    min = Whole("The least number.", 0, _MOST, default=1)
    max = Whole("The greatest number; there must be as many numbers as rows.", 0, _MOST, examples=[999_999])
    prefix = Text(
        "What stands before the number. Makes the column text, of as many digits as max has.",
        shortest=0,
        default="",
        examples=["C-"],
    )


@dataclass(frozen=True)
class _Cells:
    permutation: Permutation
    min: int
    prefix: bytes
    digits: int

    def __call__(self, rows: Rows) -> Cells:
        numbers = self.permutation.apply(rows.numbers).view(np.int64) + np.int64(self.min)
        return Concat((self.prefix, Digits(numbers, self.digits))) if self.prefix else Integers(numbers)


def _compile(parameters: Mapping[str, Any], scope: Scope) -> Column:
    low, high, prefix = parameters["min"], parameters["max"], parameters["prefix"]
    size, digits = high - low + 1, len(str(high))
    if size < scope.rows:
        raise ParameterError(
            "max",
            f"{size} numbers aren't enough for {scope.rows} rows",
            f"give at least {low + scope.rows - 1}",
        )
    cells = _Cells(Permutation(size, scope.key()), low, prefix.encode(), digits)
    type_ = pa.string() if prefix else pa.int64()
    width = len(prefix.encode()) + digits if prefix else mean_digits(low, high)
    return Column(type_, cells, width, unique=True)


KIND = Kind(
    name="unique_number",
    title="Unique number",
    description="Whole numbers of which no two are equal, in no visible order: account or order numbers.",
    Parameters=UniqueNumberParameters,
    compile=_compile,
    costs=usual_and(time=0.04e-6),
    example={"min": 100000, "max": 9999999, "prefix": "A"},
)
