"""A shuffled order of 0 .. n - 1 that takes no memory, however great n is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from synthmill.generators.kernels.backend import Twin
from synthmill.generators.kernels.mix import U64, mix

_ROUNDS = 6


@dataclass(frozen=True)
class Permutation:
    """A one-to-one map of 0 .. size - 1 to itself, chosen by a key.

    A Feistel network over the next power of two; what falls outside goes through again until it doesn't
    ("cycle walking", Black and Rogaway 2002), less than twice on average.
    """

    size: int
    key: int

    def apply(self, values: U64) -> U64:
        return shuffled(self.key, self.size, max(2, (self.size - 1).bit_length()), _ROUNDS, values)


@Twin
def shuffled(key: int, size: int, bits: int, rounds: int, values: U64) -> U64:
    """See `Permutation`: the network is over numbers of so many bits."""
    result = _network(key, bits, rounds, values)
    outside = np.flatnonzero(result >= size)
    while len(outside):
        result[outside] = _network(key, bits, rounds, result[outside])
        outside = outside[result[outside] >= size]
    return result


def shuffled_by(keys: U64, size: int, values: U64) -> U64:
    """Of values below `size` their images under a permutation of 0 .. size - 1 for each key."""
    bits = max(2, (size - 1).bit_length())
    result = _network(keys, bits, _ROUNDS, values)
    outside = np.flatnonzero(result >= size)
    while len(outside):
        result[outside] = _network(keys[outside], bits, _ROUNDS, result[outside])
        outside = outside[result[outside] >= size]
    return result


def _network(key: int | U64, bits: int, rounds: int, values: U64) -> U64:
    low_bits = np.uint64(bits // 2)
    low_mask = np.uint64((1 << (bits // 2)) - 1)
    high_mask = np.uint64((1 << (bits - bits // 2)) - 1)
    low, high = values & low_mask, values >> low_bits
    for turn in range(rounds):
        if turn % 2:
            low ^= mix(_turned(key, turn), high) & low_mask
        else:
            high ^= mix(_turned(key, turn), low) & high_mask
    return (high << low_bits) | low


def _turned(key: int | U64, turn: int) -> int | U64:
    return (key + turn) % 2**64 if isinstance(key, int) else key + np.uint64(turn)
