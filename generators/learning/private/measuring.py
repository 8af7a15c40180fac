"""The one door to data in a private fit: what comes through it was paid for and has its noise."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from synthmill.generators.kernels.mix import F64, I64
from synthmill.generators.learning.private.accounting import (
    Ledger,
    choice_cost,
    choice_epsilon,
    gaussian_cost,
    gaussian_variance,
)
from synthmill.generators.learning.private.noise import Bits, exponential_choice, noisy


@dataclass(frozen=True)
class Measuring:
    """Counts rows and compares counts, each time for its part of the budget."""

    ledger: Ledger
    bits: Bits
    rows_per_subject: int
    """By so much one subject changes a table of counts, in length and in sum."""

    def counts(self, what: str, exact: I64, rho: Fraction) -> tuple[I64, float]:
        """Counts of rows in cells that no row is in two of, with noise; and its standard deviation."""
        variance = gaussian_variance(rho, self.rows_per_subject)
        self.ledger.spend(what, gaussian_cost(variance, self.rows_per_subject))
        found = noisy(self.bits, exact.ravel().tolist(), variance)
        return np.array(found, np.int64).reshape(exact.shape), float(variance) ** 0.5

    def largest(self, what: str, scores: Sequence[int], rho: Fraction) -> int:
        """The place of about the largest of some whole numbers, which one row changes by at most one each."""
        epsilon = choice_epsilon(rho)
        self.ledger.spend(what, choice_cost(epsilon))
        return exponential_choice(self.bits, scores, epsilon, self.rows_per_subject)


def projected(counts: I64 | F64, total: float) -> F64:
    """The nearest numbers, in squares, from 0 on that sum up to `total`: each less the same, or 0."""
    flat = counts.ravel().astype(np.float64)
    falling = np.sort(flat)[::-1]
    excess = (np.cumsum(falling) - total) / np.arange(1, len(flat) + 1)
    last = int(np.flatnonzero(falling > excess)[-1]) if (falling > excess).any() else 0
    return np.asarray(np.maximum(flat - excess[last], 0.0).reshape(counts.shape))
