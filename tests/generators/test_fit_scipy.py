"""Ten million values of every distribution against scipy: shape, moments and far tails.

Seeds are fixed; a limit on a p-value of 1e-4 is passed by a true fit 9,999 times of 10,000.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from scipy import stats

from synthmill.generators.engine.pipeline import make_plan, make_recipe, make_rows
from synthmill.generators.kernels.mix import key, mix
from synthmill.generators.kernels.zipf import zipf

pytestmark = pytest.mark.slow

N = 10_000_000
ALPHA = 1e-4
TAILS = (1e-3, 1e-4, 1e-5, 1e-6)


def values(column: dict[str, Any], *others: dict[str, Any]) -> npt.NDArray[Any]:
    """N values of a column of its own table; other tables may be there to be referred to."""
    table = {"name": "one", "rows": N, "columns": [{"name": "value", **column}]}
    recipe = make_recipe("tabular", {"tables": [table, *others]}, 20261122)
    plan = make_plan(recipe)
    rows = plan.table("one").block_rows
    starts = range(0, N, rows)
    batches = [make_rows(plan, "one", start, min(start + rows, N)) for start in starts]
    return np.concatenate([batch.column(0).to_numpy(zero_copy_only=False) for batch in batches])


CONTINUOUS = {
    "uniform": ({"kind": "uniform", "min": -3, "max": 5}, stats.uniform(-3, 8)),
    "normal": ({"kind": "normal", "mean": 10, "sd": 2}, stats.norm(10, 2)),
    "normal, cut": (
        {"kind": "normal", "mean": 41, "sd": 14, "min": 18, "max": 95},
        stats.truncnorm((18 - 41) / 14, (95 - 41) / 14, 41, 14),
    ),
    "lognormal": ({"kind": "lognormal", "median": 30, "sigma": 0.8}, stats.lognorm(0.8, scale=30)),
    "exponential": ({"kind": "exponential", "mean": 7}, stats.expon(scale=7)),
    "gamma": ({"kind": "gamma", "shape": 2.5, "scale": 3}, stats.gamma(2.5, scale=3)),
    "gamma, steep": ({"kind": "gamma", "shape": 0.2}, stats.gamma(0.2)),
    "beta": ({"kind": "beta", "alpha": 0.5, "beta": 3}, stats.beta(0.5, 3)),
    "weibull": ({"kind": "weibull", "shape": 1.5, "scale": 4}, stats.weibull_min(1.5, scale=4)),
    "pareto": ({"kind": "pareto", "shape": 2.5, "scale": 4}, stats.pareto(2.5, scale=4)),
}


@pytest.mark.parametrize("name", CONTINUOUS)
def test_a_continuous_distribution_has_its_shape_moments_and_tails(name: str) -> None:
    column, law = CONTINUOUS[name]
    seen = values(column)
    assert stats.ks_1samp(seen, law.cdf).pvalue > ALPHA
    mean, variance = (float(moment) for moment in law.stats("mv"))
    assert abs(seen.mean() - mean) < 4 * (variance / N) ** 0.5
    for tail in TAILS:
        for beyond in ((seen < law.ppf(tail)).sum(), (seen > law.isf(tail)).sum()):
            assert stats.binomtest(int(beyond), N, tail).pvalue > ALPHA, (tail, beyond)


DISCRETE: dict[str, tuple[dict[str, Any], npt.NDArray[np.float64]]] = {
    "integer": ({"kind": "integer", "min": 0, "max": 999}, np.full(1000, 1 / 1000)),
    "categorical": (
        {"kind": "categorical", "values": [0, 1, 2, 3], "weights": [1, 10, 100, 1e5]},
        np.array([1, 10, 100, 1e5]) / 100_111,
    ),
    "boolean": ({"kind": "boolean", "probability": 1e-5}, np.array([1 - 1e-5, 1e-5])),
}


@pytest.mark.parametrize("name", DISCRETE)
def test_a_discrete_distribution_has_its_shares(name: str) -> None:
    column, shares = DISCRETE[name]
    seen = np.bincount(values(column).astype(np.int64), minlength=len(shares))
    assert stats.chisquare(seen, shares * N).pvalue > ALPHA


def test_foreign_keys_are_spread_evenly() -> None:
    parents = 50_000
    two = {
        "name": "two",
        "rows": parents,
        "columns": [{"name": "id", "kind": "sequence"}],
        "primary_key": ["id"],
    }
    counts = np.bincount(values({"kind": "foreign_key", "table": "two"}, two), minlength=parents + 1)
    assert stats.chisquare(counts[1:]).pvalue > ALPHA


@pytest.mark.parametrize("exponent", [0.7, 1.0, 1.4])
def test_popular_ranks_follow_zipfs_law(exponent: float) -> None:
    size = 50_000
    rows = np.arange(N, dtype=np.uint64)
    ranks = zipf(size, exponent).draw(mix(key(1, "u"), rows), mix(key(1, "v"), rows))
    counts = np.bincount(ranks.astype(np.int64), minlength=size)
    shares = np.arange(1, size + 1, dtype=np.float64) ** -exponent
    # Single ranks at the head, groups of ranks in the tail.
    edges = np.unique(np.r_[np.arange(100), np.geomspace(100, size - 1, 150).astype(int)])
    seen, expected = np.add.reduceat(counts, edges), np.add.reduceat(shares, edges)
    assert stats.chisquare(seen, expected * N / expected.sum()).pvalue > ALPHA


def test_columns_and_neighbouring_rows_are_uncorrelated() -> None:
    table = {
        "name": "one",
        "rows": N,
        "columns": [{"name": name, "kind": "uniform", "min": 0, "max": 1} for name in ("a", "b")],
    }
    recipe = make_recipe("tabular", {"tables": [table]}, 7)
    plan = make_plan(recipe)
    rows = plan.table("one").block_rows
    batches = [make_rows(plan, "one", start, min(start + rows, N)) for start in range(0, N, rows)]
    a, b = (np.concatenate([batch.column(at).to_numpy() for batch in batches]) for at in (0, 1))
    limit = 4 / N**0.5
    assert abs(np.corrcoef(a, b)[0, 1]) < limit
    for lag in (1, 2, 256, 65_536):
        assert abs(np.corrcoef(a[lag:], a[:-lag])[0, 1]) < limit, lag
        assert abs(np.corrcoef(a[lag:], b[:-lag])[0, 1]) < limit, lag
