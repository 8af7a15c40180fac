"""Quantile functions as tables: a cubic for each of 32 steps of every halving of the probability.

Both ends have octaves of their own, down to 2**-53, so that far tails are as exact as the middle.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from synthmill.generators.kernels.backend import Twin
from synthmill.generators.kernels.mix import F64

OCTAVES = 52
STEPS = 32
SEGMENTS = OCTAVES * STEPS


@dataclass(frozen=True, eq=False)
class Quantiles:
    """A quantile function, made by `synthmill.generators.kernels.derived.inversion`."""

    coefficients: F64
    """2 * SEGMENTS * 4 in a row: for each segment of the lower half, then of the upper one, the
    powers 0 to 3 of the place within it; segments rise with the distance from their end."""

    def at(self, p: F64) -> F64:
        """The quantile for each 2**-53 <= p <= 1 - 2**-53."""
        return interpolated(self.coefficients, p)


def edges() -> F64:
    """The distances from an end between which the segments lie, rising: 2**-53 to 1/2."""
    octaves = np.arange(-OCTAVES - 1, -1).repeat(STEPS)
    steps = 1.0 + np.tile(np.arange(STEPS), OCTAVES) / STEPS
    return np.append(np.ldexp(steps, octaves), 0.5)


def coefficients(lower: F64, lower_slopes: F64, upper: F64, upper_slopes: F64) -> F64:
    """The table from the quantiles at `edges()` from either end, and their derivatives there."""
    return np.concatenate((_cubics(lower, lower_slopes), _cubics(upper, upper_slopes))).ravel()


def _cubics(values: F64, slopes: F64) -> F64:
    """Hermite's cubics, a row of four coefficients for each segment."""
    widths = np.diff(edges())
    rise = values[1:] - values[:-1]
    first, last = slopes[:-1] * widths, slopes[1:] * widths
    return np.stack([values[:-1], first, 3.0 * rise - 2.0 * first - last, first + last - 2.0 * rise], axis=1)


@Twin
def interpolated(coefficients: F64, p: F64) -> F64:
    """See `Quantiles.at`."""
    upper = p > 0.5
    fraction, exponent = np.frexp(np.where(upper, 1.0 - p, p))
    place = (exponent + OCTAVES) * float(STEPS) + (fraction + fraction - 1.0) * STEPS
    segment = np.minimum(np.floor(place), SEGMENTS - 1.0)
    t = place - segment
    rows = coefficients.reshape(-1, 4)[(segment + np.where(upper, float(SEGMENTS), 0.0)).astype(np.int64)]
    result: F64 = rows[:, 0] + t * (rows[:, 1] + t * (rows[:, 2] + t * rows[:, 3]))
    return result
