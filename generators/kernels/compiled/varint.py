"""See `synthmill.generators.kernels.varint`."""

from __future__ import annotations

import numpy as np

from synthmill.generators.kernels.bitpack import U8
from synthmill.generators.kernels.compiled import inlined, kernel
from synthmill.generators.kernels.compiled.memory import copy32, load32, load64, store8
from synthmill.generators.kernels.mix import I64
from synthmill.generators.kernels.varint import COUNT_BYTES, HOLE

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


def filled(packed: U8, bounds: I64, shifts: I64) -> U8:
    source = np.concatenate((packed, np.zeros(_STEP, np.uint8)))
    # A number takes fewer bytes than the hole that says where it belongs.
    out = np.empty(len(source), np.uint8)
    return out[: _filled(source.ctypes.data, bounds, shifts, out.ctypes.data)]
