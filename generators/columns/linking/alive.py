"""Choosing exactly among those rows that exist at a time, by weight: what redrawing comes to, without luck.

Since and until when each row exists are two numbers of an order of all such times, a and b: it exists from
place a up to b - 1. As in a centred interval tree (Edelsbrunner 1980) over the places, each row lies in the
smallest block of 2**level places, aligned at its size, that holds both ends. Its middle lies between them, so
that of the rows of one block those that exist at a place in the block's left half are those with a small
enough a, and in the right half those with a great enough b. Sorted by either, they lie side by side.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from synthmill.generators.engine.cells import U32, Flags
from synthmill.generators.kernels.integers import bounded
from synthmill.generators.kernels.mix import I64, U64


def held(*arrays: npt.NDArray[Any] | None) -> int:
    """Bytes of arrays."""
    return sum(array.nbytes for array in arrays if array is not None)


@dataclass(frozen=True, eq=False)
class _Ends:
    """The rows of all blocks of one level, by one of their ends."""

    ends: U32
    """Rising."""
    entries: U32
    reached: I64 | None
    """The weights of all before each, and at last of all together; None where each weighs 1."""

    @property
    def bytes(self) -> int:
        return held(self.ends, self.entries, self.reached)

    def before(self, places: I64) -> I64:
        """The weight of those whose end comes before each place."""
        count = np.searchsorted(self.ends, places.astype(np.uint32), side="left")
        return count if self.reached is None else self.reached[count]

    def at(self, weight: I64) -> I64:
        """The entry that is reached with each weight, from 0."""
        if self.reached is not None:
            weight = np.searchsorted(self.reached, weight, side="right") - 1
        return self.entries[weight].astype(np.int64)


@dataclass(frozen=True, eq=False)
class _Level:
    bits: int
    begins: _Ends
    finishes: _Ends
    """By the last place in which each exists."""

    def stretch(self, places: I64) -> tuple[I64, I64, Flags]:
        """The weights before and up to the end of the entries that exist at each place, and whether these
        are those that are sorted by their ends."""
        first = places >> self.bits << self.bits
        late = (places - first) >= (1 << self.bits) // 2 if self.bits else np.zeros(len(places), np.bool_)
        low = np.where(late, self.finishes.before(places), self.begins.before(first))
        high = np.where(late, self.finishes.before(first + (1 << self.bits)), self.begins.before(places + 1))
        return low, high, late


@dataclass(frozen=True, eq=False)
class Alive:
    """Entries by when they exist, compiled by `alive`."""

    levels: tuple[_Level, ...]

    @property
    def bytes(self) -> int:
        return sum(level.begins.bytes + level.finishes.bytes for level in self.levels)

    def choose(self, places: I64, u: U64) -> I64:
        """One of the entries that exist at each place, by weight; -1 where there are none."""
        found = [level.stretch(places) for level in self.levels]
        totals = np.zeros(len(places), np.int64)
        for low, high, _ in found:
            totals += high - low
        left = bounded(u, np.maximum(totals, 1).view(np.uint64)).view(np.int64)
        chosen = np.full(len(places), -1, np.int64)
        for level, (low, high, late) in zip(self.levels, found, strict=True):
            here = (chosen < 0) & (left < high - low)
            for side, ends in ((here & ~late, level.begins), (here & late, level.finishes)):
                chosen[side] = ends.at(low[side] + left[side])
            left -= high - low
        return chosen


def alive(begins: I64, ends: I64, weights: I64 | None) -> Alive:
    """Of entries that exist from place `begins` to `ends - 1`, which is no less; places lie below 2**32."""
    last = ends - 1
    bits = np.frexp((begins ^ last).astype(np.float64))[1]
    levels = []
    for level in np.unique(bits).tolist():
        mine = np.flatnonzero(bits == level)
        levels.append(_Level(level, _ends(mine, begins, weights), _ends(mine, last, weights)))
    return Alive(tuple(levels))


def _ends(entries: I64, ends: I64, weights: I64 | None) -> _Ends:
    ordered = entries[np.argsort(ends[entries], kind="stable")]
    reached = None
    if weights is not None:
        reached = np.concatenate((np.zeros(1, np.int64), np.cumsum(weights[ordered])))
    return _Ends(ends[ordered].astype(np.uint32), ordered.astype(np.uint32), reached)
