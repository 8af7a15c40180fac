"""See `synthmill.generators.kernels.sketches`."""

from __future__ import annotations

import numpy as np

from synthmill.generators.kernels.bitpack import U8, U32
from synthmill.generators.kernels.compiled import inlined, kernel
from synthmill.generators.kernels.compiled.mix import mixed
from synthmill.generators.kernels.mix import F64, I64, U64
from synthmill.generators.kernels.sketches import INDEX_BITS, LANES, Flags

_REST = np.uint64(64 - INDEX_BITS)
_LEADING = np.uint64(1) << _REST
_ONE = np.uint64(1)


@kernel("int64[::1](int64, boolean[::1], uint32[::1])")
def _tallied(size, valid, codes):  # type: ignore[no-untyped-def]
    # Neighbours often have the same code: with a table each, none waits for the other.
    counts = np.zeros((LANES, size), np.int64)
    if len(valid):
        for i in range(len(codes)):
            counts[i % LANES, codes[i]] += valid[i]
    else:
        for i in range(len(codes)):
            counts[i % LANES, codes[i]] += 1
    return counts.sum(axis=0)


def tallied(size: int, valid: Flags, codes: U32) -> I64:
    counts: I64 = _tallied(size, valid, np.ascontiguousarray(codes))
    return counts


@inlined
def _observe(registers, found, counts):  # type: ignore[no-untyped-def]
    at = found >> _REST
    rank = registers[at]
    # Once the registers have filled up, next to no hash has as many zeros as it would take.
    # The leading one ends the count of a hash of zeros alone, however often that one comes.
    ended = found | _LEADING
    if (ended & ((_ONE << np.uint64(rank)) - _ONE) == 0) & counts:
        rest = ended >> np.uint64(rank)
        while rest & _ONE == 0:
            rest >>= _ONE
            rank += 1
        if rank + 1 > registers[at]:
            registers[at] = rank + 1


@kernel("void(uint8[::1], boolean[::1], uint64[::1])")
def _observed(registers, valid, hashes):  # type: ignore[no-untyped-def]
    if len(valid):
        for i in range(len(hashes)):
            _observe(registers, hashes[i], valid[i])
    else:
        for i in range(len(hashes)):
            _observe(registers, hashes[i], True)


def observed(registers: U8, valid: Flags, hashes: U64) -> U8:
    _observed(registers, valid, np.ascontiguousarray(hashes))
    return registers


@inlined
def _text_hash(blob, start, stop):  # type: ignore[no-untyped-def]
    found = np.uint64(stop - start)
    for at in range(start, stop, 8):
        word = np.uint64(0)
        for place in range(min(8, stop - at)):
            word |= np.uint64(blob[at + place]) << np.uint64(8 * place)
        found = mixed(found, word)
    return found


@kernel("uint64[::1](uint8[::1], int64[::1])")
def _text_hashes(blob, offsets):  # type: ignore[no-untyped-def]
    out = np.empty(len(offsets) - 1, np.uint64)
    for i in range(len(out)):
        out[i] = _text_hash(blob, offsets[i], offsets[i + 1])
    return out


def text_hashes(blob: U8, offsets: I64) -> U64:
    # Arrow's memory can't be written to, and signatures are for arrays that can.
    hashes: U64 = _text_hashes(*(np.require(array, requirements=["C", "W"]) for array in (blob, offsets)))
    return hashes


@kernel(["UniTuple(int64, 2)(boolean[::1], int64[::1])", "UniTuple(float64, 2)(boolean[::1], float64[::1])"])
def _extremes(valid, values):  # type: ignore[no-untyped-def]
    first = 0
    while len(valid) and not valid[first]:
        first += 1
    low = high = values[first]
    for i in range(first, len(values)):
        value = values[i] if not len(valid) or valid[i] else low
        low, high = min(low, value), max(high, value)
    return low, high


def extremes(valid: Flags, values: I64 | F64) -> tuple[int | float, int | float]:
    low, high = _extremes(valid, np.ascontiguousarray(values))
    return low, high


_SUMMED = "UniTuple(float64, 2)({0}, boolean[::1], {0}[::1])"


@kernel([_SUMMED.format("uint64"), _SUMMED.format("float64")])
def _summed(low, valid, values):  # type: ignore[no-untyped-def]
    first, second = np.zeros(LANES), np.zeros(LANES)
    a0 = a1 = a2 = a3 = 0.0
    b0 = b1 = b2 = b3 = 0.0
    whole = len(values) // LANES * LANES
    for i in range(0, whole, LANES):
        d0, d1 = np.float64(values[i] - low), np.float64(values[i + 1] - low)
        d2, d3 = np.float64(values[i + 2] - low), np.float64(values[i + 3] - low)
        if len(valid):
            d0 = d0 if valid[i] else 0.0
            d1 = d1 if valid[i + 1] else 0.0
            d2 = d2 if valid[i + 2] else 0.0
            d3 = d3 if valid[i + 3] else 0.0
        a0, a1, a2, a3 = a0 + d0, a1 + d1, a2 + d2, a3 + d3
        b0, b1, b2, b3 = b0 + d0 * d0, b1 + d1 * d1, b2 + d2 * d2, b3 + d3 * d3
    first[:] = (a0, a1, a2, a3)
    second[:] = (b0, b1, b2, b3)
    for i in range(whole, len(values)):
        if not len(valid) or valid[i]:
            distance = np.float64(values[i] - low)
            first[i - whole] += distance
            second[i - whole] += distance * distance
    return (first[0] + first[1]) + (first[2] + first[3]), (second[0] + second[1]) + (second[2] + second[3])


def summed(low: int | float, valid: Flags, values: I64 | F64) -> tuple[float, float]:
    rows = np.ascontiguousarray(values)
    if rows.dtype == np.float64:
        first, second = _summed(float(low), valid, rows)
    else:
        first, second = _summed(np.uint64(low % 2**64), valid, rows.view(np.uint64))
    return first, second


@kernel("uint64[::1](uint64[::1], uint64[::1], uint32[::1])")
def _word_mix(keys, words, codes):  # type: ignore[no-untyped-def]
    out = np.empty(len(codes), np.uint64)
    if len(keys):
        for i in range(len(codes)):
            out[i] = mixed(keys[i], words[codes[i]])
    else:
        for i in range(len(codes)):
            out[i] = words[codes[i]]
    return out


def word_mix(keys: U64, words: U64, codes: U32) -> U64:
    hashes: U64 = _word_mix(keys, words, np.ascontiguousarray(codes))
    return hashes
