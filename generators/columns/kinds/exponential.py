"""Waiting times without memory."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from synthmill.generators.columns.kind import Column, Kind, Scope
from synthmill.generators.columns.laws import exp_of, law_column, waiting
from synthmill.generators.columns.numbers import LimitedParameters, decimals_field, limit_field
from synthmill.generators.kernels.mix import F64
from synthmill.generators.schema.fields import Number


class ExponentialParameters(LimitedParameters):
    mean = Number("The mean.", 0.0, 1e150, above=True, default=1.0)
    min = limit_field("Values below are left out of the distribution.")
    max = limit_field("Values above are left out of the distribution.")
    decimals = decimals_field()


@dataclass(frozen=True)
class _Law:
    mean: float

    def quantile(self, p: F64) -> F64:
        return self.mean * waiting(p)

    def probability(self, x: float) -> float:
        return 1.0 - exp_of(-x / self.mean) if x > 0 else 0.0


def _compile(parameters: Mapping[str, Any], scope: Scope) -> Column:
    return law_column(parameters, scope, _Law(parameters["mean"]))


KIND = Kind(
    name="exponential",
    title="Exponential number",
    description="A positive number such as the time until the next of events that come at a steady rate.",
    Parameters=ExponentialParameters,
    compile=_compile,
    example={"mean": 30, "decimals": 1},
)
