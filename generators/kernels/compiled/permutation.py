"""See `synthmill.generators.kernels.permutation`."""

from __future__ import annotations

import numpy as np

from synthmill.generators.kernels.compiled import kernel
from synthmill.generators.kernels.compiled.mix import mixed
from synthmill.generators.kernels.mix import U64


@kernel("uint64[::1](uint64, uint64, int64, int64, uint64[::1])")
def _shuffled(key, size, bits, rounds, values):  # type: ignore[no-untyped-def]
    one = np.uint64(1)
    low_bits = np.uint64(bits // 2)
    low_mask = (one << low_bits) - one
    high_mask = (one << np.uint64(bits - bits // 2)) - one
    out = np.empty(len(values), np.uint64)
    for i in range(len(values)):
        x = values[i]
        while True:
            low, high = x & low_mask, x >> low_bits
            for turn in range(rounds):
                if turn % 2:
                    low ^= mixed(key + np.uint64(turn), high) & low_mask
                else:
                    high ^= mixed(key + np.uint64(turn), low) & high_mask
            x = (high << low_bits) | low
            if x < size:
                break
        out[i] = x
    return out


def shuffled(key: int, size: int, bits: int, rounds: int, values: U64) -> U64:
    values = np.ascontiguousarray(values)
    found: U64 = _shuffled(np.uint64(key), np.uint64(size), bits, rounds, values)
    return found
