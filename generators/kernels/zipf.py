"""Ranks by Zipf's law over up to 10**10 things: a table for the first, linear pieces for the rest."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from synthmill.generators.kernels.backend import Twin
from synthmill.generators.kernels.discrete import Discrete, discrete
from synthmill.generators.kernels.elementary import exp, log, open_unit
from synthmill.generators.kernels.mix import F64, I64, U64

HEAD = 4_096
"""Ranks whose probabilities are tabulated one by one."""

_PIECES_PER_OCTAVE = 64


@dataclass(frozen=True, eq=False)
class Zipf:
    """Rank r (from 0) with probability in proportion to (r + 1) ** -exponent, compiled by `zipf`.

    From rank 4,096 on the probability is linear within each of 64 pieces of an octave, at most
    exponent * (exponent + 1) / 32,768 of itself away from the law (1e-4 for exponents near 1).
    """

    law: Discrete
    """Over the ranks of the head, then the pieces."""
    starts: I64
    widths: F64
    slopes: F64
    """Of each piece's density, whose mean is 1, from its start to its end."""

    def draw(self, u: U64, v: U64) -> U64:
        """A rank for each u; v, as random as u and unrelated to it, places it within a piece."""
        ranks = self.law.draw(u)
        return spread(HEAD, self.starts, self.widths, self.slopes, ranks, v).view(np.uint64)


@Twin
def spread(head: int, starts: I64, widths: F64, slopes: F64, ranks: I64, v: U64) -> I64:
    """Ranks from `head` on stand for pieces: a rank within them for each. `ranks` is changed."""
    late = np.flatnonzero(ranks >= head)
    if len(late):
        piece = ranks[late] - head
        p, slope = open_unit(v[late]), slopes[piece]
        first = 1.0 - slope / 2.0
        # The inverse of first * t + slope * t * t / 2, in the form without cancellation.
        t = 2.0 * p / (first + np.sqrt(first * first + 2.0 * slope * p))
        within = np.minimum(np.floor(t * widths[piece]), widths[piece] - 1.0)
        ranks[late] = starts[piece] + within.astype(np.int64)
    return ranks


def zipf(size: int, exponent: float) -> Zipf:
    """Zipf's law over `size` ranks, for a positive exponent."""
    head = np.arange(1, min(size, HEAD) + 1, dtype=np.float64)
    edges = _edges(size)
    starts, ends = edges[:-1], edges[1:]
    # The rank r (from 1) stands for the interval r - 1/2 to r + 1/2.
    low, high = starts.astype(np.float64) + 0.5, ends.astype(np.float64) + 0.5
    at_low, at_high = _power(low, exponent), _power(high, exponent)
    middle = _power((low + high) / 2.0, exponent)
    widths = high - low
    # Simpson's rule, whose error over a 64th of an octave is of no account.
    weights = (at_low + 4.0 * middle + at_high) / 6.0 * widths
    slopes = (at_high - at_low) / ((at_low + at_high) / 2.0)
    law = discrete([*map(float, _power(head, exponent)), *map(float, weights)])
    return Zipf(law, starts, widths, slopes)


def zipf_weights(size: int, exponent: float) -> F64:
    """The weight of each of `size` ranks, as the law says it exactly."""
    return _power(np.arange(1, size + 1, dtype=np.float64), exponent)


def _edges(size: int) -> I64:
    """Where the pieces begin and the last one ends, as ranks from 0."""
    edges, octave = [], HEAD
    while octave < size:
        edges += [octave + octave * piece // _PIECES_PER_OCTAVE for piece in range(_PIECES_PER_OCTAVE)]
        octave *= 2
    return np.array([*(edge for edge in edges if edge < size), size], np.int64)


def _power(x: F64, exponent: float) -> F64:
    return exp(-exponent * log(x))
