"""Which values and ranges there are: declared, which costs nothing, or found for a part of the budget."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt

from synthmill.generators.kernels.mix import I64
from synthmill.generators.learning.private.accounting import gaussian_cost, gaussian_variance, tail_length
from synthmill.generators.learning.private.measuring import Measuring
from synthmill.generators.learning.private.noise import noisy

_POWERS = 64
_SEEN = 5
"""Standard deviations of noise from which on a cell isn't taken for empty."""


def stable_values(measuring: Measuring, counts: I64, rho: Fraction, delta: Fraction) -> I64:
    """Places of the values that so many rows have that whether one subject's are there hardly matters.

    Values that nobody has get no noise, so that a value of one subject alone could show: with a probability
    of at most delta (Korolova et al. 2009, "Releasing Search Queries and Clicks Privately").
    """
    rows = measuring.rows_per_subject
    variance = gaussian_variance(rho, rows)
    measuring.ledger.spend("values of categories", gaussian_cost(variance, rows), delta)
    # One subject may have as many values to himself as rows, and each with as many rows.
    bound = rows + tail_length(variance, delta / rows)
    found = np.array(noisy(measuring.bits, counts.tolist(), variance), np.int64)
    return np.flatnonzero(found >= bound)


def found_range(measuring: Measuring, values: npt.NDArray[Any], rho: Fraction) -> tuple[Any, Any]:
    """A range between powers of two, or their negatives, that holds nearly all values."""
    sizes = np.frexp(np.abs(values).astype(np.float64))[1].astype(np.int64).clip(-_POWERS + 1, _POWERS)
    whole = values.dtype == np.int64
    if whole:
        sizes = sizes.clip(0)
    cells = np.where(values == 0, 0, np.sign(values).astype(np.int64) * (sizes + _POWERS))
    exact = np.bincount(cells + 2 * _POWERS, minlength=4 * _POWERS + 1)
    counts, error = measuring.counts("ranges of numbers", exact, rho)
    there = np.flatnonzero(counts >= _SEEN * error) - 2 * _POWERS
    if not len(there):
        return (0, 1) if whole else (0.0, 1.0)
    low, high = _ends(int(there[0]), whole)[0], _ends(int(there[-1]), whole)[1]
    return (low, max(high, low + 1)) if whole else (low, max(high, low + 1.0))


def _ends(cell: int, whole: bool) -> tuple[Any, Any]:
    """The least and the greatest value of a cell."""
    if cell == 0:
        return (0, 0) if whole else (0.0, 0.0)
    power = abs(cell) - _POWERS
    # Numbers of size `power` are from 2**(power - 1) up to, but not, 2**power.
    if whole:
        ends: tuple[Any, Any] = 2 ** max(0, power - 1), min(2**power, 2**62) - 1
    else:
        ends = 2.0 ** (power - 1), 2.0**power
    return ends if cell > 0 else (-ends[1], -ends[0])
