"""See `synthmill.generators.kernels.discrete`."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from synthmill.generators.kernels.compiled import kernel
from synthmill.generators.kernels.mix import I64, U64


@kernel("int64[::1](uint64[::1], int64[::1], boolean[::1], uint64, uint64[::1])")
def _draw(thresholds, guide, split, shift, u):  # type: ignore[no-untyped-def]
    out = np.empty(len(u), np.int64)
    for i in range(len(u)):
        cell = np.int64(u[i] >> shift)
        value = guide[cell]
        if split[cell]:
            # The guide gives the first value there; few thresholds lie in one cell, unless it is the last.
            low, high = value, len(thresholds) if cell + 1 == len(guide) else guide[cell + 1]
            while low < high:
                middle = (low + high) >> 1
                if u[i] < thresholds[middle]:
                    high = middle
                else:
                    low = middle + 1
            value = low
        out[i] = value
    return out


def draw(thresholds: U64, guide: I64, split: npt.NDArray[np.bool_], shift: int, u: U64) -> I64:
    found: I64 = _draw(thresholds, guide, split, np.uint64(shift), np.ascontiguousarray(u))
    return found
