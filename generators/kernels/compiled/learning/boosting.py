"""See `synthmill.generators.kernels.learning.boosting`."""

from __future__ import annotations

import numpy as np

from synthmill.generators.kernels.compiled import inlined, kernel
from synthmill.generators.kernels.learning import boosting as plain
from synthmill.generators.kernels.learning.boosting import (
    CATEGORY_PENALTY,
    CODES,
    GRADIENT_BITS,
    LEAST,
    PENALTY,
    SCORE_BITS,
    Codes,
    Flags,
    Trees,
    empty_trees,
    probabilities,
)
from synthmill.generators.kernels.mix import I64

_UNIT = 1 << GRADIENT_BITS
_FROM_SCORE = SCORE_BITS - plain._STEPS_BITS
_MIDDLE = plain._FARTHEST << plain._STEPS_BITS
_SQUARED_SHIFT, _SQUARED_SECOND = plain._SQUARED_SHIFT, plain._SQUARED_SECOND
_LOW = np.int64(2**32 - 1)
# A sum of first derivatives and one of second derivatives in one number: they are added at once.
_SHIFT = np.int64(32)


@inlined
def _derivatives(score, target, logistic, table):  # type: ignore[no-untyped-def]
    if logistic:
        p = table[min(max((score >> _FROM_SCORE) + _MIDDLE, 0), 2 * _MIDDLE)]
        return ((p - (target << GRADIENT_BITS)) << _SHIFT) + max((p * (_UNIT - p)) >> GRADIENT_BITS, 1)
    first = min(max((score - target) >> _SQUARED_SHIFT, -_UNIT), _UNIT)
    return (first << _SHIFT) + _SQUARED_SECOND


@inlined
def _add_up(codes, members, start, stop, both, out):  # type: ignore[no-untyped-def]
    out[:] = 0
    columns = codes.shape[1]
    for i in range(start, stop):
        row = members[i]
        one = both[row]
        for column in range(columns):
            out[column, codes[row, column]] += one


@inlined
def _order(sums, order):  # type: ignore[no-untyped-def]
    """Categories by mean gradient, and how many there are here."""
    count = 0
    means = np.empty(CODES)
    for code in range(CODES):
        second = sums[code] & _LOW
        if second == 0:
            continue
        mean = np.float64(sums[code] >> _SHIFT) / (np.float64(second) + CATEGORY_PENALTY)
        at = count
        while at > 0 and means[at - 1] > mean:
            means[at], order[at] = means[at - 1], order[at - 1]
            at -= 1
        means[at], order[at] = mean, code
        count += 1
    return count


@inlined
def _gain(left, whole, base):  # type: ignore[no-untyped-def]
    right = whole - left
    left_h, right_h = left & _LOW, right & _LOW
    if left_h < LEAST or right_h < LEAST:
        return 0.0
    left_g, right_g = np.float64(left >> _SHIFT), np.float64(right >> _SHIFT)
    return (
        left_g * left_g / (np.float64(left_h) + PENALTY)
        + right_g * right_g / (np.float64(right_h) + PENALTY)
        - base
    )


@inlined
def _find(sums, categorical, left):  # type: ignore[no-untyped-def]
    """Gain and column of the best split; the codes that go left are written to `left`."""
    best, best_column, best_place, best_side = 0.0, 0, 0, 0
    order = np.empty(CODES, np.int64)
    whole = np.int64(0)
    for code in range(CODES):
        whole += sums[0, code]
    whole_g = np.float64(whole >> _SHIFT)
    base = whole_g * whole_g / (np.float64(whole & _LOW) + PENALTY)
    for column in range(len(sums)):
        if categorical[column]:
            below = np.int64(0)
            for place in range(_order(sums[column], order)):
                below += sums[column, order[place]]
                gain = _gain(below, whole, base)
                if gain > best:
                    best, best_column, best_place, best_side = gain, column, place, 0
            continue
        for side in range(2 if sums[column, 0] & _LOW else 1):
            below = np.int64(0)
            for code in range(side, CODES):
                if sums[column, code] == 0:
                    continue
                below += sums[column, code]
                gain = _gain(below, whole, base)
                if gain > best:
                    best, best_column, best_place, best_side = gain, column, code, side
    left[:] = 0
    if categorical[best_column]:
        _order(sums[best_column], order)
        for place in range(best_place + 1):
            left[order[place]] = 1
    else:
        left[best_side : best_place + 1] = 1
    return best, best_column


