"""Children have parents: exactly as many as asked, found from any row alone."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from synthmill.generators.kernels.mix import U64, mix
from synthmill.generators.kernels.relations.one_to_many import (
    GROUP,
    OneToMany,
    drawn_counts,
    free_one_to_many,
    one_to_many,
)


def relation_of(parents: int, children: int, least: int, most: int, key: int = 1) -> OneToMany:
    return one_to_many(parents, children, least, most, [1.0] * (most - least + 1), key)


def all_counts(relation: OneToMany) -> list[int]:
    groups = np.arange(-(-relation.parents // GROUP), dtype=np.uint64)
    counts = relation.counts(groups).ravel()
    assert not counts[relation.parents :].any()
    return [int(count) for count in counts[: relation.parents]]


@st.composite
def relations(draw: st.DrawFn) -> OneToMany:
    parents = draw(st.integers(1, 1_500))
    least = draw(st.integers(0, 5))
    most = draw(st.integers(max(1, least), least + 12))
    children = draw(st.integers(max(1, least * parents), most * parents))
    weights = draw(st.lists(st.floats(1e-6, 1e6), min_size=most - least + 1, max_size=most - least + 1))
    return one_to_many(parents, children, least, most, weights, draw(st.integers(0, 2**64 - 1)))


@given(relations())
def test_totals_are_exact_and_every_row_finds_its_parent(relation: OneToMany) -> None:
    counts = all_counts(relation)
    assert sum(counts) == relation.children
    assert relation.least <= min(counts)
    assert max(counts) <= relation.most
    parents, lines = relation.locate(np.arange(relation.children, dtype=np.uint64))
    assert parents.tolist() == [parent for parent, count in enumerate(counts) for _ in range(count)]
    assert lines.tolist() == [line for count in counts for line in range(count)]


@given(relations())
def test_rows_in_any_order_find_the_same_parents(relation: OneToMany) -> None:
    rows = np.arange(relation.children, dtype=np.uint64)
    order = np.argsort(mix(9, rows))[:500]
    parents, lines = relation.locate(rows)
    some_parents, some_lines = relation.locate(rows[order])
    assert np.array_equal(some_parents, parents[order])
    assert np.array_equal(some_lines, lines[order])


@pytest.mark.parametrize(
    ("parents", "children", "least", "most"),
    [(1, 1, 0, 1), (1, 9, 0, 9), (256, 256, 1, 1), (257, 1, 0, 1), (255, 2_550, 10, 10), (513, 512, 0, 1)],
)
def test_awkward_sizes_are_exact(parents: int, children: int, least: int, most: int) -> None:
    assert sum(all_counts(relation_of(parents, children, least, most))) == children


def test_groups_have_their_quota() -> None:
    relation = relation_of(2_600, 6_501, 0, 8)
    sums = relation.counts(np.arange(11, dtype=np.uint64)).sum(axis=1).tolist()
    reached = [min(256 * group, 2_600) * 6_501 // 2_600 for group in range(12)]
    assert sums == [end - start for start, end in pairwise(reached)]


@pytest.mark.parametrize(("parents", "children"), [(10, 9), (10, 31)])
def test_an_impossible_total_is_refused(parents: int, children: int) -> None:
    with pytest.raises(ValueError, match="that many"):
        relation_of(parents, children, 1, 3)


def test_counts_follow_the_weights_tilted_to_the_mean() -> None:
    weights = [8.0, 4.0, 2.0, 1.0]
    relation = one_to_many(200_000, 380_000, 1, 4, weights, 3)
    seen = np.bincount(relation.counts(np.arange(200_000 // GROUP, dtype=np.uint64)).ravel(), minlength=5)[1:]
    low, high = 0.1, 10.0
    for _ in range(100):
        ratio = (low * high) ** 0.5
        tilted = np.array([weight * ratio**k for k, weight in enumerate(weights)])
        mean = (tilted * np.arange(1, 5)).sum() / tilted.sum()
        low, high = (ratio, high) if mean < 1.9 else (low, ratio)
    # The correction to the quotas moves a few percent of the parents by one child.
    assert np.abs(seen / seen.sum() - tilted / tilted.sum()).max() < 0.01


def far(relation: OneToMany) -> U64:
    return np.arange(relation.children - 5_000, relation.children, dtype=np.uint64)


@pytest.mark.parametrize(
    ("parents", "children", "most"),
    [
        (4 * 10**9, 10**10, 9),
        (10**10, 10**10, 3),
        (10**10, 10**6 + 7, 2),
        (3, 10**4, 10_000),
        (9_999_999_999, 10**10, 2),
    ],
)
def test_the_last_of_ten_thousand_million_rows_is_found_alone(parents: int, children: int, most: int) -> None:
    relation = relation_of(parents, children, 0, most)
    rows = far(relation)
    found, lines = relation.locate(rows)
    assert int(found[-1]) < parents
    assert np.array_equal(relation.locate(rows[-3:])[0], found[-3:])
    assert np.all(np.diff(found.astype(np.int64)) >= 0)
    same = found[1:] == found[:-1]
    assert np.array_equal(lines[1:][same], lines[:-1][same] + np.uint64(1))
    assert not lines[1:][~same].any()


def test_rows_scattered_over_everything_are_found() -> None:
    relation = relation_of(4 * 10**9, 10**10, 0, 9)
    rows = mix(5, np.arange(600, dtype=np.uint64)) % np.uint64(10**10)
    found, lines = relation.locate(rows)
    for at in (0, 300, 599):
        alone, line = relation.locate(rows[at : at + 1])
        assert (alone[0], line[0]) == (found[at], lines[at])


@given(relations())
def test_parents_find_their_children(relation: OneToMany) -> None:
    counts = all_counts(relation)
    parents = np.arange(relation.parents, dtype=np.uint64)
    first, numbers = relation.children_of(parents)
    assert numbers.tolist() == counts
    assert first.tolist() == [sum(counts[:parent]) for parent in range(relation.parents)]
    shuffled = parents[::-3]
    assert relation.children_of(shuffled)[0].tolist() == first[::-3].tolist()


@given(
    parents=st.integers(1, 2_000),
    least=st.integers(0, 3),
    spread=st.integers(1, 9),
    mean=st.none() | st.floats(0, 1),
    key=st.integers(0, 2**64 - 1),
)
def test_a_free_total_is_what_the_parents_have(
    parents: int, least: int, spread: int, mean: float | None, key: int
) -> None:
    wished = None if mean is None else least + mean * spread
    count = drawn_counts(least, [1.0] * (spread + 1), wished, key)
    relation = free_one_to_many(parents, least + spread, count)
    counts = all_counts(relation)
    assert sum(counts) == relation.children
    assert least <= min(counts) <= max(counts) <= least + spread
    located, lines = relation.locate(np.arange(relation.children, dtype=np.uint64))
    assert located.tolist() == [parent for parent, count in enumerate(counts) for _ in range(count)]
    assert lines.tolist() == [line for count in counts for line in range(count)]
    assert relation.children_of(np.arange(parents, dtype=np.uint64))[1].tolist() == counts


def test_free_counts_have_the_mean_that_was_asked_for() -> None:
    count = drawn_counts(1, [5.0, 1.0, 1.0, 3.0], 2.25, 7)
    counts = count(np.arange(400_000, dtype=np.uint64))
    assert abs(float(counts.mean()) - 2.25) < 0.01


def test_the_first_and_last_child_of_each_group_are_found_alone() -> None:
    relation = free_one_to_many(3 * GROUP + 5, 3, drawn_counts(1, [1.0, 1.0, 1.0], None, 7))
    parents, lines = relation.locate(np.arange(relation.children, dtype=np.uint64))
    edges = np.flatnonzero(np.diff(parents // np.uint64(GROUP)))
    for row in {0, relation.children - 1, *edges.tolist(), *(edges + 1).tolist()}:
        alone, line = relation.locate(np.array([row], np.uint64))
        assert (alone[0], line[0]) == (parents[row], lines[row])
