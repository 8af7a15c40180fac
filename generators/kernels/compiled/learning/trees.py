"""See `synthmill.generators.kernels.learning.trees`."""

from __future__ import annotations

import numpy as np

from synthmill.generators.kernels.compiled import inlined, kernel
from synthmill.generators.kernels.learning.trees import BINS, CLASSES, I32, U8, Grown
from synthmill.generators.kernels.mix import I64, U64

_ROUNDS, _UNIT = 4, 2**20
_ALL = np.uint64(0xFFFFFFFFFFFFFFFF)
_ONE = np.uint64(1)
_HALF = np.uint64(32)
_LOW = np.uint64(0xFFFFFFFF)


@inlined
def _axis(counts, of_bins, of_classes, n_bins, n_classes, places, averages):  # type: ignore[no-untyped-def]  # noqa: C901
    """`averages`: where the bins lie on the first axis of the correspondence analysis."""
    rows = np.int64(0)
    for k in range(n_classes):
        places[k] = k * _UNIT
        rows += of_classes[k]
    for b in range(n_bins):
        total = np.int64(0)
        for k in range(n_classes):
            total += counts[b, k] * places[k]
        averages[b] = total // of_bins[b]
    if n_classes == 2:
        return
    for _ in range(_ROUNDS):
        mean = np.int64(0)
        for k in range(n_classes):
            total = np.int64(0)
            for b in range(n_bins):
                total += counts[b, k] * averages[b]
            places[k] = total // of_classes[k]
            mean += places[k] * of_classes[k]
        mean //= rows
        widest = np.int64(0)
        for k in range(n_classes):
            places[k] -= mean
            widest = max(widest, abs(places[k]))
        if widest == 0:
            return
        for k in range(n_classes):
            places[k] = places[k] * _UNIT // widest
        for b in range(n_bins):
            total = np.int64(0)
            for k in range(n_classes):
                total += counts[b, k] * places[k]
            averages[b] = total // of_bins[b]


@inlined
def _sort(order, by, count):  # type: ignore[no-untyped-def]
    for i in range(count):
        order[i] = i
    for i in range(1, count):
        one = order[i]
        j = i
        while j > 0 and by[order[j - 1]] > by[one]:
            order[j] = order[j - 1]
            j -= 1
        order[j] = one


