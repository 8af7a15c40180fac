"""Own logarithm, exponential and normal quantile: near the truth, and the same on every processor."""

from __future__ import annotations

import math
import statistics

import numpy as np
import pytest

from synthmill.generators.kernels.derived.normal import normal
from synthmill.generators.kernels.elementary import (
    exp,
    log,
    normal_probability,
    normal_quantile,
    open_unit,
    rounded,
)
from synthmill.generators.kernels.mix import F64, mix


def ulps(ours: F64, truth: list[float]) -> float:
    return max(abs(float(a) - b) / math.ulp(b) for a, b in zip(ours, truth, strict=True))


def some(low: float, high: float) -> F64:
    return low + (high - low) * open_unit(mix(3, np.arange(20_000, dtype=np.uint64)))


def test_log_is_within_an_ulp() -> None:
    for x in (
        some(1e-300, 1e-290),
        some(0.5, 2.0),
        some(1e5, 1e9),
        some(1e290, 1e300),
        np.array([5e-324, 1.0]),
    ):
        assert ulps(log(x), [math.log(value) for value in x]) <= 1.0


def test_exp_is_within_an_ulp() -> None:
    for x in (some(-700, 700), some(-1, 1), some(-1e-9, 1e-9)):
        assert ulps(exp(x), [math.exp(value) for value in x]) <= 1.0


def test_exp_stays_finite_and_falls_to_zero() -> None:
    assert exp(np.array([-1e300, -800.0, 0.0])).tolist() == [0.0, 0.0, 1.0]
    assert np.isfinite(exp(np.array([1e300]))).all()


def test_the_normal_quantile_is_the_standard_librarys() -> None:
    p = np.concatenate(
        (some(0, 1), some(0, 1e-8), some(0, 1e-15), 1 - some(0, 1e-9), [2.0**-53, 1 - 2.0**-53])
    )
    truth = np.array([statistics.NormalDist().inv_cdf(value) for value in p])
    ours = normal_quantile(p)
    assert (np.abs(ours - truth) <= 3e-15 * np.maximum(1e-2, np.abs(truth))).all()


def test_the_open_unit_never_reaches_its_ends() -> None:
    ends = open_unit(np.array([0, 2**64 - 1], np.uint64))
    assert ends.tolist() == [2.0**-53, 1 - 2.0**-53]


@pytest.mark.parametrize("z", [-6.0, -1.0, 0.0, 0.3, 2.5])
def test_the_normal_probability_inverts_the_quantile(z: float) -> None:
    assert normal_probability(z) == pytest.approx(statistics.NormalDist().cdf(z), rel=1e-7, abs=1e-17)


def test_a_cut_normal_stays_between_its_limits_and_an_empty_one_is_refused() -> None:
    drawn = normal(1.0, 2.0).draw(mix(1, np.arange(100_000, dtype=np.uint64)))
    assert 1.0 <= drawn.min() < 1.001 < 1.99 < drawn.max() <= 2.0 + 1e-12
    with pytest.raises(ValueError, match="next to nothing"):
        normal(30.0, 31.0)


def test_rounding_gives_the_doubles_that_print_shortest() -> None:
    assert rounded(np.array([0.125, -0.125, 2.675, 1.005]), 2).tolist() == [0.13, -0.12, 2.68, 1.0]
    x = some(-1e6, 1e6)
    assert max(len(repr(value).split(".")[1]) for value in rounded(x, 3).tolist()) == 3
    assert rounded(x, None) is x
