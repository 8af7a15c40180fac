"""Numbers in order, found one by one, and how many events there are in lives."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from synthmill.generators.kernels.backend import use
from synthmill.generators.kernels.derived.poisson import poisson
from synthmill.generators.kernels.mix import I64, U64, mix
from synthmill.generators.kernels.processes.order_statistics import ordered
from synthmill.generators.kernels.relations.exposure import (
    CrowdedError,
    ExposedOneToMany,
    exposed_one_to_many,
    shared_out,
)
from tests.generators.test_kernels_twins import same


def numbers(count: int, key: int = 1) -> U64:
    return mix(key, np.arange(count, dtype=np.uint64))


def sets(sizes: list[int]) -> tuple[U64, I64, I64, I64]:
    """Keys and sizes of sets, and of every number its set and its place."""
    counts = np.array(sizes, np.int64)
    of = np.repeat(np.arange(len(counts)), counts)
    index = np.arange(len(of)) - np.repeat(np.cumsum(counts) - counts, counts)
    return numbers(len(sizes)), counts, of, index


def share(values: U64) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    return values.astype(np.float64) / 2.0**64


SIZES = st.lists(st.integers(1, 400), min_size=1, max_size=12)


@given(SIZES, st.integers(0, 2**32))
def test_any_of_a_sets_numbers_is_the_same_alone_and_whatever_the_order(sizes: list[int], key: int) -> None:
    keys, counts, of, index = sets(sizes)
    whole = ordered(keys, counts, of, index)
    within = of[1:] == of[:-1]
    assert (whole[1:] >= whole[:-1])[within].all()
    some = np.argsort(numbers(len(of), key))[:60]
    assert np.array_equal(ordered(keys, counts, of[some], index[some]), whole[some])


@given(SIZES)
def test_ordered_numbers_have_the_same_bits_both_ways(sizes: list[int]) -> None:
    keys, counts, of, index = sets(sizes)
    same(ordered, keys, counts, of, index)
    same(ordered, keys, counts, of[::-3].copy(), index[::-3].copy())


def test_numbers_in_order_are_those_of_a_set_evenly_spread() -> None:
    keys, counts, of, index = sets([40] * 5_000)
    found = share(ordered(keys, counts, of, index)).reshape(-1, 40)
    for place in (0, 19, 39):
        a, b = place + 1, 40 - place
        assert found[:, place].mean() == pytest.approx(a / 41, abs=0.004)
        assert found[:, place].var() == pytest.approx(a * b / (41**2 * 42), rel=0.07)
    tally = np.histogram(found, 100, (0, 1))[0]
    assert ((tally - 2_000) ** 2 / 2_000).mean() == pytest.approx(1, abs=0.35)


def test_of_a_million_numbers_a_few_cost_little_and_their_gaps_are_exponential() -> None:
    keys, counts = numbers(1), np.array([10**6])
    index = np.arange(500_000, 504_096)
    found = share(ordered(keys, counts, np.zeros(len(index), np.int64), index))
    gaps = np.diff(found) * 10**6
    assert found[0] == pytest.approx(0.5, abs=0.003)
    assert gaps.mean() == pytest.approx(1, abs=0.06)
    assert gaps.std() == pytest.approx(1, abs=0.08)


@pytest.mark.parametrize("mean", [0.003, 0.4, 1.0, 2.7, 60.25, 5_000.5])
def test_poisson_numbers_have_the_law_of_their_mean(mean: float) -> None:
    found = poisson(np.full(40_000, mean), numbers(40_000))
    assert found.mean() == pytest.approx(mean, abs=5 * math.sqrt(mean / 40_000))
    assert found.var() == pytest.approx(mean, rel=0.04 + 3 * math.sqrt(1 / mean / 40_000))
    if mean == 2.7:
        law = [math.exp(-mean) * mean**k / math.factorial(k) for k in range(9)]
        assert np.abs(np.bincount(found)[:9] / 40_000 - law).max() < 0.008


def test_a_poisson_number_depends_on_its_own_mean_and_bits_alone() -> None:
    means = share(numbers(3_000, 2)) * 40
    means[::7] = 0.0
    found = poisson(means, numbers(3_000))
    assert not found[::7].any()
    assert np.array_equal(poisson(means[1::2], numbers(3_000)[1::2]), found[1::2])
    same(poisson, means, numbers(3_000))


def exposed(parents: int, children: int, most: int, key: int = 3) -> tuple[ExposedOneToMany, I64]:
    """A relation of parents with exposures, a tenth of which have none."""
    exposures = (numbers(parents, key) >> np.uint64(20)).view(np.int64)
    exposures[exposures % 10 == 0] = 0
    made = exposed_one_to_many(
        parents, children, most, lambda n: (exposures[n.view(np.int64)], np.full(len(n), most)), 5
    )
    return made, exposures


@given(st.integers(1, 1_500), st.floats(0.1, 12.0))
def test_exactly_so_many_children_are_spread_among_parents_with_exposure(parents: int, mean: float) -> None:
    relation, exposures = exposed(parents, max(1, int(parents * mean)), 400)
    groups = np.arange(-(-parents // 256), dtype=np.uint64)
    counts = relation.counts(groups).ravel()[:parents]
    assert counts.sum() == relation.children
    assert not counts[exposures == 0].any()
    found, lines = relation.locate(np.arange(relation.children, dtype=np.uint64))
    assert np.array_equal(found.view(np.int64), np.repeat(np.arange(parents), counts))
    assert np.array_equal(relation.locate(np.arange(0, relation.children, 7, dtype=np.uint64))[1], lines[::7])


def test_children_of_exposed_parents_are_as_scattered_as_poisson_numbers() -> None:
    relation, exposures = exposed(20_000, 200_000, 400)
    counts = relation.counts(np.arange(79, dtype=np.uint64)).ravel()[:20_000]
    expected = exposures / exposures.astype(np.float64).sum() * 200_000
    usable = expected > 0.5
    dispersion = ((counts - expected)[usable] ** 2 / expected[usable]).mean()
    assert 0.95 < dispersion < 1.05


def test_very_many_children_are_spread_by_the_same_law() -> None:
    relation, exposures = exposed(2_000, 4_000_000, 10**6)
    counts = relation.counts(np.arange(8, dtype=np.uint64)).ravel()[:2_000]
    groups = np.arange(2_000) // 256
    sums = np.bincount(groups, exposures.astype(np.float64))
    expected = exposures / sums[groups] * np.bincount(groups, counts)[groups]
    usable = expected > 0.5
    dispersion = ((counts - expected)[usable] ** 2 / expected[usable]).mean()
    assert counts.sum() == 4_000_000
    assert 0.88 < dispersion < 1.12
    assert relation.counts(np.arange(3, 4, dtype=np.uint64)).ravel().tolist() == counts[768:1_024].tolist()


def test_nobody_gets_more_children_than_there_is_room_for() -> None:
    relation, _ = exposed(3_000, 30_000, 14)
    with use("numpy"):
        counts = relation.counts(np.arange(12, dtype=np.uint64))
    assert counts.max() == 14
    assert counts.sum() == 30_000
    with pytest.raises(CrowdedError):
        exposed(3_000, 30_000, 10)
    with pytest.raises(ValueError, match="no exposure"):
        exposed_one_to_many(9, 1, 9, lambda n: (np.zeros(len(n), np.int64), np.full(len(n), 9)), 5)


@given(st.integers(0, 5_000), st.integers(1, 40), st.integers(0, 2**32))
def test_children_are_shared_out_with_the_same_bits_both_ways(quota: int, room: int, key: int) -> None:
    exposures = (numbers(512, key) >> np.uint64(40)).view(np.int64)
    exposures[::3] = 0
    rooms = np.where(exposures > 0, 1 + (numbers(512, key + 1) % np.uint64(room)).view(np.int64), 0)
    quotas = np.array([min(quota, int(own.sum())) for own in rooms.reshape(2, 256)])
    same(shared_out, numbers(2), quotas, exposures, rooms)
    assert np.array_equal(
        shared_out(numbers(2), quotas, exposures, rooms).reshape(2, 256).sum(axis=1), quotas
    )
