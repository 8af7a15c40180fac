"""See `synthmill.generators.kernels.characters`."""

from __future__ import annotations

import numpy as np

from synthmill.generators.kernels.characters import Characters
from synthmill.generators.kernels.compiled import kernel
from synthmill.generators.kernels.mix import U64


@kernel("uint64[:, ::1](uint64[::1], uint64[::1])")
def _uuid4(high, low):  # type: ignore[no-untyped-def]
    out = np.empty((len(high), 2), np.uint64)
    for i in range(len(high)):
        first = (high[i] & np.uint64(0xFFFFFFFFFFFF0FFF)) | np.uint64(0x4000)
        second = (low[i] & np.uint64(0x3FFFFFFFFFFFFFFF)) | np.uint64(1 << 63)
        for half, number in enumerate((first, second)):
            # Big-endian, in three exchanges.
            x = ((number & np.uint64(0x00FF00FF00FF00FF)) << np.uint64(8)) | (
                (number >> np.uint64(8)) & np.uint64(0x00FF00FF00FF00FF)
            )
            x = ((x & np.uint64(0x0000FFFF0000FFFF)) << np.uint64(16)) | (
                (x >> np.uint64(16)) & np.uint64(0x0000FFFF0000FFFF)
            )
            out[i, half] = (x << np.uint64(32)) | (x >> np.uint64(32))
    return out


def uuid4(high: U64, low: U64) -> Characters:
    numbers: U64 = _uuid4(np.ascontiguousarray(high), np.ascontiguousarray(low))
    return numbers.view(np.uint8)


@kernel("boolean(uint8, uint8, uint8, uint8, uint8, uint8[::1])")
def _holds(below, first, second, third, fourth, text):  # type: ignore[no-untyped-def]
    # Without a way out of the loop LLVM compares a vector of bytes at a time; texts mostly hold none.
    found = np.uint8(0)
    for i in range(len(text)):
        byte = text[i]
        hit = (byte < below) | (byte == first) | (byte == second) | (byte == third) | (byte == fourth)
        found |= np.uint8(hit)
    return found != 0


def holds(below: int, others: bytes, text: Characters) -> bool:
    first, second, third, fourth = (np.uint8(other) for other in others)
    return bool(
        _holds(np.uint8(below), first, second, third, fourth, np.require(text, requirements=["C", "W"]))
    )
