"""See `synthmill.generators.kernels.processes.quotes`.

Each operation is done for some thousand quotes before the next: LLVM makes vector instructions of such loops.
"""

from __future__ import annotations

import math

import numpy as np

from synthmill.generators.kernels.compiled import inlined, kernel
from synthmill.generators.kernels.compiled.elementary import _exp, _normal_quantile
from synthmill.generators.kernels.compiled.mix import mixed
from synthmill.generators.kernels.mix import F64, I64
from synthmill.generators.kernels.processes.quotes import Law

_AT_ONCE = 4_096
"""Few enough for the cache that is nearest to a core."""
_S12 = np.uint64(12)


@inlined
def _unit(key, place):  # type: ignore[no-untyped-def]
    return (np.float64(np.int64(mixed(key, place) >> _S12)) + 0.5) * 2.0**-52


@inlined
def _bridge(path, normal, walk, before, after, step):  # type: ignore[no-untyped-def]
    count = len(path)
    total = 0.0
    walk[0] = 0.0
    for i in range(count):
        total += normal[i]
        walk[i + 1] = total
    tilt = ((after - before) - walk[count] * step) / count
    for i in range(count):
        path[i] = (i * tilt + before) + walk[i] * step
    path[0] = before


@inlined
def _reflect(path, low, high):  # type: ignore[no-untyped-def]
    lowest, highest = path[0], path[0]
    for i in range(len(path)):
        lowest = min(lowest, path[i])
        highest = max(highest, path[i])
    if lowest >= low and highest <= high:
        return
    width = high - low
    for i in range(len(path)):
        over = path[i] - low
        folded = over - 2.0 * width * math.floor(over / (2.0 * width))
        folded = 2.0 * width - folded if folded > width else folded
        path[i] = folded + low if path[i] < low or path[i] > high else path[i]


@inlined
def _offer(key, place, least, more, price, bid, ask):  # type: ignore[no-untyped-def]
    for i in range(len(price)):
        share = _unit(key, place + np.uint64(i)) * more + least
        half = np.int64(min(math.floor(share * np.float64(price[i]) + 0.5), np.float64(price[i] - 1)))
        bid[i] = price[i] - half
        ask[i] = price[i] + half


@kernel(
    "void(UniTuple(uint64, 2), UniTuple(float64, 8), float64[::1], float64[::1], float64[::1], int64[::1],"
    " float64[::1], int64[::1], int64[::1], int64[::1], int64[::1])"
)
def _quotes(keys, law, before, after, step, index, activity, price, bid, ask, volume):  # type: ignore[no-untyped-def]
    low, high, scale, unit, least, more, base, move = law
    bridges = len(before)
    count = len(price) // bridges
    together = max(1, _AT_ONCE // count)
    walk = np.empty(count + 1)
    for first in range(0, bridges, together):
        last = min(first + together, bridges)
        path = np.empty((last - first) * count)
        for one in range(first, last):
            at, place = (one - first) * count, np.uint64(index[one])
            for i in range(count):
                path[at + i] = _unit(keys[0], place + np.uint64(i))
        normal = _normal_quantile(path)
        if count == 1:
            path[:] = before[first:last]
        else:
            for one in range(first, last):
                at = (one - first) * count
                own = slice(at, at + count)
                _bridge(path[own], normal[own], walk, before[one], after[one], step[one])
        _reflect(path, low, high)
        value = _exp(path)
        begin = first * count
        for i in range(len(value)):
            price[begin + i] = np.int64(max(math.floor(value[i] * scale + 0.5), 1.0) * unit)
        for one in range(first, last):
            at = (one - first) * count
            for i in range(count):
                volume[one * count + i] = np.int64((abs(normal[at + i]) * move + base) * activity[one])
        if len(bid):
            for one in range(first, last):
                own = slice(one * count, (one + 1) * count)
                _offer(keys[1], np.uint64(index[one]), least, more, price[own], bid[own], ask[own])


def quotes(
    keys: tuple[int, int],
    law: Law,
    before: F64,
    after: F64,
    step: F64,
    index: I64,
    activity: F64,
    price: I64,
    bid: I64,
    ask: I64,
    volume: I64,
) -> tuple[I64, I64, I64, I64]:
    both = (np.uint64(keys[0]), np.uint64(keys[1]))
    given = (np.ascontiguousarray(one) for one in (before, after, step, index, activity))
    _quotes(both, tuple(law), *given, price, bid, ask, volume)
    return price, bid, ask, volume
