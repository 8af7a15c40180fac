"""See `synthmill.generators.kernels.relations.exposure`."""

from __future__ import annotations

import numpy as np

from synthmill.generators.kernels.compiled import kernel
from synthmill.generators.kernels.compiled.integers import high_half
from synthmill.generators.kernels.compiled.mix import mixed
from synthmill.generators.kernels.mix import I64, U64
from synthmill.generators.kernels.relations.exposure import TRIES
from synthmill.generators.kernels.relations.one_to_many import GROUP


@kernel("void(uint64[::1], int64[::1], int64[::1], int64[::1], int64[::1])")
def _shared_out(keys, quota, exposures, room, counts):  # type: ignore[no-untyped-def]
    ends = np.empty(GROUP, np.int64)
    for group in range(len(keys)):
        first, total = group * GROUP, np.int64(0)
        for member in range(GROUP):
            total += exposures[first + member]
            ends[member] = total
        left = quota[group]
        for turn in range(quota[group] * TRIES):
            if left == 0:
                break
            drawn = np.int64(high_half(mixed(keys[group], np.uint64(turn)), np.uint64(total)))
            low, high = 0, GROUP - 1
            while low < high:
                middle = (low + high) >> 1
                if ends[middle] <= drawn:
                    low = middle + 1
                else:
                    high = middle
            if counts[first + low] < room[first + low]:
                counts[first + low] += 1
                left -= 1
        for place in range(first, first + GROUP):
            given = min(left, room[place] - counts[place])
            counts[place] += given
            left -= given


def shared_out(keys: U64, quota: I64, exposures: I64, room: I64) -> I64:
    counts = np.zeros(len(room), np.int64)
    given = (np.ascontiguousarray(one) for one in (keys, quota, exposures, room))
    _shared_out(*given, counts)
    return counts
