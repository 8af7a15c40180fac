"""What kinds of whole numbers with a law share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from synthmill.generators.columns.kind import Column, ParameterError, Rows, Scope
from synthmill.generators.columns.numbers import mean_digits
from synthmill.generators.engine.cells import Cells, Integers
from synthmill.generators.kernels.derived.counts import counts
from synthmill.generators.kernels.discrete import Discrete


@dataclass(frozen=True)
class _Cells:
    key: int
    least: int
    law: Discrete

    def __call__(self, rows: Rows) -> Cells:
        return Integers(self.law.draw(rows.draw(self.key)) + np.int64(self.least))


def count_column(
    scope: Scope, mode: int, ratio: Callable[[int], float], parameter: str, last: int | None = None
) -> Column:
    """A column of the law of `generators.kernels.derived.counts`; `parameter` is what may be at fault."""
    try:
        least, law = counts(mode, ratio, last)
    except ValueError as error:
        raise ParameterError(
            parameter, str(error), "make the spread smaller, or use normal with 0 decimals"
        ) from None
    return Column(pa.int64(), _Cells(scope.key(), least, law), mean_digits(mode, mode))
