"""The steps of growing a tree: counting a node's rows, finding its best split, parting its rows."""

from __future__ import annotations

import numpy as np

from synthmill.generators.kernels.compiled import inlined
from synthmill.generators.kernels.learning.trees import CLASSES

_ROUNDS, _UNIT = 4, 2**20
_ALL = np.uint64(0xFFFFFFFFFFFFFFFF)
_ONE = np.uint64(1)


@inlined
def axis(counts, of_bins, of_classes, n_bins, n_classes, places, averages):  # type: ignore[no-untyped-def]  # noqa: C901
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
def sort(order, by, count, is_sorted):  # type: ignore[no-untyped-def]
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
def count_classes(target, rows, start, stop, whole, classes, slots, of_classes, codes):  # type: ignore[no-untyped-def]
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
def count_bins(  # type: ignore[no-untyped-def]
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
def best_cut(  # type: ignore[no-untyped-def]
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
def mask_of_left(present, order, of_bins, n_bins, at, size, is_ordered):  # type: ignore[no-untyped-def]
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
def has_subjects(feature, mask, rows, subjects, start, stop, least):  # type: ignore[no-untyped-def]
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
def part(feature, mask, rows, start, stop, spare):  # type: ignore[no-untyped-def]
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