@inlined
def _divide(codes, column, left, members, start, stop, spare):  # type: ignore[no-untyped-def]
    """Those that go left first, all in their order; where the others begin."""
    at, others = start, 0
    for i in range(start, stop):
        row = members[i]
        if left[codes[row, column]]:
            members[at] = row
            at += 1
        else:
            spare[others] = row
            others += 1
    members[at:stop] = spare[:others]
    return at


@inlined
def _value(whole):  # type: ignore[no-untyped-def]
    step = -0.1 * np.float64(whole >> _SHIFT) / (np.float64(whole & _LOW) + PENALTY)
    return np.int64(np.floor(step * (1 << SCORE_BITS) + 0.5))


@kernel(
    "void(uint8[:, ::1], boolean[::1], int64[::1], int64[::1], boolean, int64, int64[::1], int64[::1], "
    "int64[:, ::1], uint8[:, :, ::1], int64[:, :, ::1], int64[:, ::1], float64[::1])"
)
def _boosted(  # type: ignore[no-untyped-def]
    codes, categorical, targets, rows, logistic, start, table, splits, columns, lefts, children, leaves, gains
):
    many, most = len(rows), leaves.shape[1]
    scores = np.full(many, start, np.int64)
    both = np.empty(many, np.int64)
    members = np.empty(many, np.int64)
    spare = np.empty(many, np.int64)
    mine = np.empty((many, codes.shape[1]), np.uint8)
    for i in range(many):
        mine[i] = codes[rows[i]]
    starts, stops = np.zeros(most, np.int64), np.zeros(most, np.int64)
    sums = np.empty((most, codes.shape[1], CODES), np.int64)
    gain, column, left = np.zeros(most), np.zeros(most, np.int64), np.zeros((most, CODES), np.uint8)
    holder, side = np.zeros(most, np.int64), np.zeros(most, np.int64)
    for tree in range(len(splits)):
        for i in range(many):
            members[i] = i
            both[i] = _derivatives(scores[i], targets[rows[i]], logistic, table)
        starts[0], stops[0], holder[0], count = 0, many, -1, 1
        _add_up(mine, members, 0, many, both, sums[0])
        gain[0], column[0] = _find(sums[0], categorical, left[0])
        for node in range(most - 1):
            leaf = np.argmax(gain[:count])
            if gain[leaf] <= 0.0:
                break
            gains[column[leaf]] += gain[leaf]
            columns[tree, node], lefts[tree, node] = column[leaf], left[leaf]
            if holder[leaf] >= 0:
                children[tree, holder[leaf], side[leaf]] = node
            children[tree, node, 0], children[tree, node, 1] = ~leaf, ~count
            holder[leaf], side[leaf], holder[count], side[count] = node, 0, node, 1
            at = _divide(mine, column[leaf], left[leaf], members, starts[leaf], stops[leaf], spare)
            starts[count], stops[count], stops[leaf] = at, stops[leaf], at
            if stops[count] - at < at - starts[leaf]:
                _add_up(mine, members, at, stops[count], both, sums[count])
                sums[leaf] -= sums[count]
            else:
                sums[count] = sums[leaf]
                _add_up(mine, members, starts[leaf], at, both, sums[leaf])
                sums[count] -= sums[leaf]
            gain[leaf], column[leaf] = _find(sums[leaf], categorical, left[leaf])
            gain[count], column[count] = _find(sums[count], categorical, left[count])
            count += 1
            splits[tree] = node + 1
        for leaf in range(count):
            value = _value(sums[leaf, 0].sum())
            leaves[tree, leaf] = value
            for i in range(starts[leaf], stops[leaf]):
                scores[members[i]] += value


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
    found = empty_trees(trees, most, codes.shape[1])
    _boosted(
        np.ascontiguousarray(codes),
        categorical,
        targets,
        np.ascontiguousarray(rows),
        logistic,
        start,
        probabilities(),
        *found,
    )
    return found


@kernel(
    "void(uint8[:, ::1], int64[::1], int64[::1], int64[:, ::1], uint8[:, :, ::1], int64[:, :, ::1], "
    "int64[:, ::1])"
)
def _scored(codes, scores, splits, columns, lefts, children, leaves):  # type: ignore[no-untyped-def]
    for row in range(len(codes)):
        for tree in range(len(splits)):
            at = np.int64(0) if splits[tree] else np.int64(-1)
            while at >= 0:
                code = codes[row, columns[tree, at]]
                at = children[tree, at, 1 - lefts[tree, at, code]]
            scores[row] += leaves[tree, ~at]


def scored(codes: Codes, start: int, trees: Trees) -> I64:
    scores = np.full(len(codes), start, np.int64)
    _scored(np.ascontiguousarray(codes), scores, *trees[:5])
    return scores
