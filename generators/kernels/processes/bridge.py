"""Walks of normal steps, each tilted so that it ends at a given value."""

from __future__ import annotations

import numpy as np

from synthmill.generators.kernels.backend import Twin
from synthmill.generators.kernels.mix import F64


@Twin
def bridged(start: F64, end: F64, step: F64, normal: F64) -> F64:
    """Brownian bridges, one after the other, from each start to each end; without the end itself.

    `normal` has equally many standard normal steps for each, `step` the standard deviation of one. What is
    left of a free walk W of n steps when its end is known to be E: W(i) + i / n (E - W(n)).
    """
    count = len(normal) // len(start)
    walk = np.cumsum(normal.reshape(-1, count), axis=1)
    walk *= step[:, None]
    tilt = ((end - start) - walk[:, -1]) / count
    path = np.empty_like(walk)
    path[:, 0] = start
    np.multiply(np.arange(1, count), tilt[:, None], out=path[:, 1:])
    path[:, 1:] += start[:, None]
    path[:, 1:] += walk[:, :-1]
    return path.reshape(-1)
