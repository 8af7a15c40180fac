"""Standard normal numbers, all of them or those between two limits."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from synthmill.generators.kernels.elementary import normal_probability, normal_quantile, open_unit
from synthmill.generators.kernels.mix import F64, U64

_LEAST_SPAN = 2.0**-40


@dataclass(frozen=True)
class Normal:
    """The part of the standard normal that lies between two of its probabilities."""

    low: float
    span: float

    def draw(self, u: U64) -> F64:
        """A normal number for each u, by inversion."""
        p = open_unit(u)
        if self.span < 1.0:
            p = np.minimum(np.maximum(self.low + self.span * p, 2.0**-53), 1.0 - 2.0**-53)
        return normal_quantile(p)


def normal(low: float | None = None, high: float | None = None) -> Normal:
    """The standard normal cut off at the limits. Raises ValueError where next to nothing is between them."""
    start = 0.0 if low is None else normal_probability(low)
    end = 1.0 if high is None else normal_probability(high)
    if end - start < _LEAST_SPAN:
        raise ValueError("next to nothing of the normal distribution lies there")
    return Normal(start, end - start)
