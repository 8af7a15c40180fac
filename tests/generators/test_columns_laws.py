"""Kinds of numbers with a law follow it, in the middle, in both tails and between limits."""

from __future__ import annotations

import math
from collections import Counter
from typing import Any

import numpy as np
import pytest
from scipy import stats

from synthmill.generators.errors import InvalidRequestError
from synthmill.generators.kernels.derived.inversion import density
from synthmill.generators.kernels.elementary import exp, open_unit
from synthmill.generators.kernels.mix import mix
from tests.generators.fit import assert_continuous, assert_shares
from tests.generators.worlds import cells

N = 40_000


def values(kind: str, **parameters: Any) -> list[Any]:
    made: list[Any] = cells(kind, N, **parameters).to_pylist()
    return made


def refused(kind: str, **parameters: Any) -> str:
    with pytest.raises(InvalidRequestError) as refusal:
        cells(kind, 10, **parameters)
    return refusal.value.errors[0].field.removeprefix("tables[t].columns[c].")


LAWS: list[tuple[str, dict[str, Any], Any]] = [
    ("exponential", {"mean": 7}, stats.expon(scale=7)),
    ("gamma", {"shape": 2.5, "scale": 3}, stats.gamma(2.5, scale=3)),
    ("gamma", {"shape": 0.1}, stats.gamma(0.1)),
    ("gamma", {"shape": 9_000}, stats.gamma(9_000)),
    ("weibull", {"shape": 0.7, "scale": 4}, stats.weibull_min(0.7, scale=4)),
    ("pareto", {"shape": 1.2, "scale": 5}, stats.pareto(1.2, scale=5)),
]


def some_slow(cases: list[Any]) -> list[Any]:
    """The first of many alike is tried at every step, the others before a change is taken."""
    return [cases[0], *(pytest.param(*case, marks=pytest.mark.slow) for case in cases[1:])]


@pytest.mark.parametrize(("kind", "parameters", "law"), some_slow(LAWS))
def test_numbers_follow_their_law(kind: str, parameters: dict[str, Any], law: Any) -> None:
    assert_continuous(values(kind, **parameters), law.cdf)


@pytest.mark.parametrize(("kind", "parameters", "law"), some_slow(LAWS))
def test_numbers_between_limits_follow_the_rest_of_their_law(
    kind: str, parameters: dict[str, Any], law: Any
) -> None:
    low, high = float(law.ppf(0.3)), float(law.ppf(0.8))
    made = values(kind, **parameters, min=low, max=high)
    assert low * (1 - 1e-9) <= min(made) <= max(made) <= high * (1 + 1e-9)
    assert_continuous(made, lambda x: (law.cdf(x) - 0.3) / 0.5)


@pytest.mark.parametrize(("alpha", "beta"), some_slow([(2, 5), (0.3, 0.2), (1, 1), (800, 300)]))
def test_beta_numbers_are_beta(alpha: float, beta: float) -> None:
    made = values("beta", alpha=alpha, beta=beta, min=-1, max=3)
    assert_continuous(made, stats.beta(alpha, beta, loc=-1, scale=4).cdf)


@pytest.mark.parametrize("shape", [0.1, 1.0, 2.5, 1_000.0])
def test_quantile_tables_are_exact_to_the_ends_of_both_tails(shape: float) -> None:
    table = density(lambda z: shape * (exp(z) - 1.0 - z)).quantiles()
    tails = 2.0 ** -np.arange(2.0, 53.0)
    middle = open_unit(mix(5, np.arange(2_000, dtype=np.uint64)))
    p = np.concatenate((middle, tails))
    assert np.abs(shape * exp(table.at(p)) / stats.gamma.ppf(p, shape) - 1).max() < 2e-7
    assert np.abs(shape * exp(table.at(1 - tails)) / stats.gamma.isf(tails, shape) - 1).max() < 2e-7


