"""Searching stretches of an array, each of which rises by itself."""

from __future__ import annotations

import numpy as np

from synthmill.generators.kernels.backend import Twin
from synthmill.generators.kernels.mix import I64


@Twin
def upper_bounds(values: I64, first: I64, last: I64, targets: I64) -> I64:
    """For each target the first place of values[first:last], which rises, whose value is above it; `last`
    where none is."""
    low, high = first.copy(), last.copy()
    if not len(values):
        return low
    for _ in range(int((high - low).max(initial=0)).bit_length()):
        middle = (low + high) >> 1
        above = values[np.minimum(middle, len(values) - 1)] > targets
        searching = low < high
        high = np.where(searching & above, middle, high)
        low = np.where(searching & ~above, middle + 1, low)
    return low
