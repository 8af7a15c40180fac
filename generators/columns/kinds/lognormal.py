"""Positive numbers with a long tail: incomes, sizes, waiting times."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from synthmill.generators.columns.kind import Column, Kind, Rows, Scope
from synthmill.generators.columns.numbers import (
    FARTHEST,
    LimitedParameters,
    Rounding,
    decimals_field,
    limited_cost,
    lognormal_law,
    rounding,
)
from synthmill.generators.engine.cells import Cells
from synthmill.generators.kernels.derived.normal import Normal
from synthmill.generators.kernels.elementary import exp
from synthmill.generators.schema.fields import Number


class LognormalParameters(LimitedParameters):
    median = Number("Half of the values lie below it.", 0.0, 1e100, above=True, default=1.0)
    sigma = Number(
        "The standard deviation of the values' natural logarithms.", 0.0, 20.0, above=True, default=1.0
    )
    min = Number("Values below are left out of the distribution.", 0.0, above=True, default=None)
    max = Number("Values above are left out of the distribution.", 0.0, above=True, default=None)
    decimals = decimals_field()


@dataclass(frozen=True)
class _Cells:
    key: int
    law: Normal
    log_median: float
    sigma: float
    rounding: Rounding

    def __call__(self, rows: Rows) -> Cells:
        return self.rounding(exp(self.log_median + self.sigma * self.law.draw(rows.draw(self.key))))


def _compile(parameters: Mapping[str, Any], scope: Scope) -> Column:
    median, sigma, low, high = (parameters[name] for name in ("median", "sigma", "min", "max"))
    log_median, law = lognormal_law(median, sigma, low, high)
    most = float(exp(np.array([log_median + FARTHEST * sigma]))[0]) if high is None else high
    finish = rounding(parameters, 0.0 if low is None else low, most)
    return Column(finish.type, _Cells(scope.key(), law, log_median, sigma, finish), finish.width(median))


KIND = Kind(
    name="lognormal",
    title="Lognormal number",
    description="A positive floating-point number with a long tail, between limits if any are given.",
    Parameters=LognormalParameters,
    compile=_compile,
    costs=limited_cost,
    example={"median": 30, "sigma": 0.8, "decimals": 2},
)
