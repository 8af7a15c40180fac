"""See `synthmill.generators.kernels.learning.walks`."""

from __future__ import annotations

import numpy as np

from synthmill.generators.kernels.compiled import inlined, kernel
from synthmill.generators.kernels.compiled.mix import mixed
from synthmill.generators.kernels.learning.walks import (
    BEFORE,
    BIN,
    BIT,
    CLOCK,
    GAP,
    LAST_BIN,
    LATER,
    LEFT,
    NEEDED,
    NOW,
    ORDERED,
    PLACE,
    RUNNING,
    STEPS,
    WEEKDAY,
    Families,
    Walk,
    Walked,
)
from synthmill.generators.kernels.mix import U64

_ONE = np.uint64(1)
_HALF = np.uint64(32)
_LOW = np.uint64(0xFFFFFFFF)


@inlined
def _high(u, count):  # type: ignore[no-untyped-def]
    return ((u >> _HALF) * count + (((u & _LOW) * count) >> _HALF)) >> _HALF


@inlined
def _member(first, last, sums, u):  # type: ignore[no-untyped-def]
    """As `pick` of the trees: a place from `first` to `last`."""
    wanted = np.int64(_high(u, np.uint64(sums[last])))
    low, high = first, last
    while low < high:
        middle = (low + high) >> 1
        if sums[middle] > wanted:
            high = middle
        else:
            low = middle + 1
    return low


@inlined
def _count_bin(count):  # type: ignore[no-untyped-def]
    if count < 32:
        return count
    exponent, rest = 1, count >> 6
    while rest:
        exponent += 1
        rest >>= 1
    return min(28 + 4 * exponent + ((count >> (exponent + 2)) & 3), LAST_BIN)


@inlined
def _tell_time(features, named, time, marks):  # type: ignore[no-untyped-def]
    if named[NOW] >= 0:
        low, high = 0, len(marks)
        while low < high:
            middle = (low + high) >> 1
            if marks[middle] <= time:
                low = middle + 1
            else:
                high = middle
        features[named[NOW]] = low
    if named[STEPS]:
        day = time // named[STEPS]
        features[named[CLOCK]] = (time - day * named[STEPS]) * 48 // named[STEPS]
        features[named[WEEKDAY]] = (day + 3) % 7


@kernel(
    "void(int64[:, ::1], int64[::1], int64, int64[::1], int32[::1], uint64[::1], int32[::1], int64[::1], "
    "int64[::1], int64[::1], int64[::1], int64[::1], int64[::1], int64[::1], int64[::1], int64[::1], "
    "uint8[::1], int64[::1], int64[::1], int64[::1], uint64[::1], uint8[:, ::1], int64[:, ::1], int64[::1], "
    "int64[::1], uint64[::1], int32[:, ::1], uint64[:, ::1], int64[::1])"
)
def _walked(  # type: ignore[no-untyped-def]  # noqa: C901
    layout, named, width, nodes, feature, mask, right, leaves, starts, entries, sums, classes, members, codes,
    weights, codebook, bins, low, high, marks, keys, family_bins, goals, counts, begins, numbers,
    found, left, times,
):  # fmt: skip
    variables, given = len(layout), len(family_bins)
    features = np.zeros(width, np.uint8)
    before = np.zeros(variables, np.uint8)
    totals = np.zeros(variables, np.int64)
    seen = np.zeros(variables, np.uint64)
    at = np.int64(0)
    for family in range(len(counts)):
        features[:] = 0
        for one in range(given):
            features[one] = family_bins[one, family]
        for v in range(variables):
            before[v], totals[v], seen[v] = 0, 0, np.uint64(0)
        time, count = begins[family], counts[family]
        for step in range(count):
            features[named[PLACE]] = _count_bin(np.int64(step))
            features[named[LEFT]] = _count_bin(np.int64(count - step - 1))
            _tell_time(features, named, time, marks)
            for v in range(variables):
                past = max(0, step - layout[v, LATER])
                if layout[v, BEFORE] >= 0:
                    features[layout[v, BEFORE]] = before[v]
                if layout[v, RUNNING] >= 0:
                    mean = totals[v] // max(1, past) if layout[v, ORDERED] else totals[v]
                    features[layout[v, RUNNING]] = min(mean, LAST_BIN)
                if layout[v, NEEDED] >= 0:
                    goal = goals[v, family]
                    due = goal - totals[v]
                    if layout[v, ORDERED]:
                        whole = count - layout[v, LATER]
                        due = (goal * whole - 4 * totals[v]) // max(1, 4 * (whole - past))
                    features[layout[v, NEEDED]] = min(max(due, 0), LAST_BIN)
            for v in range(variables):
                if layout[v, LATER] and step == 0:
                    continue
                bit = layout[v, BIT]
                if bit >= 0 and step and found[bit, at] == 1:
                    code, rest = np.int64(found[v, at - 1]), left[v, at - 1]
                else:
                    u = mixed(mixed(keys[v], numbers[family]), np.uint64(step))
                    root = nodes[v]
                    node = root
                    chosen = feature[node]
                    while chosen >= 0:
                        if (mask[node] >> np.uint64(features[chosen])) & _ONE:
                            node += 1
                        else:
                            node = root + right[node]
                        chosen = feature[node]
                    leaf = leaves[v] + right[node]
                    place = _member(starts[leaf], starts[leaf + 1] - 1, sums, u)
                    rest = u * np.uint64(sums[starts[leaf + 1] - 1])
                    code = entries[place]
                    if classes[v] < classes[v + 1]:
                        group = classes[v] + code
                        last = members[group + 1] - 1
                        place = _member(members[group], last, weights, rest)
                        rest *= np.uint64(weights[last])
                        code = codes[place]
                found[v, at], left[v, at] = code, rest
                own = bins[codebook[v] + code]
                before[v] = own
                features[layout[v, BIN]] = own
                if layout[v, ORDERED]:
                    totals[v] += own
                else:
                    flag = _ONE << np.uint64(own)
                    if not seen[v] & flag:
                        totals[v] += 1
                    seen[v] |= flag
                if layout[v, GAP]:
                    wide = np.uint64(high[code] - low[code] + 1)
                    time += low[code] + np.int64(_high(rest, wide))
                    _tell_time(features, named, time, marks)
            times[at] = time
            at += 1


def walked(walk: Walk, keys: U64, families: Families) -> Walked:
    variables, rows = len(walk.layout), int(families.counts.sum())
    found, left = np.zeros((variables, rows), np.int32), np.zeros((variables, rows), np.uint64)
    times = np.zeros(rows, np.int64)
    layout, named, width, *arrays = walk
    _walked(
        layout, named, width, *arrays, keys, np.ascontiguousarray(families.bins),
        np.ascontiguousarray(families.goals), *families[2:], found, left, times,
    )  # fmt: skip
    return Walked(found, left, times)
