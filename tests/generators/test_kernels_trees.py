"""Trees: both ways the same bits, splits that are there are found, and every leaf has its fewest."""

from __future__ import annotations

import itertools
import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from synthmill.generators.kernels.backend import use
from synthmill.generators.kernels.learning.trees import (
    GAIN_UNIT,
    Grown,
    descend,
    gain_table,
    grow,
    pick,
    pruned,
)
from synthmill.generators.kernels.mix import mix


def table(rows: int, seed: int, bins: tuple[int, ...], classes: int) -> tuple[Any, Any, Any, Any]:
    """Features, which mean an order, subjects and a target that follows from the first two features."""
    draws = np.random.default_rng(seed)
    features = np.stack([draws.integers(0, count, rows) for count in bins]).astype(np.uint8)
    target = (features[0] + 3 * (features[1] // 4) + draws.integers(0, 2, rows)) % classes
    subjects = np.sort(draws.integers(0, max(1, rows // 2), rows)).astype(np.int32)
    ordered = np.array([at % 2 for at in range(len(bins))], np.int64)
    return features, ordered, subjects, target.astype(np.uint8)


def grown(rows: int, seed: int, bins: tuple[int, ...], classes: int, *limits: int) -> Grown:
    features, ordered, subjects, target = table(rows, seed, bins, classes)
    counts = np.array(bins, np.int64)
    return grow(counts, ordered, gain_table(rows), np.array(limits, np.int64), features, subjects, target)


@given(
    rows=st.integers(1, 400),
    seed=st.integers(0, 99),
    bins=st.tuples(*[st.integers(1, 64)] * 3),
    classes=st.integers(1, 33),
    least=st.integers(1, 30),
    gain=st.sampled_from([0, 10**5, 10**6]),
)
@settings(max_examples=60)
def test_a_tree_has_the_same_bits_both_ways(
    rows: int, seed: int, bins: tuple[int, ...], classes: int, least: int, gain: int
) -> None:
    found = []
    for name in ("numpy", "numba"):
        with use(name):
            found.append(grown(rows, seed, bins, classes, least, 2, 1_000, gain, gain))
    for plain, fast in zip(*found, strict=True):
        assert plain.dtype == fast.dtype
        assert plain.tobytes() == fast.tobytes()


@pytest.mark.parametrize("name", ["numpy", "numba"])
def test_rows_walk_to_the_leaf_that_was_made_of_them(name: str) -> None:
    features, *_ = table(500, 1, (9, 30, 4), 7)
    with use(name):
        tree = grown(500, 1, (9, 30, 4), 7, 5, 2, 1_000, 10**5, 0)
        leaves = descend(tree.feature, tree.mask, tree.right, features, np.zeros(500, np.int32))
    for leaf, (start, stop) in enumerate(zip(tree.starts, tree.starts[1:], strict=False)):
        assert set(leaves[tree.rows[start:stop]].tolist()) == {leaf}


def test_every_leaf_has_its_fewest_rows_and_subjects() -> None:
    _, _, subjects, _ = table(900, 3, (9, 30, 4), 7)
    tree = grown(900, 3, (9, 30, 4), 7, 20, 15, 1_000, 0, 0)
    assert len(tree.starts) > 3
    for start, stop in zip(tree.starts, tree.starts[1:], strict=False):
        assert stop - start >= 20
        assert len(np.unique(subjects[tree.rows[start:stop]])) >= 15


def test_what_says_nothing_is_not_split_by() -> None:
    draws = np.random.default_rng(0)
    features = draws.integers(0, 8, (2, 2_000)).astype(np.uint8)
    target = draws.integers(0, 4, 2_000).astype(np.uint8)
    subjects = np.arange(2_000, dtype=np.int32)
    limits = np.array([20, 5, 1_000, round(3 * 1.4427 * GAIN_UNIT), 0])
    tree = grow(np.array([8, 8]), np.array([0, 1]), gain_table(2_000), limits, features, subjects, target)
    assert len(tree.feature) == 1


def test_categories_that_go_together_are_found_in_one_split() -> None:
    feature = np.arange(3_000) % 10
    target = np.isin(feature, [1, 4, 7]).astype(np.uint8)
    limits = np.array([20, 5, 1_000, 0, 0])
    tree = grow(
        np.array([10]), np.array([0]), gain_table(3_000), limits, feature[None, :].astype(np.uint8),
        np.arange(3_000, dtype=np.int32), target,
    )  # fmt: skip
    assert len(tree.feature) == 3


def test_gains_are_x_log_x() -> None:
    found = gain_table(1_000_000)
    for x in (1, 2, 3, 10, 999_983, 1_000_000):
        assert abs(found[x] - x * math.log2(x) * GAIN_UNIT) <= 0.5 + 1e-3 * math.log2(x + 1)


@given(st.lists(st.lists(st.integers(0, 50), min_size=1, max_size=9).filter(any), min_size=1, max_size=9))
def test_picks_have_the_same_bits_both_ways_and_no_weight_is_never_picked(weights: list[list[int]]) -> None:
    starts = np.cumsum([0, *map(len, weights)]).astype(np.int64)
    sums = np.concatenate([np.cumsum(one) for one in weights]).astype(np.int64)
    u = mix(7, np.arange(300, dtype=np.uint64))
    groups = (np.arange(300) % len(weights)).astype(np.int32)
    found = []
    for name in ("numpy", "numba"):
        with use(name):
            found.append(pick(starts, sums, groups, u))
    for plain, fast in zip(*found, strict=True):
        assert plain.tobytes() == fast.tobytes()
    flat = np.concatenate([np.array(one) for one in weights])
    assert (flat[found[0][0]] > 0).all()


def test_picks_come_as_often_as_they_weigh() -> None:
    sums = np.cumsum([1, 0, 5, 94]).astype(np.int64)
    u = mix(3, np.arange(100_000, dtype=np.uint64))
    places, left = pick(np.array([0, 4], np.int64), sums, np.zeros(100_000, np.int32), u)
    counts = np.bincount(places, minlength=4)
    assert np.abs(counts / 1_000 - [1, 0, 5, 94]).max() < 0.4
    # What is left is as random as before, whatever was picked.
    assert abs((left[places == 3] >> np.uint64(11)).astype(np.float64).mean() * 2.0**-53 - 0.5) < 0.01


@pytest.mark.parametrize("seed", range(4))
def test_a_tree_at_a_higher_price_is_a_part_of_the_cheaper_one(seed: int) -> None:
    """Its leaves hold the same rows, in another order."""
    cheap = grown(3_000, seed, (8, 30, 5, 64), 6, 20, 1, 500, 0, 0)
    for price in (GAIN_UNIT, 3 * GAIN_UNIT, 20 * GAIN_UNIT, 10**12):
        dear, part = grown(3_000, seed, (8, 30, 5, 64), 6, 20, 1, 500, price, 0), pruned(cheap, price)
        for one, other in zip(dear, part, strict=True):
            if one is not dear.rows:
                assert np.array_equal(one, other) and one.dtype == other.dtype
        for start, stop in itertools.pairwise(dear.starts.tolist()):
            assert np.array_equal(dear.rows[start:stop], np.sort(part.rows[start:stop]))
