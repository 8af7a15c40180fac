"""Sums of waiting times: rainfall, claims, durations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from synthmill.generators.columns.costs import usual_and
from synthmill.generators.columns.kind import Column, Kind, Scope
from synthmill.generators.columns.laws import law_column, log_of
from synthmill.generators.columns.numbers import LimitedParameters, decimals_field, limit_field
from synthmill.generators.kernels.derived.inversion import Density, density
from synthmill.generators.kernels.elementary import exp
from synthmill.generators.kernels.mix import F64
from synthmill.generators.kernels.quantiles import Quantiles
from synthmill.generators.schema.fields import Number


class GammaParameters(LimitedParameters):
    shape = Number("The mean is shape * scale, the variance shape * scale squared.", 0.05, 1e4, default=2.0)
    scale = Number("What the values of scale 1 are multiplied by.", 0.0, 1e100, above=True, default=1.0)
    min = limit_field("Values below are left out of the distribution.")
    max = limit_field("Values above are left out of the distribution.")
    decimals = decimals_field()


@dataclass(frozen=True)
class _Law:
    """By z = log(x / (shape * scale)), whose density has the logarithm shape * (z - exp(z))."""

    mean: float
    density: Density
    table: Quantiles

    def quantile(self, p: F64) -> F64:
        return self.mean * exp(self.table.at(p))

    def probability(self, x: float) -> float:
        return self.density.probability(log_of(x / self.mean)) if x > 0 else 0.0


@dataclass(frozen=True)
class _Drop:
    shape: float

    def __call__(self, z: F64) -> F64:
        return self.shape * (exp.plain(z) - 1.0 - z)


@lru_cache(maxsize=64)
def _standard(shape: float) -> tuple[Density, Quantiles]:
    found = density(_Drop(shape))
    return found, found.quantiles()


def _compile(parameters: Mapping[str, Any], scope: Scope) -> Column:
    shape, scale = parameters["shape"], parameters["scale"]
    return law_column(parameters, scope, _Law(shape * scale, *_standard(shape)))


KIND = Kind(
    name="gamma",
    title="Gamma number",
    description="A positive number from the gamma distribution: amounts of rain, sizes of claims, durations.",
    Parameters=GammaParameters,
    compile=_compile,
    costs=usual_and(plan_time=0.6e-3),
    example={"shape": 2.5, "scale": 10, "decimals": 2},
)
