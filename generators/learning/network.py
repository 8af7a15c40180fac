"""A Bayesian network: which two variables, of those before it in the order, each depends on."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from synthmill.generators.kernels.learning.trees import BINS, CLASSES, gain_table
from synthmill.generators.kernels.mix import I64
from synthmill.generators.learning.variables import UNSEEN, UNSEEN_CLASS, Variable

U8 = npt.NDArray[np.uint8]

MOST_PARENTS = 2
MOST_ROWS = 20_000
"""Parents are chosen by so many rows."""


def parents_of(variable: Variable, codes: I64, features: U8) -> tuple[int, ...]:
    """The features that say the most of a variable: the first by itself, the second beside the first.

    By (conditional) mutual information less what chance would give it, half a nat for each cell (Miller and
    Madow 1955); in whole numbers.
    """
    codes, features = codes[:MOST_ROWS], features[:, :MOST_ROWS]
    seen = codes != UNSEEN
    target = np.where(seen, variable.classes[np.where(seen, codes, 0)], UNSEEN_CLASS).astype(np.int64)
    table = gain_table(len(codes))
    given, found = np.zeros(len(codes), np.int64), list[int]()
    for _ in range(min(MOST_PARENTS, len(features))):
        gains = [
            -1 if at in found else information(target, features[at].astype(np.int64), given, table)
            for at in range(len(features))
        ]
        best = int(np.argmax(gains))
        if gains[best] <= 0:
            break
        found.append(best)
        given = given * BINS + features[best]
    return tuple(sorted(found))


def information(target: I64, feature: I64, given: I64, table: I64) -> int:
    """What a feature says of the target where `given` is known, in units of `table`, less chance's part."""
    both = given * BINS + feature
    cells, pairs, features, groups = (
        np.unique(one, return_counts=True)[1]
        for one in (both * CLASSES + target, given * CLASSES + target, both, given)
    )
    gain = int(table[cells].sum() - table[features].sum() - table[pairs].sum() + table[groups].sum())
    freedom = len(cells) - len(features) - len(pairs) + len(groups)
    # A gain of half a nat is 0.72 bits, and x log2 x of 2 is 2 bits.
    return gain - max(0, freedom) * int(table[2]) * 36 // 100


def order_of(variables: Sequence[Variable]) -> list[int]:
    """Variables of fewer classes first: the fewer, the less two parents leave unsaid."""
    return sorted(range(len(variables)), key=lambda place: (variables[place].class_count, place))
