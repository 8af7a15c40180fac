"""The statistical tests of a report. Their numbers are for people; nothing of them reaches a dataset."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from synthmill.generators.kernels.mix import F64, I64

_FEWEST = 5.0
"""Cells of a chi-squared test that are expected less often are put together."""


@dataclass(frozen=True)
class Outcome:
    """Of one test."""

    test: str
    statistic: float
    p: float
    distance: float
    """From 0 (the same) to 1 (nothing in common): the difference that the test is about."""

    @property
    def apart(self) -> float:
        """The difference on a scale whose noise is everywhere alike: that of Fisher's z for correlations."""
        return abs(self.statistic) if self.test == "fisher" else self.distance


def ks_law(values: F64, cdf: Callable[[F64], F64], continuous: bool) -> Outcome:
    """Kolmogorov and Smirnov's test of a sample against a law; of a discrete one it is conservative."""
    different, counts = np.unique(values, return_counts=True)
    reached = np.cumsum(counts) / len(values)
    law = cdf(different)
    distance = float(np.abs(reached - law).max())
    if continuous:
        distance = max(distance, float(np.abs(reached - counts / len(values) - law).max()))
    return Outcome("ks", distance, _kolmogorov(distance, len(values)), distance)


def ks_two(values: F64, others: F64) -> Outcome:
    """Kolmogorov and Smirnov's test of two samples; one of nothing says nothing."""
    if not len(values) or not len(others):
        return Outcome("ks", 0.0, 1.0, 0.0)
    points = np.unique(np.concatenate([values, others]))
    first, second = (
        np.searchsorted(np.sort(sample), points, side="right") / len(sample) for sample in (values, others)
    )
    distance = float(np.abs(first - second).max())
    n = len(values) * len(others) / (len(values) + len(others))
    return Outcome("ks", distance, _kolmogorov(distance, n), distance)


def _kolmogorov(distance: float, n: float) -> float:
    """The limit law, with Stephens' correction (1970) for few rows."""
    x = (math.sqrt(n) + 0.12 + 0.11 / math.sqrt(n)) * distance
    if x < 0.3:
        return 1.0
    terms = (2.0 * (-1) ** (k - 1) * math.exp(-2.0 * k * k * x * x) for k in range(1, 101))
    return min(1.0, max(0.0, math.fsum(terms)))


def chi_law(counts: I64, shares: F64) -> Outcome:
    """Pearson's chi-squared test of counts against declared shares, which add up to 1."""
    total = int(counts.sum())
    seen, expected = _pooled(counts.astype(np.float64), shares * total)
    distance = float(np.abs(counts / total - shares).sum() / 2)
    if ((expected == 0) & (seen > 0)).any():
        return Outcome("chi2", math.inf, 0.0, distance)
    usable = expected > 0
    statistic = float(((seen - expected)[usable] ** 2 / expected[usable]).sum())
    return Outcome("chi2", statistic, _chi_squared(statistic, int(usable.sum()) - 1), distance)


def chi_two(counts: I64, others: I64) -> Outcome:
    """Pearson's chi-squared test whether two samples have the same shares; one of nothing says nothing."""
    totals = counts.sum(), others.sum()
    if not all(totals):
        return Outcome("chi2", 0.0, 1.0, 0.0)
    distance = float(np.abs(counts / totals[0] - others / totals[1]).sum() / 2)
    both = counts + others
    rare = both * min(totals) / sum(totals) < _FEWEST
    cells = [np.append(one[~rare], one[rare].sum()) for one in (counts, others)]
    together = cells[0] + cells[1]
    cells = [one[together > 0].astype(np.float64) for one in cells]
    together = together[together > 0]
    ratio = math.sqrt(totals[1] / totals[0])
    statistic = float(((cells[0] * ratio - cells[1] / ratio) ** 2 / together).sum())
    return Outcome("chi2", statistic, _chi_squared(statistic, len(together) - 1), distance)


def _pooled(seen: F64, expected: F64) -> tuple[F64, F64]:
    rare = (expected < _FEWEST) & (expected > 0)
    if not rare.any():
        return seen, expected
    return (np.append(one[~rare], one[rare].sum()) for one in (seen, expected))  # type: ignore[return-value]


def correlation(first: float, second: float, rows: int) -> Outcome:
    """Fisher's test whether two samples of so many rows have one correlation; one without says nothing."""
    if math.isnan(first) or math.isnan(second):
        return Outcome("fisher", 0.0, 1.0, 0.0)
    z1, z2 = (math.atanh(max(-0.999999, min(0.999999, r))) for r in (first, second))
    statistic = (z1 - z2) / math.sqrt(2.0 / max(1, rows - 3))
    return Outcome("fisher", statistic, math.erfc(abs(statistic) / math.sqrt(2.0)), abs(first - second) / 2)


def _chi_squared(statistic: float, freedom: int) -> float:
    """The probability of more than this with so many degrees of freedom."""
    if freedom < 1:
        return 1.0
    return _upper_gamma(freedom / 2.0, statistic / 2.0)


def _upper_gamma(a: float, x: float) -> float:
    """The regularised upper incomplete gamma function, as in Numerical Recipes, 6.2."""
    if x <= 0.0:
        return 1.0
    scale = math.exp(-x + a * math.log(x) - math.lgamma(a))
    if x < a + 1.0:
        term = total = 1.0 / a
        at = a
        while abs(term) > abs(total) * 1e-15:
            at += 1.0
            term *= x / at
            total += term
        return min(1.0, max(0.0, 1.0 - total * scale))
    b = x + 1.0 - a
    c, d = 1e300, 1.0 / b
    h = d
    for i in range(1, 10_000):
        an = -i * (i - a)
        b += 2.0
        d = 1.0 / _away_from_zero(an * d + b)
        c = _away_from_zero(b + an / c)
        h *= d * c
        if abs(d * c - 1.0) < 1e-15:
            break
    return min(1.0, scale * h)


def _away_from_zero(value: float) -> float:
    return value if abs(value) > 1e-300 else 1e-300
