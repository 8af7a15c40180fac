"""Ten million values of the kinds that are whole numbers underneath: decimals, money, days and times.

Seeds are fixed; a limit on a p-value of 1e-4 is passed by a true fit 9,999 times of 10,000.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from scipy import stats

from synthmill.generators.engine.cells import Integers
from synthmill.generators.engine.pipeline import make_cells, make_plan, make_recipe

pytestmark = pytest.mark.slow

N = 10_000_000
ALPHA = 1e-4
DAY = 86_400 * 10**6


def numbers(**column: Any) -> npt.NDArray[np.int64]:
    """N cells as what stands underneath: units of the last digit, days, microseconds."""
    table = {"name": "one", "rows": N, "columns": [{"name": "value", **column}]}
    recipe = make_recipe("tabular", {"tables": [table]}, 20261122)
    plan = make_plan(recipe)
    found = []
    for block in range(plan.table("one").blocks):
        cells = make_cells(plan, "one", *plan.table("one").block_range(block))["value"]
        assert isinstance(cells, Integers)
        found.append(cells.values)
    return np.concatenate(found)


EVEN: dict[str, tuple[dict[str, Any], int, int, int]] = {
    "decimal": ({"kind": "decimal", "min": -5, "max": 4.99, "scale": 2}, -500, 499, 1),
    "money": ({"kind": "money", "distribution": "uniform", "min": 1, "max": 20}, 100, 2_000, 1),
    "date": ({"kind": "date", "start": "1970-01-01", "end": "1972-12-31"}, 0, 1_095, 1),
    "timestamp": (
        {"kind": "timestamp", "start": "1970-01-01", "end": "1970-01-31", "precision": "hour"},
        0,
        720,
        DAY // 24,
    ),
}


@pytest.mark.parametrize("name", EVEN)
def test_every_value_is_as_frequent_as_any_other(name: str) -> None:
    column, first, last, unit = EVEN[name]
    seen = numbers(**column)
    assert not (seen % unit).any()
    counts = np.bincount(seen // unit - first, minlength=last - first + 1)
    assert len(counts) == last - first + 1
    assert stats.chisquare(counts).pvalue > ALPHA


def test_fine_times_are_spread_evenly_with_even_tails() -> None:
    seen = numbers(
        kind="timestamp", start="1970-01-01", end="1970-12-31T23:59:59.999999", precision="microsecond"
    )
    law = stats.uniform(0, 365 * DAY)
    assert stats.ks_1samp(seen, law.cdf).pvalue > ALPHA
    for tail in (1e-3, 1e-4, 1e-5, 1e-6):
        for beyond in ((seen < law.ppf(tail)).sum(), (seen >= law.isf(tail)).sum()):
            assert stats.binomtest(int(beyond), N, tail).pvalue > ALPHA, (tail, beyond)


@pytest.mark.parametrize("cut", [False, True])
def test_money_is_lognormal_to_the_cent_and_to_its_far_tails(cut: bool) -> None:
    low, high = (20.0, 300.0) if cut else (0.01, 1e9)
    seen = numbers(kind="money", median=120, sigma=1.2, min=low, max=high)
    law = stats.lognorm(1.2, scale=120)
    start, end = (float(law.cdf(limit)) for limit in (low, high))
    tails = np.array([1e-6, 1e-5, 1e-4, 1e-3])
    wanted = np.unique(np.r_[tails, np.arange(1, 200) / 200, 1 - tails])
    # Between two cents, so that rounding moves no amount over an edge.
    edges = np.unique(np.floor(100 * law.ppf(start + wanted * (end - start)))) + 0.5
    shares = np.diff(np.r_[0.0, (law.cdf(edges / 100) - start) / (end - start), 1.0])
    counts = np.diff(np.r_[0, np.searchsorted(np.sort(seen), edges), N])
    assert stats.chisquare(counts, shares * N).pvalue > ALPHA
    assert 100 * low <= seen.min() and seen.max() <= 100 * high


def test_later_times_wait_equally_long_or_short() -> None:
    columns = [
        {"name": "at", "kind": "timestamp", "precision": "second"},
        {"name": "value", "kind": "later", "column": "at", "min": "0s", "max": "999s"},
    ]
    recipe = make_recipe("tabular", {"tables": [{"name": "one", "rows": N, "columns": columns}]}, 3)
    plan = make_plan(recipe)
    counts = np.zeros(1_000, np.int64)
    for block in range(plan.table("one").blocks):
        cells = make_cells(plan, "one", *plan.table("one").block_range(block))
        at, later = cells["at"], cells["value"]
        assert isinstance(at, Integers) and isinstance(later, Integers)
        counts += np.bincount((later.values - at.values) // 10**6, minlength=1_000)
    assert stats.chisquare(counts).pvalue > ALPHA
