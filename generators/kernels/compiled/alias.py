"""See `synthmill.generators.kernels.alias`."""

from __future__ import annotations

import numpy as np

from synthmill.generators.kernels.compiled import kernel
from synthmill.generators.kernels.compiled.integers import high_half
from synthmill.generators.kernels.mix import U32, U64


@kernel("uint32[::1](uint64[::1], uint32[::1], uint64[::1])")
def _draw(limits, others, u):  # type: ignore[no-untyped-def]
    out = np.empty(len(u), np.uint32)
    n = np.uint64(len(limits))
    for i in range(len(u)):
        column = high_half(u[i], n)
        if u[i] * n < limits[column]:
            out[i] = column
        else:
            out[i] = others[column]
    return out


def draw(limits: U64, others: U32, u: U64) -> U32:
    found: U32 = _draw(limits, others, np.ascontiguousarray(u))
    return found