@kernel(
    "int64(uint8[:, ::1], int64[::1], int64[::1], uint8[::1], int32[::1], int64[::1], int64[::1], "
    "int32[::1], int32[::1], uint64[::1], int32[::1], int64[::1])"
)
def _grow(  # type: ignore[no-untyped-def]  # noqa: C901
    features, bins, ordered, target, subjects, table, limits, rows, feature, mask, right, starts
):
    least_rows, least_subjects, most_nodes = limits[0], limits[1], limits[2]
    per_class, besides = limits[3], limits[4]
    raw = np.zeros((BINS, CLASSES), np.int64)
    counts = np.zeros((BINS, CLASSES), np.int64)
    whole, of_classes = np.zeros(CLASSES, np.int64), np.zeros(CLASSES, np.int64)
    classes, lefts = np.zeros(CLASSES, np.int64), np.zeros(CLASSES, np.int64)
    slots = np.zeros(CLASSES, np.int64)
    present, of_bins = np.zeros(BINS, np.int64), np.zeros(BINS, np.int64)
    order, places, averages = np.zeros(BINS, np.int64), np.zeros(CLASSES, np.int64), np.zeros(BINS, np.int64)
    spare = np.empty(len(rows), np.int32)
    depth = 1
    waiting = np.zeros((len(feature) + 2, 3), np.int64)
    waiting[0, 1] = len(rows)
    waiting[0, 2] = -1
    nodes, leaves, planned = np.int64(0), np.int64(0), np.int64(1)
    while depth > 0:
        depth -= 1
        start, stop, parent = waiting[depth, 0], waiting[depth, 1], waiting[depth, 2]
        if parent >= 0:
            right[parent] = nodes
        size = stop - start
        chosen = np.int64(-1)
        left_mask = np.uint64(0)
        if size >= 2 * least_rows and planned + 2 <= most_nodes:
            whole[:] = 0
            for i in range(start, stop):
                whole[target[rows[i]]] += 1
            n_classes = 0
            before = -table[size]
            for k in range(CLASSES):
                if whole[k]:
                    classes[n_classes] = k
                    slots[k] = n_classes
                    of_classes[n_classes] = whole[k]
                    before += table[whole[k]]
                    n_classes += 1
            best = per_class * (n_classes - 1) + besides
            for f in range(len(features)) if n_classes > 1 else range(0):
                for b in range(bins[f]):
                    for k in range(n_classes):
                        raw[b, k] = 0
                    of_bins[b] = 0
                for i in range(start, stop):
                    row = rows[i]
                    raw[features[f, row], slots[target[row]]] += 1
                n_bins = 0
                for b in range(bins[f]):
                    total = np.int64(0)
                    for k in range(n_classes):
                        total += raw[b, k]
                    if total:
                        for k in range(n_classes):
                            counts[n_bins, k] = raw[b, k]
                        of_bins[n_bins] = total
                        present[n_bins] = b
                        n_bins += 1
                if n_bins < 2:
                    continue
                if ordered[f]:
                    for b in range(n_bins):
                        order[b] = b
                else:
                    _axis(counts, of_bins, of_classes, n_bins, n_classes, places, averages)
                    _sort(order, averages, n_bins)
                left_rows = np.int64(0)
                within = before + table[size]
                for k in range(n_classes):
                    lefts[k] = 0
                for at in range(n_bins - 1):
                    b = order[at]
                    for k in range(n_classes):
                        step = counts[b, k]
                        if step:
                            old, all_of = lefts[k], of_classes[k]
                            new = old + step
                            within += table[new] - table[old] + table[all_of - new] - table[all_of - old]
                            lefts[k] = new
                    left_rows += of_bins[b]
                    if left_rows < least_rows or size - left_rows < least_rows:
                        continue
                    gain = within - table[left_rows] - table[size - left_rows] - before
                    if gain > best:
                        best = gain
                        chosen = f
                        if ordered[f]:
                            left_mask = (
                                _ONE << np.uint64((present[b] + present[order[at + 1]] + 1) // 2)
                            ) - _ONE
                        else:
                            left_mask = np.uint64(0)
                            if 2 * left_rows > size:
                                for other in range(at + 1, n_bins):
                                    left_mask |= _ONE << np.uint64(present[order[other]])
                                left_mask = left_mask ^ _ALL
                            else:
                                for other in range(at + 1):
                                    left_mask |= _ONE << np.uint64(present[order[other]])
        middle = start
        if chosen >= 0:
            # A stable partition: the right part waits in `spare`. Subjects are counted by their changes.
            held = 0
            left_subjects, right_subjects = np.int64(0), np.int64(0)
            last_left, last_right = np.int64(-1), np.int64(-1)
            for i in range(start, stop):
                row = rows[i]
                subject = np.int64(subjects[row])
                if (left_mask >> np.uint64(features[chosen, row])) & _ONE:
                    left_subjects += subject != last_left
                    last_left = subject
                else:
                    right_subjects += subject != last_right
                    last_right = subject
            if left_subjects < least_subjects or right_subjects < least_subjects:
                chosen = np.int64(-1)
            else:
                for i in range(start, stop):
                    row = rows[i]
                    if (left_mask >> np.uint64(features[chosen, row])) & _ONE:
                        rows[middle] = row
                        middle += 1
                    else:
                        spare[held] = row
                        held += 1
                for i in range(held):
                    rows[middle + i] = spare[i]
        if chosen < 0:
            feature[nodes], mask[nodes], right[nodes] = -1, np.uint64(0), leaves
            starts[leaves] = start
            leaves += 1
        else:
            planned += 2
            feature[nodes], mask[nodes], right[nodes] = chosen, left_mask, 0
            waiting[depth, 0], waiting[depth, 1], waiting[depth, 2] = middle, stop, nodes
            waiting[depth + 1, 0], waiting[depth + 1, 1], waiting[depth + 1, 2] = start, middle, -1
            depth += 2
        nodes += 1
    starts[leaves] = len(rows)
    return nodes


def grow(bins: I64, ordered: I64, table: I64, limits: I64, features: U8, subjects: I32, target: U8) -> Grown:
    rows = np.arange(len(target), dtype=np.int32)
    # A leaf has its fewest rows, so there can't be more.
    most = min(int(limits[2]), 2 * (len(rows) // max(1, int(limits[0])) + 1)) + 1
    feature, right = np.empty(most, np.int32), np.empty(most, np.int32)
    mask, starts = np.empty(most, np.uint64), np.empty(most + 1, np.int64)
    nodes = _grow(
        np.ascontiguousarray(features), bins, ordered, target, subjects, table, limits,
        rows, feature, mask, right, starts,
    )  # fmt: skip
    leaves = int(np.count_nonzero(feature[:nodes] < 0))
    return Grown(
        feature[:nodes].copy(), mask[:nodes].copy(), right[:nodes].copy(), starts[: leaves + 1].copy(), rows
    )


@kernel("void(int32[::1], uint64[::1], int32[::1], uint8[:, ::1], int32[::1])")
def _descend(feature, mask, right, features, leaves):  # type: ignore[no-untyped-def]
    for row in range(len(leaves)):
        node = np.int32(0)
        chosen = feature[0]
        while chosen >= 0:
            if (mask[node] >> np.uint64(features[chosen, row])) & _ONE:
                node += 1
            else:
                node = right[node]
            chosen = feature[node]
        leaves[row] = right[node]


def descend(feature: I32, mask: U64, right: I32, features: U8, leaves: I32) -> I32:
    _descend(feature, mask, right, np.ascontiguousarray(features), leaves)
    return leaves


@kernel("void(int64[::1], int64[::1], int32[::1], uint64[::1], int32[::1], uint64[::1])")
def _pick(starts, sums, groups, u, places, left):  # type: ignore[no-untyped-def]
    for i in range(len(groups)):
        low = starts[groups[i]]
        high = starts[groups[i] + 1] - 1
        total = np.uint64(sums[high])
        one = u[i]
        wanted = np.int64(((one >> _HALF) * total + (((one & _LOW) * total) >> _HALF)) >> _HALF)
        while low < high:
            middle = (low + high) >> 1
            if sums[middle] > wanted:
                high = middle
            else:
                low = middle + 1
        places[i] = low
        left[i] = one * total


def pick(starts: I64, sums: I64, groups: I32, u: U64) -> tuple[I32, U64]:
    places, left = np.empty(len(u), np.int32), np.empty(len(u), np.uint64)
    _pick(starts, sums, np.ascontiguousarray(groups), np.ascontiguousarray(u), places, left)
    return places, left
