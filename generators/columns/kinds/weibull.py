"""Lifetimes and wind speeds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from synthmill.generators.columns.kind import Column, Kind, Scope
from synthmill.generators.columns.laws import exp_of, law_column, log_of, waiting
from synthmill.generators.columns.numbers import LimitedParameters, decimals_field, limit_field
from synthmill.generators.kernels.elementary import exp, log
from synthmill.generators.kernels.mix import F64
from synthmill.generators.schema.fields import Number


class WeibullParameters(LimitedParameters):
    shape = Number(
        "Below 1 what is new fails most, above 1 what is old; 1 is exponential.", 0.05, 1e4, default=1.5
    )
    scale = Number("63 % of the values lie below it.", 0.0, 1e100, above=True, default=1.0)
    min = limit_field("Values below are left out of the distribution.")
    max = limit_field("Values above are left out of the distribution.")
    decimals = decimals_field()


@dataclass(frozen=True)
class _Law:
    shape: float
    scale: float

    def quantile(self, p: F64) -> F64:
        return self.scale * exp(log(waiting(p)) / self.shape)

    def probability(self, x: float) -> float:
        return 1.0 - exp_of(-exp_of(self.shape * log_of(x / self.scale))) if x > 0 else 0.0


def _compile(parameters: Mapping[str, Any], scope: Scope) -> Column:
    return law_column(parameters, scope, _Law(parameters["shape"], parameters["scale"]))


KIND = Kind(
    name="weibull",
    title="Weibull number",
    description="A positive number from the Weibull distribution, as lifetimes of parts and wind speeds are.",
    Parameters=WeibullParameters,
    compile=_compile,
    example={"shape": 2, "scale": 8, "decimals": 1},
)
