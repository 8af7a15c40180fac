"""Choosing among weighted values: exact whole-number thresholds and a guide to find them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from synthmill.generators.kernels.backend import Twin
from synthmill.generators.kernels.mix import I64, U64


@dataclass(frozen=True, eq=False)
class Discrete:
    """A distribution over 0 .. n - 1, compiled by `discrete`."""

    thresholds: U64
    """thresholds[i - 1] is the least u that gives i or more."""
    guide: I64
    """For the leading bits of u: the value that the least such u gives."""
    split: npt.NDArray[np.bool_]
    """For the leading bits of u: whether a threshold lies between the u that begin so."""
    shift: int

    def draw(self, u: U64) -> I64:
        """The value for each u: one look-up, and a binary search where the leading bits can't tell."""
        return draw(self.thresholds, self.guide, self.split, self.shift, u)


@Twin
def draw(thresholds: U64, guide: I64, split: npt.NDArray[np.bool_], shift: int, u: U64) -> I64:
    """See `Discrete`."""
    cell = (u >> np.uint64(shift)).view(np.int64)
    values: I64 = guide[cell]
    unsure = np.flatnonzero(split[cell])
    values[unsure] = np.searchsorted(thresholds, u[unsure], side="right")
    return values


def discrete(weights: Sequence[float]) -> Discrete:
    """Probabilities in proportion to the weights, exact to 2**-64. Some weight must be positive, none less.

    The thresholds are computed in whole numbers, so they are the same on every machine.
    """
    ratios = [weight.as_integer_ratio() for weight in weights]
    scale = max(denominator for _, denominator in ratios)
    whole = [numerator * (scale // denominator) for numerator, denominator in ratios]
    while whole[-1] == 0:
        whole.pop()
    total, reached, thresholds = sum(whole), 0, []
    for weight in whole[:-1]:
        reached += weight
        thresholds.append((reached << 64) // total)
    bits = min(16, max(8, (len(whole) * 8).bit_length()))
    limits = np.array(thresholds, np.uint64)
    starts = np.arange(2**bits, dtype=np.uint64) << np.uint64(64 - bits)
    ends = starts + np.uint64(2 ** (64 - bits) - 1)
    guide = np.searchsorted(limits, starts, side="right").astype(np.int64)
    return Discrete(limits, guide, np.searchsorted(limits, ends, side="right") != guide, 64 - bits)
