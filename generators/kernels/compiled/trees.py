"""See `synthmill.generators.kernels.trees`."""

from __future__ import annotations

import numpy as np

from synthmill.generators.kernels.compiled import inlined, kernel
from synthmill.generators.kernels.mix import I64, U64
from synthmill.generators.kernels.trees import BINS, CLASSES, I32, U8, Grown

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
def _sort(order, by, count, is_sorted):  # type: ignore[no-untyped-def]
    for i in range(count):
        order[i] = i
    if is_sorted:
        return
    for i in range(1, count):
        one = order[i]
        j = i
        while j > 0 and by[order[j - 1]] > by[one]:
            order[j] = order[j - 1]
            j -= 1
        order[j] = one


@inlined
def _count_classes(target, rows, start, stop, whole, classes, slots, of_classes, codes):  # type: ignore[no-untyped-def]
    """How many classes a node's rows have; fills which, how many rows have each, and each row's."""
    whole[:] = 0
    for i in range(start, stop):
        whole[target[rows[i]]] += 1
    found = 0
    for k in range(CLASSES):
        if whole[k]:
            classes[found] = k
            slots[k] = found
            of_classes[found] = whole[k]
            found += 1
    for i in range(start, stop):
        codes[i] = slots[target[rows[i]]]
    return found


@inlined
def _count_bins(  # type: ignore[no-untyped-def]
    feature, rows, codes, start, stop, most, n_classes, raw, counts, of_bins, present
):
    """How many bins of a feature a node's rows have; fills which, and the rows of each by class."""
    for cell in range(most * n_classes):
        raw[cell] = 0
    for i in range(start, stop):
        raw[feature[rows[i]] * n_classes + codes[i]] += 1
    found = 0
    for b in range(most):
        total = np.int64(0)
        for k in range(n_classes):
            total += raw[b * n_classes + k]
        if total:
            for k in range(n_classes):
                counts[found, k] = raw[b * n_classes + k]
            of_bins[found] = total
            present[found] = b
            found += 1
    return found


@inlined
def _best_cut(  # type: ignore[no-untyped-def]
    table, counts, of_bins, of_classes, order, n_bins, n_classes, least_rows, size, before, best, lefts
):
    """The gain of the best cut of ordered bins that gains more than `best`, and where: -1 if none does."""
    left_rows = np.int64(0)
    within = before + table[size]
    where = -1
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
            best, where = gain, at
    return best, where


