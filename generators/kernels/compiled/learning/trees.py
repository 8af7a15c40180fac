"""See `synthmill.generators.kernels.learning.trees`."""

from __future__ import annotations

import numpy as np

from synthmill.generators.kernels.compiled import kernel
from synthmill.generators.kernels.compiled.learning.tree_splits import (
    axis,
    best_cut,
    count_bins,
    count_classes,
    has_subjects,
    mask_of_left,
    part,
    sort,
)
from synthmill.generators.kernels.learning.trees import BINS, CLASSES, I32, U8, Grown
from synthmill.generators.kernels.mix import I64, U64

_ONE = np.uint64(1)
_HALF = np.uint64(32)
_LOW = np.uint64(0xFFFFFFFF)


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
            n_classes = count_classes(target, rows, start, stop, whole, classes, slots, of_classes, codes)
        if n_classes > 1:
            before = -table[size]
            for k in range(n_classes):
                before += table[of_classes[k]]
            best = per_class * (n_classes - 1) + besides
            for f in range(len(features)):
                n_bins = count_bins(
                    features[f], rows, codes, start, stop, bins[f], n_classes, raw, counts, of_bins, present
                )
                if n_bins < 2:
                    continue
                if not ordered[f]:
                    axis(counts, of_bins, of_classes, n_bins, n_classes, places, averages)
                sort(order, averages, n_bins, ordered[f])
                best, at = best_cut(
                    table, counts, of_bins, of_classes, order, n_bins, n_classes,
                    least_rows, size, before, best, lefts,
                )  # fmt: skip
                if at >= 0:
                    chosen = f
                    left_mask = mask_of_left(present, order, of_bins, n_bins, at, size, ordered[f])
        if chosen >= 0 and not has_subjects(
            features[chosen], left_mask, rows, subjects, start, stop, least_subjects
        ):
            chosen = np.int64(-1)
        if chosen < 0:
            feature[nodes], mask[nodes], right[nodes], worth[nodes] = -1, np.uint64(0), leaves, 0
            starts[leaves] = start
            leaves += 1
        else:
            middle = part(features[chosen], left_mask, rows, start, stop, spare)
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
    return Grown(
        feature[:nodes].copy(),
        mask[:nodes].copy(),
        right[:nodes].copy(),
        starts[: leaves + 1].copy(),
        rows,
        worth[:nodes].copy(),
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
