"""Integers as a varying number of bytes, seven bits in each: Thrift's and Parquet's."""

from __future__ import annotations

import numpy as np

from synthmill.generators.kernels.backend import Twin
from synthmill.generators.kernels.bitpack import U8
from synthmill.generators.kernels.mix import I64

HOLE = np.dtype([("place", "<u4"), ("value", "<i8")])
"""A number that was left out of bytes, and before which of them it stood."""
COUNT_BYTES = 4

_ONE = [bytes([number]) for number in range(0x80)]


def varint(number: int) -> bytes:
    """A number from 0 on, the lowest bits first."""
    if number <= 0x7F:
        return _ONE[number]
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)


def zigzag(number: int) -> bytes:
    """A signed number, those near 0 short."""
    return varint(number * 2 if number >= 0 else -number * 2 - 1)


@Twin
def filled(packed: U8, bounds: I64, shifts: I64) -> U8:
    """Texts with the numbers that were left out of them, each plus its text's shift, as zigzag varints.

    Text i is packed[bounds[i] : bounds[i + 1]]: how many holes it has (4 bytes, little endian), as many HOLEs
    in the order of their places, then its bytes. What comes out is all texts, one behind another.
    """
    data, out = packed.tobytes(), bytearray()
    for start, stop, shift in zip(bounds.tolist(), bounds[1:].tolist(), shifts.tolist(), strict=False):
        count = int.from_bytes(data[start : start + COUNT_BYTES], "little")
        holes = np.frombuffer(data, HOLE, count, start + COUNT_BYTES)
        text = at = start + COUNT_BYTES + holes.nbytes
        for place, value in holes.tolist():
            out += data[at : text + place]
            out += zigzag(value + shift)
            at = text + place
        out += data[at:stop]
    return np.frombuffer(out, np.uint8)
