"""Classification trees in whole numbers: grown from counts, walked by rows, with weighted draws.

A tree's nodes stand in preorder: the left child of node i is i + 1. A node sends a row to the left where the
row's bin of the node's feature is set in the node's mask of 64 bits. Gains are sums of x log2 x from a table
of whole numbers, so the same counts give the same tree on every machine.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from synthmill.generators.kernels.backend import Twin, twin_of_work
from synthmill.generators.kernels.elementary import log
from synthmill.generators.kernels.mix import I64, U64

U8 = npt.NDArray[np.uint8]
I32 = npt.NDArray[np.int32]

BINS = 64
"""Of a feature: a bit each of a node's mask."""
CLASSES = 33
"""Of a target, at most."""
GAIN_UNIT = 2**20
"""Of which one bit of gain is made."""
_BITS = 1.4426950408889634
_AXIS_ROUNDS = 4
_AXIS_UNIT = 2**20


class Grown(NamedTuple):
    """A tree, and where its leaves' rows stand."""

    feature: I32
    """Of each node, -1 for a leaf."""
    mask: U64
    """Of each node: the bins that go to the left."""
    right: I32
    """Of each node: its right child; of a leaf: the leaf's number."""
    starts: I64
    """Of each leaf: where its rows begin in `rows`, and where the last one's end."""
    rows: I32
    """All rows, leaf after leaf; of a leaf in rising order."""
    worth: I64
    """Of each node that splits: the highest price of a class, `limits[3]`, at which it does; else 0."""


def gain_table(most: int) -> I64:
    """x log2 x for x from 0 to `most`, in units of GAIN_UNIT; to half a unit and an ulp."""
    x = np.arange(1, most + 1, dtype=np.float64)
    scaled = np.rint(x * log(x) * (_BITS * GAIN_UNIT)).astype(np.int64)
    return np.concatenate([np.zeros(1, np.int64), scaled])


def _work(bins: I64, ordered: I64, table: I64, limits: I64, features: U8, subjects: I32, target: U8) -> int:
    """Cells that are counted at the levels of a tree that isn't deep."""
    return 8 * features.size


@twin_of_work(_work)
def grow(
    bins: I64,
    ordered: I64,
    table: I64,
    limits: I64,
    features: U8,
    subjects: I32,
    target: U8,
) -> Grown:
    """Grow a tree for a target from features.

    `features` is of shape (features, rows), bins from 0 to 63; `bins` says how many each has, `ordered`
    whether they mean an order (1) or not (0). `target` holds classes below CLASSES. Rows of a subject stand
    together. `table` is a gain_table of as many rows. `limits`: the fewest rows of a leaf, the fewest
    subjects of one, the most nodes, the gain that a split must bring for each class that is there but one,
    and the gain that it must bring besides.
    """
    rows = np.arange(len(target), dtype=np.int32)
    feature, mask, right, starts, worth = list[int](), list[int](), list[int](), list[int](), list[int]()
    least_rows, least_subjects, most_nodes = (int(one) for one in limits[:3])
    waiting = [(0, len(rows), -1)]
    planned = 1
    while waiting:
        start, stop, parent = waiting.pop()
        if parent >= 0:
            right[parent] = len(feature)
        here = rows[start:stop]
        found = None
        if stop - start >= 2 * least_rows and planned + 2 <= most_nodes:
            found = _best_split(features[:, here], bins, ordered, target[here], table, limits)
        if found is not None:
            chosen, left_bins, price = found
            left = (np.uint64(left_bins) >> features[chosen, here].astype(np.uint64)) & np.uint64(1) == 1
            if min(_subjects(subjects[here[left]]), _subjects(subjects[here[~left]])) < least_subjects:
                found = None
        if found is None:
            feature.append(-1)
            mask.append(0)
            right.append(len(starts))
            worth.append(0)
            starts.append(start)
            continue
        planned += 2
        rows[start:stop] = np.concatenate([here[left], here[~left]])
        middle = start + int(left.sum())
        node = len(feature)
        feature.append(chosen)
        mask.append(left_bins)
        right.append(0)
        worth.append(price)
        waiting += [(middle, stop, node), (start, middle, -1)]
    return Grown(
        np.array(feature, np.int32),
        np.array(mask, np.uint64),
        np.array(right, np.int32),
        np.array([*starts, len(rows)], np.int64),
        rows,
        np.array(worth, np.int64),
    )


def pruned(tree: Grown, price: int) -> Grown:
    """The tree that would have been grown at a higher price of a class: a node's split doesn't depend on it,
    only whether it splits. Rows of a leaf come in the order of the leaves that it was before."""
    before: I64 = np.cumsum(tree.feature < 0) - (tree.feature < 0)
    inner, right = (tree.feature >= 0).tolist(), tree.right.tolist()
    splits = ((tree.feature >= 0) & (tree.worth >= price)).tolist()
    kept, at = list[int](), 0
    while at < len(inner):
        kept.append(at)
        if not splits[at]:
            while inner[at]:
                at = right[at]
        at += 1
    nodes = np.array(kept)
    leaf = ~np.array(splits)[nodes]
    place = np.zeros(len(inner), np.int32)
    place[nodes] = np.arange(len(nodes))
    return Grown(
        np.where(leaf, -1, tree.feature[nodes]).astype(np.int32),
        np.where(leaf, 0, tree.mask[nodes]).astype(np.uint64),
        np.where(leaf, np.cumsum(leaf) - 1, place[np.where(leaf, 0, tree.right[nodes])]).astype(np.int32),
        np.append(tree.starts[before[nodes[leaf]]], len(tree.rows)),
        tree.rows,
        np.where(leaf, 0, tree.worth[nodes]),
    )


