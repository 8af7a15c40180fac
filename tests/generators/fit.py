"""Goodness of fit, with seeds fixed by the callers: a limit that a true fit passes 9,999 times of 10,000."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np


def assert_shares(seen: Mapping[Any, int], shares: Mapping[Any, float]) -> None:
    """Chi-square (by Wilson and Hilferty's cube root): values come with these shares, and no others come."""
    assert set(seen) <= set(shares)
    n, total = sum(seen.values()), sum(shares.values())
    expected = {value: n * share / total for value, share in shares.items() if share}
    assert min(expected.values()) > 5
    chi = sum((seen.get(value, 0) - e) ** 2 / e for value, e in expected.items())
    k = len(expected) - 1
    spread = 2 / (9 * k)
    assert ((chi / k) ** (1 / 3) - (1 - spread)) / spread**0.5 < 3.72


def assert_continuous(values: Sequence[float], cdf: Callable[[float], float]) -> None:
    """Kolmogorov-Smirnov: the values have this distribution function."""
    ordered = np.sort(np.asarray(values, np.float64))
    p = np.array([cdf(value) for value in ordered])
    n = len(p)
    steps = np.arange(n + 1) / n
    distance = max(float((steps[1:] - p).max()), float((p - steps[:-1]).max()))
    assert distance * n**0.5 < 2.22
