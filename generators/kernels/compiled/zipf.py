"""See `synthmill.generators.kernels.zipf`."""

from __future__ import annotations

import math

import numpy as np

from synthmill.generators.kernels.compiled import kernel
from synthmill.generators.kernels.mix import F64, I64, U64


@kernel("void(int64, int64[::1], float64[::1], float64[::1], int64[::1], uint64[::1])")
def _spread(head, starts, widths, slopes, ranks, v):  # type: ignore[no-untyped-def]
    for i in range(len(ranks)):
        if ranks[i] >= head:
            piece = ranks[i] - head
            p = (np.float64(np.int64(v[i] >> np.uint64(12))) + 0.5) * 2.0**-52
            slope = slopes[piece]
            first = 1.0 - slope / 2.0
            t = 2.0 * p / (first + math.sqrt(first * first + 2.0 * slope * p))
            within = min(math.floor(t * widths[piece]), widths[piece] - 1.0)
            ranks[i] = starts[piece] + np.int64(within)


def spread(head: int, starts: I64, widths: F64, slopes: F64, ranks: I64, v: U64) -> I64:
    ranks = np.ascontiguousarray(ranks)
    _spread(head, starts, widths, slopes, ranks, np.ascontiguousarray(v))
    return ranks
