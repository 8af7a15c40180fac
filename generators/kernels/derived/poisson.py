"""Poisson numbers, each with a mean of its own: how many events there are in lives of different lengths."""

from __future__ import annotations

from functools import cache

import numpy as np

from synthmill.generators.kernels.derived.counts import counts
from synthmill.generators.kernels.discrete import Discrete
from synthmill.generators.kernels.elementary import exp, open_unit
from synthmill.generators.kernels.mix import F64, I64, U64, mix

GREATEST = 2.0**20
"""Means lie below it."""

_MOST_BELOW_1 = 25
"""With a mean below 1 the probability of more is less than 2**-64."""


def poisson(means: F64, drawn: U64) -> I64:
    """A number for each mean, 0 to below GREATEST, from 64 random bits each.

    Poisson numbers add up to such of the means' sum. So a mean is taken apart into powers of 2, for each of
    which there is a table, and a rest below 1, whose number is found by inversion.
    """
    whole = np.floor(means)
    found = _below_one(means - whole, mix(drawn, np.full(len(drawn), 63, np.uint64)))
    left = whole.astype(np.int64)
    for bit in range(int(left.max(initial=0)).bit_length()):
        has = np.flatnonzero((left >> bit) & 1)
        if len(has):
            least, law = _of_power(bit)
            found[has] += law.draw(mix(drawn[has], np.full(len(has), bit, np.uint64))) + least
    return found


@cache
def _of_power(bit: int) -> tuple[int, Discrete]:
    mean = 2.0**bit
    return counts(int(mean), lambda k: mean / (k + 1))


def _below_one(means: F64, drawn: U64) -> I64:
    u = open_unit(drawn)
    term = exp(-means)
    reached, found = term.copy(), np.zeros(len(means), np.int64)
    above = np.flatnonzero(u >= reached)
    for number in range(1, _MOST_BELOW_1):
        if not len(above):
            break
        term[above] *= means[above] / number
        reached[above] += term[above]
        found[above] += 1
        above = above[u[above] >= reached[above]]
    return found
