"""The nearest of many rows: distances that are sums over columns, of which each counts up to a limit.

Cells are integers whose differences are what a column adds. With categories farther apart than the limit,
numbers as their ranks up to it, and what is missing farther than all, one formula fits every column
(after Gower 1971, A General Coefficient of Similarity).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from synthmill.generators.kernels.backend import twin_of_work
from synthmill.generators.kernels.mix import I64

Cells = npt.NDArray[np.int32]
"""Columns by rows."""

FAR = np.iinfo(np.int32).max
"""The distance of a neighbour that isn't there."""


@twin_of_work(lambda rows, others, limit, count, itself: rows.shape[1] * others.shape[1] // 64)
def nearest(rows: Cells, others: Cells, limit: int, count: int, itself: bool) -> I64:
    """Rows by `count`: the distances of the nearest ones among `others`, rising.

    With `itself` row i isn't looked for at place i of `others`, which are then the same rows.
    """
    found = np.full((rows.shape[1], count), FAR, np.int64)
    for row in range(rows.shape[1]):
        apart = np.minimum(np.abs(others - rows[:, row, None]), limit).sum(axis=0, dtype=np.int64)
        if itself:
            apart[row] = FAR
        least = np.sort(np.partition(apart, count - 1)[:count]) if len(apart) > count else np.sort(apart)
        found[row, : len(least)] = least
    return found
