"""Sorted random numbers, each made by its rank alone."""

from __future__ import annotations

import itertools

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from synthmill.generators.kernels.derived.arrivals import arrivals
from synthmill.generators.kernels.mix import I64, U64, mix
from tests.generators.worlds import fingerprint

COUNTS = [1, 2, 16, 17, 1_000, 1_024, 300_000]


def ranks(start: int, stop: int) -> U64:
    return np.arange(start, stop, dtype=np.uint64)


def cells_of(numbers: U64, bits: int) -> I64:
    """How many lie in each of 2**bits equal parts."""
    return np.bincount((numbers >> np.uint64(64 - bits)).astype(np.int64), minlength=1 << bits)


@pytest.mark.parametrize("count", COUNTS)
def test_they_are_in_order_however_they_are_asked_for(count: int) -> None:
    made = arrivals(count, 1, 2)
    whole = made.draw(ranks(0, count))
    assert (whole[1:] >= whole[:-1]).all()
    some = mix(3, ranks(0, 500)) % np.uint64(count)
    assert np.array_equal(made.draw(some), whole[some.view(np.int64)])
    cuts = sorted({0, count // 3, count // 3 + 1, count})
    parts = [made.draw(ranks(*ends)) for ends in itertools.pairwise(cuts)]
    assert np.array_equal(np.concatenate(parts), whole)
    assert len(made.draw(ranks(0, 0))) == 0


@given(st.integers(1, 5_000), st.integers(0, 2**63))
def test_each_is_what_sorting_gives(count: int, key: int) -> None:
    made = arrivals(count, key, key + 1)
    whole = made.draw(ranks(0, count))
    assert np.array_equal(whole, np.sort(whole))
    assert int(made.draw(ranks(count - 1, count))[0]) == int(whole[-1])


def test_they_are_evenly_spread_and_as_irregular_as_independent_ones() -> None:
    count, bits = 300_000, 9
    found = [cells_of(arrivals(count, 10 + at, 90 + at).draw(ranks(0, count)), bits) for at in range(8)]
    p = [stats.chisquare(one).pvalue for one in found]
    assert min(p) > 1e-4  # Not too irregular,
    assert max(p) < 1 - 1e-4  # and not too regular either.
    assert stats.kstest(p, "uniform").pvalue > 1e-3


@pytest.mark.parametrize("count", [1_024, 5_000])
def test_the_halves_hold_binomial_numbers(count: int) -> None:
    sets = (arrivals(count, key, 0) for key in range(1_000))
    lower = np.array([one.sizes[: len(one.sizes) // 2].sum() for one in sets])
    law = stats.binom(count, 0.5)
    edges = np.unique(law.ppf(np.arange(1, 10) / 10))
    shares = np.diff(np.r_[0.0, law.cdf(edges), 1.0])
    counts = np.bincount(np.searchsorted(edges, lower), minlength=len(edges) + 1)
    assert stats.chisquare(counts, shares * len(lower)).pvalue > 1e-4


def test_any_rank_of_seventeen_billion_is_found_alone() -> None:
    count = 2**34
    made = arrivals(count, 1, 2)
    near = made.draw(ranks(count // 2, count // 2 + 1_000))
    assert (near[1:] >= near[:-1]).all()
    assert abs(int(near[0]) - 2**63) < 6 * 2**63 // int(np.sqrt(count))
    assert int(made.draw(ranks(count // 2 + 999, count // 2 + 1_000))[0]) == int(near[-1])


def test_the_same_bits_everywhere() -> None:
    made = arrivals(100_000_000, 1, 2)
    assert (
        fingerprint(pa.array(made.draw(ranks(50_000_000, 50_001_000))))
        == "2877545ab1443591e0aaabb71a9207186fdb31014202365c6848eda98e9306a2"
    )
