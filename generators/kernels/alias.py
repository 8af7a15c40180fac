"""Choosing among weighted values by an alias table, or by one for each of many groups: one look-up.

A. J. Walker (1977), built as M. D. Vose did (1991), in whole numbers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from synthmill.generators.kernels.backend import Twin
from synthmill.generators.kernels.integers import bounded
from synthmill.generators.kernels.mix import I64, U32, U64


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


@dataclass(frozen=True, eq=False)
class GroupedAlias:
    """A distribution over the members of each group, compiled by `grouped`."""

    starts: I64
    """Where each group's members begin, and where the last's end: one more than there are groups."""
    limits: U64
    """By slot: below how much of the rest of u it is the slot's own member."""
    own: I64
    """The member of each slot."""
    others: I64
    """By slot: the member otherwise."""

    def draw(self, groups: I64, u: U64) -> I64:
        """A member of each group; `groups` are from 0, and `u` 64 random bits for each."""
        counts = (self.starts[1:] - self.starts[:-1])[groups].view(np.uint64)
        slots = self.starts[groups] + bounded(u, counts).view(np.int64)
        # The product's lower half is what is left of u within the slot.
        chosen: I64 = np.where(u * counts < self.limits[slots], self.own[slots], self.others[slots])
        return chosen


def grouped(groups: Sequence[Sequence[int]], weights: Sequence[float]) -> GroupedAlias:
    """Each group is a list of members, which are places among the weights; all of these are positive.

    A member's probability is its weight among its group's, to n * 2**-64 in a group of n.
    """
    starts = np.cumsum([0, *map(len, groups)]).astype(np.int64)
    own = np.array([member for group in groups for member in group], np.int64)
    tables = [alias(_whole([weights[member] for member in group])) for group in groups]
    limits = np.concatenate([np.zeros(0, np.uint64), *(table.limits for table in tables)])
    places = [table.others.astype(np.int64) + start for table, start in zip(tables, starts[:-1], strict=True)]
    others = own[np.concatenate([np.zeros(0, np.int64), *places])]
    return GroupedAlias(starts, limits, own, others)


def _whole(weights: Sequence[float]) -> list[int]:
    """The same weights as whole numbers: a double is a whole number of halves of halves."""
    ratios = [weight.as_integer_ratio() for weight in weights]
    scale = max(denominator for _, denominator in ratios)
    return [numerator * (scale // denominator) for numerator, denominator in ratios]
