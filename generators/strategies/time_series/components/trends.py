"""Trends: what a series does in the long run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import marshmallow as ma
import numpy as np

from synthmill.generators.columns.kind import ParameterError
from synthmill.generators.kernels.elementary import exp, log
from synthmill.generators.kernels.mix import F64, I64
from synthmill.generators.schema.fields import Items, Number, Parameters, refused
from synthmill.generators.schema.times import Duration, Moment, microseconds
from synthmill.generators.strategies.time_series.component import ComponentKind, Scope, some_time, varied
from synthmill.generators.strategies.time_series.places import Places
from synthmill.generators.strategies.time_series.varied import Varied, VariedNumber

_MOST_GROWTH = 600.0
"""Of an exponent: beyond it numbers end."""


def _per() -> Duration:
    return Duration("The time that slope, growth or rate is for.", default="1d", examples=("1d",))


class LinearParameters(Parameters):
    """A straight line that is 0 at the table's start."""

    slope = VariedNumber("By how much it rises in the time `per`.", examples=(0.5, [-0.1, 0.3]))
    per = _per()


class ChangeParameters(Parameters):
    """A moment from which on the slope is another."""

    at = Moment("When.")
    slope = Number("The slope from then on.", -1e15, 1e15)


class PiecewiseParameters(Parameters):
    """A line with bends that is 0 at the table's start."""

    slope = Number("By how much it rises in the time `per`, before the first change.", -1e15, 1e15)
    changes = Items("The bends, in order.", ma.fields.Nested(ChangeParameters), most=1_000)
    per = _per()

    @ma.validates_schema(skip_on_field_errors=True)
    def _check(self, data: dict[str, Any], **_: Any) -> None:
        times = [microseconds(change["at"]) for change in data["changes"]]
        if any(later <= earlier for earlier, later in pairwise(times)):
            raise refused("aren't in order", "name each moment once, the earliest first", "changes")


class ExponentialParameters(Parameters):
    """Growth or decay by a share of itself: initial * (1 + growth) ** (time / per)."""

    initial = VariedNumber("What it is at the table's start.", examples=(100,))
    growth = VariedNumber("By which share it grows in the time `per`.", -0.999, 1e3, examples=(0.02,))
    per = _per()


class LogisticParameters(Parameters):
    """An S from 0 to the capacity: capacity / (1 + exp(-rate * (time - midpoint) / per))."""

    capacity = VariedNumber("Where it comes to rest.", examples=(1000,))
    midpoint = Moment("When it has half of that.")
    rate = VariedNumber("How fast: in the time `per` the odds grow by the factor e ** rate.", -1e3, 1e3)
    per = _per()


@dataclass(frozen=True)
class _Linear:
    slope: Varied
    origin: int
    per: float

    def __call__(self, at: Places) -> F64:
        return at.of(self.slope) * ((at.time - self.origin) / self.per)


@dataclass(frozen=True, eq=False)
class _Piecewise:
    times: I64
    """Of the bends, the first of them far in the past."""
    heights: F64
    slopes: F64
    origin: int
    per: float

    def __call__(self, at: Places) -> F64:
        piece = np.searchsorted(self.times, at.time, side="right") - 1
        past = (at.time - np.where(piece == 0, self.origin, self.times[piece])) / self.per
        return np.asarray(self.heights[piece] + self.slopes[piece] * past, np.float64)


@dataclass(frozen=True)
class _Exponential:
    initial: Varied
    growth: Varied
    origin: int
    per: float

    def __call__(self, at: Places) -> F64:
        rate = log(1.0 + self.growth.of(at.entity))
        return at.of(self.initial) * exp(at.each(rate) * ((at.time - self.origin) / self.per))


@dataclass(frozen=True)
class _Logistic:
    capacity: Varied
    rate: Varied
    midpoint: int
    per: float

    def __call__(self, at: Places) -> F64:
        past = at.of(self.rate) * ((at.time - self.midpoint) / self.per)
        return at.of(self.capacity) / (1.0 + exp(np.minimum(-past, _MOST_GROWTH)))


def _linear(parameters: Mapping[str, Any], scope: Scope) -> _Linear:
    return _Linear(varied(parameters, "slope", scope), scope.clock.start, float(some_time(parameters, "per")))


def _piecewise(parameters: Mapping[str, Any], scope: Scope) -> _Piecewise:
    origin, per = scope.clock.start, float(some_time(parameters, "per"))
    times = [microseconds(change["at"]) for change in parameters["changes"]]
    slopes = [parameters["slope"], *(change["slope"] for change in parameters["changes"])]
    heights, before = [0.0], origin
    for slope, time in zip(slopes, times, strict=False):
        heights.append(heights[-1] + slope * ((time - before) / per))
        before = time
    if times[0] < origin:
        raise ParameterError("changes", "begin before the table's start", "bend after it")
    return _Piecewise(np.array([-(2**62), *times]), np.array(heights), np.array(slopes), origin, per)


def _exponential(parameters: Mapping[str, Any], scope: Scope) -> _Exponential:
    per = float(some_time(parameters, "per"))
    initial, growth = (varied(parameters, name, scope) for name in ("initial", "growth"))
    most = float(log(np.array([1.0 + growth.high]))[0]) * ((scope.last - scope.clock.start) / per)
    if most > _MOST_GROWTH:
        raise ParameterError(
            "growth", f"comes to e ** {most:.0f} at the table's end", "let it grow less, or make `per` longer"
        )
    return _Exponential(initial, growth, scope.clock.start, per)


def _logistic(parameters: Mapping[str, Any], scope: Scope) -> _Logistic:
    capacity, rate = (varied(parameters, name, scope) for name in ("capacity", "rate"))
    return _Logistic(
        capacity, rate, microseconds(parameters["midpoint"]), float(some_time(parameters, "per"))
    )


KINDS = (
    ComponentKind("linear_trend", "Straight line", LinearParameters, _linear, {"slope": 0.5, "per": "30d"}),
    ComponentKind(
        "piecewise_trend",
        "Line with bends",
        PiecewiseParameters,
        _piecewise,
        {"slope": 1, "changes": [{"at": "2024-06-01T00:00:00Z", "slope": -0.5}]},
    ),
    ComponentKind(
        "exponential_trend",
        "Exponential growth or decay",
        ExponentialParameters,
        _exponential,
        {"initial": 100, "growth": 0.05, "per": "7d"},
    ),
    ComponentKind(
        "logistic_trend",
        "Logistic growth",
        LogisticParameters,
        _logistic,
        {"capacity": 5000, "midpoint": "2024-06-01T00:00:00Z", "rate": 0.4, "per": "7d"},
    ),
)
