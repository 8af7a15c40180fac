"""See `synthmill.generators.kernels.learning.neighbours`."""

from __future__ import annotations

import numpy as np

from synthmill.generators.kernels.compiled import kernel
from synthmill.generators.kernels.learning.neighbours import FAR, Cells
from synthmill.generators.kernels.mix import I64

_CHUNK = 1_024
"""Other rows at a time, so that their cells and the sums stay in the nearest cache."""


@kernel("void(int32[:, ::1], int32[:, ::1], int32, boolean, int64[:, ::1])")
def _nearest(rows, others, limit, itself, found):  # type: ignore[no-untyped-def]
    apart = np.empty(_CHUNK, np.int32)
    last = found.shape[1] - 1
    for start in range(0, others.shape[1], _CHUNK):
        size = min(_CHUNK, others.shape[1] - start)
        for row in range(rows.shape[1]):
            apart[:] = 0
            for column in range(len(rows)):
                cell = rows[column, row]
                there = others[column, start : start + size]
                for i in range(size):
                    apart[i] += min(abs(there[i] - cell), limit)
            for i in range(size):
                distance = np.int64(apart[i])
                if distance >= found[row, last] or (itself and start + i == row):
                    continue
                at = last
                while at > 0 and found[row, at - 1] > distance:
                    found[row, at] = found[row, at - 1]
                    at -= 1
                found[row, at] = distance


def nearest(rows: Cells, others: Cells, limit: int, count: int, itself: bool) -> I64:
    found = np.full((rows.shape[1], count), FAR, np.int64)
    _nearest(np.ascontiguousarray(rows), np.ascontiguousarray(others), np.int32(limit), itself, found)
    return found
