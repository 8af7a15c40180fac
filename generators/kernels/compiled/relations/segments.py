"""See `synthmill.generators.kernels.relations.segments`."""

from __future__ import annotations

import numpy as np

from synthmill.generators.kernels.compiled import kernel
from synthmill.generators.kernels.mix import I64


@kernel("int64[::1](int64[::1], int64[::1], int64[::1], int64[::1])")
def _upper_bounds(values, first, last, targets):  # type: ignore[no-untyped-def]
    out = np.empty(len(targets), np.int64)
    for i in range(len(targets)):
        low, high, target = first[i], last[i], targets[i]
        while low < high:
            middle = (low + high) >> 1
            if values[middle] > target:
                high = middle
            else:
                low = middle + 1
        out[i] = low
    return out


def upper_bounds(values: I64, first: I64, last: I64, targets: I64) -> I64:
    found: I64 = _upper_bounds(
        np.ascontiguousarray(values),
        np.ascontiguousarray(first),
        np.ascontiguousarray(last),
        np.ascontiguousarray(targets),
    )
    return found
