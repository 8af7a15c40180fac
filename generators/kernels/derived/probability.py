"""The standard normal's distribution function from exactly rounded operations alone."""

from __future__ import annotations

import numpy as np

from synthmill.generators.kernels.elementary import exp
from synthmill.generators.kernels.mix import F64, U64

_ABOVE = (
    3.52624965998911e-02,
    0.700383064443688,
    6.37396220353165,
    33.912866078383,
    112.079291497871,
    221.213596169931,
    220.206867912376,
)
_BELOW = (
    8.83883476483184e-02,
    1.75566716318264,
    16.064177579207,
    86.7807322029461,
    296.564248779674,
    637.333633378831,
    793.826512519948,
    440.413735824752,
)
_FARTHEST = 7.07


def normal_cdf(z: F64) -> F64:
    """The probability of less than each z, from -7.07 to 7.07 within 1e-15; as at those limits beyond them.

    J. F. Hart, Computer Approximations (1968), algorithm 5666.
    """
    x = np.minimum(np.abs(z), _FARTHEST)
    above, below = np.full(len(x), _ABOVE[0]), np.full(len(x), _BELOW[0])
    for a in _ABOVE[1:]:
        above = above * x + a
    for b in _BELOW[1:]:
        below = below * x + b
    tail = exp(-0.5 * x * x) * above / below
    result: F64 = np.where(z > 0, 1.0 - tail, tail)
    return result


def uniform_bits(p: F64) -> U64:
    """64 bits that stand for each probability: those that would be drawn for it, to 53 bits."""
    return np.floor(p * 2.0**53).astype(np.uint64) << np.uint64(11)
