"""See `synthmill.generators.kernels.bitpack`."""

from __future__ import annotations

import numpy as np

from synthmill.generators.kernels.bitpack import BLOCK, COUNT_BYTES, HOLE, PACK, PACKS, U8, U32, Flags, start
from synthmill.generators.kernels.compiled import inlined, kernel
from synthmill.generators.kernels.compiled.memory import copy32, load32, load64, store8, store64
from synthmill.generators.kernels.mix import I64


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


_HOLE_BYTES, _PLACE_BYTES = HOLE.itemsize, HOLE["place"].itemsize
_STEP = 32
"""`copy32` reads and writes so much, however little is left."""


@inlined
def _copied(target, source, stop):  # type: ignore[no-untyped-def]
    """Copy up to an address, or up to 31 bytes more; the address behind what was to be copied."""
    end = target + stop - source
    while source < stop:
        copy32(target, source)
        target += _STEP
        source += _STEP
    return end


@kernel("int64(int64, int64[::1], int64[::1], int64)")
def _filled(packed, bounds, shifts, out):  # type: ignore[no-untyped-def]
    end = out
    for i in range(len(shifts)):
        at = packed + bounds[i]
        hole = at + COUNT_BYTES
        text = at = hole + load32(at) * _HOLE_BYTES
        while hole < text:
            place = text + load32(hole)
            end = _copied(end, at, place)
            at = place
            number = load64(hole + _PLACE_BYTES) + shifts[i]
            rest = np.uint64((number << 1) ^ (number >> 63))
            while rest > np.uint64(0x7F):
                store8(end, np.int64(rest & np.uint64(0x7F) | np.uint64(0x80)))
                rest >>= np.uint64(7)
                end += 1
            store8(end, np.int64(rest))
            end += 1
            hole += _HOLE_BYTES
        end = _copied(end, at, packed + bounds[i + 1])
    return end - out


def filled(shifts: I64, bounds: I64, packed: U8) -> U8:
    source = np.concatenate((packed, np.zeros(_STEP, np.uint8)))
    # A number takes fewer bytes than the hole that says where it belongs.
    out = np.empty(len(source), np.uint8)
    return out[: _filled(source.ctypes.data, bounds, shifts, out.ctypes.data)]


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
def _pack_steps(numbers, width, at):  # type: ignore[no-untyped-def]
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
                at = _pack_steps(numbers, width, at)
    return at - out


def delta(values: I64) -> U8:
    values = np.require(values, requirements=["C", "W"])
    head = start(values)
    blocks = (max(0, len(values) - 1) + BLOCK - 1) // BLOCK
    out = np.empty(len(head) + blocks * (_LONGEST + PACKS + BLOCK * 8) + _SPARE, np.uint8)
    out[: len(head)] = np.frombuffer(head, np.uint8)
    return out[: len(head) + int(_blocks(values, out.ctypes.data + len(head)))]
