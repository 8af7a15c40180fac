"""The area under the ROC curve, exactly, and its standard error (DeLong, DeLong and Clarke-Pearson 1988)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from synthmill.generators.evaluation.scores import error_of_mean
from synthmill.generators.kernels.mix import I64


@dataclass(frozen=True)
class Placements:
    """Of each positive twice how many negatives score less (ties count half), and of each negative the
    positives that score more."""

    positives: I64
    negatives: I64
    owners: tuple[I64, I64] | None = None
    """Whose the positives and the negatives are, where rows belong together: errors are then of whole
    owners."""

    @property
    def auc(self) -> float:
        """The chance that a positive scores more than a negative, 0.5 where there is nobody to compare."""
        pairs = len(self.positives) * len(self.negatives)
        return int(self.positives.sum()) / (2 * pairs) if pairs else 0.5

    @property
    def standard_error(self) -> float:
        """Of `auc`."""
        m, n = len(self.positives), len(self.negatives)
        if m < 2 or n < 2:
            return 0.5
        positive, negative = self.owners or (None, None)
        first = error_of_mean(self.positives / (2 * n), positive)
        return math.hypot(first, error_of_mean(self.negatives / (2 * m), negative))

    def error_of_difference(self, other: Placements) -> float:
        """Of this `auc` less that of other scores of the same rows."""
        apart = self.positives - other.positives, self.negatives - other.negatives
        return Placements(*apart, self.owners).standard_error


def placements(scores: I64, labels: I64, owners: I64 | None = None) -> Placements:
    """`labels` are 1 for positives, 0 for negatives."""
    ones, zeros = scores[labels == 1], scores[labels == 0]
    up, down = np.sort(ones), np.sort(zeros)
    below = np.searchsorted(down, ones, "left") + np.searchsorted(down, ones, "right")
    above = 2 * len(ones) - np.searchsorted(up, zeros, "left") - np.searchsorted(up, zeros, "right")
    whose = None if owners is None else (owners[labels == 1], owners[labels == 0])
    return Placements(below.astype(np.int64), above.astype(np.int64), whose)


def rate_at(scores: I64, labels: I64, false_positives: float) -> float:
    """The share of positives above the score that at most this share of negatives exceeds."""
    ones, zeros = scores[labels == 1], np.sort(scores[labels == 0])[::-1]
    if not len(ones) or not len(zeros):
        return 0.0
    threshold = zeros[min(int(false_positives * len(zeros)), len(zeros) - 1)]
    return int(np.count_nonzero(ones > threshold)) / len(ones)


def spread_of_mean(errors: Sequence[float]) -> float:
    """The standard error of a mean of independent numbers with these."""
    return math.sqrt(sum(one * one for one in errors)) / max(1, len(errors))
