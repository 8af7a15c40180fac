"""Gradient-boosted trees over histograms of small codes, in integers: equal rows make equal trees
everywhere.

Boosting after Friedman (2001, Greedy Function Approximation) with second-order leaves (Chen and Guestrin
2016, XGBoost, equation 5), trees that grow at the leaf that gains most, histograms of at most 256 codes a
column and the smaller child's histogram taken from its parent's (Ke et al. 2017, LightGBM). A split of
categories is one of their order by mean gradient (Fisher 1958, On Grouping for Maximum Homogeneity).
Gradients are integers of 14 bits, so that no sum depends on its order; of floating point there are the
gains and the leaves alone.
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from synthmill.generators.kernels.backend import twin_of_work
from synthmill.generators.kernels.elementary import exp
from synthmill.generators.kernels.mix import F64, I64

Codes = npt.NDArray[np.uint8]
"""Rows by columns. Code 0 is what is missing; 1, 2 ... rise with a number, or name a category."""
Flags = npt.NDArray[np.bool_]

MAX_ROWS = 100_000
"""Of a fit: the sums of gradients have 32 bits."""
CODES = 256
SCORE_BITS = 20
"""A score of 1 is 2**20: log odds, or standard deviations of the target."""
GRADIENT_BITS = 14
_UNIT = 1 << GRADIENT_BITS
_STEPS_BITS = 10
_FARTHEST = 16
"""Log odds beyond which a probability is that of 16: it differs from 0 and 1 in no bit that is kept."""
PENALTY = float(_UNIT)
"""Added to each sum of second derivatives: 1, as in XGBoost."""
CATEGORY_PENALTY = 10.0 * _UNIT
"""Added to it for the order of categories, so that rare ones don't lead."""
LEAST = 20 * (_UNIT >> 2)
"""Of the second derivatives of a leaf: 20 rows at even odds."""
_SQUARED_SHIFT = SCORE_BITS - GRADIENT_BITS + 2
_SQUARED_SECOND = _UNIT >> 2


class Trees(NamedTuple):
    """What was fitted. Node k of a tree was its k-th split; a child is a node, or a leaf l as ~l."""

    splits: I64
    """Of each tree: how many."""
    columns: I64
    """Trees by nodes: the column that is looked at."""
    lefts: Codes
    """Trees by nodes by codes: 1 where a row with this code goes left."""
    children: I64
    """Trees by nodes by two."""
    leaves: I64
    """Trees by leaves: what is added to the score."""
    gains: F64
    """Of each column: the sum of what its splits gained."""


@cache
def probabilities() -> I64:
    """Of scores from -16 to 16 in steps of 2**-10: the probability, of which 1 is 2**14."""
    steps = np.arange(-_FARTHEST << _STEPS_BITS, (_FARTHEST << _STEPS_BITS) + 1, dtype=np.float64)
    odds = exp(-steps / (1 << _STEPS_BITS))
    found: I64 = np.floor(_UNIT / (1.0 + odds) + 0.5).astype(np.int64)
    return found


def gradients(scores: I64, targets: I64, logistic: bool) -> tuple[I64, I64]:
    """First and second derivatives of the loss: logistic, or squared up to four standard deviations."""
    if logistic:
        steps = (scores >> (SCORE_BITS - _STEPS_BITS)) + (_FARTHEST << _STEPS_BITS)
        p = probabilities()[np.clip(steps, 0, 2 * _FARTHEST << _STEPS_BITS)]
        return p - (targets << GRADIENT_BITS), np.maximum((p * (_UNIT - p)) >> GRADIENT_BITS, 1)
    first = np.clip((scores - targets) >> _SQUARED_SHIFT, -_UNIT, _UNIT)
    return first, np.full(len(first), _SQUARED_SECOND, np.int64)


