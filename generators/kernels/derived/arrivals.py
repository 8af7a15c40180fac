"""Random numbers in order, each found by its rank alone: when the n-th of all events comes.

As `kernels.processes.order_statistics`, for one set of any size: the upper part of its halves is drawn
beforehand and kept, since how a billion numbers divide takes as many coins.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from synthmill.generators.kernels.elementary import normal_quantile, open_unit
from synthmill.generators.kernels.mix import F64, I64, U64, mix
from synthmill.generators.kernels.processes.order_statistics import ordered

_FEW = 512
"""Numbers of a part that is halved beforehand, on average, at least."""
_MOST = 16
"""Times that the set is halved beforehand, at most: 1.5 MiB are kept."""


@dataclass(frozen=True, eq=False)
class Arrivals:
    """Sorted random numbers below 2**64, compiled by `arrivals`."""

    halved: int
    """How often the set was halved: into 2**halved parts of equal width."""
    starts: I64
    """The rank at which each part begins."""
    sizes: I64
    """Numbers in each part."""
    keys: U64
    """Of each part's own."""

    def draw(self, ranks: U64) -> U64:
        """The number of each rank; ranks in any order, quickest where neighbours are near."""
        wanted = ranks.view(np.int64)
        parts = np.searchsorted(self.starts, wanted, side="right") - 1
        u = ordered(self.keys, self.sizes, parts, wanted - self.starts[parts])
        if self.halved:
            u >>= np.uint64(self.halved)
            u |= parts.view(np.uint64) << np.uint64(64 - self.halved)
        return u


def arrivals(count: int, halves: int, draws: int) -> Arrivals:
    """Compile `count` sorted numbers under two keys of theirs."""
    halved = min(_MOST, (count // _FEW).bit_length())
    sizes = np.array([count], np.int64)
    for level in range(halved):
        parts = np.arange(1 << level, 2 << level, dtype=np.uint64)
        lower = _lower(mix(halves, parts), sizes)
        sizes = np.stack((lower, sizes - lower), axis=1).ravel()
    keys = mix(draws, np.arange(len(sizes), dtype=np.uint64))
    return Arrivals(halved, np.cumsum(sizes) - sizes, sizes, keys)


def _lower(u: U64, sizes: I64) -> I64:
    """How many of some numbers lie in the lower half: binomial, by the normal's quantile.

    Cornish and Fisher's expansion to the order of 1 / n has the binomial's mean, variance and kurtosis; with
    512 and more, the probability of at most any number is off by less than 2e-7.
    """
    n = sizes.astype(np.float64)
    z = normal_quantile(open_unit(u))
    z = z - z * (z * z - 3.0) / (12.0 * n)
    # Rounding to whole numbers adds 1 / 12 to the variance.
    found: F64 = np.floor(0.5 * n + np.sqrt((3.0 * n - 1.0) / 12.0) * z + 0.5)
    return np.minimum(np.maximum(found, 0.0), n).astype(np.int64)
