"""Noise in whole numbers, exactly of the law that the proofs are about (Canonne, Kamath and Steinke 2020,
"The Discrete Gaussian for Differential Privacy").

No floating-point number is drawn or compared: those that a computer adds to counts have gaps and rounding
that give data away (Mironov 2012). Bits come from the operating system; nothing here has a seed. How long a
draw takes isn't hidden.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from fractions import Fraction
from math import isqrt
from typing import Protocol

_BUFFER = 8_192


class Bits(Protocol):
    """Where randomness comes from."""

    def below(self, count: int) -> int:
        """A whole number from 0 to `count` - 1, each as likely."""


class SystemBits:
    """Bits of the operating system's generator, fetched in blocks, each used once."""

    def __init__(self) -> None:
        self._held, self._at = b"", 0

    def below(self, count: int) -> int:
        width = (count - 1).bit_length()
        size = (width + 7) // 8
        excess = 8 * size - width
        while True:
            found = int.from_bytes(self._bytes(size), "little") >> excess
            if found < count:
                return found

    def _bytes(self, size: int) -> bytes:
        if self._at + size > len(self._held):
            self._held, self._at = os.urandom(max(size, _BUFFER)), 0
        self._at += size
        return self._held[self._at - size : self._at]


def bernoulli_exp(bits: Bits, numerator: int, denominator: int) -> bool:
    """True with the probability exp(-numerator / denominator), for a fraction from 0 on (algorithm 1)."""
    while numerator > denominator:
        if not _bernoulli_exp(bits, 1, 1):
            return False
        numerator -= denominator
    return _bernoulli_exp(bits, numerator, denominator)


def _bernoulli_exp(bits: Bits, numerator: int, denominator: int) -> bool:
    """The same for a fraction from 0 to 1: the series of the exponential function, one coin a term."""
    term = 1
    while bits.below(denominator * term) < numerator:
        term += 1
    return term % 2 == 1


def discrete_laplace(bits: Bits, scale: int) -> int:
    """A whole number x with a probability proportional to exp(-|x| / scale) (their algorithm 2)."""
    while True:
        low = bits.below(scale)
        if not _bernoulli_exp(bits, low, scale):
            continue
        high = 0
        while _bernoulli_exp(bits, 1, 1):
            high += 1
        size = low + scale * high
        if bits.below(2) == 0:
            return size
        if size:
            return -size


def discrete_gaussian(bits: Bits, variance: int, scale: int | None = None) -> int:
    """A whole number x with a probability proportional to exp(-x^2 / (2 variance)) (their algorithm 3).

    `scale`, of the numbers that are accepted or not, is the standard deviation's whole part and 1 where it
    isn't given; it changes how long this takes, not the law.
    """
    if scale is None:
        scale = isqrt(variance) + 1
    below = 2 * variance * scale * scale
    while True:
        found = discrete_laplace(bits, scale)
        if bernoulli_exp(bits, (abs(found) * scale - variance) ** 2, below):
            return found


def noisy(bits: Bits, counts: Sequence[int], variance: int) -> list[int]:
    """Counts, each with noise of its own."""
    scale = isqrt(variance) + 1
    return [count + discrete_gaussian(bits, variance, scale) for count in counts]


def exponential_choice(bits: Bits, scores: Sequence[int], epsilon: Fraction, sensitivity: int) -> int:
    """The place of a score, with probabilities proportional to exp(epsilon score / (2 sensitivity)) (McSherry
    and Talwar 2007).

    A place is drawn, and kept with the probability exp(-(best - score) epsilon / (2 sensitivity)), until one
    is kept: so no weight is ever computed.
    """
    best = max(scores)
    rate = epsilon / (2 * sensitivity)
    while True:
        place = bits.below(len(scores))
        gap = (best - scores[place]) * rate
        if bernoulli_exp(bits, gap.numerator, gap.denominator):
            return place