def shares(law: Any, made: list[int]) -> tuple[Counter[int], dict[int, float]]:
    """Counts and probabilities, with the rare values at both ends put together."""
    k = np.arange(int(law.ppf(1e-4)), int(law.isf(1e-4)) + 1)
    p = law.pmf(k)
    common = k[p * N > 8]
    first, last = int(common[0]), int(common[-1])
    expected = {int(value): float(law.pmf(value)) for value in common}
    seen = Counter(value if first <= value <= last else "rest" for value in made)
    expected["rest"] = 1 - sum(expected.values())  # type: ignore[index]
    if expected["rest"] * N < 6:  # type: ignore[index]
        seen[first] += seen.pop("rest", 0)
        expected[first] += expected.pop("rest")  # type: ignore[call-overload]
    return seen, expected  # type: ignore[return-value]


@pytest.mark.parametrize(
    ("kind", "parameters", "law"),
    [
        ("poisson", {"mean": 0.3}, stats.poisson(0.3)),
        ("poisson", {"mean": 3.2}, stats.poisson(3.2)),
        ("poisson", {"mean": 1_000}, stats.poisson(1_000)),
        ("binomial", {"trials": 10, "probability": 0.3}, stats.binom(10, 0.3)),
        ("binomial", {"trials": 5_000, "probability": 0.9}, stats.binom(5_000, 0.9)),
        ("negative_binomial", {"mean": 4, "size": 1.5}, stats.nbinom(1.5, 1.5 / 5.5)),
        ("negative_binomial", {"mean": 4, "size": 0.2}, stats.nbinom(0.2, 0.2 / 4.2)),
        ("geometric", {"probability": 0.2}, stats.geom(0.2)),
        ("geometric", {"probability": 0.999}, stats.geom(0.999)),
    ],
)
def test_counts_follow_their_law(kind: str, parameters: dict[str, Any], law: Any) -> None:
    assert_shares(*shares(law, values(kind, **parameters)))


def test_ranks_follow_zipfs_law() -> None:
    made = values("zipf", max=20, exponent=1.3)
    assert_shares(Counter(made), {rank: rank**-1.3 for rank in range(1, 21)})
    assert max(values("zipf", max=10**10, exponent=0.5)) > 10**9


def test_a_sample_is_drawn_from_between_its_values() -> None:
    made = values("empirical", values=[5, 1, 2, 8])
    assert_continuous(made, lambda x: float(np.interp(x, [1, 2, 5, 8], [0, 1 / 3, 2 / 3, 1])))
    assert set(values("empirical", values=[3, 3])) == {3.0}


def test_quantiles_and_their_probabilities_are_kept() -> None:
    q, p = [0, 20, 25, 40, 100], [0, 0.1, 0.5, 0.75, 1]
    made = values("empirical", values=q, probabilities=p)
    assert_continuous(made, lambda x: float(np.interp(x, q, p)))


def test_laws_that_make_no_sense_are_refused() -> None:
    assert refused("exponential", mean=0) == "mean"
    assert refused("gamma", min=-5, max=-1) == "max"
    assert refused("exponential", mean=1, min=100) == "max"
    assert refused("pareto", shape=0.1, scale=1e99, decimals=0) == "min"
    assert refused("beta", min=1, max=1) == "max"
    assert refused("poisson", mean=1e9) == "mean"
    assert refused("negative_binomial", mean=1e6, size=0.01) == "mean"
    assert refused("binomial", trials=0) == "trials"
    assert refused("geometric", probability=0) == "probability"
    assert refused("empirical", values=[1]) == "values"
    assert refused("empirical", values=[2, 1], probabilities=[0, 1]) == "values"
    assert refused("empirical", values=[1, 2], probabilities=[0, 0.5]) == "probabilities"
    assert refused("empirical", values=[1, 2], probabilities=[0, 0.5, 1]) == "probabilities"


def test_means_are_those_that_are_asked_for() -> None:
    assert math.isclose(np.mean(values("negative_binomial", mean=4, size=1.5)), 4, rel_tol=0.02)
    assert math.isclose(np.mean(values("gamma", shape=2.5, scale=3)), 7.5, rel_tol=0.02)