@inlined
def _left_mask(present, order, of_bins, n_bins, at, size, is_ordered):  # type: ignore[no-untyped-def]
    """The bins that go to the left; those that no row has go with their neighbours, or to the larger side."""
    if is_ordered:
        return (_ONE << np.uint64((present[order[at]] + present[order[at + 1]] + 1) // 2)) - _ONE
    left_rows = np.int64(0)
    for other in range(at + 1):
        left_rows += of_bins[order[other]]
    mask = np.uint64(0)
    if 2 * left_rows > size:
        for other in range(at + 1, n_bins):
            mask |= _ONE << np.uint64(present[order[other]])
        return mask ^ _ALL
    for other in range(at + 1):
        mask |= _ONE << np.uint64(present[order[other]])
    return mask


@inlined
def _has_subjects(feature, mask, rows, subjects, start, stop, least):  # type: ignore[no-untyped-def]
    """Whether both sides of a split have so many subjects, which are counted by their changes."""
    on_left, on_right = np.int64(0), np.int64(0)
    last_left, last_right = np.int64(-1), np.int64(-1)
    for i in range(start, stop):
        row = rows[i]
        subject = np.int64(subjects[row])
        if (mask >> np.uint64(feature[row])) & _ONE:
            on_left += subject != last_left
            last_left = subject
        else:
            on_right += subject != last_right
            last_right = subject
    return on_left >= least and on_right >= least


@inlined
def _part(feature, mask, rows, start, stop, spare):  # type: ignore[no-untyped-def]
    """Rows of the left side to the front, each side in the order it was in; where the right side begins."""
    middle, held = start, 0
    for i in range(start, stop):
        row = rows[i]
        if (mask >> np.uint64(feature[row])) & _ONE:
            rows[middle] = row
            middle += 1
        else:
            spare[held] = row
            held += 1
    for i in range(held):
        rows[middle + i] = spare[i]
    return middle


@kernel(
    "int64(uint8[:, ::1], int64[::1], int64[::1], uint8[::1], int32[::1], int64[::1], int64[::1], "
    "int32[::1], int32[::1], uint64[::1], int32[::1], int64[::1], int64[::1])"
)
def _grow(  # type: ignore[no-untyped-def]
    features, bins, ordered, target, subjects, table, limits, rows, feature, mask, right, starts, worth
):
    least_rows, least_subjects, most_nodes = limits[0], limits[1], limits[2]
    per_class, besides = limits[3], limits[4]
    raw, counts = np.zeros(BINS * CLASSES, np.int32), np.zeros((BINS, CLASSES), np.int64)
    whole, of_classes = np.zeros(CLASSES, np.int64), np.zeros(CLASSES, np.int64)
    classes, lefts = np.zeros(CLASSES, np.int64), np.zeros(CLASSES, np.int64)
    slots, codes = np.zeros(CLASSES, np.uint8), np.empty(len(rows), np.uint8)
    present, of_bins = np.zeros(BINS, np.int64), np.zeros(BINS, np.int64)
    order, places, averages = np.zeros(BINS, np.int64), np.zeros(CLASSES, np.int64), np.zeros(BINS, np.int64)
    spare = np.empty(len(rows), np.int32)
    waiting = np.zeros((len(feature) + 2, 3), np.int64)
    waiting[0, 1], waiting[0, 2] = len(rows), -1
    depth, nodes, leaves, planned = 1, np.int64(0), np.int64(0), np.int64(1)
    while depth > 0:
        depth -= 1
        start, stop, parent = waiting[depth, 0], waiting[depth, 1], waiting[depth, 2]
        if parent >= 0:
            right[parent] = nodes
        size = stop - start
        chosen, left_mask, n_classes, best = np.int64(-1), np.uint64(0), 0, np.int64(0)
        if size >= 2 * least_rows and planned + 2 <= most_nodes:
            n_classes = _count_classes(target, rows, start, stop, whole, classes, slots, of_classes, codes)
        if n_classes > 1:
            before = -table[size]
            for k in range(n_classes):
                before += table[of_classes[k]]
            best = per_class * (n_classes - 1) + besides
            for f in range(len(features)):
                n_bins = _count_bins(
                    features[f], rows, codes, start, stop, bins[f], n_classes, raw, counts, of_bins, present
                )
                if n_bins < 2:
                    continue
                if not ordered[f]:
                    _axis(counts, of_bins, of_classes, n_bins, n_classes, places, averages)
                _sort(order, averages, n_bins, ordered[f])
                best, at = _best_cut(
                    table, counts, of_bins, of_classes, order, n_bins, n_classes,
                    least_rows, size, before, best, lefts,
                )  # fmt: skip
                if at >= 0:
                    chosen = f
                    left_mask = _left_mask(present, order, of_bins, n_bins, at, size, ordered[f])
        if chosen >= 0 and not _has_subjects(
            features[chosen], left_mask, rows, subjects, start, stop, least_subjects
        ):
            chosen = np.int64(-1)
        if chosen < 0:
            feature[nodes], mask[nodes], right[nodes], worth[nodes] = -1, np.uint64(0), leaves, 0
            starts[leaves] = start
            leaves += 1
        else:
            middle = _part(features[chosen], left_mask, rows, start, stop, spare)
            planned += 2
            feature[nodes], mask[nodes], right[nodes] = chosen, left_mask, 0
            worth[nodes] = (best - besides - 1) // (n_classes - 1)
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
    worth = np.empty(most, np.int64)
    nodes = _grow(
        np.ascontiguousarray(features), bins, ordered, target, subjects, table, limits,
        rows, feature, mask, right, starts, worth,
    )  # fmt: skip
    leaves = int(np.count_nonzero(feature[:nodes] < 0))
    kept = (one[:nodes].copy() for one in (feature, mask, right))
    return Grown(*kept, starts[: leaves + 1].copy(), rows, worth[:nodes].copy())


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
