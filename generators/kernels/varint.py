"""Integers as a varying number of bytes, seven bits in each: Thrift's and Parquet's."""

from __future__ import annotations

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
