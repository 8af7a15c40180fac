"""Amounts of money, exact to the cent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import marshmallow as ma
import numpy as np

from synthmill.generators.columns.amounts import Amounts, amount_fields, amounts
from synthmill.generators.columns.kind import Column, Kind, Rows, Scope
from synthmill.generators.columns.laws import exp_of
from synthmill.generators.columns.numbers import (
    LimitedParameters,
    limited_cost,
    lognormal_law,
    mean_digits,
    natural_log,
    scaled,
)
from synthmill.generators.engine.arrays import MONEY
from synthmill.generators.engine.cells import Cells
from synthmill.generators.kernels.derived.normal import Normal
from synthmill.generators.kernels.elementary import exp, log, open_unit
from synthmill.generators.kernels.integers import bounded
from synthmill.generators.kernels.mix import F64, I64
from synthmill.generators.schema.fields import Choice, Number, refused

_MOST = 1e13
_SHAPE = 1.5


class MoneyParameters(LimitedParameters):
    distribution = Choice(
        "lognormal: many small amounts, few great ones; uniform: all equally likely; pareto: a heavy tail, "
        "where an amount of at least x is as rare as (min / x) to the power of `shape`.",
        ("lognormal", "uniform", "pareto"),
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
    shape = Number(
        f"Of pareto amounts: the less, the heavier the tail; {_SHAPE} if left out.",
        0.1,
        20.0,
        default=None,
        examples=[1.16],
    )
    endings, steps, weights, zeros, growth, column, since = amount_fields().values()

    @ma.validates_schema(skip_on_field_errors=True)
    def _check(self, data: dict[str, Any], **_: Any) -> None:
        if data["distribution"] != "uniform" and data["min"] <= 0:
            problem = f"{data['min']} can't be {data['distribution']}"
            raise refused(problem, "give a min above 0, or be uniform", "min")
        if data["shape"] is not None and data["distribution"] != "pareto":
            raise refused("is of pareto amounts alone", "leave it out, or be pareto", "shape")


@dataclass(frozen=True)
class _Uniform:
    key: int
    min: int
    count: int
    finish: Amounts

    def __call__(self, rows: Rows) -> Cells:
        drawn = bounded(rows.draw(self.key), self.count).view(np.int64)
        return self.finish(rows, drawn + np.int64(self.min))


@dataclass(frozen=True)
class _Lognormal:
    key: int
    law: Normal
    log_median: float
    sigma: float
    finish: Amounts

    def __call__(self, rows: Rows) -> Cells:
        amounts = exp(self.log_median + self.sigma * self.law.draw(rows.draw(self.key)))
        return self.finish(rows, _cents(amounts, self.finish))


@dataclass(frozen=True)
class _Pareto:
    """Cut off at max, by inversion: the part of the tail beyond it is left out."""

    key: int
    shape: float
    log_least: float
    beyond: float
    """The probability of an amount beyond max, were it not cut off."""
    finish: Amounts

    def __call__(self, rows: Rows) -> Cells:
        tail = 1.0 - open_unit(rows.draw(self.key)) * (1.0 - self.beyond)
        return self.finish(rows, _cents(exp(self.log_least - log(tail) / self.shape), self.finish))


def _compile(parameters: Mapping[str, Any], scope: Scope) -> Column:
    low, high = (scaled(parameters[name], 2, name) for name in ("min", "max"))
    finish, nullable = amounts(parameters, scope, low, high)
    usual = {"lognormal": parameters["median"], "pareto": 2 * parameters["min"]}.get(
        parameters["distribution"]
    )
    cents = None if usual is None else min(max(round(usual * 100), low), high)
    width = mean_digits(low, high, 2) if cents is None else mean_digits(cents, cents, 2)
    return Column(MONEY, _law(parameters, scope, low, high, finish), width, nullable=nullable)


_Law: TypeAlias = _Uniform | _Lognormal | _Pareto


def _law(parameters: Mapping[str, Any], scope: Scope, low: int, high: int, finish: Amounts) -> _Law:
    if parameters["distribution"] == "uniform":
        return _Uniform(scope.key(), low, high - low + 1, finish)
    if parameters["distribution"] == "pareto":
        log_least, shape = natural_log(parameters["min"]), parameters["shape"] or _SHAPE
        beyond = exp_of(shape * (log_least - natural_log(parameters["max"])))
        return _Pareto(scope.key(), shape, log_least, beyond, finish)
    log_median, law = lognormal_law(*(parameters[name] for name in ("median", "sigma", "min", "max")))
    return _Lognormal(scope.key(), law, log_median, parameters["sigma"], finish)


def _cents(amounts: F64, finish: Amounts) -> I64:
    cents = np.floor(amounts * 100.0 + 0.5).astype(np.int64)
    return np.minimum(np.maximum(cents, finish.low), finish.high)


KIND = Kind(
    name="money",
    title="Money",
    description="An amount from `min` to `max`, exact to the cent: lognormal, uniform or pareto.",
    Parameters=MoneyParameters,
    compile=_compile,
    costs=limited_cost,
    example={"median": 30, "sigma": 0.9, "min": 1, "max": 2000},
)
