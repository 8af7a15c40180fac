"""Amounts of money, exact to the cent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import marshmallow as ma
import numpy as np

from synthmill.generators.columns.kind import Column, Kind, Rows, Scope
from synthmill.generators.columns.numbers import LimitedParameters, limited_cost, lognormal_law, scaled
from synthmill.generators.engine.arrays import MONEY
from synthmill.generators.engine.cells import Cells, Integers
from synthmill.generators.kernels.derived.normal import Normal
from synthmill.generators.kernels.elementary import exp
from synthmill.generators.kernels.integers import bounded
from synthmill.generators.schema.fields import Choice, Number, refused

_MOST = 1e13


class MoneyParameters(LimitedParameters):
    distribution = Choice(
        "lognormal: many small amounts, few great ones; uniform: all equally likely.",
        ("lognormal", "uniform"),
        default="lognormal",
    )
    min = Number("The least amount.", -_MOST, _MOST, default=0.01)
    max = Number("The greatest amount.", -_MOST, _MOST, default=10_000.0)
    median = Number("Of lognormal amounts: half of them lie below it.", 0.0, _MOST, above=True, default=50.0)
    sigma = Number(
        "Of lognormal amounts: the standard deviation of their logarithms.",
        0.0,
        20.0,
        above=True,
        default=1.0,
    )

    @ma.validates_schema(skip_on_field_errors=True)
    def _check(self, data: dict[str, Any], **_: Any) -> None:
        if data["distribution"] == "lognormal" and data["min"] <= 0:
            raise refused(f"{data['min']} can't be lognormal", "give a min above 0, or be uniform", "min")


@dataclass(frozen=True)
class _Uniform:
    key: int
    min: int
    count: int

    def __call__(self, rows: Rows) -> Cells:
        return Integers(bounded(rows.draw(self.key), self.count).view(np.int64) + np.int64(self.min))


@dataclass(frozen=True)
class _Lognormal:
    key: int
    law: Normal
    log_median: float
    sigma: float
    min: int
    max: int

    def __call__(self, rows: Rows) -> Cells:
        amounts = exp(self.log_median + self.sigma * self.law.draw(rows.draw(self.key)))
        cents = np.floor(amounts * 100.0 + 0.5).astype(np.int64)
        return Integers(np.minimum(np.maximum(cents, self.min), self.max))


def _compile(parameters: Mapping[str, Any], scope: Scope) -> Column:
    low, high = (scaled(parameters[name], 2, name) for name in ("min", "max"))
    if parameters["distribution"] == "uniform":
        return Column(MONEY, _Uniform(scope.key(), low, high - low + 1), len(str(high)) + 1)
    log_median, law = lognormal_law(*(parameters[name] for name in ("median", "sigma", "min", "max")))
    return Column(MONEY, _Lognormal(scope.key(), law, log_median, parameters["sigma"], low, high), 8)


KIND = Kind(
    name="money",
    title="Money",
    description="An amount from `min` to `max`, exact to the cent: lognormal around a median, or uniform.",
    Parameters=MoneyParameters,
    compile=_compile,
    costs=limited_cost,
    example={"median": 30, "sigma": 0.9, "min": 1, "max": 2000},
)
