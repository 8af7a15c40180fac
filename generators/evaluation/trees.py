"""Classifiers and regressions by boosted trees, of the kernels, on codes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from synthmill.generators.kernels.elementary import log
from synthmill.generators.kernels.learning.boosting import (
    MAX_ROWS,
    SCORE_BITS,
    Codes,
    Flags,
    Trees,
    boosted,
    scored,
)
from synthmill.generators.kernels.mix import F64, I64

TREES = 100
LEAVES = 31


@dataclass(frozen=True)
class Model:
    start: int
    trees: Trees

    def scores(self, codes: Codes) -> I64:
        """Of each row, in units of 2**-20: log odds, or standard deviations from the mean."""
        return scored(codes, self.start, self.trees)


def classify(codes: Codes, categorical: Flags, labels: I64, rows: I64) -> Model:
    """A classifier of labels 0 and 1, fitted on some rows. At most 100,000 of them."""
    ones, count = int(labels[rows].sum()), len(rows)
    odds = float(log(np.array([(ones + 0.5) / (count - ones + 0.5)]))[0])
    start = int(np.floor(odds * (1 << SCORE_BITS) + 0.5))
    return _fit(codes, categorical, labels, rows, True, start)


def regress(codes: Codes, categorical: Flags, targets: F64, rows: I64) -> Model:
    """A regression of targets in standard deviations from their mean."""
    fixed = np.floor(np.clip(targets, -1e6, 1e6) * (1 << SCORE_BITS) + 0.5).astype(np.int64)
    return _fit(codes, categorical, fixed, rows, False, 0)


def _fit(codes: Codes, categorical: Flags, targets: I64, rows: I64, logistic: bool, start: int) -> Model:
    rows = rows[:MAX_ROWS]
    return Model(start, boosted(codes, categorical, targets, rows, logistic, start, TREES, LEAVES))
