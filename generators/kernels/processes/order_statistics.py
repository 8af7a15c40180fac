"""The j-th least of a set of evenly spread random numbers, without the others: times that rise.

A set is known by a key and its size. How many of its numbers lie in the lower half of their range is
binomial: the ones among as many random bits. So it goes on, half by half, to ranges with few numbers, which
are drawn and sorted. What is drawn for a half follows from the key and the half alone, so any number of a set
of a million costs some 20 halves, and neighbours share all but the last. In law it is the same as to draw all
the set's numbers and to sort them (Devroye 1986, Non-Uniform Random Variate Generation, V.3).
"""

from __future__ import annotations

import numpy as np

from synthmill.generators.kernels.backend import Twin
from synthmill.generators.kernels.mix import I64, U64, mix

FEW = 16
"""Numbers of a range that are sorted rather than divided."""
DEEPEST = 48
"""How often a range is halved at most; more than a few numbers lie in no range as small as that."""

_ONE = np.uint64(1)


@Twin
def ordered(keys: U64, sizes: I64, sets: I64, index: I64) -> U64:
    """Of the set numbered `sets[i]` the number that is greater than `index[i]` others of it, below 2**64.

    Quickest where neighbours in the same set are neighbours here, too. `0 <= index < sizes[sets]`.
    """
    keys, left, place = keys[sets], sizes[sets], index.copy()
    halves, depth = np.ones(len(index), np.uint64), np.zeros(len(index), np.uint64)
    going = np.flatnonzero(left > FEW)
    while len(going):
        lower = _in_lower_half(keys[going], halves[going], left[going], sets[going])
        upper = place[going] >= lower
        place[going] -= np.where(upper, lower, 0)
        left[going] = np.where(upper, left[going] - lower, lower)
        halves[going] = halves[going] * np.uint64(2) + upper.astype(np.uint64)
        depth[going] += _ONE
        going = going[(left[going] > FEW) & (depth[going] < np.uint64(DEEPEST))]
    return _sorted_few(mix(keys, halves), halves, depth, left, place, sets)


def _in_lower_half(keys: U64, halves: U64, left: I64, sets: I64) -> I64:
    """How many of the `left` numbers of a range lie in its lower half."""
    first, which = _runs(sets, halves)
    drawn, counts = mix(keys[first], halves[first]), left[first]
    words = (counts + 63) // 64
    starts = np.cumsum(words) - words
    at = np.arange(int(words.sum()), dtype=np.int64) - np.repeat(starts, words)
    bits = mix(np.repeat(drawn, words), at.view(np.uint64))
    spare = np.maximum(np.repeat(counts, words) - at * 64, 0)
    bits >>= np.where(spare < 64, 64 - spare, 0).astype(np.uint64)
    return np.add.reduceat(_ones(bits), starts)[which]


def _sorted_few(drawn: U64, halves: U64, depth: U64, left: I64, place: I64, sets: I64) -> U64:
    first, which = _runs(sets, halves)
    drawn, halves, depth, counts = drawn[first], halves[first], depth[first], left[first]
    width = int(counts.max(initial=0))
    at = np.arange(width, dtype=np.uint64)
    values = mix(np.repeat(drawn, width), np.tile(at, len(first))).reshape(len(first), width)
    values >>= depth[:, None]
    # All but the leading 1 of a half's number are the leading bits of what lies in it.
    low = np.where(depth > 0, (halves - (_ONE << depth)) << (np.uint64(64) - np.maximum(depth, _ONE)), 0)
    values += low.astype(np.uint64)[:, None]
    values[at[None, :] >= counts.view(np.uint64)[:, None]] = np.uint64(2**64 - 1)
    values.sort(axis=1)
    found: U64 = values[which, place]
    return found


def _runs(sets: I64, halves: U64) -> tuple[I64, I64]:
    """Where a half begins that its neighbour before doesn't share, and in which of those each one lies."""
    new = np.ones(len(sets), np.bool_)
    new[1:] = (sets[1:] != sets[:-1]) | (halves[1:] != halves[:-1])
    return np.flatnonzero(new), np.cumsum(new) - 1


def _ones(words: U64) -> I64:
    """The ones among each word's bits, added in pairs, fours and bytes."""
    x = words - ((words >> np.uint64(1)) & np.uint64(0x5555555555555555))
    x = (x & np.uint64(0x3333333333333333)) + ((x >> np.uint64(2)) & np.uint64(0x3333333333333333))
    x = (x + (x >> np.uint64(4))) & np.uint64(0x0F0F0F0F0F0F0F0F)
    ones: I64 = ((x * np.uint64(0x0101010101010101)) >> np.uint64(56)).view(np.int64)
    return ones
