"""What kinds of continuous distributions share: cells by inversion, cut off at limits, rounded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from synthmill.generators.columns.kind import Column, ParameterError, Rows, Scope
from synthmill.generators.columns.numbers import Rounding, rounding
from synthmill.generators.engine.cells import Cells
from synthmill.generators.kernels.elementary import exp, log, open_unit
from synthmill.generators.kernels.mix import F64

_ENDS = np.array([2.0**-53, 1.0 - 2.0**-53])
_LEAST_SPAN = 2.0**-40


class Law(Protocol):
    """A continuous distribution."""

    def quantile(self, p: F64) -> F64:
        """The value that is passed with probability 1 - p, for each 2**-53 <= p <= 1 - 2**-53."""

    def probability(self, x: float) -> float:
        """Of a value below x."""


@dataclass(frozen=True)
class _Cells:
    key: int
    law: Law
    low: float
    span: float
    rounding: Rounding

    def __call__(self, rows: Rows) -> Cells:
        p = open_unit(rows.draw(self.key))
        if self.span < 1.0:
            p = np.minimum(np.maximum(self.low + self.span * p, _ENDS[0]), _ENDS[1])
        return self.rounding(self.law.quantile(p))


def law_column(parameters: Mapping[str, Any], scope: Scope, law: Law) -> Column:
    """A column of numbers of a law, within the `min` and `max` and to the `decimals` of its parameters."""
    low, high = parameters["min"], parameters["max"]
    start = 0.0 if low is None else law.probability(low)
    span = (1.0 if high is None else law.probability(high)) - start
    if span < _LEAST_SPAN:
        raise ParameterError(
            "max", "next to nothing of the distribution lies between min and max", "move the limits apart"
        )
    ends = [float(end) for end in law.quantile(_ENDS)]
    if not ends[1] < 1e300:
        raise ParameterError("scale", "values would be beyond 1e300", "make it less")
    finish = rounding(
        parameters, ends[0] if low is None else max(low, ends[0]), ends[1] if high is None else high
    )
    middle = np.minimum(np.maximum(np.array([start + span / 2]), _ENDS[0]), _ENDS[1])
    width = finish.width(float(law.quantile(middle)[0]))
    return Column(finish.type, _Cells(scope.key(), law, start, span, finish), width)


def exp_of(x: float) -> float:
    return float(exp(np.array([x]))[0])


def log_of(x: float) -> float:
    """Of a positive number."""
    return float(log(np.array([x]))[0])


def waiting(p: F64) -> F64:
    """Standard exponential quantiles. 1 - p is exact, and so the result is as exact near 0 as elsewhere."""
    return -log(1.0 - p)
