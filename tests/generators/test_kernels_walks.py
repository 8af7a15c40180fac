"""Walks through families: the plain and the compiled kernel agree, and features are those that were
learnt."""

from __future__ import annotations

import numpy as np
import pytest

from synthmill.generators.kernels import backend
from synthmill.generators.kernels.learning.walks import Families, Walk, Walked, bins_of_counts, walked
from synthmill.generators.learning.families.layout import Rows, learnt_features
from synthmill.generators.learning.families.made import variables_of
from synthmill.generators.learning.families.walked_table import WalkedTable
from tests.learning.families import family_model


def orders(privacy: str) -> WalkedTable:
    table = family_model(privacy).table("orders")
    assert isinstance(table, WalkedTable)
    return table


def some_families(table: WalkedTable, count: int) -> Families:
    random = np.random.default_rng(3)
    bins = np.stack([random.integers(0, one.bin_count, count) for one in table.family]).astype(np.uint8)
    goals = random.integers(0, 250, (len(table.layout.steps), count))
    counts = np.where(random.random(count) < 0.1, 0, random.integers(1, 90, count))
    return Families(
        bins, goals, counts, random.integers(-9_000, 20_000, count), np.arange(count, dtype=np.uint64)
    )


def through(name: str, walk: Walk, families: Families) -> Walked:
    keys = np.arange(len(walk.layout), dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    with backend.use(name):
        return walked(walk, keys, families)


@pytest.mark.parametrize("privacy", ["careful", "open"])
def test_numpy_and_numba_walk_alike(privacy: str) -> None:
    table = orders(privacy)
    families = some_families(table, 60)
    for plain, compiled in zip(
        through("numpy", table.walk, families), through("numba", table.walk, families), strict=True
    ):
        assert np.array_equal(plain, compiled)


def test_a_family_alone_is_that_among_others() -> None:
    table = orders("careful")
    families = some_families(table, 20)
    whole = through("numpy", table.walk, families)
    ends = np.cumsum(families.counts)
    for at in range(20):
        alone = through(
            "numpy",
            table.walk,
            Families(
                families.bins[:, at : at + 1], families.goals[:, at : at + 1], families.counts[at : at + 1],
                families.starts[at : at + 1], families.numbers[at : at + 1],
            ),
        )  # fmt: skip
        assert np.array_equal(alone.codes, whole.codes[:, ends[at] - families.counts[at] : ends[at]])


def test_each_tree_is_asked_what_it_was_learnt_from() -> None:
    """The rows that a walk draws, taken as data, give features of which its trees lead to leaves that hold
    what was drawn."""
    table = orders("open")
    families = some_families(table, 60)
    drawn = through("numpy", table.walk, families)
    there = families.counts > 0
    rows = Rows(
        families.bins[:, there], families.counts[there], list(drawn.codes.astype(np.int64)), drawn.times,
        families.goals[:, there],
    )  # fmt: skip
    features, earlier = learnt_features(table.layout, rows)
    start = len(table.family) + 2
    for at, (step, link) in enumerate(zip(table.layout.steps, table.links, strict=True)):
        asked = features[: int(table.layout.slots[at, 2])].copy()
        if step.is_gap:
            asked[start : start + len(earlier)] = earlier
        leaves = link.leaves(asked, features.shape[1])
        chosen = rows.places > 0 if step.later else np.ones(len(leaves), np.bool_)
        if step.bit >= 0:
            chosen &= (rows.places == 0) | (rows.codes[step.bit] != 1)
        for leaf, code in zip(leaves[chosen].tolist(), rows.codes[at][chosen].tolist(), strict=True):
            assert code in link.entries[link.starts[leaf] : link.starts[leaf + 1]]


def test_bins_of_counts_rise_and_stay_below_64() -> None:
    counts = np.concatenate([np.arange(20_000), 2 ** np.arange(15, 39)])
    bins = bins_of_counts(counts)
    assert (np.diff(bins.astype(int)) >= 0).all()
    assert bins[-1] == 63
    assert np.array_equal(bins[:32], np.arange(32))


def test_variables_of_a_family_are_its_parent_s() -> None:
    table = orders("careful")
    parents = variables_of(family_model().table("customers"))
    assert [one.bin_count for one in table.family] == [one.bin_count for one in parents]
