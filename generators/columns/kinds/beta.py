"""Shares and rates between two bounds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from synthmill.generators.columns.costs import usual_and
from synthmill.generators.columns.kind import Column, Kind, ParameterError, Rows, Scope
from synthmill.generators.columns.numbers import LimitedParameters, Rounding, decimals_field, rounding
from synthmill.generators.engine.cells import Cells
from synthmill.generators.kernels.derived.inversion import density
from synthmill.generators.kernels.elementary import exp, log, open_unit
from synthmill.generators.kernels.mix import F64
from synthmill.generators.kernels.quantiles import Quantiles
from synthmill.generators.schema.fields import Number


class BetaParameters(LimitedParameters):
    alpha = Number(
        "The mean lies at alpha / (alpha + beta) of the way from min to max.", 0.05, 1e4, default=2.0
    )
    beta = Number("The greater alpha + beta, the closer the values are together.", 0.05, 1e4, default=5.0)
    min = Number("The lower bound.", -1e150, 1e150, default=0.0)
    max = Number("The upper bound.", -1e150, 1e150, default=1.0)
    decimals = decimals_field()


@dataclass(frozen=True)
class _Cells:
    key: int
    alpha: float
    beta: float
    table: Quantiles
    """Of z = log(x / (1 - x)) - log(alpha / beta)."""
    rounding: Rounding
    low: float
    width: float

    def __call__(self, rows: Rows) -> Cells:
        z = self.table.at(open_unit(rows.draw(self.key)))
        tail = exp(-np.abs(z))
        right = self.alpha / (self.alpha + self.beta * tail)
        left = self.alpha * tail / (self.alpha * tail + self.beta)
        return self.rounding(self.low + self.width * np.where(z > 0, right, left))


@lru_cache(maxsize=64)
def _standard(alpha: float, beta: float) -> Quantiles:
    def drop(z: F64) -> F64:
        tail = exp.plain(-np.abs(z))
        near = np.where(z > 0, alpha + beta * tail, alpha * tail + beta) / (alpha + beta)
        result: F64 = (alpha + beta) * log.plain(near) + np.where(z > 0, beta * z, -alpha * z)
        return result

    return density(drop).quantiles()


def _compile(parameters: Mapping[str, Any], scope: Scope) -> Column:
    alpha, beta, low, high = (parameters[name] for name in ("alpha", "beta", "min", "max"))
    if low == high:
        raise ParameterError("max", "is equal to min", "give a greater max, or use the kind constant")
    finish = rounding(parameters, low, high)
    cells = _Cells(scope.key(), alpha, beta, _standard(alpha, beta), finish, low, high - low)
    return Column(finish.type, cells, finish.width((low + high) / 2))


KIND = Kind(
    name="beta",
    title="Beta number",
    description="A number between two bounds from the beta distribution: shares, rates, scores.",
    Parameters=BetaParameters,
    compile=_compile,
    costs=usual_and(plan_time=0.6e-3),
    example={"alpha": 2, "beta": 5, "min": 0, "max": 100, "decimals": 1},
)