def _subjects(subjects: I32) -> int:
    """How many there are, of rows of which a subject's stand together."""
    return 1 + int(np.count_nonzero(subjects[1:] != subjects[:-1])) if len(subjects) else 0


def _best_split(
    features: U8, bins: I64, ordered: I64, target: U8, table: I64, limits: I64
) -> tuple[int, int, int] | None:
    """The feature, the bins that go to the left, and what the split is worth; None where none is enough."""
    whole = np.bincount(target, minlength=CLASSES)
    classes = np.flatnonzero(whole)
    rows = len(target)
    before = int(table[whole].sum() - table[rows])
    best = int(limits[3]) * (len(classes) - 1) + int(limits[4])
    found = None
    for number, feature in enumerate(features):
        counts = np.bincount(
            feature.astype(np.int64) * CLASSES + target, minlength=int(bins[number]) * CLASSES
        ).reshape(-1, CLASSES)[:, classes]
        present = np.flatnonzero(counts.sum(axis=1))
        if len(present) < 2:
            continue
        counts = counts[present]
        if not ordered[number]:
            order = np.argsort(_axis(counts), kind="stable")
            present, counts = present[order], counts[order]
        lefts = np.cumsum(counts, axis=0)[:-1]
        left_rows = lefts.sum(axis=1)
        gains = (
            table[lefts].sum(axis=1)
            + table[whole[classes] - lefts].sum(axis=1)
            - table[left_rows]
            - table[rows - left_rows]
            - before
        )
        gains[(left_rows < limits[0]) | (rows - left_rows < limits[0])] = 0
        at = int(np.argmax(gains))
        if gains[at] > best:
            best = int(gains[at])
            left_bins = _left_bins(present, at, int(left_rows[at]), rows, int(ordered[number]))
            found = number, left_bins, (best - int(limits[4]) - 1) // (len(classes) - 1)
    return found


def _axis(counts: I64) -> I64:
    """Where the bins lie on the first axis of the correspondence analysis of bins and classes.

    By reciprocal averaging (Hill 1973), some rounds of it, in whole numbers.
    """
    of_bins, of_classes = counts.sum(axis=1), counts.sum(axis=0)
    places = np.arange(counts.shape[1], dtype=np.int64) * _AXIS_UNIT
    averages: I64 = (counts * places).sum(axis=1) // of_bins
    if counts.shape[1] == 2:
        return averages
    for _ in range(_AXIS_ROUNDS):
        places = (counts.T * averages).sum(axis=1) // of_classes
        places = places - int((places * of_classes).sum()) // int(of_classes.sum())
        widest = int(np.abs(places).max())
        if widest == 0:
            return averages
        places = places * _AXIS_UNIT // widest
        averages = (counts * places).sum(axis=1) // of_bins
    return averages


def _left_bins(present: I64, at: int, left_rows: int, rows: int, ordered: int) -> int:
    """As a mask. Bins that no row has go with their neighbours, or to the side with more rows."""
    if ordered:
        return int((1 << ((int(present[at]) + int(present[at + 1]) + 1) // 2)) - 1)
    left = sum(1 << int(one) for one in present[: at + 1])
    if 2 * left_rows > rows:
        right = sum(1 << int(one) for one in present[at + 1 :])
        return int((2**BINS - 1) & ~right)
    return int(left)


@Twin
def descend(feature: I32, mask: U64, right: I32, features: U8, leaves: I32) -> I32:
    """The leaf of each row, written to `leaves`; `features` is of shape (features, rows)."""
    waiting = [(0, np.arange(len(leaves)))]
    while waiting:
        node, rows = waiting.pop()
        if not len(rows):
            continue
        chosen = int(feature[node])
        if chosen < 0:
            leaves[rows] = right[node]
            continue
        left = (mask[node] >> features[chosen, rows].astype(np.uint64)) & np.uint64(1) == 1
        waiting += [(node + 1, rows[left]), (int(right[node]), rows[~left])]
    return leaves


@Twin
def pick(starts: I64, sums: I64, groups: I32, u: U64) -> tuple[I32, U64]:
    """A member of each group by weight, as a place in `sums`; and what is left of u.

    The members of group g stand from starts[g] to starts[g + 1] - 1, with the running sums of their whole
    weights, which stay below 2**32; what is left of u is as random as it was, but for those bits.
    """
    first, last = starts[groups], starts[groups + 1] - 1
    totals = sums[last].view(np.uint64)
    wanted = _high_product(u, totals).view(np.int64)
    low, high = first, last
    while bool((low < high).any()):
        middle = (low + high) >> 1
        above = sums[middle] > wanted
        low, high = np.where(above, low, middle + 1), np.where(above, middle, high)
        low = np.minimum(low, high)
    return low.astype(np.int32), u * totals


def _high_product(u: U64, count: U64) -> U64:
    """floor(u * count / 2**64), for counts below 2**32."""
    half = np.uint64(32)
    found: U64 = ((u >> half) * count + (((u & np.uint64(0xFFFFFFFF)) * count) >> half)) >> half
    return found
