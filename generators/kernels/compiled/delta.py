"""See `synthmill.generators.kernels.delta`."""

from __future__ import annotations

import numpy as np

from synthmill.generators.kernels.compiled import inlined, kernel
from synthmill.generators.kernels.compiled.memory import store8, store64
from synthmill.generators.kernels.delta import BLOCK, PACK, PACKS, U8, start
from synthmill.generators.kernels.mix import I64

_LONGEST = 10
"""Bytes of the longest varint of 64 bits."""
_SPARE = 8


@inlined
def _width(number):  # type: ignore[no-untyped-def]
    """Bits of a number."""
    bits = 0
    for half in (32, 16, 8, 4, 2, 1):
        if number >> np.uint64(half):
            number >>= np.uint64(half)
            bits += half
    return bits + 1 if number else 0


@inlined
def _pack(numbers, width, at):  # type: ignore[no-untyped-def]
    """PACK numbers of a width below 64 at an address; gives the one behind them, where it spoils 8 bytes."""
    held = np.uint64(0)
    filled = np.uint64(0)
    step = np.uint64(width)
    for i in range(PACK):
        number = numbers[i]
        held |= number << filled
        filled += step
        if filled >= np.uint64(64):
            store64(at, np.int64(held))
            at += 8
            filled -= np.uint64(64)
            # A shift by 64 isn't one; then nothing is left over.
            held = number >> (step - filled) if filled else np.uint64(0)
    # 32 numbers end at a whole number of bytes, and of four.
    store64(at, np.int64(held))
    return at + np.int64(filled >> np.uint64(3))


@kernel("int64(int64[::1], int64)")
def _blocks(values, out):  # type: ignore[no-untyped-def]
    steps = np.zeros(BLOCK, np.int64)
    above = np.empty(BLOCK, np.uint64)
    at = out
    for first in range(0, len(values) - 1, BLOCK):
        count = min(BLOCK, len(values) - 1 - first)
        some = values[first : first + count + 1]
        for i in range(count):
            steps[i] = some[i + 1] - some[i]
        least = steps[0]
        for i in range(count):
            least = min(least, steps[i])
        # What fills up the last block counts as the least step.
        for i in range(count, BLOCK):
            steps[i] = least
        for i in range(BLOCK):
            above[i] = np.uint64(steps[i] - least)
        rest = np.uint64((least << 1) ^ (least >> 63))
        while rest > np.uint64(0x7F):
            store8(at, np.int64(rest & np.uint64(0x7F) | np.uint64(0x80)))
            at += 1
            rest >>= np.uint64(7)
        store8(at, np.int64(rest))
        widths = at + 1
        at = widths + PACKS
        for pack in range(PACKS):
            numbers = above[pack * PACK : (pack + 1) * PACK]
            bits = np.uint64(0)
            for i in range(PACK):
                bits |= numbers[i]
            width = _width(bits)
            store8(widths + pack, width)
            if width:
                at = _pack(numbers, width, at)
    return at - out


def delta(values: I64) -> U8:
    values = np.require(values, requirements=["C", "W"])
    head = start(values)
    blocks = (max(0, len(values) - 1) + BLOCK - 1) // BLOCK
    out = np.empty(len(head) + blocks * (_LONGEST + PACKS + BLOCK * 8) + _SPARE, np.uint8)
    out[: len(head)] = np.frombuffer(head, np.uint8)
    return out[: len(head) + int(_blocks(values, out.ctypes.data + len(head)))]
