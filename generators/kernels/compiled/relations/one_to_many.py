"""See `synthmill.generators.kernels.relations.one_to_many`."""

from __future__ import annotations

import numpy as np

from synthmill.generators.kernels.compiled import kernel
from synthmill.generators.kernels.mix import I64, U64


@kernel("void(int64[::1], int64[::1], int64, int64, int64[::1], int64[:, ::1])")
def _corrected(members, quota, least, most, order, counts):  # type: ignore[no-untyped-def]
    size = counts.shape[1]
    for group in range(len(counts)):
        missing = quota[group]
        for member in range(size):
            missing -= counts[group, member]
        while missing != 0:
            step = 1 if missing > 0 else -1
            left = missing
            for turn in range(size):
                member = order[group * size + turn]
                if left == 0:
                    break
                count = counts[group, member]
                if member < members[group] and (count < most if step > 0 else count > least):
                    counts[group, member] = count + step
                    left -= step
            missing = left


def corrected(members: I64, quota: I64, least: int, most: int, turns: I64, counts: I64) -> I64:
    counts = np.ascontiguousarray(counts)
    order = np.ascontiguousarray(turns).ravel()
    _corrected(np.ascontiguousarray(members), np.ascontiguousarray(quota), least, most, order, counts)
    return counts


@kernel("void(int64[::1], int64[::1], int64[::1], uint64[::1], uint64[::1])")
def _located(starts, targets, first, parents, indexes):  # type: ignore[no-untyped-def]
    """Neighbouring rows' parents lie close together, so a search goes on from where the last one ended."""
    found = np.int64(0)
    for i in range(len(targets)):
        target = targets[i]
        if not starts[found] <= target < starts[found + 1]:
            # Empty parents have starts[found] == starts[found + 1] and are passed by.
            low, high = 0, len(starts) - 1
            if target >= starts[found] and target < starts[min(found + 64, high)]:
                low = found
                high = min(found + 64, high)
            while high - low > 1:
                middle = (low + high) >> 1
                if starts[middle] <= target:
                    low = middle
                else:
                    high = middle
            found = np.int64(low)
        parents[i] = np.uint64(first[found >> 8] + (found & 255))
        indexes[i] = np.uint64(target - starts[found])


def located(starts: I64, first: I64, targets: I64) -> tuple[U64, U64]:
    parents, indexes = np.empty(len(targets), np.uint64), np.empty(len(targets), np.uint64)
    _located(starts, np.ascontiguousarray(targets), np.ascontiguousarray(first), parents, indexes)
    return parents, indexes
