"""ARMA: noise that remembers some steps."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from synthmill.generators.columns.kind import ParameterError
from synthmill.generators.kernels.elementary import normal_quantile, open_unit
from synthmill.generators.kernels.mix import F64
from synthmill.generators.kernels.processes.recursions import arma
from synthmill.generators.schema.fields import Items, Number, Parameters
from synthmill.generators.strategies.time_series.component import ComponentKind, Scope, varied
from synthmill.generators.strategies.time_series.matrices import product
from synthmill.generators.strategies.time_series.places import Places
from synthmill.generators.strategies.time_series.runs import MAX_LOOK_BACK, TOLERANCE, Anchors, Runs, made
from synthmill.generators.strategies.time_series.varied import Varied, VariedNumber


class ArmaParameters(Parameters):
    """x(t) = ar[1] x(t-1) + ... + e(t) + ma[1] e(t-1) + ..., e white noise (Box and Jenkins 1970)."""

    ar = Items(
        "Coefficients of the values before, the last one first.",
        Number("A coefficient.", -10.0, 10.0),
        fewest=0,
        most=16,
        default=[],
        examples=[[0.6, 0.2]],
    )
    ma = Items(
        "Coefficients of the noise before, the last one first.",
        Number("A coefficient.", -100.0, 100.0),
        fewest=0,
        most=16,
        default=[],
        examples=[[0.4]],
    )
    sd = VariedNumber("Standard deviation of the process (not of its noise).", 0.0, 1e15, above=True)


@dataclass(frozen=True, eq=False)
class _Arma:
    ar: F64
    ma: F64
    anchors: Anchors
    shock: float
    """The noise's standard deviation where the process has 1."""
    sd: Varied
    key: int

    def __call__(self, at: Places) -> F64:
        return at.of(self.sd) * made(at, self.anchors, self._runs)

    def _runs(self, runs: Runs) -> F64:
        ar = np.tile(self.ar, (len(runs.entity), 1))
        return arma(runs.bounds, ar, self.ma, self.shock * normal_quantile(open_unit(runs.draw(self.key))))


def _arma(parameters: Mapping[str, Any], scope: Scope) -> _Arma:
    ar, ma = parameters["ar"], parameters["ma"]
    if not ar and not ma:
        raise ParameterError("ar", "is empty, and so is ma", "give a coefficient, or take the kind noise")
    if not stationary(ar):
        raise ParameterError("ar", "isn't stationary: the process would run away", "give less, such as 0.7")
    variance, look_back = _response(ar, ma)
    sd = varied(parameters, "sd", scope)
    return _Arma(
        np.array(ar), np.array(ma), scope.anchors(look_back), 1.0 / math.sqrt(variance), sd, scope.key()
    )


def stationary(ar: Sequence[float]) -> bool:
    """Whether it has a long run: all partial autocorrelations are below 1 (Durbin's recursion, backwards)."""
    left = list(ar)
    while left:
        last = left.pop()
        if not abs(last) < 1.0:
            return False
        left = [
            (one + last * other) / (1.0 - last * last) for one, other in zip(left, left[::-1], strict=True)
        ]
    return True


def _response(ar: Sequence[float], ma: Sequence[float]) -> tuple[float, int]:
    """The variance for noise of variance 1, and the steps after which all but TOLERANCE of it is there.

    Of the state x(t) = A x(t-1) + R e(t) (A. C. Harvey's form) the variance is the sum of A**k R R' A'**k,
    which doubles its terms with P + A P A', A A. Raises ParameterError where MAX_LOOK_BACK terms don't do.
    """
    size = max(len(ar), len(ma) + 1)
    power, shock = np.eye(size, k=1), np.zeros((size, 1))
    power[: len(ar), 0] = ar
    shock[: len(ma) + 1, 0] = [1.0, *ma]
    variances = [product(shock, shock.T)]
    while 1 << (len(variances) - 1) <= 2 * MAX_LOOK_BACK:
        known = variances[-1]
        variances.append(known + product(product(power, known), power.T))
        power = product(power, power)
    whole = float(variances[-1][0, 0])
    for doubled, known in enumerate(variances[:-2]):
        if whole - float(known[0, 0]) <= TOLERANCE**2 * whole:
            return whole, 1 << doubled
    raise ParameterError(
        "ar", f"remembers more than {MAX_LOOK_BACK} steps", "give less, or take the kind random_walk"
    )


KINDS = (ComponentKind("arma", "ARMA process", ArmaParameters, _arma, {"ar": [0.7], "ma": [0.2], "sd": 1.5}),)
