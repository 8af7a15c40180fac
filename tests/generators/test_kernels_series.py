"""The kernels of markets and time series: true to their laws, and the same bits compiled as plain."""

from __future__ import annotations

import math

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from synthmill.generators.kernels.elementary import normal_quantile, open_unit
from synthmill.generators.kernels.integers import bounded
from synthmill.generators.kernels.processes.periodic import cosine
from synthmill.generators.kernels.processes.quotes import Law, quotes
from synthmill.generators.kernels.processes.recursions import arma, garch, markov
from tests.generators.test_kernels_twins import MANY, OTHERS, same


@given(st.lists(st.floats(-1e6, 1e6), min_size=1))
def test_the_cosine_has_the_same_bits_both_ways(turns: list[float]) -> None:
    same(cosine, np.array([*turns, 0.0, 0.125, 0.25, 0.375, 0.5, -0.25]))


def test_the_cosine_is_within_a_few_units_in_the_last_place() -> None:
    turns = open_unit(MANY) * 2 - 1
    exact = np.array([math.cos(2 * math.pi * turn) for turn in turns.tolist()])
    # Of the angle 2 pi turns, libm gets a rounded product: up to 4.5e-16 off.
    assert np.abs(cosine(turns) - exact).max() < 8e-16


def test_the_cosine_of_quarters_is_exact_and_whole_turns_change_nothing() -> None:
    assert cosine(np.array([0.0, 0.25, 0.5, 0.75, 1.0, -0.5, 1e6])).tolist() == [1, 0, -1, 0, 1, -1, 1]
    turns = np.floor(open_unit(OTHERS) * 2**20) / 2**20
    assert np.array_equal(cosine(turns + 12_345.0), cosine(turns))
    assert np.array_equal(cosine(-turns), cosine(turns))


@given(st.lists(st.integers(0, 90), min_size=1, max_size=9), st.integers(0, 3), st.integers(0, 2))
def test_recursions_have_the_same_bits_both_ways(lengths: list[int], p: int, q: int) -> None:
    bounds = np.concatenate([[0], np.cumsum(lengths)])
    runs, steps = len(lengths), int(bounds[-1])
    normal = normal_quantile(open_unit(MANY[:steps]))
    shares = open_unit(OTHERS[: 3 * runs]).reshape(3, runs)
    same(arma, bounds, shares[:p].T / 3, shares[0, :1].repeat(q), normal)
    same(garch, bounds, shares[0] / 3, shares[1] / 2, normal)
    thresholds = np.sort(OTHERS[:12].reshape(4, 3), axis=1)
    same(markov, bounds, thresholds[0], thresholds, MANY[:steps])


@given(st.integers(1, 12), st.sampled_from([1, 6, 600, 6_000]), st.booleans())
@settings(max_examples=40)
def test_quotes_have_the_same_bits_both_ways(bridges: int, count: int, wild: bool) -> None:
    ends = normal_quantile(open_unit(MANY[: 4 * bridges])).reshape(4, bridges) * (3.0 if wild else 0.1)
    law = Law(0.1, 2.0, 400.0, 25.0, 0.0005, 0.001, 100.0, 50.0) if wild else Law(-9, 9, 1e4, 1, 0, 0.5, 1, 9)
    columns = np.zeros((4, bridges * count), np.int64)
    index = bounded(OTHERS[:bridges], 2**40).view(np.int64)
    step, activity = np.abs(ends[2]), np.abs(ends[3])
    same(quotes, (5, 2**64 - 3), law, ends[0], ends[1], step, index, activity, *columns)
