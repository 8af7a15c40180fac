"""See `synthmill.generators.kernels.processes.order_statistics`."""

from __future__ import annotations

import numpy as np

from synthmill.generators.kernels.compiled import inlined, kernel
from synthmill.generators.kernels.compiled.mix import mixed
from synthmill.generators.kernels.mix import I64, U64
from synthmill.generators.kernels.processes.order_statistics import DEEPEST, FEW

_EVENS, _PAIRS = np.uint64(0x5555555555555555), np.uint64(0x3333333333333333)
_FOURS, _BYTES = np.uint64(0x0F0F0F0F0F0F0F0F), np.uint64(0x0101010101010101)
_S1, _S2, _S4, _S56, _ZERO = np.uint64(1), np.uint64(2), np.uint64(4), np.uint64(56), np.uint64(0)


@inlined
def _ones(x):  # type: ignore[no-untyped-def]
    x = x - ((x >> _S1) & _EVENS)
    x = (x & _PAIRS) + ((x >> _S2) & _PAIRS)
    x = (x + (x >> _S4)) & _FOURS
    return np.int64((x * _BYTES) >> _S56)


@inlined
def _in_lower_half(drawn, count):  # type: ignore[no-untyped-def]
    found = np.int64(0)
    whole = count >> 6
    for word in range(whole):
        found += _ones(mixed(drawn, np.uint64(word)))
    rest = count & 63
    if rest:
        found += _ones(mixed(drawn, np.uint64(whole)) >> np.uint64(64 - rest))
    return found


@inlined
def _sort_few(drawn, half, depth, count, values):  # type: ignore[no-untyped-def]
    """The numbers of a range, by insertion."""
    low = _ZERO
    if depth > 0:
        low = (half - (_S1 << np.uint64(depth))) << np.uint64(64 - depth)
    for at in range(count):
        value = low + (mixed(drawn, np.uint64(at)) >> np.uint64(depth))
        place = at
        while place > 0 and values[place - 1] > value:
            values[place] = values[place - 1]
            place -= 1
        values[place] = value


@kernel("uint64[::1](uint64[::1], int64[::1], int64[::1], int64[::1])")
def _ordered(keys, sizes, sets, index):  # type: ignore[no-untyped-def]
    """The halves that led to the last number stay on a stack: a neighbour begins where its way parts."""
    out = np.empty(len(index), np.uint64)
    halves = np.empty(DEEPEST + 1, np.uint64)
    firsts, counts = np.empty(DEEPEST + 1, np.int64), np.empty(DEEPEST + 1, np.int64)
    lowers = np.empty(DEEPEST + 1, np.int64)
    values = np.empty(max(FEW, sizes.max() if len(sizes) else 0), np.uint64)
    current, depth, listed = np.int64(-1), 0, False
    key = _ZERO
    for i in range(len(index)):
        place = index[i]
        if sets[i] != current:
            current = sets[i]
            key = keys[current]
            depth, listed = 0, False
            halves[0], firsts[0], counts[0], lowers[0] = _S1, 0, sizes[current], -1
        while place < firsts[depth] or place >= firsts[depth] + counts[depth]:
            depth -= 1
            listed = False
        while counts[depth] > FEW and depth < DEEPEST:
            if lowers[depth] < 0:
                lowers[depth] = _in_lower_half(mixed(key, halves[depth]), counts[depth])
            lower, first, half = lowers[depth], firsts[depth], halves[depth] << _S1
            upper = place >= first + lower
            count = counts[depth]
            depth += 1
            if upper:
                halves[depth], firsts[depth], counts[depth] = half | _S1, first + lower, count - lower
            else:
                halves[depth], firsts[depth], counts[depth] = half, first, lower
            lowers[depth] = -1
        if not listed:
            _sort_few(mixed(key, halves[depth]), halves[depth], depth, counts[depth], values)
            listed = True
        out[i] = values[place - firsts[depth]]
    return out


def ordered(keys: U64, sizes: I64, sets: I64, index: I64) -> U64:
    given = (np.ascontiguousarray(one) for one in (keys, sizes, sets, index))
    found: U64 = _ordered(*given)
    return found
