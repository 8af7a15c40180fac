"""Choosing among weighted values by an alias table: one look-up, whatever the weights.

A. J. Walker (1977), built as M. D. Vose did (1991), in whole numbers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from synthmill.generators.kernels.backend import Twin
from synthmill.generators.kernels.integers import bounded
from synthmill.generators.kernels.mix import U32, U64


@dataclass(frozen=True, eq=False)
class Alias:
    """A distribution over 0 .. n - 1, compiled by `alias`."""

    limits: U64
    """By column: below how much of the rest of u it is the column's own value."""
    others: U32
    """By column: the value otherwise."""

    def draw(self, u: U64) -> U32:
        """The value for each u."""
        return draw(self.limits, self.others, u)


@Twin
def draw(limits: U64, others: U32, u: U64) -> U32:
    """See `Alias`: u times the number of columns is a column and, in 64 bits behind it, the rest."""
    column = bounded(u, len(limits))
    own = u * np.uint64(len(limits)) < limits[column]
    values: U32 = np.where(own, column.astype(np.uint32), others[column])
    return values


def alias(weights: Sequence[int]) -> Alias:
    """Probabilities in proportion to the weights, to n * 2**-64. Some weight must be positive, none less.

    The table is computed in whole numbers, so it is the same on every machine.
    """
    n, total = len(weights), sum(weights)
    # By value: what of its probability no column has yet. A column holds `total`.
    left = [weight * n for weight in weights]
    small = [value for value in range(n) if left[value] < total]
    large = [value for value in range(n) if left[value] >= total]
    limits, others = [2**64 - 1] * n, list(range(n))
    while small and large:
        column, other = small.pop(), large[-1]
        limits[column], others[column] = (left[column] << 64) // total, other
        left[other] -= total - left[column]
        if left[other] < total:
            small.append(large.pop())
    return Alias(np.array(limits, np.uint64), np.array(others, np.uint32))
