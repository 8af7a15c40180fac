"""See `synthmill.generators.kernels.processes.bridge`."""

from __future__ import annotations

import numpy as np

from synthmill.generators.kernels.compiled import kernel
from synthmill.generators.kernels.mix import F64


@kernel("float64[::1](float64[::1], float64[::1], float64[::1], float64[::1])")
def _bridged(start, end, step, normal):  # type: ignore[no-untyped-def]
    count = len(normal) // len(start)
    path = np.empty(len(normal))
    walk = np.empty(count + 1)
    for at in range(len(start)):
        first = at * count
        total = 0.0
        walk[0] = 0.0
        for i in range(count):
            total += normal[first + i]
            walk[i + 1] = total
        tilt = ((end[at] - start[at]) - walk[count] * step[at]) / count
        for i in range(count):
            path[first + i] = (i * tilt + start[at]) + walk[i] * step[at]
        path[first] = start[at]
    return path


def bridged(start: F64, end: F64, step: F64, normal: F64) -> F64:
    found: F64 = _bridged(*(np.ascontiguousarray(one) for one in (start, end, step, normal)))
    return found
