"""Sizes of which few are huge."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from synthmill.generators.columns.kind import Column, Kind, Scope
from synthmill.generators.columns.laws import exp_of, law_column, log_of, waiting
from synthmill.generators.columns.numbers import LimitedParameters, decimals_field, limit_field
from synthmill.generators.kernels.elementary import exp
from synthmill.generators.kernels.mix import F64
from synthmill.generators.schema.fields import Number


class ParetoParameters(LimitedParameters):
    shape = Number(
        "How quickly large values become rare; 1.16 is the rule of 80 to 20.", 0.1, 1e4, default=1.16
    )
    scale = Number("The least value.", 0.0, 1e100, above=True, default=1.0)
    min = limit_field("Values below are left out of the distribution.")
    max = limit_field("Values above are left out of the distribution.")
    decimals = decimals_field()


@dataclass(frozen=True)
class _Law:
    shape: float
    scale: float

    def quantile(self, p: F64) -> F64:
        return self.scale * exp(waiting(p) / self.shape)

    def probability(self, x: float) -> float:
        return 1.0 - exp_of(self.shape * -log_of(x / self.scale)) if x > self.scale else 0.0


def _compile(parameters: Mapping[str, Any], scope: Scope) -> Column:
    return law_column(parameters, scope, _Law(parameters["shape"], parameters["scale"]))


KIND = Kind(
    name="pareto",
    title="Pareto number",
    description="A number of at least `scale` from the Pareto distribution: wealth, cities, files.",
    Parameters=ParetoParameters,
    compile=_compile,
    example={"shape": 1.5, "scale": 1000, "max": 1000000, "decimals": 0},
)