@twin_of_work(lambda codes, categorical, targets, rows, logistic, start, trees, most: len(rows) * trees)
def boosted(
    codes: Codes,
    categorical: Flags,
    targets: I64,
    rows: I64,
    logistic: bool,
    start: int,
    trees: int,
    most: int,
) -> Trees:
    """Fit `trees` trees with at most `most` leaves each on some `rows` of `codes`, at a rate of 0.1.

    `targets` has one for each row of `codes`: 0 or 1 if `logistic`, else the target in units of 2**-20
    standard deviations. `start` is every row's score before the first tree, in the same units. At most
    MAX_ROWS rows.
    """
    columns = codes.shape[1]
    found = empty_trees(trees, most, columns)
    scores = np.full(len(rows), start, np.int64)
    mine = codes[rows].astype(np.int64) + np.arange(columns) * CODES
    for tree in range(trees):
        first, second = gradients(scores, targets[rows], logistic)
        members = [np.arange(len(rows))]
        sums = [_sums(mine, first, second, members[0], columns)]
        best = [_best(sums[0], categorical)]
        held = [(-1, 0)]
        for node in range(most - 1):
            leaf = max(range(len(best)), key=lambda one: (best[one][0], -one))
            gain, column, left = best[leaf]
            if gain <= 0.0:
                break
            found.gains[column] += gain
            found.columns[tree, node], found.lefts[tree, node] = column, left
            if held[leaf][0] >= 0:
                found.children[tree, held[leaf][0], held[leaf][1]] = node
            found.children[tree, node] = ~leaf, ~len(members)
            held[leaf] = (node, 0)
            held.append((node, 1))
            goes = left[mine[members[leaf], column] - column * CODES] == 1
            parts = members[leaf][goes], members[leaf][~goes]
            smaller = int(len(parts[1]) < len(parts[0]))
            few = _sums(mine, first, second, parts[smaller], columns)
            rest = sums[leaf][0] - few[0], sums[leaf][1] - few[1]
            pair = (few, rest) if smaller == 0 else (rest, few)
            members[leaf], sums[leaf], best[leaf] = parts[0], pair[0], _best(pair[0], categorical)
            members.append(parts[1])
            sums.append(pair[1])
            best.append(_best(pair[1], categorical))
            found.splits[tree] = node + 1
        for leaf, (inside, (g, h)) in enumerate(zip(members, sums, strict=True)):
            value = leaf_value(int(g[0].sum()), int(h[0].sum()))
            found.leaves[tree, leaf] = value
            scores[inside] += value
    return found


def empty_trees(trees: int, most: int, columns: int) -> Trees:
    return Trees(
        np.zeros(trees, np.int64),
        np.zeros((trees, most - 1), np.int64),
        np.zeros((trees, most - 1, CODES), np.uint8),
        np.zeros((trees, most - 1, 2), np.int64),
        np.zeros((trees, most), np.int64),
        np.zeros(columns),
    )


def leaf_value(first: int, second: int) -> int:
    """A tenth of the step that is best for these rows, in units of 2**-20."""
    return int(np.floor(-0.1 * first / (second + PENALTY) * (1 << SCORE_BITS) + 0.5))


def _sums(mine: I64, first: I64, second: I64, inside: I64, columns: int) -> tuple[I64, I64]:
    """Columns by codes: the sums of first and of second derivatives. Doubles hold them exactly."""
    flat = mine[inside].ravel()
    shape, size = (columns, CODES), columns * CODES
    g = np.bincount(flat, np.repeat(first[inside], columns), size).reshape(shape).astype(np.int64)
    h = np.bincount(flat, np.repeat(second[inside], columns), size).reshape(shape).astype(np.int64)
    return g, h


def _best(sums: tuple[I64, I64], categorical: Flags) -> tuple[float, int, Codes]:
    """What the best split gains, its column, and the codes that go left. Of equal ones the first."""
    g, h = sums
    order = np.broadcast_to(np.arange(CODES), g.shape).copy()
    means = g[categorical] / (h[categorical] + CATEGORY_PENALTY)
    order[categorical] = np.argsort(np.where(h[categorical] > 0, means, np.inf), axis=1, kind="stable")
    below_g = np.cumsum(np.take_along_axis(g, order, 1), axis=1)
    below_h = np.cumsum(np.take_along_axis(h, order, 1), axis=1)
    # What is missing goes to the left of all numbers, or, in the second half, to their right.
    left_g = np.stack((below_g, below_g - below_g[:, :1]), 1)
    left_h = np.stack((below_h, below_h - below_h[:, :1]), 1)
    left_h[categorical | (h[:, 0] == 0), 1] = 0
    all_g, all_h = below_g[:, -1:, None], below_h[:, -1:, None]
    right_g, right_h = all_g - left_g, all_h - left_h
    whole = all_g.astype(np.float64) * all_g / (all_h + PENALTY)
    gains = (
        left_g.astype(np.float64) * left_g / (left_h + PENALTY)
        + right_g.astype(np.float64) * right_g / (right_h + PENALTY)
        - whole
    )
    gains[(left_h < LEAST) | (right_h < LEAST)] = 0.0
    column, side, place = np.unravel_index(int(np.argmax(gains)), gains.shape)
    left = np.zeros(CODES, np.uint8)
    left[order[column, : place + 1]] = 1
    if side == 1:
        left[0] = 0
    return float(gains[column, side, place]), int(column), left


@twin_of_work(lambda codes, start, trees: len(codes) * len(trees.splits))
def scored(codes: Codes, start: int, trees: Trees) -> I64:
    """The score of each row: `start` and a leaf of each tree."""
    scores = np.full(len(codes), start, np.int64)
    everyone = np.arange(len(codes))
    for tree in range(len(trees.splits)):
        if not trees.splits[tree]:
            scores += trees.leaves[tree, 0]
            continue
        at = np.zeros(len(codes), np.int64)
        going = everyone
        while len(going):
            node = at[going]
            code = codes[going, trees.columns[tree, node]]
            at[going] = trees.children[tree, node, 1 - trees.lefts[tree, node, code].astype(np.int64)]
            going = going[at[going] >= 0]
        scores += trees.leaves[tree, ~at]
    return scores
