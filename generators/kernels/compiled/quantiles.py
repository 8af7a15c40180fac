"""See `synthmill.generators.kernels.quantiles`."""

from __future__ import annotations

import math

import numpy as np

from synthmill.generators.kernels.compiled import kernel
from synthmill.generators.kernels.mix import F64
from synthmill.generators.kernels.quantiles import OCTAVES, SEGMENTS, STEPS


@kernel("float64[::1](float64[::1], float64[::1])")
def _interpolated(coefficients, p):  # type: ignore[no-untyped-def]
    out = np.empty(len(p))
    for i in range(len(p)):
        upper = p[i] > 0.5
        fraction, exponent = math.frexp(1.0 - p[i] if upper else p[i])
        place = (exponent + OCTAVES) * float(STEPS) + (fraction + fraction - 1.0) * STEPS
        segment = min(math.floor(place), SEGMENTS - 1.0)
        t = place - segment
        at = 4 * np.int64(segment + (float(SEGMENTS) if upper else 0.0))
        out[i] = coefficients[at] + t * (
            coefficients[at + 1] + t * (coefficients[at + 2] + t * coefficients[at + 3])
        )
    return out


def interpolated(coefficients: F64, p: F64) -> F64:
    found: F64 = _interpolated(np.ascontiguousarray(coefficients), np.ascontiguousarray(p))
    return found
