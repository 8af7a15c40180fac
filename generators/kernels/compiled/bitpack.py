"""See `synthmill.generators.kernels.bitpack`."""

from __future__ import annotations

import numpy as np

from synthmill.generators.kernels.bitpack import U8, U32, Flags
from synthmill.generators.kernels.compiled import kernel


@kernel("void(uint32[::1], int64, uint8[::1])")
def _pack(numbers, width, out):  # type: ignore[no-untyped-def]
    held = np.uint64(0)
    filled = np.uint64(0)
    at = 0
    step = np.uint64(width)
    for i in range(len(numbers)):
        held |= np.uint64(numbers[i]) << filled
        filled += step
        if filled >= np.uint64(32):
            out[at] = np.uint8(held)
            out[at + 1] = np.uint8(held >> np.uint64(8))
            out[at + 2] = np.uint8(held >> np.uint64(16))
            out[at + 3] = np.uint8(held >> np.uint64(24))
            at += 4
            held >>= np.uint64(32)
            filled -= np.uint64(32)
    while filled > np.uint64(0):
        out[at] = np.uint8(held)
        at += 1
        held >>= np.uint64(8)
        filled = filled - np.uint64(8) if filled > np.uint64(8) else np.uint64(0)


@kernel("void(uint32[::1], boolean[::1])")
def _mark(codes, found):  # type: ignore[no-untyped-def]
    for code in codes:
        found[code] = True


def packed(numbers: U32, width: int) -> U8:
    # Spare bytes at the end stay zero: they fill up the last eight numbers.
    out = np.zeros((len(numbers) + 7) // 8 * width, np.uint8)
    _pack(np.require(numbers, requirements=["C", "W"]), width, out)
    return out


def used(codes: U32, size: int) -> Flags:
    found = np.zeros(size, np.bool_)
    _mark(np.require(codes, requirements=["C", "W"]), found)
    return found
