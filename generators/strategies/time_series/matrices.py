"""Products of small matrices whose sums have one order on all machines: BLAS has another on each."""

from __future__ import annotations

import numpy as np

from synthmill.generators.kernels.mix import F64


def product(a: F64, b: F64) -> F64:
    """The matrix product of a and b."""
    total = np.zeros((len(a), b.shape[1]))
    for at in range(len(b)):
        total += a[:, at, None] * b[at]
    return total
