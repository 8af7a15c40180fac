"""Random numbers in order, each found by its rank alone.

`count` numbers evenly spread below 2**64, sorted: which is the one of rank r? How many lie in the lower half
is a binomial number; so is how many of those lie in the lower half of that half, and so on, each drawn under
a key of its own, down to leaves of some ten. Their numbers are drawn one by one and sorted. The upper part
of this tree is drawn when it is compiled.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from synthmill.generators.kernels.elementary import normal_quantile, open_unit
from synthmill.generators.kernels.mix import F64, I64, U64, mix, mix_children

_LEAF = 12
"""Numbers in a leaf, on average, at most."""
_KEPT = 16
"""Levels of the tree that are kept, at most: half a MiB."""
_FEW = 256
"""Up to so many coins are thrown one by one."""
_ONE = np.uint64(1)


@dataclass(frozen=True, eq=False)
class OrderStatistics:
    """Sorted random numbers, compiled by `order_statistics`."""

    count: int
    splits: int
    """Those of the tree's nodes, under which the halves are drawn."""
    draws: int
    """The key of the numbers themselves."""
    levels: int
    """There are 2**levels leaves."""
    starts: I64
    """The ranks at which the nodes of the lowest level that is kept begin; the last entry is the count."""

    def draw(self, ranks: U64) -> U64:
        """The number of each rank, below 2**64; ranks in any order, quickest where neighbours are near."""
        wanted = ranks.view(np.int64)
        if len(wanted) < 2 or bool(np.all(wanted[1:] >= wanted[:-1])):
            return self._sorted(wanted)
        order = np.argsort(wanted, kind="stable")
        result = np.empty_like(ranks)
        result[order] = self._sorted(wanted[order])
        return result

    def _sorted(self, ranks: I64) -> U64:
        kept = (len(self.starts) - 1).bit_length() - 1
        first, last = np.searchsorted(self.starts, ranks[[0, -1]], side="right") if len(ranks) else (1, 0)
        nodes = np.arange(first - 1, last, dtype=np.int64)
        starts, counts = self.starts[nodes], self.starts[nodes + 1] - self.starts[nodes]
        nodes, starts, counts, members = _wanted(ranks, nodes, starts, counts)
        for level in range(kept, self.levels):
            lower = _halves(self.splits, (nodes + (1 << level)).view(np.uint64), counts)
            nodes, starts, counts, members = _wanted(ranks, *_children(nodes, starts, counts, lower))
        before = np.cumsum(counts) - counts
        at = np.arange(counts.sum()) + np.repeat(starts - before, counts)
        u = mix(self.draws, at.view(np.uint64))
        if self.levels:
            u >>= np.uint64(self.levels)
            u |= np.repeat(nodes.view(np.uint64) << np.uint64(64 - self.levels), counts)
        u.sort()
        result: U64 = u[ranks + np.repeat(before - starts, members)]
        return result


def order_statistics(count: int, splits: int, draws: int) -> OrderStatistics:
    """Compile `count` sorted numbers under two keys of theirs."""
    levels = max(0, (count // _LEAF).bit_length() - 1) + (count > _LEAF)
    counts = np.array([count], np.int64)
    for level in range(min(levels, _KEPT)):
        nodes = np.arange(1 << level, 2 << level, dtype=np.uint64)
        lower = _halves(splits, nodes, counts)
        counts = np.stack((lower, counts - lower), axis=1).ravel()
    starts = np.concatenate((np.zeros(1, np.int64), np.cumsum(counts)))
    return OrderStatistics(count, splits, draws, levels, starts)


def _children(nodes: I64, starts: I64, counts: I64, lower: I64) -> tuple[I64, I64, I64]:
    return (
        np.stack((2 * nodes, 2 * nodes + 1), axis=1).ravel(),
        np.stack((starts, starts + lower), axis=1).ravel(),
        np.stack((lower, counts - lower), axis=1).ravel(),
    )


def _wanted(ranks: I64, nodes: I64, starts: I64, counts: I64) -> tuple[I64, I64, I64, I64]:
    """Those of some nodes, in order, in which there are ranks, and how many there are in each."""
    members = np.searchsorted(ranks, starts + counts) - np.searchsorted(ranks, starts)
    some = members > 0
    return nodes[some], starts[some], counts[some], members[some]


def _halves(key: int, nodes: U64, counts: I64) -> I64:
    """How many of each node's numbers lie in its lower half."""
    u = mix(key, nodes)
    lower = np.empty(len(counts), np.int64)
    many = counts > _FEW
    lower[many] = _by_quantile(u[many], counts[many])
    lower[~many] = _by_coins(u[~many], counts[~many])
    return lower


def _by_coins(keys: U64, counts: I64) -> I64:
    """A bit of a random word for each number."""
    words = (counts + 63) >> 6
    ends = np.cumsum(words)
    owners = np.repeat(np.arange(len(counts)), words)
    place = np.arange(len(owners)) - (ends - words)[owners]
    bits = mix_children(keys, owners, place.view(np.uint64))
    left = np.minimum(counts[owners] - 64 * place, 64)
    bits >>= (64 - left).view(np.uint64)
    summed = np.concatenate((np.zeros(1, np.int64), np.cumsum(_ones(bits))))
    return summed[ends] - summed[ends - words]


def _ones(bits: U64) -> I64:
    """The bits that are set in each word."""
    x = bits - ((bits >> _ONE) & np.uint64(0x5555555555555555))
    x = (x & np.uint64(0x3333333333333333)) + ((x >> np.uint64(2)) & np.uint64(0x3333333333333333))
    x = (x + (x >> np.uint64(4))) & np.uint64(0x0F0F0F0F0F0F0F0F)
    return ((x * np.uint64(0x0101010101010101)) >> np.uint64(56)).view(np.int64)


def _by_quantile(u: U64, counts: I64) -> I64:
    """The binomial's quantile from the normal's, by Cornish and Fisher's expansion to the order of 1 / n.

    Mean, variance and kurtosis are the binomial's; from 257 on the probability of at most any number is off
    by less than 1e-6.
    """
    n = counts.astype(np.float64)
    z = normal_quantile(open_unit(u))
    z = z - z * (z * z - 3.0) / (12.0 * n)
    # Rounding to whole numbers adds 1 / 12 to the variance.
    found: F64 = np.floor(0.5 * n + np.sqrt((3.0 * n - 1.0) / 12.0) * z + 0.5)
    return np.minimum(np.maximum(found, 0.0), n).astype(np.int64)
