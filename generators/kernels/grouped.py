"""Choosing among weighted values of one of many groups, by one look-up each (Walker 1977's alias method)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from synthmill.generators.kernels.integers import bounded
from synthmill.generators.kernels.mix import I64, U64

_WHOLE = 1 << 64


@dataclass(frozen=True, eq=False)
class GroupedDiscrete:
    """A distribution over the members of each group, compiled by `grouped`."""

    starts: I64
    """Where each group's members begin, and where the last's end: one more than there are groups."""
    thresholds: U64
    """For each slot, the least fraction that gives the alias instead of the member of the slot itself."""
    own: I64
    """The member of each slot."""
    alias: I64

    def draw(self, groups: I64, u: U64) -> I64:
        """A member of each group; `groups` are from 0, and `u` 64 random bits for each."""
        counts = (self.starts[1:] - self.starts[:-1])[groups].view(np.uint64)
        slots = self.starts[groups] + bounded(u, counts).view(np.int64)
        # The product's lower half is what is left of u within the slot.
        chosen: I64 = np.where(u * counts < self.thresholds[slots], self.own[slots], self.alias[slots])
        return chosen


def grouped(groups: Sequence[Sequence[int]], weights: Sequence[float]) -> GroupedDiscrete:
    """Each group is a list of members, which are places among the weights; all of these are positive.

    A member's probability is its weight among its group's, to n / 2**64 in a group of n. Slots are computed
    in whole numbers, so they are the same on every machine.
    """
    starts = np.cumsum([0, *map(len, groups)]).astype(np.int64)
    thresholds = np.zeros(int(starts[-1]), np.uint64)
    own = np.array([member for group in groups for member in group], np.int64)
    alias = own.copy()
    for group, start in zip(groups, starts.tolist(), strict=False):
        for slot, (limit, other) in enumerate(_slots([weights[member] for member in group])):
            thresholds[start + slot] = min(limit, _WHOLE - 1)
            alias[start + slot] = group[other]
    return GroupedDiscrete(starts, thresholds, own, alias)


def _slots(weights: Sequence[float]) -> list[tuple[int, int]]:
    """For each member the threshold of its slot, in 2**-64, and the other member that shares it."""
    ratios = [weight.as_integer_ratio() for weight in weights]
    scale = max(denominator for _, denominator in ratios)
    whole = [numerator * (scale // denominator) for numerator, denominator in ratios]
    total, count = sum(whole), len(whole)
    left = [weight * count for weight in whole]
    small = [at for at, mass in enumerate(left) if mass < total]
    large = [at for at, mass in enumerate(left) if mass >= total]
    found = [(_WHOLE, at) for at in range(count)]
    while small and large:
        low, high = small.pop(), large[-1]
        found[low] = ((left[low] << 64) // total, high)
        left[high] -= total - left[low]
        if left[high] < total:
            small.append(large.pop())
    return found
