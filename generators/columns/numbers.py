"""What the kinds of decimal numbers share: parameters and exact scaling."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

import marshmallow as ma
import numpy as np
import pyarrow as pa

from synthmill.generators.columns.costs import Costing, usual_cost
from synthmill.generators.columns.kind import ColumnParameters, ParameterError
from synthmill.generators.engine.cells import Cells, Floats, Integers
from synthmill.generators.engine.costs import NOTHING, Cost
from synthmill.generators.kernels.derived.normal import Normal, normal
from synthmill.generators.kernels.elementary import log, rounded
from synthmill.generators.kernels.mix import F64
from synthmill.generators.schema.fields import Number, Whole, check_limits

_WHOLE = 9e15
"""Below it every whole number is a double."""

_UNROUNDED = 18
"""Characters of a double that isn't rounded."""

MAX_DECIMALS = 12
"""That values can be rounded to."""

FARTHEST = 8.3
"""No normal number that is drawn is farther from the mean than so many standard deviations."""


def decimals_field() -> Whole:
    return Whole(
        "Decimals to round to, 0 for whole numbers; not rounded if left out.",
        0,
        MAX_DECIMALS,
        default=None,
        examples=[2],
    )


def limit_field(about: str) -> Number:
    return Number(about, default=None)


class LimitedParameters(ColumnParameters):
    """Parameters with `min` and `max`, in this order where both are given."""

    @ma.validates_schema(skip_on_field_errors=True)
    def _check_order(self, data: dict[str, Any], **_: Any) -> None:
        check_limits(data)


def limited_cost(parameters: Mapping[str, Any], costing: Costing) -> Cost:
    """Of a kind whose normal numbers are cut off at limits, whose probabilities have to be found."""
    limits = sum(parameters[name] is not None for name in ("min", "max"))
    return usual_cost(parameters, costing).with_(replace(NOTHING, plan_time=limits * 3.5e-3))


def scaled(value: float, digits: int, parameter: str) -> int:
    """A decimal number as a whole number of its last digit, exactly: 12.5 with 2 digits is 1250.

    Raises ParameterError for a value with more digits than that.
    """
    units = Decimal(repr(value)).scaleb(digits)
    if units != units.to_integral_value():
        raise ParameterError(parameter, f"{value} has more than {digits} decimals", "round it")
    return int(units)


def mean_digits(low: int, high: int, scale: int = 0) -> int:
    """Characters of a whole number of the last digit, on average of those from low to high, rounded up: with
    its sign, and with a point before the last `scale` digits."""
    if low > high:
        low, high = high, low
    longest, total = len(str(max(abs(low), abs(high)))), 0
    for digits in range(1, longest + 1):
        first, last = (0 if digits == 1 else 10 ** (digits - 1)), 10**digits - 1
        above = max(0, min(high, last) - max(low, first) + 1)
        below = max(0, min(-low, last) - max(-high, first, 1) + 1)
        shown = max(digits, scale + 1) + (scale > 0)
        total += above * shown + below * (shown + 1)
    return -(-total // (high - low + 1))


@dataclass(frozen=True)
class Rounding:
    """The last step of kinds of floating-point numbers."""

    decimals: int | None
    low: float | None
    high: float | None

    def width(self, usual: float) -> int:
        """Characters of such a number as text, where it is of the size of a usual one."""
        if self.decimals is None:
            return _UNROUNDED
        whole = round(min(abs(usual), _WHOLE))
        return mean_digits(whole, whole) + (usual < 0) + (self.decimals and self.decimals + 1)

    @property
    def type(self) -> pa.DataType:
        return pa.int64() if self.decimals == 0 else pa.float64()

    def __call__(self, values: F64) -> Cells:
        """Rounded, then put back within the limits that rounding may have gone past."""
        values = rounded(values, self.decimals)
        if self.low is not None:
            values = np.maximum(values, self.low)
        if self.high is not None:
            values = np.minimum(values, self.high)
        return Integers(values.astype(np.int64)) if self.decimals == 0 else Floats(values)


def rounding(parameters: Mapping[str, Any], low: float, high: float) -> Rounding:
    """The rounding that parameters ask for, of values from low to high.

    Raises ParameterError for whole numbers asked for where these are too great for them, and for limits with
    more decimals than the values.
    """
    if parameters["decimals"] == 0:
        for name, reached in (("min", low), ("max", high)):
            if not abs(reached) < _WHOLE:
                raise ParameterError(
                    name, f"{reached:g} is too far out for whole numbers", "keep it within 9e15"
                )
    for name in ("min", "max"):
        if parameters["decimals"] is not None and parameters[name] is not None:
            scaled(parameters[name], parameters["decimals"], name)
    return Rounding(parameters["decimals"], parameters["min"], parameters["max"])


def lognormal_law(median: float, sigma: float, low: float | None, high: float | None) -> tuple[float, Normal]:
    """The median's logarithm, and the standard normal numbers whose values lie between the limits."""
    limits = (None if limit is None else natural_log(limit) for limit in (low, high))
    mean = natural_log(median)
    return mean, cut_normal(mean, sigma, *limits)


def natural_log(value: float) -> float:
    return float(log(np.array([value]))[0])


def cut_normal(mean: float, sd: float, low: float | None, high: float | None) -> Normal:
    """The standard part of normal numbers between limits. Raises ParameterError where nothing lies there."""
    try:
        return normal(
            None if low is None else (low - mean) / sd, None if high is None else (high - mean) / sd
        )
    except ValueError:
        raise ParameterError(
            "max", "next to nothing of the distribution lies between min and max", "move the limits apart"
        ) from None
